"""Texts, slides and workbooks of office programs -> their text and tables, or their rows."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
