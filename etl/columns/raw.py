"""A table's file as headings and rows, read anew each time so that no table is held as a whole."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice

from crimeetl.etl.columns.header import NUMBER, Header, filled, found_header
from crimeetl.etl.columns.json_rows import JsonRow, are_arrays, array_rows, line_records, line_rows
from crimeetl.etl.columns.records import MOST_COLUMNS, SEPARATOR_LINE, Record, delimited_records, sniffed_delimiter
from crimeetl.etl.columns.synonyms import Synonyms, shipped_synonyms
from crimeetl.etl.documents import Document
from crimeetl.etl.errors import UnreadableDocument
from crimeetl.etl.readers import COMMA_SEPARATED, JSON, JSON_LINES, TAB_SEPARATED

SAMPLE_ROWS = 2_000
FEWEST_VALUES = 20  # of a column in the sample; further rows are taken into it for one that has fewer
HEADER_ROWS = 200
FIRST_LETTERS_OF_FOOTERS = frozenset(" \tgGsStTcCpPnNrRiIeE")
MOST_FOOTERS = 20  # lines; more are rows of one cell
NARROW_CELLS = 2  # that a footer or a total fills at most
FOOTER = re.compile(
    r"\s*(?:(?:grand |sub)?totals?\b|sum\b|count\b|page [0-9]+\b"
    r"|(?:total )?(?:number|records?|rows|incidents)\b.{0,20}?[:=]"
    r"|(?:printed|generated|run|exported)\b.{0,10}\b(?:on|by|at)\b|end of (?:report|list|log)\b)",
    re.IGNORECASE,
)
WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?\b[., ]*"
MONTH = r"(?:[0-9]{1,2} )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
DAY_LINE = re.compile(
    rf"(?:{WEEKDAY})?(?:[0-9]{{1,2}}/[0-9]{{1,2}}\b|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}\b|{MONTH})", re.IGNORECASE
)
NOTE_WORDS = 6
FEWEST_NOTES = 0.3  # of the rows have one, where lines below rows are theirs


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row of a table: a cell for each heading, or the problem for which it cannot be used."""

    line_number: int  # from 1, where the row begins
    char_start: int  # the same place in the document's text
    cells: tuple[str, ...]
    problem: str | None = None
    notes: tuple[str, ...] = ()  # lines of prose below the row that belong to it
    context: tuple[str, ...] = ()  # the line above it that holds for several rows, such as their day


