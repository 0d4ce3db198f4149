"""Recall on long reports against that on the same reports by themselves: made-up reports inside pages of procedure.

python tests/benchmarks/long_reports.py [--count 40] [--adapter DIR]

Each report stands whole at a random place of about 2,600 words of text that states nothing, so it is read in several
windows and crosses the borders between them.
"""

import argparse
import copy
import json
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from compare import default_extractor

from crimeetl.model.evaluate import evaluate
from crimeetl.model.evaluate.comparing import compare
from crimeetl.model.labels import Source, read_sources
from crimeetl.model.schema import load_schema
from crimeetl.model.synthesise import synthesise
from crimeetl.model.synthesise.generator import SynthesisedReport

Row = dict[str, Any]  # a line of labelled data
LONG_WORDS = 2600
SEED = 11
PROCEDURE = (
    "This document is the property of the department and may not be copied without written permission.",
    "Members shall complete every section of the form before the end of their tour of duty.",
    "Supervisors review all paperwork for completeness and return it where something is missing.",
    "Photographs are uploaded to the records system and are not attached to the printed copy.",
    "A section that does not apply is left blank and is not to be crossed out.",
    "Requests for copies are made in writing to the records unit during business hours.",
    "A fee may be charged in accordance with the schedule that the council has adopted.",
    "Body-worn camera footage is retained as the policy on digital media requires.",
    "Corrections are made in a supplement and never by altering what has been approved.",
    "The records unit forwards a copy to the prosecutor once the review is complete.",
    "Definitions of the terms used here are found in the general orders of the department.",
    "Information that is exempt from disclosure by law has been removed from the public copy.",
    "Members who give first aid shall note it and notify their supervisor without delay.",
    "Property taken into custody is packaged, sealed and entered before it is stored.",
    "The public is reminded that all persons are presumed innocent until proven guilty in court.",
    "Interpreters are available on request and at no cost to the person concerned.",
    "Rights and services are explained in a brochure that is handed out at first contact.",
    "Statistical fields are used for reporting to the state and do not change the narrative.",
    "Equipment that fails in use is turned in and replaced by the quartermaster.",
    "This page is generated automatically and carries no signature.",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--adapter", type=Path)
    asked = parser.parse_args()
    draw = random.Random(SEED)
    reports = list(synthesise(asked.count, seed=SEED, schema=load_schema("incident")))
    scored = compared(
        asked.adapter,
        {"alone": [json.loads(report.as_json()) for report in reports]},
        {"in pages": [_lengthened(report, draw) for report in reports]},
    )
    print(scored)


def compared(adapter: Path | None, one: dict[str, list[Row]], other: dict[str, list[Row]]) -> str:
    """The scores of one model on two versions of the same reports, and how sure the difference is.

    Args:
        adapter: the shipped one for None.
        one, other: rows of labelled data under the name of the version.
    """
    extractor = default_extractor("incident", "auto", adapter)
    scores, lines = [], []
    with tempfile.TemporaryDirectory() as scratch:
        for name, rows in (one | other).items():
            path = Path(scratch) / f"{name}.jsonl"
            path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
            [score] = evaluate(extractor, read_sources([Source(data=path)]))
            fuzzy = score.figures()["overall"]["as_stated"]["fuzzy"]
            scores.append(score)
            lines.append(
                f"{name}: recall {fuzzy['recall']:.3f}, precision {fuzzy['precision']:.3f}, fuzzy F1 {fuzzy['f1']:.3f} "
                f"({fuzzy['f1_low']:.3f} to {fuzzy['f1_high']:.3f}), {fuzzy['gold']} gold values"
            )
    found = compare(scores[1], scores[0])["fuzzy"]
    lines.append(f"difference in F1: {found.f1:+.3f} ({found.low:+.3f} to {found.high:+.3f})")
    return "\n".join(lines)


def mentions_of(row: Row) -> Iterator[Row]:
    """Every acceptable mention of a gold value; a choice stands nowhere and has none."""
    for values in row["entities"].values():
        for value in values:
            if not isinstance(value, str):
                yield from value.get("alternatives", [value])


def inserted(row: Row, at: int, text: str) -> Row:
    """The labelled report with a text put in at an offset that is inside no value."""
    row = copy.deepcopy(row)
    for mention in mentions_of(row):
        assert not mention["start"] < at < mention["end"]
        if mention["start"] >= at:
            mention["start"] += len(text)
            mention["end"] += len(text)
    return {**row, "text": row["text"][:at] + text + row["text"][at:]}


def _lengthened(report: SynthesisedReport, draw: random.Random) -> Row:
    """The report as labelled data, with procedure before and after it."""
    before = draw.randrange(LONG_WORDS)
    row = inserted(json.loads(report.as_json()), 0, _procedure(before, draw) + "\n\n")
    return inserted(row, len(row["text"]), "\n\n" + _procedure(LONG_WORDS - before, draw))


def _procedure(words: int, draw: random.Random) -> str:
    """At least so many words of it, in paragraphs."""
    paragraphs: list[str] = []
    while sum(len(paragraph.split()) for paragraph in paragraphs) < words:
        paragraphs.append(" ".join(draw.sample(PROCEDURE, 5)))
    return "\n\n".join(paragraphs)


if __name__ == "__main__":
    main()
