"""A base with an adapter's weights: beside its own to train, merged into them to extract."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from crimeetl.etl.errors import AdapterInvalid
from crimeetl.model.base import Base, import_bitsandbytes, quiet
from crimeetl.model.extract.card import WEIGHTS


def with_adapter(model: Any, folder: Path, **options: Any) -> Any:
    """A base's model with an adapter's weights beside its own.

    Args:
        options: as ``PeftModel.from_pretrained`` takes them.

    Raises:
        AdapterInvalid: PEFT cannot load it, or its weights are not all finite.
    """
    import_bitsandbytes()
    from peft import PeftModel

    with quiet():
        try:
            adapted = PeftModel.from_pretrained(model, str(folder), **options)
            weights = load_file(folder / WEIGHTS)
        except (ValueError, RuntimeError, OSError, SafetensorError) as error:
            raise AdapterInvalid(folder, f"PEFT cannot load it ({error}); train it again") from error
    if not all(tensor.isfinite().all() for tensor in weights.values()):
        raise AdapterInvalid(folder, f"its {WEIGHTS} holds NaN or infinity; train it again")
    return adapted


def apply_adapter(base: Base, folder: Path, *, dtype: torch.dtype | None = None) -> Base:
    """The base with an adapter's weights, ready to extract.

    Merged into the base's own weights where these are not in 4 bits, in fp32, so that decoding costs nothing more.

    Args:
        dtype: of what was merged; as the base was when None.

    Raises:
        AdapterInvalid: PEFT cannot load it, or its weights are not all finite.
    """
    model = with_adapter(base.model, folder)
    with quiet():
        if base.precision.quantization != "nf4":
            dtype = dtype or next(base.model.parameters()).dtype
            model = model.to(torch.float32).merge_and_unload().to(dtype)
        else:
            model = model.base_model.model
    model.eval()
    return replace(base, model=model)
