"""A model and labelled reports -> how good its answers are, and how far its confidences can be trusted."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
