"""Where and in what numbers a model runs."""

from dataclasses import dataclass

import torch

from crimeetl.etl.errors import WrongUsage
from crimeetl.model.base.options import BaseOptions

BF16_INSTRUCTIONS = {"avx512_bf16", "amx_bf16", "bf16"}  # as torch names them; the last one is ARM's
TORCH_DTYPES = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}


@dataclass(frozen=True, slots=True)
class Precision:
    """Where and in what numbers a model runs, every ``auto`` decided."""

    device: str  # cpu or cuda
    dtype: str  # bf16, fp16 or fp32: activations and weights that are not quantised
    quantization: str  # nf4 or none

    def __str__(self) -> str:
        return f"{self.device}, {self.dtype}, {'4-bit NF4' if self.quantization == 'nf4' else 'not quantised'}"


def decide_precision(base: BaseOptions) -> Precision:
    """The precision for what the user asked.

    ``auto`` is CUDA where there is one, bf16 where the processor has instructions for it, and NF4 on CUDA alone:
    on 2 cores with AVX512-BF16 the default model extracts in bf16 2.5 times as fast as in NF4, and on 2 cores with no
    more than AVX512, where bf16 is emulated, it multiplies matrices in fp32 3.5 times as fast.

    Raises:
        WrongUsage: CUDA is asked for and absent.
    """
    device, quantization, dtype = base.device, base.quantization, base.dtype
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cuda" and not torch.cuda.is_available():
        raise WrongUsage("there is no CUDA device here; run with --device cpu or --device auto")
    if dtype == "auto":
        if device == "cuda":
            dtype = "bf16" if torch.cuda.is_bf16_supported() else "fp16"
        else:
            has = torch.cpu.get_capabilities()
            dtype = "bf16" if any(has.get(name, False) for name in BF16_INSTRUCTIONS) else "fp32"
    if quantization == "auto":
        quantization = "nf4" if device == "cuda" else "none"
    return Precision(device, dtype, quantization)
