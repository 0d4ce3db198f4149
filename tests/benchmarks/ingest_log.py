"""Ingests the real police log entries of ../shared/data/sacramento as files, twice, and prints what it cost.

python tests/benchmarks/ingest_log.py [--limit 600]
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "sacramento" / "incidents.jsonl"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=int, default=600)
    limit = parser.parse_args().limit
    if not DATA.is_file():
        sys.exit(f"skipped: {DATA} is not here")
    with tempfile.TemporaryDirectory() as scratch:
        folder, database = Path(scratch) / "reports", Path(scratch) / "log.duckdb"
        folder.mkdir()
        for line in DATA.read_text("utf-8").splitlines()[:limit]:
            entry = json.loads(line)
            (folder / f"{entry['id']}.txt").write_text(entry["text"], "utf-8", newline="")
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


if __name__ == "__main__":
    main()
