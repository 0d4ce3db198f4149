"""Files with pages, such as PDF and scans -> their text, page by page."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
