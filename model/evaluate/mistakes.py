"""What an evaluation got wrong, value by value with the text around it, for people to look at."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Literal

import polars

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


def mistake_table(mistakes: Sequence[Mistake]) -> polars.DataFrame:
    """A row a mistake, a column a field."""
    numbers = {"confidence": polars.Float64, "char_start": polars.Int64, "char_end": polars.Int64}
    columns = {field.name: numbers.get(field.name, polars.String) for field in fields(Mistake)}
    return polars.DataFrame([asdict(mistake) for mistake in mistakes], schema=columns)
