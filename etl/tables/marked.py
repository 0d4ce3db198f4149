"""Tables with marks between their cells: bars, boxes of + and -, tabs."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

BOX_MARKS = str.maketrans("│┃║┼├┤┬┴┌┐└┘╬╠╣╦╩╔╗╚╝╪╫─━═", "|||" + "+" * 20 + "---")
BOX_RULE = re.compile(r"\s*\+(?:[-=:]+\+)+\s*")
MARKDOWN_RULE = re.compile(r"\s*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?\s*")
BAR = re.compile(r"(?<!\\)\|")
MOST_LINE_CHARS = 20_000  # a longer line is no row that people read


@dataclass(frozen=True, slots=True)
class MarkedTable:
    """A table with the lines of each row."""

    rows: tuple[tuple[int, int, tuple[str, ...]], ...]  # first and last line, from 0, and the cells

    first: int  # the lines of the table, its rules too
    last: int


def marked_tables(lines: Sequence[str]) -> list[MarkedTable]:
    """The tables with marks in lines of text, in their order."""
    found: list[MarkedTable] = []
    for mark, numbers in groupby(range(len(lines)), key=lambda number: _mark(lines[number])):
        block = list(numbers)
        if mark == "|":
            found += _barred(lines, block)
        elif mark == "\t":
            found += _tabbed(lines, block)
    return found


def _mark(line: str) -> str:
    if not line.strip() or len(line) > MOST_LINE_CHARS:
        return ""
    plain = line.translate(BOX_MARKS)
    if BAR.search(plain) or BOX_RULE.fullmatch(plain):
        return "|"
    return "\t" if "\t" in line.strip(" ") else ""


def _barred(lines: Sequence[str], block: Sequence[int]) -> Iterator[MarkedTable]:
    plain = {number: lines[number].translate(BOX_MARKS).strip() for number in block}
    boxes = {number for number in block if BOX_RULE.fullmatch(plain[number])}
    if len(boxes) > 1:
        yield from _boxed(plain, block, boxes)
        return
    rules = {number for number in block if "|" in plain[number] and MARKDOWN_RULE.fullmatch(plain[number])}
    rows = [number for number in block if number not in rules and number not in boxes]
    is_opened = all(plain[number].startswith("|") for number in rows)
    is_closed = is_opened and all(BAR.search(plain[number], len(plain[number]) - 1) for number in rows)
    cells = {number: _bar_cells(plain[number], is_opened=is_opened, is_closed=is_closed) for number in rows}
    alike = groupby(rows, key=lambda number: len(cells[number]))
    groups = [rows] if rules else [list(group) for _, group in alike]
    for group in groups:
        width = max((len(cells[number]) for number in group), default=0)
        if len(group) > 1 and width > 1:
            padded = ((number, number, (*cells[number], *[""] * (width - len(cells[number])))) for number in group)
            yield MarkedTable(tuple(padded), group[0], group[-1])


def _bar_cells(line: str, *, is_opened: bool, is_closed: bool) -> tuple[str, ...]:
    cells = [cell.strip().replace("\\|", "|") for cell in BAR.split(line)]
    return tuple(cells[is_opened : len(cells) - is_closed])


def _boxed(plain: dict[int, str], block: Sequence[int], boxes: set[int]) -> Iterator[MarkedTable]:
    """Between two rules stands a row where every row is ruled off, else as many as have a first cell."""
    ruled_off = groupby(block, key=lambda number: number in boxes)
    groups = [list(group) for is_rule, group in ruled_off if not is_rule]
    if block[0] not in boxes:
        del groups[0]
    if block[-1] not in boxes and groups:
        del groups[-1]
    cells = {
        number: _bar_cells(
            plain[number], is_opened=plain[number].startswith("|"), is_closed=plain[number].endswith("|")
        )
        for number in block
        if number not in boxes
    }
    is_ruled_off = len(groups) > 2
    rows: list[tuple[int, int, list[str]]] = []
    width = max((len(cells[number]) for group in groups for number in group), default=0)
    for group in groups:
        for number in group:
            padded = [*cells[number], *[""] * (width - len(cells[number]))]
            if number != group[0] and (is_ruled_off or not padded[0]):
                first, _, above = rows[-1]
                joined = ["\n".join(filter(None, pair)) for pair in zip(above, padded, strict=True)]
                rows[-1] = (first, number, joined)
            else:
                rows.append((number, number, padded))
    if len(rows) > 1 and width > 1:
        table = tuple((first, last, tuple(row)) for first, last, row in rows)
        yield MarkedTable(table, min(boxes), max(boxes))


def _tabbed(lines: Sequence[str], block: Sequence[int]) -> Iterator[MarkedTable]:
    cells = {number: [cell.strip() for cell in lines[number].split("\t")] for number in block}
    counts = [len(row) for row in cells.values()]
    width = max(counts)
    # Tabs that only indent or align lines are as many as the words before them ask for.
    if len(block) < 2 or counts.count(width) < 0.6 * len(counts):
        return
    padded = ((number, number, (*cells[number], *[""] * (width - len(cells[number])))) for number in block)
    yield MarkedTable(tuple(padded), block[0], block[-1])
