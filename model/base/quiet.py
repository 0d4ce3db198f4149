"""Libraries that would write to the user's terminal, or reach for a hub, kept from it."""

import contextlib
import importlib
import logging
import sys
import warnings
from collections.abc import Iterator


def import_bitsandbytes() -> None:
    """Imports bitsandbytes, which PEFT and 4-bit bases need, without its side effects.

    Where the package ``kernels`` is installed, bitsandbytes 0.50 fetches a CPU kernel from a hub on import, and warns
    where it is not: for its first import ``kernels`` reads as absent, and the warning is kept off the terminal.
    """
    if "bitsandbytes" in sys.modules:
        return
    hidden = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "kernels"}
    sys.modules["kernels"] = None  # type: ignore[assignment]  # what makes an import fail
    try:
        with quiet():
            importlib.import_module("bitsandbytes")
    finally:
        del sys.modules["kernels"]
        sys.modules.update(hidden)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keeps libraries' load bars, advice and warnings about missing optional kernels off the user's terminal.

    Errors still surface: they are exceptions, not log lines.
    """
    from transformers.utils import logging as transformers_logging

    loggers = [logging.getLogger(name) for name in ("transformers", "bitsandbytes", "peft", "accelerate")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    transformers_logging.disable_progress_bar()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            for logger, level in zip(loggers, before, strict=True):
                logger.setLevel(level)
