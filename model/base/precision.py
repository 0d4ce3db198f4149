"""Where and in what numbers a model runs. Free of torch."""

from dataclasses import dataclass

from crimeetl.etl.errors import WrongUsage
from crimeetl.model.base.machine import this_machine
from crimeetl.model.base.options import BaseOptions

QUANTIZED = {"nf4": "4-bit NF4", "int8": "8-bit integers", "none": "not quantised"}
LEAST_GAIN = 1.1  # from which on 8 bits are taken


@dataclass(frozen=True, slots=True)
class Precision:
    """Where and in what numbers a model runs, every ``auto`` decided."""

    device: str  # cpu or cuda
    dtype: str  # bf16, fp16 or fp32: activations and weights that are not quantised
    quantization: str  # nf4, int8 or none

    def __str__(self) -> str:
        return f"{self.device}, {self.dtype}, {QUANTIZED[self.quantization]}"


def decide_precision(base: BaseOptions, *, is_proved_in_int8: bool = False) -> Precision:
    """The precision for what the user asked.

    ``auto`` is CUDA where there is one, bf16 where the processor has instructions for it, and NF4 on CUDA alone:
    on 2 cores with AVX512-BF16 the default model extracts in bf16 2.5 times as fast as in NF4, and on 2 cores with no
    more than AVX512, where bf16 is emulated, it multiplies matrices in fp32 3.5 times as fast. On the CPU it is 8 bits
    where these are measured to be faster.

    Args:
        is_proved_in_int8: what is to run was found to be as right in 8 bits; ``auto`` takes them for nothing else.

    Raises:
        WrongUsage: CUDA, or 8 bits, are asked for and not to be had.
    """
    device, quantization, dtype = base.device, base.quantization, base.dtype
    machine = this_machine(base.cache)
    if device == "auto":
        device = "cuda" if machine.has_cuda else "cpu"
    if device == "cuda" and not machine.has_cuda:
        raise WrongUsage("there is no CUDA device here; run with --device cpu or --device auto")
    if dtype == "auto" and device == "cuda":
        dtype = "bf16" if machine.has_cuda_bf16 else "fp16"
    elif dtype == "auto":
        dtype = machine.cpu_dtype
    if quantization == "auto":
        quantization = "nf4" if device == "cuda" else "none"
        if device == "cpu" and is_proved_in_int8 and base.dtype == "auto" and machine.int8_gain >= LEAST_GAIN:
            quantization = "int8"
    elif quantization == "int8" and (device == "cuda" or not machine.int8_gain):
        raise WrongUsage(f"8-bit integers are not to be had on this {device}; leave out --quantize int8")
    return Precision(device, dtype, quantization)
