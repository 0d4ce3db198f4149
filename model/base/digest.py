"""Which weights a folder holds."""

import hashlib
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open

from crimeetl.etl.errors import BaseUnavailable


def weights_digest(folder: Path) -> str:
    """32 hex digits that tell a model's weights apart without reading all of them.

    Covers each tensor's name, shape and up to 64 of its first values, and every vector whole (norms, biases), as
    stored in the safetensors files.
    """
    tensors: dict[str, tuple[list[int], bytes]] = {}
    for file in sorted(folder.glob("*.safetensors")):
        try:
            with safe_open(file, framework="pt") as opened:
                for key in opened.keys():  # noqa: SIM118 - not a dict
                    part = opened.get_slice(key)
                    shape = list(part.get_shape())
                    values = part[:] if len(shape) < 2 else part[:1].flatten()[:64]
                    tensors[key] = (shape, values.to(torch.float32).numpy().tobytes())
        except (OSError, SafetensorError) as error:
            reason = f"{file.name} cannot be read ({error}); fetch or save it again"
            raise BaseUnavailable(str(folder), reason) from error
    if not tensors:
        raise BaseUnavailable(
            str(folder), "the folder holds no *.safetensors file; save the model as safetensors first"
        )
    digest = hashlib.sha256()
    for key in sorted(tensors):
        shape, values_bytes = tensors[key]
        digest.update(f"{key} {shape} {len(values_bytes)}\n".encode())
        digest.update(values_bytes)
    return digest.hexdigest()[:32]
