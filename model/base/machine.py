"""What this machine can do, found out once and kept: a run that has nothing to extract need not load torch for it."""

import ctypes
import os
import platform
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from crimeetl.model.base.remembered import Remembered

BF16_INSTRUCTIONS = {"avx512_bf16", "amx_bf16", "bf16"}  # as torch names them; the last one is ARM's
SETTINGS = ("CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "ONEDNN_MAX_CPU_ISA", "ATEN_CPU_CAPABILITY")


@dataclass(frozen=True, slots=True)
class Machine:
    """What this machine can do."""

    has_cuda: bool
    has_cuda_bf16: bool
    has_bf16: bool  # its processor, with instructions and not by emulation
    int8_gain: float  # how many times as fast linear layers are in 8 bits on the processor; 0 where they cannot be

    @property
    def cpu_dtype(self) -> str:
        """The faster floating point numbers of its processor."""
        return "bf16" if self.has_bf16 else "fp32"


def this_machine(cache: Path) -> Machine:
    """What this machine can do."""
    return Machine(**Remembered(cache / "machines.json").get(_name(), lambda: asdict(find_machine())))


def _name() -> str:
    """What tells machines apart that can do other things, without torch."""
    said = Path("/proc/cpuinfo").read_text("utf-8") if Path("/proc/cpuinfo").exists() else platform.processor()
    processor = sorted({line for line in said.splitlines() if line.startswith(("model name", "flags", "Features"))})
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    settings = {name: os.environ[name] for name in SETTINGS if name in os.environ}
    return f"torch {version('torch')}, {cores} cores, {_cuda_devices()} CUDA devices, {settings}, {processor or said}"


def _cuda_devices() -> int:
    """As the driver counts them; 0 where there is none."""
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return 0
    count = ctypes.c_int(0)
    return count.value if driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0 else 0


def find_machine() -> Machine:
    """What this machine can do, asked and tried."""
    import torch

    from crimeetl.model.base.int8 import int8_gain

    has_cuda, has = torch.cuda.is_available(), torch.cpu.get_capabilities()
    has_bf16 = any(has.get(name, False) for name in BF16_INSTRUCTIONS)
    return Machine(
        has_cuda=has_cuda,
        has_cuda_bf16=has_cuda and torch.cuda.is_bf16_supported(),
        has_bf16=has_bf16,
        int8_gain=int8_gain(torch.bfloat16 if has_bf16 else torch.float32),
    )
