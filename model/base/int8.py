"""Linear layers in 8-bit integers on the CPU: weights scaled by output channel, inputs by token.

    y[t, o] = a[t] w[o] sum_i X[t, i] W[o, i]        X = round(x / a) and W = round(weight / w) within -127..127

The sums are exact, whatever else is in the batch. oneDNN multiplies unsigned by signed bytes where the processor has
instructions for it (VNNI, AMX), so X goes to it with 128 added, which it takes off again.

Source: Dettmers et al., LLM.int8(), 2022, section 2.1, "vector-wise quantization"; oneDNN, "Nuances of int8
computations".
"""

import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

MOST = 127  # of a signed byte, and as many below zero
OFFSET = 128  # what makes it unsigned
LEAST_SCALE = 1e-12  # of a row of zeros
ROUNDED_UP = 1 + 2**-8  # a scale, so that in bf16 it is no less than what was scaled needs
# A sixth of the default base. Their inputs have outliers: in bytes, all layers lose 4 % of the loss on answers, the
# others 0.3 % (48 labelled reports).
KEPT = ("q_proj", "k_proj", "v_proj", "qkv_proj")
TRIAL_SHAPE = (512, 576, 1536)  # tokens, inputs and outputs: of the default base, some reports together
TRIAL_ROUNDS = 5
SLOW_SECONDS = 0.005  # for two tokens: 0.0001 with the instructions for it, 0.02 in the plain loops without
MOST_ERROR = 0.02  # of a product of random numbers, as a share of its norm; 8 bits give 0.009


class Int8Linear(nn.Module):
    """A linear layer without gradients."""

    def __init__(self, weight: Tensor, scales: Tensor, bias: Tensor | None, inputs: "InputBytes") -> None:
        """A layer that was quantised before.

        Args:
            weight: i8[O, I].
            scales: f32[O].
            bias: float[O].
            inputs: shared by the layers of a model.
        """
        super().__init__()
        self.out_features, self.in_features = weight.shape
        self.inputs = inputs
        self.packed = torch.ops.onednn.qlinear_prepack(weight, None)
        self.scales, self.bias = scales, bias
        self.zeros = torch.zeros(len(scales), dtype=torch.int64)

    def forward(self, x: Tensor) -> Tensor:
        """float[..., O] of float[..., I]."""
        rows, row_scales = self.inputs.of(x)
        y: Tensor = torch.ops.onednn.qlinear_pointwise(
            rows, 1.0, OFFSET, self.packed, self.scales, self.zeros, None, 1.0, 0, x.dtype, "none", [], ""
        )
        y.mul_(row_scales)
        if self.bias is not None:
            y.add_(self.bias)
        return y.reshape(*x.shape[:-1], self.out_features)


class InputBytes:
    """What layers multiply: their inputs as bytes. Kept from one to the next, for those that share an input."""

    def __init__(self) -> None:
        self._last: tuple[Tensor | None, Tensor, Tensor]
        self.forget()

    def of(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """u8[T, I] and float[T, 1]: bytes around ``OFFSET`` and the scale of each token, of float[..., I]."""
        known, rows, scales = self._last
        if known is not x:
            rows, scales = input_bytes(x.reshape(-1, x.shape[-1]))
            self._last = (x, rows, scales)
        return rows, scales

    def forget(self) -> None:
        """Keeps nothing."""
        self._last = (None, torch.empty(0), torch.empty(0))


def input_bytes(rows: Tensor) -> tuple[Tensor, Tensor]:
    """u8[T, I] and float[T, 1] of float[T, I], in its own numbers.

    In place and never of two kinds of numbers at once, which would take ten times as long.
    """
    scales = rows.abs().amax(dim=1, keepdim=True)
    scales = scales.float().mul_(ROUNDED_UP / MOST).clamp_min_(LEAST_SCALE).to(rows.dtype)
    shares = rows.to(torch.float32, copy=True).mul_(scales.float().reciprocal()).round_()
    return shares.to(torch.int8).view(torch.uint8).bitwise_xor_(OFFSET), scales


def weight_bytes(weight: Tensor) -> tuple[Tensor, Tensor]:
    """i8[O, I] and f32[O] of float[O, I]."""
    weight = weight.float()
    scales = weight.abs().amax(dim=1).div_(MOST).clamp_min_(LEAST_SCALE)
    return (weight / scales[:, None]).round_().to(torch.int8), scales


def linear_layers(model: Any) -> dict[str, nn.Linear]:
    """The layers of a model that 8 bits hold, by name: all but its head and those that attention begins with."""
    head = model.get_output_embeddings()
    return {
        name: layer
        for name, layer in model.named_modules()
        if type(layer) is nn.Linear and layer is not head and name.rpartition(".")[2] not in KEPT
    }


def replace_layers(model: Any, made: Callable[[str, nn.Linear], nn.Module]) -> None:
    """Puts another layer in place of each of ``linear_layers``."""
    for name, layer in linear_layers(model).items():
        parent, _, own = name.rpartition(".")
        setattr(model.get_submodule(parent), own, made(name, layer))


@torch.inference_mode()
def int8_gain(dtype: torch.dtype) -> float:
    """How many times as fast as in ``dtype`` layers are in 8 bits here; 0 where they cannot be, or are not right.

    Takes some hundredths of a second.
    """
    tokens, inputs, outputs = TRIAL_SHAPE
    chance = torch.Generator().manual_seed(0)
    x = torch.randn(tokens, inputs, generator=chance).to(dtype)
    plain = nn.Linear(inputs, outputs, bias=False, dtype=dtype)
    plain.weight.copy_(torch.randn(outputs, inputs, generator=chance))
    shared = InputBytes()
    try:
        layer = Int8Linear(*weight_bytes(plain.weight), None, shared)
        few = x[:2].float()
        error = (layer(few) - few @ plain.weight.float().T).norm() / (few @ plain.weight.float().T).norm()
    except (RuntimeError, AttributeError):  # this build of torch, or this processor, has no such product
        return 0.0
    if not error < MOST_ERROR or _seconds(lambda: layer(few), shared) > SLOW_SECONDS:
        return 0.0
    return _seconds(lambda: plain(x), shared) / _seconds(lambda: layer(x), shared)


def _seconds(product: Callable[[], object], shared: InputBytes) -> float:
    """The least of some tries, nothing kept from one to the next."""
    tries = []
    for _ in range(TRIAL_ROUNDS):
        shared.forget()
        started = time.perf_counter()
        product()
        tries.append(time.perf_counter() - started)
    return min(tries)
