"""A report and its questions -> one packed row of tokens, for training and for decoding: the only packer."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
