"""How fast the review page answers, and that nothing acknowledged is lost when it is killed.

python tests/benchmarks/review.py [--reports 100000] [--kills 50]

A database of small reports with a model's answers that does not exist: seconds to the first page, to one report and to
store one thing done; milliseconds to show a report of 50 pages; then a server that is killed at any moment while values
are corrected: every correction that it acknowledged must be there.
"""

import argparse
import http.client
import json
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from crimeetl import sql
from crimeetl.etl.documents import Document, Report, content_id
from crimeetl.etl.load import RunCounts, RunStart, finish_run, load_batch, start_run
from crimeetl.etl.normalise import normalise
from crimeetl.etl.review.guard import Guard
from crimeetl.etl.review.listing import Listing
from crimeetl.etl.review.server import review_app
from crimeetl.etl.review.store import Reviewing
from crimeetl.etl.review.teaching import Teaching
from crimeetl.model.extraction import Answer, Extraction, Mention
from crimeetl.model.schema import load_schema

SCHEMA = load_schema("crime")
BATCH_REPORTS = 2000
TEXT = "Report {}. Officer Ann Lee took a burglary at 9 Oak Street on March 4, 2025 from Bo Ray, 34. "
VALUES = {
    "Officer_Name": "Officer Ann Lee",
    "Crime_Type": "burglary",
    "Location": "9 Oak Street",
    "Crime_Date": "March 4, 2025",
    "Victim_Name": "Bo Ray",
    "Victim_Age": "34",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=50)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        database = Path(scratch) / "large.duckdb"
        build(database, asked.reports)
        speeds(database)
        kills(database, asked.kills)


def build(database: Path, count: int) -> None:
    """Stores so many reports, the last one of 50 pages."""
    chance = random.Random(1)
    run = start_run(database, RunStart(model_digest="m", model_name="none", schema=SCHEMA, settings={}))
    for start in range(0, count, BATCH_REPORTS):
        documents, splits, extractions = [], {}, []
        for number in range(start, min(count, start + BATCH_REPORTS)):
            text = TEXT.format(number) * (1500 if number == count - 1 else 1)
            document = Document(
                f"/reports/{number:06}.txt", content_id(text), "text/plain", "utf-8", False, len(text), text
            )
            report = Report(content_id(document.document_id, text), document.document_id, 0, text)
            found = Extraction(tuple(answers(text, chance)), 30, 5, 1)
            documents.append(document)
            splits[document.document_id] = [report.report_id]
            extractions.append((report, found, normalise(found, run.extraction_id(report), SCHEMA)))
        load_batch(run, documents=documents, splits=splits, reports=[], extractions=extractions, failures=[])
    finish_run(run, "done", RunCounts(reports_done=count, mentions=0, skipped=0, failed=0))


def answers(text: str, chance: random.Random) -> list[Answer]:
    found = []
    for entity_type in SCHEMA.types:
        value = VALUES.get(entity_type.name)
        mentions, start = [], text.find(value) if value else -1
        while value and start >= 0 and len(mentions) < 50:
            mentions.append(Mention(value, start, start + len(value), chance.random()))
            start = text.find(value, start + 1)
        found.append(Answer(entity_type.name, tuple(mentions), chance.random(), False))
    return found


def speeds(database: Path) -> None:
    app = Guard(review_app(Reviewing(database, "ann"), Listing(), Teaching(database)), port=8000, token="secret")
    client = TestClient(app, "http://127.0.0.1:8000", cookies={"crimeetl_8000": "secret"})
    with sql.connect_read_only(database) as con:
        newest = "select report_id from v_current_report order by path desc limit 2"
        [(longest,), (other,)] = con.execute(newest).fetchall()

    def act() -> Any:
        reject = {"verdict": "rejected", "entity_type": "Victim_Name", "old": place_of("Bo Ray", other, database)}
        client.post(f"/report/{other}/act", json=reject, headers=origin).raise_for_status()
        return client.post(f"/report/{other}/act", json={"verdict": "undone"}, headers=origin).raise_for_status()

    origin = {"Origin": "http://127.0.0.1:8000"}
    told("first page", lambda: client.get("/").raise_for_status())
    told("a word sought in all texts", lambda: client.get("/?words=oak+street").raise_for_status())
    told("a report", lambda: client.get(f"/report/{other}").raise_for_status())
    told("a report of 50 pages, 300 values", lambda: client.get(f"/report/{longest}").raise_for_status())
    told("a thing done and taken back", act)


def place_of(value: str, report_id: str, database: Path) -> dict[str, Any]:
    with sql.connect_read_only(database) as con:
        query = "select char_start, char_end from v_mention where value = ? and report_id = ? limit 1"
        [(start, end)] = con.execute(query, [value, report_id]).fetchall()
    return {"value": value, "char_start": start, "char_end": end}


def told(what: str, work: Callable[[], Any], rounds: int = 5) -> None:
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    print(f"{what}: {statistics.median(taken):.3f} s ({min(taken):.3f} to {max(taken):.3f})", flush=True)


def kills(database: Path, count: int) -> None:
    """Kills a server while values are added, at a moment by chance."""
    chance, acknowledged, lost, known = random.Random(2), 0, 0, count_of(database)
    with sql.connect_read_only(database) as con:
        [(report_id,)] = con.execute("select report_id from v_current_report order by path limit 1").fetchall()
    for _ in range(count):
        given = killed_server(database, report_id, chance.uniform(0, 4))
        before, known = known, count_of(database)
        acknowledged += given
        lost += max(0, given - (known - before))
    with sql.connect_read_only(database) as con:
        unsound = {name: rows.height for name, rows in sql.run_checks(con).items() if rows.height}
    print(f"{count} kills: {acknowledged} corrections acknowledged, {lost} lost, unsound: {unsound or 'nothing'}")


def count_of(database: Path) -> int:
    """How many things were done, as far as the database knows."""
    with sql.connect_read_only(database) as con:
        [(count,)] = con.execute("select count(*) from review").fetchall()
    return int(count)


def killed_server(database: Path, report_id: str, seconds: float) -> int:
    """How many values the server acknowledged before it was killed."""
    command = [sys.executable, "-P", "-c", "from crimeetl.etl.cli import cli; cli()"]
    server = subprocess.Popen(
        [*command, "review", "--db", str(database), "--no-browser"], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    host, token = server.stdout.readline().strip().removeprefix("http://").split("/?token=")
    headers = {"Origin": f"http://{host}", "Cookie": f"crimeetl_{host.split(':')[1]}={token}", "Host": host}
    given = 0
    killer = threading.Timer(seconds, server.kill)
    killer.start()
    places = [0, 7, 10, 18, 22, 26, 28, 37, 40]  # of words in the text
    try:
        for place in places * 40:
            new = {"value": "", "char_start": place, "char_end": place + 2}
            body = json.dumps({"verdict": "added", "entity_type": "Witness_Name", "new": new})
            connection = http.client.HTTPConnection(host, timeout=10)
            connection.request("POST", f"/report/{report_id}/act", body, headers)
            answer = connection.getresponse()
            said = answer.read()
            assert answer.status == 200, said[:200]
            given += 1
    except (OSError, http.client.HTTPException):
        pass  # it was killed
    killer.join()
    server.wait()
    return given


if __name__ == "__main__":
    main()
