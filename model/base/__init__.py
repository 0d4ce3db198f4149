"""A base model's name -> the model: where it comes from, which weights it has, in what numbers it runs."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
