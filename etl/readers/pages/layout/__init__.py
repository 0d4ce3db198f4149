"""What is drawn on a page -> its lines in reading order, with their places, and its tables."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
