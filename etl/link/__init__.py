"""Current entities -> which of them are one: people, officers and places, within reports and across them."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
