"""csv, tsv and lines of JSON as records of cells, each with the place where it begins, one after the other."""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from crimeetl.etl.columns.synonyms import Synonyms, is_known

DELIMITERS = ",;\t|"
NO_DELIMITER = "\x1f"  # of a table of one column, whose cells may hold all others unquoted
SNIFFED_ROWS = 50
FEWEST_ALIKE = 0.6  # of the rows below a title are as wide as the table
LINES = re.compile(r"[^\r\n]*+(?:\r\n?|\n)|[^\r\n]+")
MOST_COLUMNS = 2_000
LONGEST_PATH_CHARS = 1_000  # names of objects in objects; from 1 MB of long ones in one another came 2.6 GB of headings
SEPARATOR_LINE = re.compile(r"sep=(.)\s*[\r\n]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Record:
    """One line of cells, or of several where a cell holds line ends."""

    line_number: int  # from 1, where it begins
    char_start: int  # the same place in the document's text
    cells: tuple[str, ...]
    problem: str | None = None  # why they cannot be read


def delimited_records(text: str, delimiter: str) -> Iterator[Record]:
    """Each record that is not blank."""
    char_start = 0

    def counted_lines() -> Iterator[str]:
        nonlocal char_start
        for line in LINES.finditer(text):
            char_start = line.end()
            yield line[0]

    reader = csv.reader(counted_lines(), delimiter=delimiter, strict=True)
    longest_cell = max(len(text) + 1, csv.field_size_limit())
    while True:
        record = _next_record(reader, reader.line_num + 1, char_start, longest_cell)
        if record is None:
            return
        if record.cells or record.problem:
            yield record


def _next_record(reader: Iterator[list[str]], line_number: int, start: int, longest_cell: int) -> Record | None:
    # The csv module refuses cells over 131,072 characters unless told otherwise, for the whole process at once.
    before = csv.field_size_limit(longest_cell)
    try:
        return Record(line_number, start, tuple(next(reader)))
    except StopIteration:
        return None
    except csv.Error as error:
        problem = f"the row's quotation marks do not pair ({error}); double those inside a cell"
        return Record(line_number, start, (), problem)
    finally:
        csv.field_size_limit(before)


def sniffed_delimiter(text: str, synonyms: Synonyms) -> str:
    """The delimiter under which the rows are most nearly as wide as the header; the widest header decides ties.

    csv.Sniffer looks at letters of the narrative too, and finds delimiters among them.
    """
    if stated := SEPARATOR_LINE.match(text):
        return stated[1]
    fitness = {delimiter: _fitness(text, delimiter, synonyms) for delimiter in DELIMITERS}
    best = max(fitness, key=lambda delimiter: fitness[delimiter])
    if fitness[best] > (0.0, 0):
        return best
    first = next(delimited_records(text, best), None)
    return best if first is not None and first.problem is not None else NO_DELIMITER


def _fitness(text: str, delimiter: str, synonyms: Synonyms) -> tuple[float, int]:
    records = list(islice(delimited_records(text, delimiter), SNIFFED_ROWS))
    widths = [len(record.cells) for record in records]
    if not widths:
        return 0.0, 0
    if widths[0] > 1:
        return widths.count(widths[0]) / len(widths), widths[0]
    width, count = Counter(widths).most_common(1)[0]
    has_headings = any(is_known(cell, synonyms) for cell in records[widths.index(width)].cells)
    is_below_title = width > 2 and count > 1 and count >= FEWEST_ALIKE * len(widths) and has_headings
    return (count / len(widths) / 2, width) if is_below_title else (0.0, 0)


def json_lines(text: str) -> Iterator[tuple[int, int, str]]:
    """Number, start and text of each line that is not blank."""
    # Not splitlines: JSON strings may hold U+2028 and other line ends of Unicode as they are.
    start, line_number = 0, 1
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        line = text[start:end]
        if line.strip():
            yield line_number, start, line
        start, line_number = end + 1, line_number + 1


def flattened(value: object) -> dict[str, str]:
    """An object's cells by column: those of objects in it as ``outer.inner``, what is in lists joined by "; ".

    Raises:
        ValueError: it has more names, or a longer one, than any table has.
    """
    cells: dict[str, list[str]] = {}
    waiting: list[tuple[str, object]] = [("", value)]
    while waiting:
        path, part = waiting.pop()
        if len(path) > LONGEST_PATH_CHARS:
            raise ValueError(f"a name, with those of the objects round it, is over {LONGEST_PATH_CHARS:,} characters")
        if isinstance(part, dict) and len(part) + len(cells) > MOST_COLUMNS:
            raise ValueError(f"it has more than {MOST_COLUMNS:,} names")
        if isinstance(part, dict):
            lead = f"{path}." if path else ""
            waiting += [(f"{lead}{key}", inner) for key, inner in reversed(part.items())]
        elif isinstance(part, list):
            waiting += [(path, inner) for inner in reversed(part)]
        else:
            cells.setdefault(path, []).append(cell_text(part))
    return {path: "; ".join(filter(None, texts)) if len(texts) > 1 else texts[0] for path, texts in cells.items()}


def cell_text(value: object) -> str:
    """A value of JSON as a cell; numbers come in as they are written."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)
