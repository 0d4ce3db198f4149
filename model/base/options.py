"""What the user says of a base model, in the words of the command line. Free of torch."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

DEFAULT_BASE = "SmolLM2-135M-Instruct"
Device = Literal["auto", "cpu", "cuda"]
Quantization = Literal["auto", "nf4", "int8", "none"]
Dtype = Literal["auto", "bf16", "fp16", "fp32"]
DEVICES: tuple[str, ...] = get_args(Device)
QUANTIZATIONS: tuple[str, ...] = get_args(Quantization)
DTYPES: tuple[str, ...] = get_args(Dtype)


def default_cache() -> Path:
    """The user's own folder for what can be fetched again."""
    from platformdirs import user_cache_path

    return user_cache_path("crimeetl", appauthor=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseOptions:
    """Which base model, and how to run it."""

    name: str = DEFAULT_BASE
    """The embedded default, a folder or a hub name."""
    device: str = "auto"
    """One of DEVICES."""
    quantization: str = "auto"
    """One of QUANTIZATIONS."""
    dtype: str = "auto"
    """One of DTYPES: of activations, and of weights that are not quantised."""
    cache: Path = field(default_factory=lambda: default_cache())
    """Where the embedded default is kept."""
