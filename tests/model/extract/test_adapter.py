"""Adapters: the card that goes with the weights, and that only the right base takes them."""

import json
import math
import shutil
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel
from safetensors.torch import load_file, save_file
from tiny import in_fp32
from transformers import LlamaConfig, LlamaForCausalLM

from crimeetl.etl.errors import AdapterInvalid
from crimeetl.model.base import Base, Precision, load_base, weights_digest
from crimeetl.model.extract import (
    AdapterCard,
    Calibration,
    PresenceThresholds,
    check_base,
    check_template,
    package_versions,
    read_card,
)
from crimeetl.model.extract.adapter import apply_adapter
from crimeetl.model.extract.calibrate import ThresholdEffect
from crimeetl.model.extract.card import PACKAGES, shipped_adapter
from crimeetl.model.tree import Branch, pack, read_tree, use_tree_attention

FP32 = Precision("cpu", "fp32", "none")
IDS = torch.tensor([[10, 20, 30, 40, 50, 60]])


@pytest.fixture
def folder(adapter_folder: Path, tmp_path: Path) -> Path:
    """A copy to break."""
    return Path(shutil.copytree(adapter_folder, tmp_path / "adapter"))


@pytest.fixture
def base(base_folder: Path, tmp_path: Path) -> Base:
    return load_base(in_fp32(str(base_folder), tmp_path))


def refusal(caught: pytest.ExceptionInfo[AdapterInvalid], folder: Path) -> str:
    found, reason = caught.value.args
    assert found == folder
    assert str(caught.value) == f"cannot use the adapter {folder}: {reason}"
    return reason


def unreadable(folder: Path) -> str:
    with pytest.raises(AdapterInvalid) as caught:
        read_card(folder)
    return refusal(caught, folder)


# ---- the card


def test_a_card_is_read_as_it_was_written(folder: Path) -> None:
    card = read_card(folder)
    assert card == AdapterCard(
        base_name="tiny",
        base_digest=card.base_digest,
        template_digest=card.template_digest,
        schema_name="mine",
        schema_digest="0" * 32,
        entity_types=("Name", "Age"),
        dtype="fp32",
        quantization="none",
        settings={"epochs": 1},
        training={"reports": 3, "left_out": {"Age": 1}},
        validation={"loss": 0.5},
        versions={"torch": "2.13"},
        calibration=Calibration((0.5, 1.0, -0.25, 2.0, 0.0, 0.5, -0.5), 0.75, value_count=12, right_count=9),
        presence=PresenceThresholds(0.5, {}),
        curve=({"step": 10, "loss": 0.75}, {"step": 10, "eval_loss": 0.5}),
    )
    changed = replace(card, base_name="größer", calibration=None, presence=None, entity_types=())
    changed.write(folder)
    assert read_card(folder) == changed
    assert "größer" in (folder / "card.json").read_text("utf-8")
    effects = (ThresholdEffect("Name", 40, 0.25, 0.5, 0.75),)
    fitted = replace(card, presence=PresenceThresholds(0.5, {"Name": 0.25}, effects))
    fitted.write(folder)
    assert read_card(folder) == fitted


def test_a_folder_without_weights_is_no_adapter(folder: Path) -> None:
    (folder / "adapter_model.safetensors").unlink()
    sentence = "it holds no adapter_model.safetensors; give the folder that 'crimeetl train' wrote"
    assert unreadable(folder) == sentence
    assert unreadable(folder / "nowhere") == "there is no such folder; give the one that 'crimeetl train' wrote"


def test_a_folder_without_a_card_is_refused(folder: Path) -> None:
    (folder / "card.json").unlink()
    assert unreadable(folder) == (
        f"its card.json cannot be read ([Errno 2] No such file or directory: '{folder / 'card.json'}'); train it again"
    )


