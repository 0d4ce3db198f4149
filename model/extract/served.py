"""The model that answers: a base with its adapter merged, in the numbers that it runs in.

What runs in 8 bits is merged and quantised once, and kept beside the base as one file: starting from it takes neither
the base's weights nor PEFT.

    <cache>/served/<digest>.safetensors    <layer>.weight i8[O, I], <layer>.scales f32[O], and what is not quantised
"""

import hashlib
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from crimeetl.model.base import (
    TORCH_DTYPES,
    Base,
    InputBytes,
    Int8Linear,
    base_folder,
    linear_layers,
    load_base,
    load_tokenizer,
    quiet,
    replace_layers,
    weight_bytes,
)
from crimeetl.model.extract.adapter import apply_adapter
from crimeetl.model.extract.choice import ModelChoice

FORMAT = "1"  # of the file; another is not read
KEPT_FILES = 4  # the last used; each is about as large as the base
MOST_BYTES = 1 << 30  # of a file; larger models are quantised anew each time


def load_served(choice: ModelChoice) -> Base:
    """The model that was chosen, ready to extract.

    Raises:
        AdapterInvalid: PEFT cannot load the adapter, or its weights are not all finite.
        BaseUnavailable: the base cannot be loaded, or cannot read packed trees.
    """
    if choice.precision.quantization != "int8":
        base = load_base(choice.base, choice.precision)
        return base if choice.adapter is None else apply_adapter(base, choice.adapter)
    file = _file(choice)
    if file.is_file():
        try:
            tensors = load_file(file)
            model = _with_layers(_empty_model(choice), tensors)
        except (SafetensorError, RuntimeError, KeyError):  # cut short, or of another make: it is made anew
            file.unlink()
        else:
            file.touch()  # used now: the oldest go first
            tokenizer = load_tokenizer(choice.base.name, base_folder(choice.base.name, cache=choice.base.cache))
            return Base(choice.base.name, choice.base_digest, choice.precision, model, tokenizer)
    base = load_base(choice.base, choice.precision)
    if choice.adapter is not None:
        base = apply_adapter(base, choice.adapter, dtype=torch.float32)
    tensors = _tensors(base.model, TORCH_DTYPES[choice.precision.dtype])
    _write(file, tensors)
    return replace(base, model=_with_layers(base.model, tensors))


def _file(choice: ModelChoice) -> Path:
    identity = f"{FORMAT} {choice.base_digest} {choice.adapter_digest} {choice.precision.dtype}"
    return choice.base.cache / "served" / f"{hashlib.sha256(identity.encode()).hexdigest()[:32]}.safetensors"


def _tensors(model: Any, dtype: torch.dtype) -> dict[str, Tensor]:
    """What is kept of a model: bytes and scales of its linear layers, the rest in ``dtype``."""
    kept: dict[str, Tensor] = {}
    for name, layer in linear_layers(model).items():
        kept[f"{name}.weight"], kept[f"{name}.scales"] = weight_bytes(layer.weight.detach())
    tied = set(model.all_tied_weights_keys)
    rest = {k: v for k, v in model.state_dict().items() if k not in kept and k not in tied}
    return kept | {key: value.to(dtype) if value.is_floating_point() else value for key, value in rest.items()}


def _with_layers(model: Any, tensors: dict[str, Tensor]) -> Any:
    """A model of the same make, with these for its weights."""
    inputs, rest = InputBytes(), dict(tensors)
    replace_layers(
        model,
        lambda name, _: Int8Linear(
            rest.pop(f"{name}.weight"), rest.pop(f"{name}.scales"), rest.pop(f"{name}.bias", None), inputs
        ),
    )
    missing, unknown = model.load_state_dict(rest, strict=False, assign=True)
    if unknown or set(missing) - set(model.all_tied_weights_keys):
        raise KeyError(f"{missing} missing, {unknown} unknown")
    model.tie_weights()
    return model.eval()


def _empty_model(choice: ModelChoice) -> Any:
    """The base's architecture without weights."""
    from accelerate import init_empty_weights
    from transformers import AutoConfig, AutoModelForCausalLM

    folder = base_folder(choice.base.name, cache=choice.base.cache)
    with quiet(), init_empty_weights():
        config = AutoConfig.from_pretrained(folder, local_files_only=True)
        return AutoModelForCausalLM.from_config(config, dtype=TORCH_DTYPES[choice.precision.dtype])


def _write(file: Path, tensors: dict[str, Tensor]) -> None:
    """Keeps a model, and of those kept before the last used ones; not one that is too large."""
    if sum(tensor.nbytes for tensor in tensors.values()) > MOST_BYTES:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=file.parent) as scratch:
        made = Path(scratch) / file.name
        save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, made)
        made.replace(file)
    kept = sorted(file.parent.glob("*.safetensors"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in kept[KEPT_FILES:]:
        old.unlink(missing_ok=True)
