"""Labelled reports."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GoldMention:
    """One acceptable way to give a gold value."""

    value: str
    char_start: int | None  # None where the data gives no offsets
    char_end: int | None


@dataclass(frozen=True, slots=True)
class LabelledReport:
    """One report with its gold answers."""

    report_id: str
    text: str
    gold: dict[str, tuple[tuple[GoldMention, ...], ...]]  # type -> values -> alternatives; absent type: not asked
    is_crowd_sourced: bool = False
