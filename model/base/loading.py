"""Base models, loaded to read packed trees."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from crimeetl.etl.errors import BaseUnavailable
from crimeetl.model.base.architecture import check_config, check_model
from crimeetl.model.base.digest import weights_digest
from crimeetl.model.base.options import BaseOptions
from crimeetl.model.base.precision import Precision, decide_precision
from crimeetl.model.base.quiet import import_bitsandbytes, quiet
from crimeetl.model.base.sources import base_folder

TORCH_DTYPES = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}


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
        """The longest row that the model was made for, and reads the same whatever else is in the batch."""
        text = self.model.config.get_text_config()
        # Past this position LongRoPE reads all positions otherwise, of the batch's shorter branches too.
        kinds = [text.rope_parameters] if "rope_type" in text.rope_parameters else text.rope_parameters.values()
        starts = [kind["original_max_position_embeddings"] for kind in kinds if kind["rope_type"] == "longrope"]
        return int(min([text.max_position_embeddings, *starts]))


def load_base(asked: BaseOptions, precision: Precision | None = None) -> Base:
    """Loads a base model for reading packed trees, in evaluation mode, with the attention that is its own so far.

    Args:
        precision: decided before; it is decided here when None. For 8 bits the weights are as they are without.

    Raises:
        WrongUsage: the device is not there.
        BaseUnavailable: it is not here and cannot be fetched, is no causal language model in safetensors, or cannot
            read packed trees.
    """
    precision, folder = precision or decide_precision(asked), base_folder(asked.name, cache=asked.cache)
    from transformers import AutoModelForCausalLM, BitsAndBytesConfig

    check_config(asked.name, folder)
    dtype = TORCH_DTYPES[precision.dtype]
    options: dict[str, Any] = {"dtype": dtype}
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
            model = AutoModelForCausalLM.from_pretrained(folder, local_files_only=True, **options)
        except (OSError, ValueError) as error:
            raise BaseUnavailable(asked.name, _unloadable(folder, error)) from error
    if precision.quantization != "nf4":
        model.to(precision.device)
    model.eval()
    check_model(asked.name, model)
    return Base(asked.name, weights_digest(folder), precision, model, load_tokenizer(asked.name, folder))


def load_tokenizer(name: str, folder: Path) -> Any:
    """A base's tokenizer.

    Raises:
        BaseUnavailable: transformers cannot load it.
    """
    from transformers import AutoTokenizer

    with quiet():
        try:
            return AutoTokenizer.from_pretrained(folder, local_files_only=True)
        except (OSError, ValueError) as error:
            raise BaseUnavailable(name, _unloadable(folder, error)) from error


def _unloadable(folder: Path, error: Exception) -> str:
    return f"{folder} is no causal language model that transformers can load ({error}); name another --base"


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
