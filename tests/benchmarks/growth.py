"""How seconds grow with what is asked: questions, report length, reports decoded together, and documents.

python tests/benchmarks/growth.py [--rounds 3] [--dtype auto] [--only questions|length|batch|documents ...]

Documents are counted with a model that answers at once: what remains is all that stands around the model.
"""

import argparse
import contextlib
import io
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from compare import peak_gb, ready_extractor, spread
from loading import Instant, settings_for, write_reports

from crimeetl.etl.ingest import ingest
from crimeetl.etl.readers import find_paths
from crimeetl.model.extract import Extractor
from crimeetl.model.extract.budget import Budget
from crimeetl.model.schema import EntitySchema, load_schema
from crimeetl.model.synthesise import synthesise

SEED = 22
QUESTIONS = (1, 4, 16, 64)
LENGTHS = (100, 400, 2000, 8000)  # tokens
BATCHES = (1, 4, 16, 64)  # reports
DOCUMENTS = (10, 100, 1000, 10_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--dtype", default="auto")
    parser.add_argument("--only", action="append", choices=("questions", "length", "batch", "documents"))
    asked = parser.parse_args()
    wanted = asked.only or ["questions", "length", "batch", "documents"]
    if set(wanted) - {"documents"}:
        extractor = ready_extractor("incident", asked.dtype)
        texts = [report.text for report in synthesise(max(BATCHES), seed=SEED, schema=load_schema("incident"))]
        if "questions" in wanted:
            questions(extractor, texts[:4], asked.rounds)
        if "length" in wanted:
            lengths(extractor, "\n\n".join(texts), asked.rounds)
        if "batch" in wanted:
            batches(extractor, texts, asked.rounds)
    if "documents" in wanted:
        documents(asked.rounds)


def questions(extractor: Extractor, texts: Sequence[str], rounds: int) -> None:
    """The types of the incident schema, once more under other names where they do not suffice."""
    types = [
        replace(entity_type, name=f"{entity_type.name}{suffix}")
        for suffix in ("", "_Again", "_More")
        for entity_type in load_schema("incident").types
    ]
    for count in QUESTIONS:
        asking = extractor.asking(EntitySchema("growth", tuple(types[:count])))
        seconds = [timed(partial(asking.extract, texts)) / len(texts) for _ in range(rounds)]
        line(f"{count} questions", seconds, "report")


def lengths(extractor: Extractor, text: str, rounds: int) -> None:
    """One report of so many tokens, cut from reports in a row; more than a window is read in several."""
    spans = extractor.base.tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
    for count in LENGTHS:
        report = text[: spans[count][0]]
        line(f"{count} tokens", [timed(partial(extractor.extract, [report])) for _ in range(rounds)], "report")


def batches(extractor: Extractor, texts: Sequence[str], rounds: int) -> None:
    """All reports, so many at a time."""
    extractor.budget = Budget(10**9)
    for count in BATCHES:
        parts = [texts[start : start + count] for start in range(0, len(texts), count)]
        seconds = [sum(timed(partial(extractor.extract, part)) for part in parts) / len(texts) for _ in range(rounds)]
        line(f"{count} together", seconds, "report")
    extractor.budget = Budget(extractor.settings.batch_tokens)


def documents(rounds: int) -> None:
    """Small text files, ingested anew and again, each count in a process of its own for the sake of its peak memory."""
    for count in DOCUMENTS:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as own:
            first, again, peak = own.submit(ingested, count, rounds).result()
        line(f"{count} documents, new", first, "run")
        line(f"{count} documents, unchanged", again, "run")
        print(f"{count} documents, at most      {peak:.2f} GB", flush=True)


def ingested(count: int, rounds: int) -> tuple[list[float], list[float], float]:
    """Seconds of the first and of the second runs, and this process's peak memory in GB."""
    first: list[float] = []
    again: list[float] = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = write_reports(Path(scratch) / "reports", count)
        for number in range(rounds):
            settings = settings_for(folder, Path(scratch) / f"{number}.duckdb")
            for found in (first, again):
                with contextlib.redirect_stderr(io.StringIO()):
                    found.append(timed(partial(ingest, settings, find_paths(settings.arguments), Instant)))
    return first, again, peak_gb()


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def line(name: str, seconds: Sequence[float], of: str) -> None:
    print(f"{name:28}{spread(seconds)} s/{of}", flush=True)


if __name__ == "__main__":
    main()
