"""What runs in 8 bits is merged and quantised once, and started from as one file."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from crimeetl.etl.errors import WrongUsage
from crimeetl.model.base import BaseOptions
from crimeetl.model.base.int8 import int8_gain
from crimeetl.model.extract import Extractor, choose_model, read_card, served
from crimeetl.model.schema import EntitySchema, EntityType

SCHEMA = EntitySchema("mine", (EntityType("Name", "Name", "span", (), True, "text"),))
TEXT = "Ann Lee, 35, met Ann (35)."
CAN = int8_gain(torch.float32) > 0
pytestmark = pytest.mark.skipif(not CAN, reason="this processor, or this build of torch, has no 8-bit products")


def options(base_folder: Path, cache: Path, quantization: str = "int8") -> BaseOptions:
    return BaseOptions(name=str(base_folder), device="cpu", quantization=quantization, dtype="fp32", cache=cache)


def logits(extractor: Extractor) -> torch.Tensor:
    from crimeetl.model.tree import Branch, pack, read_tree

    tree = pack([10, 20, 30], [Branch([40, 50]), Branch([60])])
    with torch.inference_mode():
        return read_tree(extractor.base.model, tree)


def files(cache: Path) -> list[Path]:
    return sorted((cache / "served").glob("*"))


def test_a_start_from_the_file_gives_what_the_first_start_gave(
    base_folder: Path, adapter_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choice = choose_model(options(base_folder, tmp_path), adapter_folder)
    assert str(choice.precision) == "cpu, fp32, 8-bit integers"
    first = Extractor(choice, SCHEMA)
    [file] = files(tmp_path)
    monkeypatch.setattr(served, "load_base", None)  # neither the base nor PEFT is needed again
    monkeypatch.setattr(served, "apply_adapter", None)
    again = Extractor(choice, SCHEMA)
    assert torch.equal(logits(first), logits(again))
    assert first.extract([TEXT]) == again.extract([TEXT])
    assert (again.base.digest, again.base.vocabulary_size) == (first.base.digest, 258)
    assert files(tmp_path) == [file]


def test_8_bits_are_near_what_they_stand_for(base_folder: Path, adapter_folder: Path, tmp_path: Path) -> None:
    plain = Extractor(choose_model(options(base_folder, tmp_path, "none"), adapter_folder), SCHEMA)
    assert files(tmp_path) == []
    quantised = Extractor(choose_model(options(base_folder, tmp_path), adapter_folder), SCHEMA)
    difference = logits(quantised) - logits(plain)
    assert 0 < float(difference.norm() / logits(plain).norm()) < 0.05
    [file] = files(tmp_path)
    kinds = {tensor.dtype for name, tensor in load_file(file).items() if name.endswith("up_proj.weight")}
    assert kinds == {torch.int8}


@pytest.mark.parametrize("content", [b"", b"cut short"])
def test_a_damaged_file_is_made_anew(content: bytes, base_folder: Path, tmp_path: Path) -> None:
    choice = choose_model(options(base_folder, tmp_path), None)
    first = Extractor(choice, SCHEMA)
    [file] = files(tmp_path)
    whole = file.read_bytes()
    file.write_bytes(content)
    assert torch.equal(logits(first), logits(Extractor(choice, SCHEMA)))
    assert file.read_bytes() == whole


def test_each_adapter_has_its_file_and_the_last_used_are_kept(
    base_folder: Path, adapter_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served, "KEPT_FILES", 1)
    Extractor(choose_model(options(base_folder, tmp_path), None), SCHEMA)
    [of_base] = files(tmp_path)
    Extractor(choose_model(options(base_folder, tmp_path), adapter_folder), SCHEMA)
    [of_adapter] = files(tmp_path)
    assert of_adapter != of_base


def test_a_large_model_is_not_kept(base_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served, "MOST_BYTES", 1000)
    Extractor(choose_model(options(base_folder, tmp_path), None), SCHEMA)
    assert not (tmp_path / "served").exists()


def test_auto_takes_8_bits_for_an_adapter_that_was_proved_in_them(
    base_folder: Path, adapter_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    auto = BaseOptions(name=str(base_folder), device="cpu", cache=tmp_path)
    monkeypatch.setattr("crimeetl.model.base.precision.LEAST_GAIN", 0.0)
    assert choose_model(auto, adapter_folder).precision.quantization == "none"
    proved = Path(shutil.copytree(adapter_folder, tmp_path / "proved"))
    replace(read_card(proved), calibrated_quantization="int8").write(proved)
    choice = choose_model(auto, proved)
    assert choice.precision.quantization == "int8"
    assert choose_model(replace(auto, dtype="fp32"), proved).precision.quantization == "none"  # numbers that are named
    monkeypatch.setattr("crimeetl.model.base.precision.LEAST_GAIN", 1e9)
    assert choose_model(auto, proved).precision.quantization == "none"  # no faster here


def test_8_bits_are_refused_on_cuda(base_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from crimeetl.model.base import machine, precision

    with_cuda = machine.Machine(has_cuda=True, has_cuda_bf16=True, has_bf16=True, int8_gain=2.0)
    monkeypatch.setattr(precision, "this_machine", lambda _: with_cuda)
    with pytest.raises(WrongUsage) as caught:
        choose_model(BaseOptions(name=str(base_folder), quantization="int8", cache=tmp_path), None)
    assert str(caught.value) == "8-bit integers are not to be had on this cuda; leave out --quantize int8"
