from .digest import weights_digest
from .loading import Base, load_base, token_counter
from .options import DEFAULT_BASE, DEVICES, DTYPES, QUANTIZATIONS, BaseOptions, default_cache
from .precision import Precision, decide_precision
from .quiet import import_bitsandbytes, quiet
from .sources import base_folder

__all__ = [
    "DEFAULT_BASE",
    "DEVICES",
    "DTYPES",
    "QUANTIZATIONS",
    "Base",
    "BaseOptions",
    "Precision",
    "base_folder",
    "decide_precision",
    "default_cache",
    "import_bitsandbytes",
    "load_base",
    "quiet",
    "token_counter",
    "weights_digest",
]
