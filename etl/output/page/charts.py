"""Counts as bars: what a chart says, free of the database and of HTML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MOST_BARS, MOST_MONTHS = 15, 36
SURENESS = (
    ("sure", "sure: 90 % or more"),
    ("likely", "likely: 50 to 90 %"),
    ("doubtful", "in doubt: below 50 %"),
    ("given", "given by a column or a person"),
)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a bar, in percent of the longest bar."""

    kind: str
    left: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a chart."""

    label: str
    count: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars below each other, and what to know of them."""

    title: str
    bars: tuple[Bar, ...]
    note: str = ""
    legend: tuple[tuple[str, str], ...] = ()  # kind and words


def chart(title: str, counts: Sequence[tuple[str, int]], note: str = "", *, most: int = MOST_BARS) -> Chart:
    """A bar for each of the first counts; a word says how many are left out."""
    longest = max((count for _, count in counts[:most]), default=0) or 1
    bars = tuple(Bar(label, count, (Part("count", 0, 100 * count / longest),)) for label, count in counts[:most])
    more = f"{len(counts) - most:,} more are left out." if len(counts) > most else ""
    return Chart(title, bars, " ".join(filter(None, (note, more))))


def sureness_chart(title: str, rows: Sequence[Mapping[str, object]]) -> Chart:
    """Values by type, each bar parted by how sure they are; ``rows`` are those of values_by_type."""
    longest = max((int(str(row["value_count"])) for row in rows), default=0) or 1
    bars, kinds = [], set()
    for row in rows:
        left, parts = 0.0, []
        for kind, _ in SURENESS:
            width = 100 * int(str(row[f"{kind}_count"])) / longest
            if width:
                kinds.add(kind)
                parts.append(Part(kind, left, width))
            left += width
        bars.append(Bar(str(row["entity_type"]), int(str(row["value_count"])), tuple(parts)))
    return Chart(title, tuple(bars), legend=tuple(one for one in SURENESS if one[0] in kinds))


def months(counts: Mapping[str, int], *, most: int = MOST_MONTHS) -> tuple[list[tuple[str, int]], int]:
    """The newest months, those without a crime among them, too.

    Args:
        counts: by "yyyy-mm".

    Returns:
        The months from the oldest shown to the newest, and how many crimes happened before them.
    """
    if not counts:
        return [], 0
    numbered = {int(name[:-3]) * 12 + int(name[-2:]) - 1: count for name, count in counts.items()}
    newest = max(numbered)
    oldest = max(min(numbered), newest - most + 1)
    shown = [(f"{month // 12:04}-{month % 12 + 1:02}", numbered.get(month, 0)) for month in range(oldest, newest + 1)]
    return shown, sum(count for month, count in numbered.items() if month < oldest)
