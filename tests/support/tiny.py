"""Small models for tests, asked for the way the command line does."""

from pathlib import Path

from crimeetl.model.base import BaseOptions


def in_fp32(name: str, cache: Path) -> BaseOptions:
    """A base on the processor, in numbers that give the same answers in any batch."""
    return BaseOptions(name=name, device="cpu", quantization="none", dtype="fp32", cache=cache)