@pytest.mark.parametrize(
    ("part", "written", "reason"),
    [
        ("calibration", {"bias": math.nan}, "it holds NaN, which is no finite number"),
        ("calibration", {"weights": [math.inf] * 7}, "it holds Infinity, which is no finite number"),
        ("calibration", {"by_type": {"Name": -math.inf}}, "it holds -Infinity, which is no finite number"),
        ("calibration", {"by_type": []}, "'list' object has no attribute 'values'"),
        ("calibration", {"bias": "0.5"}, "must be real number, not str"),
        ("calibration", {"right_count": 13}, "13 of 12 values cannot have been right"),
        ("calibration", {"right_count": -1}, "-1 of 12 values cannot have been right"),
        ("calibration", {"right_count": -2, "value_count": -1}, "-2 of -1 values cannot have been right"),
        ("presence", {"pooled": 1.5}, "presence thresholds must lie between 0 and 1"),
        ("presence", {"by_type": {"Name": -0.25}}, "presence thresholds must lie between 0 and 1"),
        ("presence", {"by_type": {"Name": math.nan}}, "it holds NaN, which is no finite number"),
        ("validation", {"loss": math.nan}, "it holds NaN, which is no finite number"),
    ],
)
def test_a_card_whose_numbers_cannot_be_is_refused(
    folder: Path, part: str, written: dict[str, object], reason: str
) -> None:
    card = json.loads((folder / "card.json").read_text("utf-8"))
    card[part] |= written
    (folder / "card.json").write_text(json.dumps(card), "utf-8")
    assert unreadable(folder) == f"its card.json cannot be read ({reason}); train it again"


def test_so_is_one_whose_number_is_beyond_what_a_float_holds(folder: Path) -> None:
    text = (folder / "card.json").read_text("utf-8")
    (folder / "card.json").write_text(text.replace('"bias": 0.75', '"bias": 1e999'), "utf-8")
    assert unreadable(folder) == (
        "its card.json cannot be read (it holds 1e999, which is no finite number); train it again"
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"dtype": None}, "AdapterCard.__init__() missing 1 required positional argument: 'dtype'"),
        ({"colour": "red"}, "AdapterCard.__init__() got an unexpected keyword argument 'colour'"),
        ({"entity_types": 5}, "'int' object is not iterable"),
        ({"calibration": {"bias": 1.0}}, "'weights'"),
        ({"presence": {"pooled": 0.5}}, "'effects'"),
        (
            {"presence": {"pooled": 0.5, "effects": []}},
            "PresenceThresholds.__init__() missing 1 required positional argument: 'by_type'",
        ),
        (
            {"calibration": {"weights": [1.0], "bias": 1.0, "value_count": 1, "right_count": 1}},
            "calibration weights for presence, mean, least, close, words, count, place expected, 1 found",
        ),
        (
            {"calibration": {"weights": [1.0], "bias": 1.0, "value_count": 1}},
            "Calibration.__init__() missing 1 required positional argument: 'right_count'",
        ),
    ],
)
def test_a_card_that_lacks_or_changes_a_key_is_refused(folder: Path, change: dict[str, Any], reason: str) -> None:
    stored = asdict(read_card(folder)) | change
    (folder / "card.json").write_text(json.dumps({k: v for k, v in stored.items() if k != "dtype" or v}), "utf-8")
    assert unreadable(folder) == f"its card.json cannot be read ({reason}); train it again"


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"card"', "{}"])
def test_a_card_that_is_no_card_is_refused(folder: Path, text: str) -> None:
    (folder / "card.json").write_text(text, "utf-8")
    reason = unreadable(folder)
    assert reason.startswith("its card.json cannot be read (")
    assert reason.endswith("); train it again")


def test_versions_are_those_of_the_packages_that_shape_an_adapter() -> None:
    versions = package_versions()
    assert tuple(versions) == PACKAGES
    assert versions["torch"].split("+")[0] == torch.__version__.split("+")[0]


def test_no_adapter_is_shipped_for_another_base() -> None:
    assert shipped_adapter("./SmolLM2-135M-Instruct") is None
    assert shipped_adapter("meta-llama/Meta-Llama-3-8B-Instruct") is None


# ---- what it fits


def test_another_base_is_refused(folder: Path, base_folder: Path) -> None:
    card = read_card(folder)
    check_base(folder, card, "anywhere", weights_digest(base_folder))
    with pytest.raises(AdapterInvalid) as caught:
        check_base(folder, card, "./other", "f" * 32)
    assert refusal(caught, folder) == (
        "it was trained for tiny, not for ./other as it is here; give its own with --base"
    )


