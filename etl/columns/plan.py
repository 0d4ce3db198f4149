"""What each column of a table holds, and how its rows are written as texts."""

from collections.abc import Callable
from dataclasses import dataclass

from crimeetl.etl.columns.cells import CellReader


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """What a column holds, as a dry run shows it."""

    heading: str
    types: tuple[str, ...]  # of the values that it gives; none where nothing is certain
    samples: tuple[str, ...]  # up to three of its values
    is_prose: bool  # sentences, which are for the model to read
    told_as: str | None = None  # the heading by which the user says what it holds; None where nobody does


@dataclass(frozen=True, slots=True)
class LinePlan:
    """A line of a row's text: a heading and a cell, or the cells that say one thing together."""

    label: str  # with the colon and the space after it
    columns: tuple[int, ...]
    read: CellReader | None  # None where it gives no value
    shown: Callable[[str], str] | None = None  # numbers that are moments, as such
    is_prose: bool = False
    is_end: bool = False  # of a period: what is said above, too, is not said again


@dataclass(frozen=True, slots=True)
class MappedColumns:
    """What all columns of a table hold."""

    columns: tuple[MappedColumn, ...]  # in the table's order
    text_column: int | None  # the one that holds the reports' prose; None where the columns are all there is
    lines: tuple[LinePlan, ...]  # of the text of a row, below its prose

    @property
    def types(self) -> frozenset[str]:
        """All types of which some column gives values."""
        return frozenset(entity_type for column in self.columns for entity_type in column.types)
