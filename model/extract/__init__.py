"""Report texts -> Extractions: one model, all questions of a report at once, values copied by construction."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