def test_another_chat_template_is_refused(folder: Path) -> None:
    card = read_card(folder)
    check_template(folder, card, "./base", card.template_digest)
    with pytest.raises(AdapterInvalid) as caught:
        check_template(folder, card, "./base", "f" * 32)
    assert refusal(caught, folder) == (
        "the chat template of ./base is not the one it was trained with; restore it or train again"
    )


# ---- the weights


def test_a_merged_adapter_gives_the_logits_of_peft_s_own(folder: Path, base: Base, base_folder: Path) -> None:
    plain = LlamaForCausalLM.from_pretrained(base_folder).eval()
    with torch.inference_mode():
        before = plain(IDS).logits
        unmerged = PeftModel.from_pretrained(plain, str(folder)).eval()(IDS).logits
        adapted = apply_adapter(base, folder)
        merged = adapted.model(IDS).logits
    assert not torch.allclose(unmerged, before, atol=1e-2)
    torch.testing.assert_close(merged, unmerged, atol=1e-5, rtol=0)
    assert type(adapted.model) is LlamaForCausalLM
    assert not any("lora" in name for name, _ in adapted.model.named_parameters())
    assert not adapted.model.training
    assert replace(adapted, model=base.model) == base


def test_so_it_does_over_a_tree(folder: Path, base: Base, base_folder: Path) -> None:
    unmerged = PeftModel.from_pretrained(LlamaForCausalLM.from_pretrained(base_folder), str(folder)).eval()
    merged = apply_adapter(base, folder).model
    use_tree_attention(merged)
    with torch.inference_mode():
        logits = read_tree(merged, pack([10, 20, 30], [Branch([99]), Branch([40, 50, 60])]))
        expected = unmerged(IDS).logits
    torch.testing.assert_close(logits[0, 4:], expected[0, 3:], atol=1e-5, rtol=0)


def test_an_adapter_in_bf16_is_merged_in_fp32_and_rounded_once(folder: Path, base_folder: Path, tmp_path: Path) -> None:
    merged = apply_adapter(load_base(replace(in_fp32(str(base_folder), tmp_path), dtype="bf16")), folder).model
    assert {parameter.dtype for parameter in merged.parameters()} == {torch.bfloat16}
    fp32 = LlamaForCausalLM.from_pretrained(base_folder, dtype=torch.bfloat16).to(torch.float32)
    expected = PeftModel.from_pretrained(fp32, str(folder)).merge_and_unload().to(torch.bfloat16)
    for name, weights in expected.named_parameters():
        assert torch.equal(merged.get_parameter(name), weights), name


@pytest.mark.parametrize("broken", ["adapter_config.json", "adapter_model.safetensors"])
@pytest.mark.parametrize("is_missing", [True, False])
def test_weights_that_peft_cannot_load_are_refused(folder: Path, base: Base, broken: str, is_missing: bool) -> None:
    (folder / broken).unlink()
    if not is_missing:
        (folder / broken).write_bytes(b"half a file")
    with pytest.raises(AdapterInvalid) as caught:
        apply_adapter(base, folder)
    reason = refusal(caught, folder)
    assert reason.startswith("PEFT cannot load it (")
    assert reason.endswith("); train it again")


def test_weights_of_another_shape_are_refused(folder: Path, base: Base) -> None:
    wider = LlamaForCausalLM(LlamaConfig(**{**base.model.config.to_dict(), "hidden_size": 60}))
    with pytest.raises(AdapterInvalid) as caught:
        apply_adapter(replace(base, model=wider), folder)
    assert refusal(caught, folder).startswith("PEFT cannot load it (")


@pytest.mark.parametrize("number", [math.nan, -math.inf])
def test_weights_that_are_not_finite_are_refused(folder: Path, base: Base, number: float) -> None:
    weights = load_file(folder / "adapter_model.safetensors")
    list(weights.values())[-1].view(-1)[-1] = number
    save_file(weights, folder / "adapter_model.safetensors")
    with pytest.raises(AdapterInvalid) as caught:
        apply_adapter(base, folder)
    assert refusal(caught, folder) == "its adapter_model.safetensors holds NaN or infinity; train it again"
