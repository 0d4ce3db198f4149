"""Ingests with the tiny model in processes that die: by their own hand at a named point, or when they are told to.

python crashing_ingest.py < jobs

A job is a line of JSON: folder, database, base, adapter, and ``point`` (where to die; null lives on) or ``seconds``
(after how long to be killed). For each, its exit status is printed. The imports are paid once, for a job is a fork.
"""

import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from crimeetl.etl import ingest as pipeline
from crimeetl.etl import storing
from crimeetl.etl.errors import CrimeEtlError
from crimeetl.etl.load import batch
from crimeetl.etl.readers import find_paths
from crimeetl.etl.settings import IngestSettings
from crimeetl.model.base import BaseOptions, import_bitsandbytes
from crimeetl.model.extract import Extractor, ExtractorSettings, choose_model
from crimeetl.model.schema import EntitySchema, EntityType

import_bitsandbytes()
import peft  # noqa: E402, F401 - paid once
import torch  # noqa: E402

NAME = EntityType("Victim_Name", "Victim_Name", "span", (), True, "person")
PLACE = EntityType("Location", "Location", "span", (), False, "text")
SCHEMA = EntitySchema("mine", (NAME, PLACE))
FULL_BYTES = 4096  # what a "full disk" still takes of each file

# Where a function is looked up, its name, which call of it dies, and whether before it is made.
Point = tuple[Any, str, int, bool]
POINTS: dict[str, Point] = {
    "run started": (pipeline, "start_run", 1, False),
    "batch answered": (storing, "load_batch", 2, True),
    "rows inserted": (batch, "insert_frames", 2, False),
    "batch stored": (storing, "load_batch", 2, False),
    "run ending": (pipeline, "finish_run", 1, True),
    "disk full": (storing, "load_batch", 2, False),
}


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fill_disk() -> None:
    """No file grows from now on; Python ignores the signal, so that writing fails."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (FULL_BYTES, FULL_BYTES))


def stop_at(point: str) -> None:
    """Has this process kill itself there, or find the disk full."""
    module, name, number, is_before = POINTS[point]
    storing.MOST_WAITING = 1  # each batch in a transaction of its own
    stop = fill_disk if point == "disk full" else die
    function: Callable[..., Any] = getattr(module, name)
    calls = 0

    def stopping(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == number and is_before:
            stop()
        outcome = function(*args, **kwargs)
        if calls == number and not is_before:
            stop()
        return outcome

    setattr(module, name, stopping)


def ingest(folder: str, database: str, base: str, adapter: str) -> None:
    settings = ExtractorSettings(batch_tokens=600, max_answer_tokens=12)
    choice = choose_model(
        BaseOptions(name=base, device="cpu", quantization="none", dtype="fp32", cache=Path(database).parent),
        Path(adapter),
        settings=settings,
    )
    asked = IngestSettings(
        arguments=(folder,),
        database=Path(database),
        schema=SCHEMA,
        model_digest=choice.digest,
        model_name=choice.name,
    )
    pipeline.ingest(asked, find_paths(asked.arguments), lambda: Extractor(choice, SCHEMA))


def run_job(point: str | None, seconds: float | None, **asked: str) -> int:
    """The exit status of one ingest, negative where a signal ended it."""
    child = os.fork()
    if child == 0:
        torch.set_num_threads(1)
        status = 0
        try:
            if point is not None:
                stop_at(point)
            ingest(**asked)
        except CrimeEtlError as error:
            print(error, file=sys.stderr, flush=True)
            status = error.exit_status
        os._exit(status)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    for line in sys.stdin:
        print(run_job(**json.loads(line)), flush=True)
