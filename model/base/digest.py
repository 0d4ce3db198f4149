"""Which weights a folder holds."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from crimeetl.etl.errors import BaseUnavailable
from crimeetl.model.base.options import BaseOptions
from crimeetl.model.base.remembered import Remembered
from crimeetl.model.base.sources import base_folder


def weights_digest(folder: Path) -> str:
    """32 hex digits that tell a model's weights apart without reading all of them.

    Covers each tensor's name, shape and up to 64 of its first values, and every vector whole (norms, biases), as
    stored in the safetensors files.

    Raises:
        BaseUnavailable: there is no such file, or one cannot be read.
    """
    import torch
    from safetensors import SafetensorError, safe_open

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


def known_digest(folder: Path, *, cache: Path, first: Callable[[], None] = lambda: None) -> str:
    """``weights_digest``, as it was when the folder's files were last of these sizes and times.

    Args:
        first: what is to be done before it is worked out.

    Raises:
        BaseUnavailable: as there.
    """
    stats = [(file.name, file.stat()) for file in sorted(folder.glob("*.safetensors"))]
    files = "; ".join(f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in stats)

    def find() -> str:
        first()
        return weights_digest(folder)

    return str(Remembered(cache / "digests.json").get(f"{folder.resolve()}: {files}", find))


def base_digest(asked: BaseOptions) -> str:
    """Of a base's weights, once it is known to be one that can read packed trees. Fetches it on first use.

    Raises:
        BaseUnavailable: it is not here and cannot be fetched, or cannot read packed trees.
    """
    folder = base_folder(asked.name, cache=asked.cache)

    def check() -> None:
        from crimeetl.model.base.architecture import check_config

        check_config(asked.name, folder)

    return known_digest(folder, cache=asked.cache, first=check)
