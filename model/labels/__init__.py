"""Labelled data -> reports with gold values -> the rows that training learns from."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
