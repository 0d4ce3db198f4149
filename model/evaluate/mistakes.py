"""What an evaluation got wrong, value by value with the text around it, for people to look at."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from functools import partial
from typing import Literal

import polars

from crimeetl.model.evaluate.matching import Gold, match, spans_of
from crimeetl.model.extraction import Answer
from crimeetl.model.labels import LabelledReport

CONTEXT = 60  # characters to either side


@dataclass(frozen=True, slots=True)
class Mistake:
    """A value that was given wrongly, missed, or in part right; right means fuzzily matched."""

    source: str
    report_id: str
    entity_type: str
    kind: Literal["part", "wrong", "missed"]  # part: it and what is labelled overlap
    labelled: str | None  # its first wording; None where no label fits
    given: str | None  # None where it was missed
    confidence: float | None  # of what was given
    char_start: int | None  # of what was given, else of the label; half-open, in code points
    char_end: int | None
    context: str  # the text around these, on one line; empty without offsets


def around(text: str, start: int | None, end: int | None) -> str:
    """The value at these offsets within its text, white space as single spaces."""
    if start is None or end is None:
        return ""
    before, after = max(0, start - CONTEXT), end + CONTEXT
    return f"{'... ' * (before > 0)}{' '.join(text[before:after].split())}{' ...' * (after < len(text))}"


def mistakes_of(
    source: str, report: LabelledReport, gold: Gold, answer: Answer, right: Sequence[tuple[int, int]]
) -> Iterator[Mistake]:
    """What of one answer is not in a right pair: given values in their order, then the missed ones."""
    paired, given = {i for i, _ in right}, {j for _, j in right}
    missed = [ways for i, ways in enumerate(gold) if i not in paired]
    wrong = [mention for j, mention in enumerate(answer.mentions) if j not in given]
    mistake = partial(Mistake, source=source, report_id=report.report_id, entity_type=answer.entity_type)
    parts = {j: i for i, j in match(report.text, missed, wrong, "overlap")}
    for j, mention in enumerate(wrong):
        start, end = mention.char_start, mention.char_end
        yield mistake(
            kind="part" if j in parts else "wrong",
            labelled=missed[parts[j]][0].value if j in parts else None,
            given=mention.value,
            confidence=mention.confidence,
            char_start=start,
            char_end=end,
            context=around(report.text, start, end),
        )
    for i, (way, *_) in enumerate(missed):
        if i not in parts.values():
            start, end = next(iter(spans_of(report.text, way)), (None, None))
            yield mistake(
                kind="missed",
                labelled=way.value,
                given=None,
                confidence=None,
                char_start=start,
                char_end=end,
                context=around(report.text, start, end),
            )


def mistake_table(mistakes: Sequence[Mistake]) -> polars.DataFrame:
    """A row a mistake, a column a field."""
    numbers = {"confidence": polars.Float64, "char_start": polars.Int64, "char_end": polars.Int64}
    columns = {field.name: numbers.get(field.name, polars.String) for field in fields(Mistake)}
    return polars.DataFrame([asdict(mistake) for mistake in mistakes], schema=columns)
