"""Ingests the real police log entries of ../shared/data/sacramento as files, twice, and prints what it cost.

python tests/benchmarks/ingest_log.py [--limit 600] [--share]

--share ingests them once, within this process, and prints which share of the time the model did not take: reading,
asking the database, normalising and loading, as far as they do not go on beside it.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from copy import copy
from pathlib import Path

import duckdb
from compare import ready_extractor

from crimeetl.etl.errors import ExtractionFailed
from crimeetl.etl.ingest import ingest
from crimeetl.etl.readers import find_paths
from crimeetl.etl.reading import Task
from crimeetl.etl.settings import IngestSettings
from crimeetl.model.extraction import Extraction
from crimeetl.model.schema import EntitySchema, load_schema

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "sacramento" / "incidents.jsonl"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=int, default=600)
    parser.add_argument("--share", action="store_true")
    asked = parser.parse_args()
    if not DATA.is_file():
        sys.exit(f"skipped: {DATA} is not here")
    with tempfile.TemporaryDirectory() as scratch:
        folder, database = Path(scratch) / "reports", Path(scratch) / "log.duckdb"
        folder.mkdir()
        for line in DATA.read_text("utf-8").splitlines()[: asked.limit]:
            entry = json.loads(line)
            (folder / f"{entry['id']}.txt").write_text(entry["text"], "utf-8", newline="")
        if asked.share:
            share(folder, database)
            return
        for name in ("first run", "second run"):
            command = [str(Path(sys.executable).with_name("crimeetl")), "ingest", str(folder), "--db", str(database)]
            started = time.perf_counter()
            result = subprocess.run([*command, "--json"], capture_output=True, text=True, check=False)
            seconds = time.perf_counter() - started
            print(f"{name}: exit {result.returncode}, {seconds:.1f} s, {result.stdout.strip() or result.stderr}")
        peak_gb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e9
        with duckdb.connect(str(database), read_only=True) as con:
            answered, unanswered = con.execute(
                "select count(extraction_id), count(*) - count(extraction_id) "
                "from v_current_report left join v_current_extraction using (path, place)"
            ).fetchall()[0]
        print(f"reports answered {answered}, not answered {unanswered}; peak memory {peak_gb:.2f} GB")


class Timed:
    """The default extractor, and the seconds that it takes to open and to answer."""

    def __init__(self) -> None:
        started = time.perf_counter()
        self.extractor = ready_extractor("crime", "auto")
        self.parts = [time.perf_counter() - started]  # seconds

    @property
    def seconds(self) -> float:
        return sum(self.parts)

    def asking(self, schema: EntitySchema) -> "Timed":
        other = copy(self)  # the seconds are shared
        other.extractor = self.extractor.asking(schema)
        return other

    def batches(
        self, reports: Iterable[tuple[Task, str]]
    ) -> Iterator[list[tuple[Task, Extraction | ExtractionFailed]]]:
        found = self.extractor.batches(reports)
        while True:
            started = time.perf_counter()
            batch = next(found, None)
            self.parts.append(time.perf_counter() - started)
            if batch is None:
                return
            yield batch


def share(folder: Path, database: Path) -> None:
    """One ingest in this process."""
    opened: list[Timed] = []

    def open_extractor() -> Timed:
        opened.append(Timed())
        return opened[0]

    settings = IngestSettings(
        arguments=(str(folder),), database=database, schema=load_schema("crime"), model_digest="x", model_name="x"
    )
    done = ingest(settings, find_paths(settings.arguments), open_extractor)
    model = opened[0].seconds
    print(f"{done.reports} reports in {done.seconds:.1f} s, of them not the model {1 - model / done.seconds:.1%}")


if __name__ == "__main__":
    main()
