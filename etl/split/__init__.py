"""Document -> Reports: a row of a table is one, and so is each part of another file that looks like one."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
