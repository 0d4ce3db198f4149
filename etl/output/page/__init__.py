"""DuckDB -> one page for a browser that needs nothing else: counts, charts, and reports with their values marked."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
