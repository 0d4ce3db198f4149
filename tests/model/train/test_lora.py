"""The lean LoRA layer: PEFT's own answers and gradients, and PEFT's own layer wherever it does not apply."""

from typing import Any

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from peft.tuners.lora.layer import Linear as PeftLinear
from torch import Tensor, nn

from crimeetl.model.train.lora import LeanLinear, use_lean_linear


def adapted(*, is_lean: bool, has_bias: bool = False) -> Any:
    """Two linear layers with a non-linearity between them, LoRA on both, the same weights each time."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(8, 6, bias=has_bias), nn.Tanh(), nn.Linear(6, 5, bias=has_bias))
    config = LoraConfig(r=3, lora_alpha=6, target_modules=["0", "2"], init_lora_weights=False)
    if is_lean:
        use_lean_linear(config)
    return get_peft_model(model, config)  # type: ignore[arg-type]


def learned(model: Any, x: Tensor) -> dict[str, Tensor]:
    """The output and the gradients of one step."""
    x = x.clone().requires_grad_()
    output = model(x)
    output.square().sum().backward()
    assert x.grad is not None
    weights = {name: p.grad for name, p in model.named_parameters() if p.requires_grad}
    return {"output": output.detach(), "x": x.grad, **weights}


@pytest.mark.parametrize("shape", [(2, 4, 8), (1, 1, 8), (7, 8)])
@pytest.mark.parametrize("has_bias", [False, True])
def test_output_and_gradients_are_those_of_peft(shape: tuple[int, ...], has_bias: bool) -> None:
    x = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    lean, plain = (learned(adapted(is_lean=is_lean, has_bias=has_bias).train(), x) for is_lean in (True, False))
    assert lean.keys() == plain.keys()
    assert len(lean) == 2 + 4
    for name, expected in plain.items():
        assert torch.allclose(lean[name], expected, rtol=1e-5, atol=1e-5), name
        assert expected.abs().max() > 0.01


def test_gradients_are_those_of_finite_differences() -> None:
    layer = adapted(is_lean=True).double().train()
    x = torch.randn(3, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(2), requires_grad=True)
    weights = [p for p in layer.parameters() if p.requires_grad]
    assert torch.autograd.gradcheck(lambda *_: layer(x), (x, *weights))


def test_under_bf16_the_adapter_stays_in_fp32() -> None:
    model = adapted(is_lean=True).train()
    for layer in lean_layers(model):
        layer.base_layer.to(torch.bfloat16)
    found = learned(model, torch.randn(2, 8).to(torch.bfloat16))
    assert found["output"].dtype == found["x"].dtype == torch.bfloat16
    assert {g.dtype for name, g in found.items() if "lora" in name} == {torch.float32}


def lean_layers(model: Any) -> list[LeanLinear]:
    return [layer for layer in model.modules() if isinstance(layer, LeanLinear)]


def test_without_training_disabled_or_merged_it_is_pefts_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    model = adapted(is_lean=True).train()
    assert len(lean_layers(model)) == 2
    x, calls = torch.randn(2, 8), []
    original = PeftLinear.forward
    monkeypatch.setattr(PeftLinear, "forward", lambda self, *a, **k: calls.append(self) or original(self, *a, **k))
    trained = model(x)
    assert calls == []
    with model.disable_adapter():
        bare = model(x)
    assert len(calls) == 2
    assert not torch.allclose(bare, trained)
    model.eval()
    assert torch.allclose(model(x), trained, atol=1e-5)
    model.merge_adapter()
    assert torch.allclose(model.train()(x), trained, atol=1e-5)
    assert len(calls) == 6


def test_what_is_saved_is_a_plain_peft_adapter(tmp_path: Any) -> None:
    model, x = adapted(is_lean=True).eval(), torch.randn(2, 8)
    model.save_pretrained(str(tmp_path))
    torch.manual_seed(0)
    base = nn.Sequential(nn.Linear(8, 6, bias=False), nn.Tanh(), nn.Linear(6, 5, bias=False))
    loaded = PeftModel.from_pretrained(base, str(tmp_path))  # type: ignore[arg-type]
    assert lean_layers(loaded) == []
    assert torch.equal(loaded(x), model(x))
