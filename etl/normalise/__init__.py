"""Extraction -> typed rows: values in the one spelling that can be compared, people, officers, offenses, places
(pure).
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
