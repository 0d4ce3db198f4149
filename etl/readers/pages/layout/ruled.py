"""Rules on a page -> the grids of cells that they close in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crimeetl.etl.documents import Box

SNAP = 3.0  # points: rules nearer than these are one, and rules that miss each other by no more meet
SHORTEST = 4.0  # points
MOST_PAIRS = 1_000_000  # of rules across with rules down: about a second


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell, and the rows and columns it takes, half-open and from 0."""

    box: Box
    row: int
    column: int
    row_end: int
    column_end: int


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells that touch each other, by row and column; where cells are merged, one takes several places."""

    box: Box
    cells: tuple[GridCell, ...]
    row_count: int
    column_edges: tuple[float, ...]

    @property
    def column_count(self) -> int:
        """At most so many cells stand in a row."""
        return len(self.column_edges) - 1


@dataclass(frozen=True, slots=True)
class Edge:
    """A rule as (place, start, end): across at a height, or down at a distance from the left."""

    place: float
    start: float
    end: float


def grids_of(rules: Iterable[Box]) -> list[Grid]:
    """Grids of at least one cell, from top to bottom."""
    across, down = _edges(rules)
    closing_down, closing_across = _closing(across, down), _closing(down, across)
    across, down = _merged([*across, *closing_across]), _merged([*down, *closing_down])
    if len(across) * len(down) > MOST_PAIRS:
        return []
    boxes = _cells(_crossings(across, down), _by_place(across), _by_place(down))
    grids = [_grid(group) for group in _touching(boxes)]
    return sorted(grids, key=lambda grid: (grid.box.top, grid.box.left))


def _edges(rules: Iterable[Box]) -> tuple[list[Edge], list[Edge]]:
    """The rules across and down; those on one line that touch are one."""
    across, down = [], []
    for rule in rules:
        width, height = rule.right - rule.left, rule.bottom - rule.top
        if width >= height:
            across.append(Edge((rule.top + rule.bottom) / 2, rule.left, rule.right))
        if height >= width:
            down.append(Edge((rule.left + rule.right) / 2, rule.top, rule.bottom))
    return _merged(across), _merged(down)


def _closing(edges: Sequence[Edge], crossing: Sequence[Edge]) -> list[Edge]:
    """The two sides that a table leaves open: of edges that end side by side and are crossed by others between."""
    groups: dict[tuple[int, int], list[Edge]] = {}
    for edge in edges:
        groups.setdefault((round(edge.start / SNAP), round(edge.end / SNAP)), []).append(edge)
    sides: list[Edge] = []
    for group in groups.values():
        start, end = group[0].start, group[0].end
        low, high = min(edge.place for edge in group), max(edge.place for edge in group)
        inner = [
            edge
            for edge in crossing
            if start + SNAP < edge.place < end - SNAP and edge.start <= low + SNAP and edge.end >= high - SNAP
        ]
        if len(group) > 1 and inner:
            low, high = (
                min(low, *(edge.start for edge in inner)),
                max(high, *(edge.end for edge in inner)),
            )
            sides += [Edge(place, low, high) for place in (start, end)]
    return sides


def _merged(edges: list[Edge]) -> list[Edge]:
    merged: list[Edge] = []
    for group in _near([edge.place for edge in edges], edges):
        place = sum(edge.place for edge in group) / len(group)
        ordered = sorted(group, key=lambda edge: edge.start)
        start, end = ordered[0].start, ordered[0].end
        for edge in ordered[1:]:
            if edge.start > end + SNAP:
                merged.append(Edge(place, start, end))
                start, end = edge.start, edge.end
            end = max(end, edge.end)
        merged.append(Edge(place, start, end))
    return [edge for edge in merged if edge.end - edge.start >= SHORTEST]


def _near(places: Sequence[float], edges: Sequence[Edge]) -> list[list[Edge]]:
    """Edges in groups, in each of which one place is near the next and none is far from the first."""
    groups: list[list[Edge]] = []
    first = float("-inf")
    for place, edge in sorted(zip(places, edges, strict=True), key=lambda pair: pair[0]):
        if place - first <= SNAP:
            groups[-1].append(edge)
        else:
            groups.append([edge])
            first = place
    return groups


Crossing = tuple[float, float]  # from the left, from the top


def _by_place(edges: Iterable[Edge]) -> dict[float, list[Edge]]:
    at: dict[float, list[Edge]] = {}
    for edge in edges:
        at.setdefault(edge.place, []).append(edge)
    return at


def _crossings(across: Sequence[Edge], down: Sequence[Edge]) -> set[Crossing]:
    return {
        (vertical.place, horizontal.place)
        for horizontal in across
        for vertical in down
        if horizontal.start - SNAP <= vertical.place <= horizontal.end + SNAP
        and vertical.start - SNAP <= horizontal.place <= vertical.end + SNAP
    }


def _spans(edges: Sequence[Edge], start: float, end: float) -> bool:
    return any(edge.start - SNAP <= start and end <= edge.end + SNAP for edge in edges)


def _cells(crossings: set[Crossing], across_at: dict[float, list[Edge]], down_at: dict[float, list[Edge]]) -> list[Box]:
    """The smallest box to the right of and under each crossing, if rules close it."""
    xs_at: dict[float, list[float]] = {}
    ys_at: dict[float, list[float]] = {}
    for x, y in sorted(crossings):
        xs_at.setdefault(y, []).append(x)
        ys_at.setdefault(x, []).append(y)
    cells: list[Box] = []
    for x, y in sorted(crossings, key=lambda crossing: crossing[::-1]):
        rights = [right for right in xs_at[y] if right > x and _spans(across_at[y], x, right)]
        bottoms = [bottom for bottom in ys_at[x] if bottom > y and _spans(down_at[x], y, bottom)]
        cell = next(
            (
                Box(x, y, right, bottom)
                for bottom in bottoms
                for right in rights
                if (right, bottom) in crossings
                and _spans(down_at[right], y, bottom)
                and _spans(across_at[bottom], x, right)
            ),
            None,
        )
        if cell:
            cells.append(cell)
    return cells


def _touching(boxes: Sequence[Box]) -> list[list[Box]]:
    """Boxes in groups whose corners meet."""
    leader = list(range(len(boxes)))

    def leader_of(number: int) -> int:
        while leader[number] != number:
            leader[number] = leader[leader[number]]
            number = leader[number]
        return number

    at_corner: dict[Crossing, int] = {}
    for number, box in enumerate(boxes):
        for corner in ((x, y) for x in (box.left, box.right) for y in (box.top, box.bottom)):
            leader[leader_of(number)] = leader_of(at_corner.setdefault(corner, number))
    groups: dict[int, list[Box]] = {}
    for number, box in enumerate(boxes):
        groups.setdefault(leader_of(number), []).append(box)
    return list(groups.values())


def _grid(boxes: Sequence[Box]) -> Grid:
    xs = sorted({x for box in boxes for x in (box.left, box.right)})
    ys = sorted({y for box in boxes for y in (box.top, box.bottom)})
    column_of, row_of = ({place: index for index, place in enumerate(places)} for places in (xs, ys))
    cells = sorted(
        (
            GridCell(box, row_of[box.top], column_of[box.left], row_of[box.bottom], column_of[box.right])
            for box in boxes
        ),
        key=lambda cell: (cell.row, cell.column),
    )
    return Grid(Box(xs[0], ys[0], xs[-1], ys[-1]), tuple(cells), len(ys) - 1, tuple(xs))
