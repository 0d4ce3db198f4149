"""Tables that stand in plain text: lines of text -> tables, rows and cells, by marks between cells or by alignment."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
