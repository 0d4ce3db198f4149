"""People look at what was extracted and correct it: beside the model's answers, never in their place."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
