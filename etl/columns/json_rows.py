"""The rows of JSON: objects or arrays, a line each, and an array of objects wherever in a document it is."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from crimeetl.etl.columns.records import DECODER, Record, cell_text, flattened, json_lines
from crimeetl.etl.documents import Document
from crimeetl.etl.errors import UnreadableDocument
from crimeetl.etl.readers import is_unicode

BLANK = re.compile(r"[ \t\r\n]*")
FIRST_OBJECT = re.compile(r"\[[ \t\r\n]*\{")
DEEPEST_ARRAY = 4  # objects round an array of rows: as many as data portals wrap them in
EXTRA = "Extra data"  # as the json module says
HALF_PAIR = "the text holds half a surrogate pair; correct the line"


@dataclass(frozen=True, slots=True)
class JsonRow:
    """One object of a document, or the problem for which it cannot be used."""

    line_number: int
    char_start: int
    cells: dict[str, str]
    problem: str | None = None


def line_rows(text: str) -> Iterator[JsonRow]:
    """The objects of JSON lines."""
    for line_number, start, line in json_lines(text):
        value, problem = _decoded(line)
        if problem is None and not isinstance(value, dict):
            problem = "it is JSON but no object; write {...} with the report in one of its keys"
        yield _row(line_number, start, value, problem)


def line_records(text: str) -> Iterator[Record]:
    """The arrays of JSON lines: the rows of a workbook's sheet."""
    for line_number, start, line in json_lines(text):
        value, problem = _decoded(line)
        if problem is None and not isinstance(value, list):
            problem = "it is JSON but no array, as the lines above are; write [...] with its cells"
        cells = tuple(cell_text(cell) for cell in value) if isinstance(value, list) and problem is None else ()
        if problem is None and not is_unicode("".join(cells)):
            problem, cells = HALF_PAIR, ()
        if problem is not None or any(cells):
            yield Record(line_number, start, cells, problem)


def are_arrays(text: str) -> bool:
    """Whether the first line that is not blank is an array."""
    return text[BLANK.match(text).end() :][:1] == "["  # type: ignore[union-attr]


def array_rows(document: Document) -> Iterator[JsonRow]:
    """The objects of the array in a document, one after the other as they stand.

    An object that has no array of objects in it is one row itself.

    Raises:
        UnreadableDocument: it is no JSON, has several arrays of objects, or none and is no object.
    """
    text = document.text
    start = _after_blank(text, 0)
    try:
        if text[start : start + 1] != "{":
            yield from _elements(document, start, is_whole=True)
            return
        arrays = list(_arrays(text, start, DEEPEST_ARRAY))
    except json.JSONDecodeError as error:
        raise _no_json(document, error.msg, error.pos) from error
    except (ValueError, RecursionError) as error:
        raise UnreadableDocument(document.path, f"its JSON cannot be read ({error}); correct the file") from error
    if len(arrays) > 1:
        names = ", ".join(name for name, _ in arrays)
        reason = f"it has several arrays of objects ({names}); save the one that holds the reports in a file of its own"
        raise UnreadableDocument(document.path, reason)
    if arrays:
        yield from _elements(document, arrays[0][1], is_whole=False)
    else:
        value, problem = _decoded(text[start:])
        yield _row(text.count("\n", 0, start) + 1, start, value, problem)


def _elements(document: Document, start: int, *, is_whole: bool) -> Iterator[JsonRow]:
    """The elements of an array.

    Args:
        document: that it stands in.
        start: where it begins.
        is_whole: whether the document ends with it.
    """
    text = document.text
    if text[start : start + 1] != "[":
        raise UnreadableDocument(document.path, "it is JSON but no array of objects; write [{...}, {...}]")
    position, line_number, counted = _after_blank(text, start + 1), 1, 0
    while text[position : position + 1] != "]":
        line_number, counted = line_number + text.count("\n", counted, position), position
        try:
            value, end = DECODER.raw_decode(text, position)
        except json.JSONDecodeError as error:
            raise _no_json(document, error.msg, error.pos) from error
        except (ValueError, RecursionError) as error:
            raise UnreadableDocument(document.path, f"its JSON cannot be read ({error}); correct the file") from error
        problem = None if isinstance(value, dict) else "it is no object, as the others of the array are; correct it"
        yield _row(line_number, position, value, problem)
        position = _after_blank(text, end)
        if text[position : position + 1] == ",":
            position = _after_blank(text, position + 1)
        elif text[position : position + 1] != "]":
            raise _no_json(document, "Expecting ',' delimiter", position)
    if is_whole and (rest := _after_blank(text, position + 1)) < len(text):
        raise _no_json(document, EXTRA, rest)


def _arrays(text: str, start: int, depth: int, path: str = "") -> Iterator[tuple[str, int]]:
    """Where in an object the arrays of objects begin, with their names."""
    position = _after_blank(text, start + 1)
    while text[position : position + 1] == '"':
        name, position = DECODER.raw_decode(text, position)
        position = _after_blank(text, position)
        if text[position : position + 1] != ":":
            raise json.JSONDecodeError("Expecting ':' delimiter", text, position)
        position = _after_blank(text, position + 1)
        if FIRST_OBJECT.match(text, position):
            yield f"{path}{name}", position
        elif text[position : position + 1] == "{" and depth > 1:
            yield from _arrays(text, position, depth - 1, f"{path}{name}.")
        _, position = DECODER.raw_decode(text, position)
        position = _after_blank(text, position)
        if text[position : position + 1] == ",":
            position = _after_blank(text, position + 1)
    if text[position : position + 1] != "}":
        raise json.JSONDecodeError("Expecting ',' delimiter", text, position)
    if depth == DEEPEST_ARRAY and (rest := _after_blank(text, position + 1)) < len(text):
        raise json.JSONDecodeError(EXTRA, text, rest)


def _after_blank(text: str, start: int) -> int:
    matched = BLANK.match(text, start)
    return matched.end() if matched else start


def _no_json(document: Document, message: str, position: int) -> UnreadableDocument:
    line = document.text.count("\n", 0, position) + 1
    return UnreadableDocument(document.path, f"line {line}: it is not JSON ({message}); correct the file")


def _decoded(line: str) -> tuple[object, str | None]:
    try:
        return json.loads(line, parse_float=str, parse_int=str, parse_constant=str), None
    except json.JSONDecodeError as error:
        return None, f"it is not JSON ({error.msg}, column {error.colno}); correct the line"
    except (ValueError, RecursionError) as error:
        return None, f"its JSON cannot be read ({error}); correct the line"


def _row(line_number: int, start: int, value: object, problem: str | None) -> JsonRow:
    if problem is not None:
        return JsonRow(line_number, start, {}, problem)
    try:
        cells = flattened(value)
    except ValueError as error:
        return JsonRow(line_number, start, {}, f"{error}; keep those that are needed")
    if not is_unicode("".join((*cells, *cells.values()))):
        return JsonRow(line_number, start, {}, HALF_PAIR)
    return JsonRow(line_number, start, cells)
