from .digest import base_digest, known_digest, weights_digest
from .int8 import InputBytes, Int8Linear, linear_layers, replace_layers, weight_bytes
from .loading import TORCH_DTYPES, Base, load_base, load_tokenizer, token_counter
from .options import DEFAULT_BASE, DEVICES, DTYPES, QUANTIZATIONS, BaseOptions, default_cache
from .precision import Precision, decide_precision
from .quiet import import_bitsandbytes, quiet
from .sources import base_folder

__all__ = [
    "DEFAULT_BASE",
    "DEVICES",
    "DTYPES",
    "QUANTIZATIONS",
    "TORCH_DTYPES",
    "Base",
    "BaseOptions",
    "InputBytes",
    "Int8Linear",
    "Precision",
    "base_digest",
    "base_folder",
    "decide_precision",
    "default_cache",
    "import_bitsandbytes",
    "known_digest",
    "linear_layers",
    "load_base",
    "load_tokenizer",
    "quiet",
    "replace_layers",
    "token_counter",
    "weight_bytes",
    "weights_digest",
]