@dataclass(frozen=True, slots=True)
class LazyRows:
    """Rows that are read anew each time they are gone through."""

    read: Callable[[], Iterator[RawRow]]

    def __iter__(self) -> Iterator[RawRow]:
        return self.read()


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table as its file has it."""

    headings: tuple[str, ...]  # none where no row can be used
    rows: Iterable[RawRow]  # without blank ones, headings that come again, totals and footers
    row_count: int
    sample: tuple[tuple[str, ...], ...]  # the cells of the first rows, and of later ones where columns fill late
    title: tuple[str, ...] = ()  # the lines above the headings
    left_out: tuple[str, ...] = ()  # what is no row: totals, footers, headings that come again


@dataclass(frozen=True, slots=True)
class _LeftOut:
    """A line that is no row."""

    line: str


@dataclass(frozen=True, slots=True)
class _Group:
    """A line above rows that belong together."""

    line: str


@dataclass(frozen=True, slots=True)
class _Note:
    """A line of prose that belongs to the row above it."""

    line: str


@dataclass(frozen=True, slots=True)
class _Frame:
    """What stands round the rows of a table of records."""

    width: int
    skipped_rows: int  # title and headings
    header: tuple[str, ...]  # its last line, as it may come again
    is_wide: bool  # rows fill so many cells that one with few is no ordinary row
    has_notes: bool  # below rows stand lines of prose


@dataclass(slots=True)
class _Sample:
    """The cells of rows that show what the columns hold."""

    rows: list[tuple[str, ...]] = field(default_factory=list)
    missing: dict[int, int] = field(default_factory=dict)  # by column: how many values of it are still wanted

    def see(self, cells: tuple[str, ...]) -> None:
        if len(self.rows) < SAMPLE_ROWS:
            self.rows.append(cells)
            if len(self.rows) == SAMPLE_ROWS:
                counts = [FEWEST_VALUES - filled(column) for column in zip(*self.rows, strict=True)]
                self.missing = {place: count for place, count in enumerate(counts) if count > 0}
            return
        if found := [place for place in self.missing if cells[place] and not cells[place].isspace()]:
            self.rows.append(cells)
            less = {place: self.missing[place] - 1 for place in found}
            self.missing = {place: count for place, count in (self.missing | less).items() if count}

    @property
    def is_full(self) -> bool:
        return len(self.rows) >= SAMPLE_ROWS and not self.missing


def raw_table(document: Document, *, synonyms: Synonyms | None = None) -> RawTable:
    """The table in a csv, tsv, JSON or JSON lines document.

    Raises:
        UnreadableDocument: its headings cannot be read, it has too many columns, or its JSON is broken.
    """
    synonyms = synonyms or shipped_synonyms()
    text = document.text
    if document.media_type in {COMMA_SEPARATED, TAB_SEPARATED}:
        is_tabs = document.media_type == TAB_SEPARATED
        delimiter = "\t" if is_tabs else sniffed_delimiter(text, synonyms)
        return _table_of_records(document, partial(delimited_records, text, delimiter), synonyms)
    if document.media_type == JSON_LINES and are_arrays(text):
        return _table_of_records(document, partial(line_records, text), synonyms)
    if document.media_type == JSON_LINES:
        return _table_of_objects(document, partial(line_rows, text))
    if document.media_type == JSON:
        return _table_of_objects(document, partial(array_rows, document))
    raise UnreadableDocument(document.path, f"it is no table but {document.media_type}; save it as csv")


def _table_of_objects(document: Document, read: Callable[[], Iterator[JsonRow]]) -> RawTable:
    columns: dict[str, None] = {}
    row_count = 0
    for row in read():
        row_count += 1
        columns.update(dict.fromkeys(row.cells))
        _check_width(document, len(columns))
    headings = tuple(columns)
    rows = LazyRows(partial(_object_rows, read, headings))
    sample = _Sample()
    for usable in rows:
        if usable.problem is None:
            sample.see(usable.cells)
        if sample.is_full:
            break
    return RawTable(headings, rows, row_count, tuple(sample.rows))


def _object_rows(read: Callable[[], Iterator[JsonRow]], headings: Sequence[str]) -> Iterator[RawRow]:
    for row in read():
        cells = tuple(row.cells.get(heading, "") for heading in headings)
        yield RawRow(row.line_number, row.char_start, cells, row.problem)


def _table_of_records(document: Document, read: Callable[[], Iterator[Record]], synonyms: Synonyms) -> RawTable:
    head = list(islice(read(), HEADER_ROWS))
    if head and head[0].problem is not None:
        raise UnreadableDocument(document.path, f"line {head[0].line_number}: {head[0].problem}")
    usable = [record.cells for record in head if record.problem is None and filled(record.cells)]
    if not usable:
        return RawTable((), (), 0, ())
    header = found_header(usable, synonyms)
    _check_width(document, len(header.headings))
    frame = _frame(header, usable)
    states_delimiter = 1 if SEPARATOR_LINE.match(document.text) else 0
    row_count, left_out = 0, Counter[str]()
    sample = _Sample()
    for part in _parts(read, frame):
        if isinstance(part, _LeftOut):
            left_out[part.line] += 1
        else:
            row_count += 1
            if part.problem is None:
                sample.see(part.cells)
    return RawTable(
        header.headings,
        LazyRows(partial(_rows_alone, read, frame)),
        row_count,
        tuple(sample.rows),
        tuple(_line(cells) for cells in usable[states_delimiter : header.title_rows]),
        tuple(line if times == 1 else f"{line} ({times:,} times)" for line, times in left_out.items()),
    )


def _check_width(document: Document, columns: int) -> None:
    if columns > MOST_COLUMNS:
        reason = f"it has more than {MOST_COLUMNS:,} columns; save it with those that are needed"
        raise UnreadableDocument(document.path, reason)


def _frame(header: Header, usable: Sequence[tuple[str, ...]]) -> _Frame:
    first = header.title_rows + header.header_rows
    below = usable[first:]
    full = [cells for cells in below if filled(cells) > NARROW_CELLS]
    notes = [cells for cells in below if _is_note(cells)]
    return _Frame(
        width=len(header.headings),
        skipped_rows=first,
        header=usable[first - 1] if header.header_rows else (),
        is_wide=len(header.headings) > NARROW_CELLS and len(full) * 3 >= len(below) - len(notes),
        has_notes=len(header.headings) > NARROW_CELLS and len(notes) >= max(2, FEWEST_NOTES * len(full)),
    )


def _is_note(cells: Sequence[str]) -> bool:
    return filled(cells) == 1 and len(_line(cells).split()) >= NOTE_WORDS and not FOOTER.match(_line(cells))


def _line(cells: Sequence[str]) -> str:
    return " ".join(text for cell in cells if (text := " ".join(cell.split())))


def _rows_alone(read: Callable[[], Iterator[Record]], frame: _Frame) -> Iterator[RawRow]:
    return (part for part in _parts(read, frame) if isinstance(part, RawRow))


def _parts(read: Callable[[], Iterator[Record]], frame: _Frame) -> Iterator[RawRow | _LeftOut]:
    """The rows, each with the notes below it, and what is left out between them."""
    last: RawRow | None = None
    context: tuple[str, ...] = ()
    for part in _classified(read, frame):
        if isinstance(part, _Group):
            context = (part.line,)
        elif isinstance(part, _Note):
            if last is None:
                yield _LeftOut(part.line)
            else:
                last = replace(last, notes=(*last.notes, part.line))
        elif isinstance(part, _LeftOut):
            yield part
        else:
            if last is not None:
                yield last
            last = replace(part, context=context) if context else part
    if last is not None:
        yield last


def _classified(read: Callable[[], Iterator[Record]], frame: _Frame) -> Iterator[RawRow | _LeftOut | _Note | _Group]:
    held: list[RawRow] = []  # with few cells: footers, if no other row follows
    to_skip = frame.skipped_rows
    for record in read():
        cells = record.cells
        count = filled(cells)
        if not count and record.problem is None:
            continue
        if to_skip and record.problem is None:
            to_skip -= 1
        elif (cells == frame.header and len(cells) > 1) or (frame.is_wide and _is_total(cells, count)):
            yield _LeftOut(_line(cells))
        elif frame.has_notes and count == 1 and _is_note(cells):
            yield from held
            held = []
            yield _Note(_line(cells))
        elif frame.is_wide and record.problem is None and count <= NARROW_CELLS and len(held) < MOST_FOOTERS:
            held.append(_row(record, frame.width))
        else:
            for row in held:
                yield _Group(_line(row.cells)) if _heads_a_group(row) else row
            held = []
            yield _row(record, frame.width)
    for row in held:
        yield _LeftOut(_line(row.cells)) if filled(row.cells) == 1 else row


def _heads_a_group(row: RawRow) -> bool:
    """Whether a row is one cell alone that names a day or a kind of incidents, and not a number of one."""
    line = _line(row.cells)
    return filled(row.cells) == 1 and (not any(map(str.isdigit, line)) or DAY_LINE.match(line) is not None)


def _is_total(cells: Sequence[str], count: int) -> bool:
    """Whether it is a line of totals or of the file's own words, with numbers alone beside it."""
    if not count or (cells[0] and cells[0][0] not in FIRST_LETTERS_OF_FOOTERS):
        return False
    first, *rest = [cell.strip() for cell in cells if cell and not cell.isspace()]
    return FOOTER.match(first) is not None and (count <= NARROW_CELLS or all(map(NUMBER.fullmatch, rest)))


def _row(record: Record, width: int) -> RawRow:
    cells, problem = record.cells, record.problem
    if len(cells) > width:
        if problem is None and any(cells[width:]):
            problem = f"the row has {len(cells)} cells and the header {width}; quote the cells and their delimiters"
        cells = cells[:width]
    elif len(cells) < width:
        cells = (*cells, *[""] * (width - len(cells)))
    return RawRow(record.line_number, record.char_start, cells, problem)
