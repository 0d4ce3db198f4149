"""Tables -> what each column holds, and each row as the text of a report with the values that headings state."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
