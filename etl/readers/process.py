"""A process of its own for code that may crash, hang, or ask for all the memory there is."""

import multiprocessing
import os
import pickle
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any, ParamSpec, TypeVar, cast

from crimeetl.etl.readers.limits import ReaderLimits

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

START_SECONDS = 120.0  # on a machine that has much else to do
OUT_OF_MEMORY = 77  # the exit status that says so


class ProcessDied(Exception):
    """The process ended in the middle of a call."""


class RanOutOfMemory(ProcessDied):
    """The call asked for more than the process may hold."""


class RanOutOfTime(Exception):
    """The call took longer than it may; its process was killed."""


class LoneProcess:
    """Runs calls one after another in one other process, so that a crash costs one call and not the run.

    The process starts with the first call, lives on from call to call, and is replaced when it dies.
    """

    def __init__(self, limits: ReaderLimits | None = None) -> None:
        self._limits = limits or ReaderLimits()
        self._process: SpawnProcess | None = None
        self._calls: Connection | None = None

    def call(
        self, function: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        """The function's result or its exception; function, arguments and outcome must pickle.

        Raises:
            ProcessDied: The call killed the process. A process that had served before may have died idle, or have
                been left with little memory by earlier calls, so the call is made once more in a fresh one before it
                is blamed.
            RanOutOfTime: The call was not done in time.
        """
        is_fresh = self._process is None
        try:
            is_result, outcome = self._answer((function, args, kwargs))
        except ProcessDied:
            if is_fresh:
                raise
            return self.call(function, *args, **kwargs)
        if is_result:
            return cast(Result, outcome)
        raise outcome

    def close(self) -> None:
        """Ends the process, whatever it does; a later call starts another."""
        if self._process is not None and self._calls is not None:
            self._process.kill()
            self._process.join()
            self._calls.close()
        self._process = self._calls = None

    def _answer(self, call: object) -> tuple[bool, Any]:
        calls = self._calls or self._start()
        try:
            calls.send(call)
            if calls.poll(self._limits.seconds):
                return cast(tuple[bool, Any], calls.recv())
        except (EOFError, OSError) as error:
            raise self._cause_of_death() from error
        self.close()
        raise RanOutOfTime

    def _start(self) -> Connection:
        context = multiprocessing.get_context("spawn")
        calls, served = context.Pipe()
        process = context.Process(target=_serve, args=(served, self._limits.memory_bytes), daemon=True)
        process.start()
        served.close()
        self._process, self._calls = process, calls
        # The clock of the first call starts when the process is there.
        if not calls.poll(START_SECONDS):
            process.kill()
        try:
            calls.recv()
        except (EOFError, OSError) as error:
            raise self._cause_of_death() from error
        return calls

    def _cause_of_death(self) -> ProcessDied:
        process = self._process
        assert process is not None
        process.join(timeout=1)  # it is dying; its exit status says of what
        is_short_of_memory = process.exitcode == OUT_OF_MEMORY
        self.close()
        return RanOutOfMemory() if is_short_of_memory else ProcessDied()


def _serve(calls: Connection, memory_bytes: int) -> None:
    """Answers calls until the pipe is closed."""
    # Ctrl-C ends the process at once, even inside a C library, and without a traceback on the terminal.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # What libraries say on their way down is not for the terminal either.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    _limit_memory(memory_bytes)
    try:
        calls.send(None)
        while True:
            function, args, kwargs = calls.recv()
            try:
                answer = pickle.dumps((True, function(*args, **kwargs)))
            except MemoryError:
                raise
            except Exception as error:  # noqa: BLE001  # raised again where the call was made
                answer = pickle.dumps((False, error))
            calls.send_bytes(answer)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except (EOFError, OSError):
        os._exit(0)


def _limit_memory(memory_bytes: int) -> None:
    """Let no allocation go beyond so many bytes, where the system can."""
    if sys.platform != "linux":  # macOS has the call and ignores it, Windows has none
        return
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_AS)
    allowed = memory_bytes if most == resource.RLIM_INFINITY else min(memory_bytes, most)
    resource.setrlimit(resource.RLIMIT_AS, (allowed, most))
