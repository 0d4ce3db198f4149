"""Recall on long reports against that on the same reports by themselves: made-up reports inside pages of procedure.

python tests/benchmarks/long_reports.py [--count 40] [--adapter DIR]

Each report stands whole at a random place of about 2,600 words of text that states nothing, so it is read in several
windows and crosses the borders between them.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from crimeetl.model.entity_schema import load_schema
from crimeetl.model.synthesise.generator import SynthesisedReport, synthesise

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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--adapter")
    asked = parser.parse_args()
    draw = random.Random(SEED)
    reports = list(synthesise(asked.count, seed=SEED, schema=load_schema("incident")))
    with tempfile.TemporaryDirectory() as scratch:
        short, long = Path(scratch) / "short.jsonl", Path(scratch) / "long.jsonl"
        short.write_text("".join(f"{report.as_json()}\n" for report in reports), "utf-8")
        long.write_text("".join(f"{json.dumps(_lengthened(report, draw))}\n" for report in reports), "utf-8")
        command = [str(Path(sys.executable).with_name("crimeetl")), "evaluate", str(short), str(long)]
        command += ["--schema", "incident", "--json", *(["--adapter", asked.adapter] if asked.adapter else [])]
        result = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    for figures in json.loads(result.stdout)["evaluations"][:2]:
        fuzzy = figures["overall"]["as_stated"]["fuzzy"]
        print(
            f"{figures['source']}: recall {fuzzy['recall']:.3f}, precision {fuzzy['precision']:.3f}, "
            f"fuzzy F1 {fuzzy['f1']:.3f} ({fuzzy['f1_low']:.3f} to {fuzzy['f1_high']:.3f}), {fuzzy['gold']} gold values"
        )


def _lengthened(report: SynthesisedReport, draw: random.Random) -> dict[str, Any]:
    """The report as labelled data, with procedure before and after it."""
    before = draw.randrange(LONG_WORDS)
    head = _procedure(before, draw) + "\n\n"
    row = json.loads(report.as_json())
    for values in row["entities"].values():
        for value in values:
            if isinstance(value, str):  # chosen from a list, it stands nowhere
                continue
            for mention in value.get("alternatives", [value]):
                mention["start"] += len(head)
                mention["end"] += len(head)
    return {**row, "text": head + row["text"] + "\n\n" + _procedure(LONG_WORDS - before, draw)}


def _procedure(words: int, draw: random.Random) -> str:
    """At least so many words of it, in paragraphs."""
    paragraphs: list[str] = []
    while sum(len(paragraph.split()) for paragraph in paragraphs) < words:
        paragraphs.append(" ".join(draw.sample(PROCEDURE, 5)))
    return "\n\n".join(paragraphs)


if __name__ == "__main__":
    main()
