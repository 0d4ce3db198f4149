"""LoRA for training on unquantised bases: the same sums as PEFT's layer with fewer passes over the activations.

PEFT scales and adds the low-rank term in passes of its own and, under autocast, copies its input to fp32 and back. Here
the term is added by the matrix product itself, forwards and backwards.

    y  = x W' + s (x A') B'       ' = transposed
    dx = g W  + s (g B) A         dA = s (g B)' x         dB = s g' (x A')

Source: Hu et al., LoRA: low-rank adaptation of large language models, 2021; PEFT, "Custom models".
"""

from typing import Any

import torch
from torch import Tensor, nn

from crimeetl.model.train.libraries import LoraConfig, PeftLinear


class _LowRankLinear(torch.autograd.Function):
    """A frozen linear layer plus its low-rank term."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, down: Tensor, up: Tensor, scale: float) -> Tensor:
        """The sum above.

        Args:
            x: float[..., I].
            weight: float[O, I].
            down: f32[R, I], A above.
            up: f32[O, R], B above.
            scale: s above.
        """
        rows, ctx.dtype = x.flatten(end_dim=-2), down.dtype
        down, up = down.to(x.dtype), up.to(x.dtype)
        inner = rows @ down.T
        ctx.save_for_backward(rows, weight, down, up, inner)
        ctx.scale = scale
        return (rows @ weight.T).addmm_(inner, up.T, alpha=scale).reshape(*x.shape[:-1], -1)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, Tensor, Tensor, None]:
        """The gradients above, for each argument of ``forward``; the weight is frozen."""
        x, weight, down, up, inner = ctx.saved_tensors
        (gradient,) = gradients
        rows = gradient.flatten(end_dim=-2)
        up_gradient = (rows.T @ inner).to(ctx.dtype).mul_(ctx.scale)
        inner_gradient = rows @ up
        down_gradient = (inner_gradient.T @ x).to(ctx.dtype).mul_(ctx.scale)
        x_gradient = (rows @ weight).addmm_(inner_gradient, down, alpha=ctx.scale)
        return x_gradient.reshape(*gradient.shape[:-1], -1), None, down_gradient, up_gradient, None


class LeanLinear(PeftLinear):  # type: ignore[misc]
    """PEFT's LoRA layer on an ``nn.Linear``, computed leanly where it is one adapter in training without a bias."""

    def forward(self, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        if not self.training or self.disable_adapters or self.merged or self.base_layer.bias is not None:
            output: Tensor = super().forward(x, *args, **kwargs)
            return output
        [name] = self.active_adapters
        down, up = self.lora_A[name].weight, self.lora_B[name].weight
        scale = self.scaling[name]
        lean: Tensor = _LowRankLinear.apply(x, self.base_layer.weight, down, up, scale)  # type: ignore[no-untyped-call]
        return lean


def use_lean_linear(config: LoraConfig) -> None:
    """Has PEFT build ``LeanLinear`` for the unquantised linear layers of a model; without dropout only."""
    config._register_custom_module({nn.Linear: LeanLinear})
