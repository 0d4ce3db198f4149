"""What reading costs: pages of a PDF a second and the memory of a long one, and the rows of a large table.

python tests/benchmarks/reading.py [--pages 1000] [--rows 1000000]

Draws its own files. Every figure comes from a process of its own, so that its peak of memory is its own; seconds of
reading are those of one core.
"""

import argparse
import io
import multiprocessing
import random
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from crimeetl.etl.ingest import ingest
from crimeetl.etl.readers import find_paths
from crimeetl.etl.readers.pages import pdf
from crimeetl.etl.settings import IngestSettings
from crimeetl.model.schema import load_schema

MOST_CHARS = 1_000_000_000
PROSE = "On May 1 Officer Lee saw two men run down Oak Street, and one of them fell over a bin near the door."
CELLS = ("01/02/2024", "24-000123", "Vehicle theft", "100 Main St", "Closed")
LEFTS = (60, 130, 200, 330, 450)
OFFENSES = ("THEFT", "BURGLARY", "ASSAULT", "VANDALISM", "FRAUD", "ROBBERY", "DUI", "TRESPASS")
STREETS = ("ELM ST", "OAK AVE", "PINE RD", "MAIN ST", "RIVER RD", "HILL DR", "2ND ST", "PARK PL", "CEDAR LN")
CITIES = ("EXAMPLEVILLE", "NORTHTON", "EASTHAM")
STATES = ("CLOSED", "OPEN", "CLEARED BY ARREST", "SUSPENDED")
HEADINGS = "case_no,occ_date,occ_time,UOR_DESC,block_address,city,disposition,beat"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=1_000)
    parser.add_argument("--rows", type=int, default=1_000_000)
    asked = parser.parse_args()
    for draw in (prose_page, aligned_page, ruled_page):
        for pages in (asked.pages // 10, asked.pages):
            alone(read_pages, draw, pages)
    for rows in (asked.rows // 10, asked.rows):
        alone(ingest_rows, rows)


def alone(measure: Callable[..., None], *args: object) -> None:
    process = multiprocessing.get_context("spawn").Process(target=measure, args=args)
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(process.exitcode)


def read_pages(draw: Callable[[Canvas], None], pages: int) -> None:
    made = io.BytesIO()
    canvas = Canvas(made, pagesize=(612, 792))
    for _ in range(pages):
        draw(canvas)
        canvas.showPage()
    canvas.save()
    before = peak_megabytes()
    started = time.process_time()
    found = pdf.text_of("a.pdf", made.getvalue(), MOST_CHARS)
    seconds = time.process_time() - started
    assert len(found.pages) == pages
    print(
        f"{draw.__name__}: {pages} pages, {pages / seconds:.0f} a second, "
        f"peak {peak_megabytes():.0f} MB, before reading {before:.0f}"
    )


def prose_page(canvas: Canvas) -> None:
    for line in range(45):
        canvas.drawString(60, 740 - 15 * line, PROSE)


def aligned_page(canvas: Canvas) -> None:
    for line in range(40):
        for left, text in zip(LEFTS, CELLS, strict=True):
            canvas.drawString(left, 740 - 17 * line, text)


def ruled_page(canvas: Canvas) -> None:
    aligned_page(canvas)
    for line in range(40):
        canvas.rect(55, 736 - 17 * line, 500, 17)
        for left in LEFTS[1:]:
            canvas.line(left - 5, 736 - 17 * line, left - 5, 753 - 17 * line)


def ingest_rows(rows: int) -> None:
    """Every heading says what it holds, so no model is opened."""
    drawn = random.Random(1)
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "calls.csv"
        with file.open("w") as opened:
            print(HEADINGS, file=opened)
            for number in range(rows):
                print(row(number, drawn), file=opened)
        settings = IngestSettings(
            arguments=(str(file),),
            database=Path(scratch) / "crime.duckdb",
            schema=load_schema("incident"),
            model_digest="none",
            model_name="none",
        )
        done = ingest(settings, find_paths(settings.arguments), no_model)
    assert (done.reports, done.values, done.failed) == (rows, 7 * rows, 0)
    print(
        f"csv: {rows} rows of 8 columns, {done.values} values, {done.seconds:.1f} s, "
        f"{rows / done.seconds:.0f} rows a second, peak {peak_megabytes():.0f} MB"
    )


def row(number: int, drawn: random.Random) -> str:
    day = f"{drawn.randint(1, 12):02}/{drawn.randint(1, 28):02}/2024"
    block = f"{drawn.randint(1, 99) * 100} BLOCK OF {drawn.choice(STREETS)}"
    words = (drawn.choice(OFFENSES), block, drawn.choice(CITIES), drawn.choice(STATES), str(drawn.randint(1, 30)))
    return ",".join((f"24-{number:07}", day, f"{drawn.randint(0, 23):02}:{drawn.randint(0, 59):02}", *words))


def no_model() -> None:
    raise AssertionError("there is nothing to ask the model")


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
