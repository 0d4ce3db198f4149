"""The command line: parse, call one function, print. Heavy imports wait until a command runs."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
