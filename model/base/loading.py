"""Base models, loaded to read packed trees."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crimeetl.etl.errors import BaseUnavailable
from crimeetl.model.base.architecture import check_model
from crimeetl.model.base.digest import weights_digest
from crimeetl.model.base.options import BaseOptions
from crimeetl.model.base.precision import TORCH_DTYPES, Precision, decide_precision
from crimeetl.model.base.quiet import import_bitsandbytes, quiet
from crimeetl.model.base.sources import base_folder


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


def load_base(asked: BaseOptions) -> Base:
    """Loads a base model for reading packed trees, in evaluation mode, with the attention that is its own so far.

    Raises:
        WrongUsage: the device is not there.
        BaseUnavailable: it is not here and cannot be fetched, is no causal language model in safetensors, or cannot
            read packed trees.
    """
    precision, folder = decide_precision(asked), base_folder(asked.name, cache=asked.cache)
    from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig

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
            tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            model = AutoModelForCausalLM.from_pretrained(folder, local_files_only=True, **options)
        except (OSError, ValueError) as error:
            reason = f"{folder} is no causal language model that transformers can load ({error}); name another --base"
            raise BaseUnavailable(asked.name, reason) from error
    if precision.quantization == "none":
        model.to(precision.device)
    model.eval()
    check_model(asked.name, model)
    return Base(asked.name, weights_digest(folder), precision, model, tokenizer)


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
