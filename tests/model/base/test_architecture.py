"""Bases that would read packed trees wrongly are refused before any work."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
from huggingface_hub.errors import LocalEntryNotFoundError
from tiny import in_fp32
from transformers import (
    Gemma2Config,
    Gemma2ForCausalLM,
    Gemma3ForCausalLM,
    Gemma3TextConfig,
    GPT2Config,
    Lfm2Config,
    Phi3Config,
    Phi3ForCausalLM,
    PreTrainedTokenizerFast,
    T5Config,
)

from crimeetl.etl.errors import BaseUnavailable
from crimeetl.model.base import base_digest, base_folder, load_base
from crimeetl.model.extract import choose_model

LFM2 = Lfm2Config(layer_types=["conv", "full_attention"], num_hidden_layers=2)
INSTEAD = "name another --base whose layers are full or sliding attention, such as a Llama, Qwen3, Mistral or Gemma 3"
SIZES: dict[str, Any] = {
    "vocab_size": 258,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "pad_token_id": 257,
    "bos_token_id": 256,
    "eos_token_id": 257,
}


def refusal(name: str, refuse: Callable[[], object]) -> str:
    with pytest.raises(BaseUnavailable) as caught:
        refuse()
    found, reason = caught.value.args
    assert found == name
    return str(reason)


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        (LFM2, "it has layers of the kind conv, which cannot read a packed tree"),
        (GPT2Config(), "its positions are not rotary, which a packed tree needs"),
        (T5Config(), "it is an encoder-decoder"),
    ],
)
def test_a_base_is_refused_by_its_config_alone(config: Any, reason: str, tmp_path: Path) -> None:
    config.save_pretrained(tmp_path)  # and no weights
    name, options = str(tmp_path), in_fp32(str(tmp_path), tmp_path)
    for refuse in (
        lambda: base_digest(options),
        lambda: choose_model(options, None),
        lambda: load_base(options),
    ):
        assert refusal(name, refuse) == f"{reason}; {INSTEAD}"


@pytest.mark.parametrize("content", ["{}", '{"model_type": "no_such"}', "{"])
def test_a_config_that_says_nothing_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(content, "utf-8")
    reason = refusal(str(tmp_path), lambda: base_digest(in_fp32(str(tmp_path), tmp_path)))
    assert reason.startswith("transformers cannot use its config.json (")
    assert reason.endswith(f"); {INSTEAD}")


def test_a_hub_s_base_is_refused_before_its_weights_are_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched = []

    def snapshot_download(_: str, *, allow_patterns: list[str], local_files_only: bool = False) -> str:
        if local_files_only:
            raise LocalEntryNotFoundError("not cached")
        fetched.append(allow_patterns)
        LFM2.save_pretrained(tmp_path)
        return str(tmp_path)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot_download)
    assert refusal("org/model", lambda: base_folder("org/model", cache=tmp_path)) == (
        f"it has layers of the kind conv, which cannot read a packed tree; {INSTEAD}"
    )
    assert fetched == [["config.json"]]


def test_a_base_whose_layers_read_ahead_is_refused_on_loading(
    byte_tokenizer: PreTrainedTokenizerFast, tmp_path: Path
) -> None:
    config = Gemma3TextConfig(**SIZES, head_dim=8, use_bidirectional_attention=True)
    Gemma3ForCausalLM(config).save_pretrained(tmp_path)
    byte_tokenizer.save_pretrained(tmp_path)
    assert refusal(str(tmp_path), lambda: load_base(in_fp32(str(tmp_path), tmp_path))) == (
        f"it cannot read a packed tree (its layers read from right to left too); {INSTEAD}"
    )


def test_a_base_whose_scores_are_capped_is_loaded(base_folder: Path, tmp_path: Path) -> None:
    # transformers refuses to load it with scaled dot product attention, which cannot cap.
    copy = Path(shutil.copytree(base_folder, tmp_path / "copy"))
    Gemma2ForCausalLM(Gemma2Config(**SIZES, head_dim=8)).save_pretrained(copy)
    assert load_base(in_fp32(str(copy), tmp_path)).model.config._attn_implementation == "eager"
    assert load_base(in_fp32(str(base_folder), tmp_path)).model.config._attn_implementation == "sdpa"


def test_a_row_is_no_longer_than_where_longrope_begins(byte_tokenizer: PreTrainedTokenizerFast, tmp_path: Path) -> None:
    longrope = {"rope_type": "longrope", "rope_theta": 1e4, "short_factor": [1.0] * 4, "long_factor": [2.0] * 4}
    config = Phi3Config(
        **SIZES, max_position_embeddings=256, original_max_position_embeddings=64, rope_parameters=longrope
    )
    Phi3ForCausalLM(config).save_pretrained(tmp_path)
    byte_tokenizer.save_pretrained(tmp_path)
    assert load_base(in_fp32(str(tmp_path), tmp_path)).context_tokens == 64
