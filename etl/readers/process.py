"""A process of its own for code that may crash."""

import multiprocessing
import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import ParamSpec, TypeVar

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class ProcessDied(Exception):
    """The process ended in the middle of a call."""


class LoneProcess:
    """Runs calls one after another in one other process, so that a crash costs one call and not the run.

    The process starts with the first call, lives on from call to call, and is replaced when it dies.
    """

    def __init__(self) -> None:
        self._executor: ProcessPoolExecutor | None = None

    def call(
        self, function: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        """The function's result or its exception; function, arguments and outcome must pickle.

        Raises:
            ProcessDied: The call killed the process. A process that had served before may have died idle (for want
                of memory, say), so the call is made once more in a fresh one before it is blamed.
        """
        is_fresh = self._executor is None
        executor = self._executor = self._executor or _start()
        try:
            return executor.submit(function, *args, **kwargs).result()
        except BrokenProcessPool as error:
            self.close()
            if is_fresh:
                raise ProcessDied from error
        return self.call(function, *args, **kwargs)

    def close(self) -> None:
        """Ends the process; a later call starts another."""
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)
            self._executor = None


def _start() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(
        max_workers=1,
        mp_context=multiprocessing.get_context("spawn"),
        # Ctrl-C ends the process at once, even inside a C library, and without a traceback on the terminal.
        initializer=signal.signal,
        initargs=(signal.SIGINT, signal.SIG_DFL),
    )
