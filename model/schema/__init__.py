"""Entity schemas: which types to look for, how to ask for them and what an answer may be. Free of torch."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
