"""Linear layers in 8 bits: exact integer products, the same for a token whatever stands beside it."""

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from transformers import LlamaForCausalLM

from crimeetl.model.base import Int8Linear, linear_layers, weight_bytes
from crimeetl.model.base.int8 import InputBytes, input_bytes, int8_gain

CAN = int8_gain(torch.float32) > 0
needs_int8 = pytest.mark.skipif(not CAN, reason="this processor, or this build of torch, has no 8-bit products")


def layer_of(weight: Tensor, bias: Tensor | None = None) -> Int8Linear:
    return Int8Linear(*weight_bytes(weight), bias, InputBytes())


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_inputs_become_bytes_around_128_scaled_by_token(dtype: torch.dtype) -> None:
    x = torch.tensor([[2.5, -1.25, 0.0, 0.02], [0.0, 0.0, 0.0, 0.0], [-64.0, 32.0, 1.0, 0.125]]).to(dtype)
    before = x.clone()
    rows, scales = input_bytes(x)
    assert torch.equal(x, before)
    assert (rows.dtype, scales.dtype) == (torch.uint8, dtype)
    assert rows.tolist() == (128 + (before.float() / scales.float()).round()).long().tolist()
    if dtype == torch.float32:
        assert rows.tolist() == [[255, 65, 128, 129], [128] * 4, [1, 191, 130, 128]]
    assert scales[:, 0].tolist() == pytest.approx([2.5 / 126.5, 1e-12, 64 / 126.5], rel=0.004)
    assert float(((rows.float() - 128) * scales.float() - x.float()).abs().amax()) < float(scales.amax()) / 2 * 1.01


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_no_input_is_more_than_a_byte_holds(dtype: torch.dtype) -> None:
    x = random(2000, 3).to(dtype)
    rows, _ = input_bytes(x)
    assert 1 <= int(rows.amin()) <= int(rows.amax()) <= 255
    assert torch.equal(rows > 128, (x / x.abs().amax(dim=1, keepdim=True)).float() * 126.5 > 0.5)


def test_weights_become_signed_bytes_scaled_by_output() -> None:
    weights, scales = weight_bytes(torch.tensor([[1.27, -0.635], [0.0, 0.0], [-2.54, 0.02]]))
    assert weights.tolist() == [[127, -64], [0, 0], [-127, 1]]
    assert scales.tolist() == pytest.approx([0.01, 1e-12, 0.02])


@needs_int8
@pytest.mark.parametrize("shape", [(5, 24, 40), (1, 64, 8), (70, 96, 33)])
def test_a_product_is_that_of_the_integers(shape: tuple[int, int, int]) -> None:
    tokens, inputs, outputs = shape
    x, weight, bias = random(2, tokens, inputs), random(outputs, inputs, seed=1), random(outputs, seed=2)
    (rows, row_scales), (weights, scales) = input_bytes(x.reshape(-1, inputs)), weight_bytes(weight)
    sums = (rows.long() - 128) @ weights.long().T
    expected = sums.float() * scales * row_scales
    with torch.inference_mode():
        found = layer_of(weight)(x)
        torch.testing.assert_close(found, expected.reshape(2, tokens, outputs), rtol=1e-6, atol=1e-6)
        torch.testing.assert_close(layer_of(weight, bias)(x), found + bias)
    exact = x @ weight.T
    assert float((found - exact).norm() / exact.norm()) < 0.02


@needs_int8
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_token_s_product_does_not_depend_on_what_is_beside_it(dtype: torch.dtype) -> None:
    layer, x = layer_of(random(48, 32)), random(9, 32, seed=3).to(dtype)
    x[0] *= 1000
    with torch.inference_mode():
        together = layer(x)
        assert together.dtype == dtype
        for token in range(9):
            assert torch.equal(layer(x[token : token + 1].clone())[0], together[token])


@needs_int8
def test_layers_share_the_bytes_of_an_input_and_never_another_s() -> None:
    inputs = InputBytes()
    one, two = (Int8Linear(*weight_bytes(random(16, 8, seed=seed)), None, inputs) for seed in (1, 2))
    x, other = random(3, 8, seed=3), random(3, 8, seed=4)
    with torch.inference_mode():
        first = one(x), two(x)
        kept = inputs.of(x)
        assert inputs.of(x)[0] is kept[0]
        assert inputs.of(other)[0] is not kept[0]
        again = one(x), two(x)
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))


def test_linear_layers_are_replaced_but_the_head_and_what_attention_begins_with(tiny_model: LlamaForCausalLM) -> None:
    layers = linear_layers(tiny_model)
    assert len(layers) == 4 * tiny_model.config.num_hidden_layers
    assert {name.rpartition(".")[2] for name in layers} == {"o_proj", "gate_proj", "up_proj", "down_proj"}
    assert all(isinstance(layer, nn.Linear) for layer in layers.values())


# ---- whether the machine can


def with_product(monkeypatch: pytest.MonkeyPatch, product: Any) -> None:
    ops = SimpleNamespace(qlinear_prepack=lambda weight, _: weight, qlinear_pointwise=product)
    monkeypatch.setattr(torch.ops, "onednn", ops)


def test_a_machine_without_8_bit_products_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.ops, "onednn", SimpleNamespace())
    assert int8_gain(torch.float32) == 0

    def refused(*_: object) -> Tensor:
        raise RuntimeError("could not create a primitive descriptor")

    with_product(monkeypatch, refused)
    assert int8_gain(torch.float32) == 0


def exact(rows: Tensor, _: float, offset: int, weight: Tensor, scales: Tensor, *__: object) -> Tensor:
    return ((rows.float() - offset) @ weight.float().T) * scales


def test_products_that_are_wrong_are_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    def saturated(rows: Tensor, scale: float, offset: int, *rest: Any) -> Tensor:
        return exact(rows.clamp(max=200), scale, offset, *rest)

    with_product(monkeypatch, saturated)
    assert int8_gain(torch.float32) == 0
    with_product(monkeypatch, exact)
    assert int8_gain(torch.float32) > 0


def test_products_in_plain_loops_are_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*args: Any) -> Tensor:
        for _ in range(200):
            exact(*args)
        return exact(*args)

    with_product(monkeypatch, slow)
    assert int8_gain(torch.float32) == 0
