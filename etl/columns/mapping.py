"""What each column of a table holds, by its heading and its values."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

from crimeetl.etl.columns import cells, values
from crimeetl.etl.columns.cells import CellReader
from crimeetl.etl.columns.moment_columns import SeenColumn, moment_readers
from crimeetl.etl.columns.moments import shown_epoch, shown_fraction, shown_serial
from crimeetl.etl.columns.plan import LinePlan, MappedColumn, MappedColumns
from crimeetl.etl.columns.synonyms import Key, Meaning, Synonyms, heading_key, heading_meanings, shipped_synonyms
from crimeetl.etl.errors import WrongUsage

TEXT_COLUMNS = ("text", "report", "narrative", "report_text", "body", "description", "summary")
SURE_TEXT_COLUMNS = ("text", "report_text", "body")  # whatever they hold
PROSE_WORDS = 8  # a text is at least so long on the average
COMMENTS = frozenset({"comment", "narrative", "synopsis", "summary", "details", "detail", "statement", "circumstances"})
ARREST_WORDS = frozenset(
    {"arrest", "arrestee", "booking", "booked", "charge", "inmate", "jail", "custody", "defendant"}
)
ID_WORDS = frozenset(
    {"id", "objectid", "fid", "gid", "guid", "uuid", "index", "row", "key", "number", "n", "record", "column", "object"}
)
OF_ONE_COLUMN = frozenset(
    {
        "Case_Number",
        "City",
        "Crime_Status",
        "Crime_Summary",
        "Location",
        "Shots_Fired",
        "Time_Of_Day",
        "Victim_AgeRange",
    }
)
OF_ONE_HEADING = frozenset({"Crime_Type"})  # "Charge 1" and "Charge 2", not "Offense" and "Category"
INCIDENT_TYPES = frozenset({"Case_Number", "Location"})
VAGUE_WORDS = frozenset({"description", "category", "type", "kind", "activity", "reason", "problem", "code"})
MAY_BE_PROSE = frozenset({"Crime_Summary", "Property_Stolen", "Suspect_Description"})
MOST_SAMPLE_VALUES = 500
SHOWN_SAMPLES = 3


@dataclass(frozen=True, slots=True)
class _Claim:
    """A type that the heading of a column names and its values fit."""

    rank: int
    entity_type: str
    read: CellReader
    column: SeenColumn


@dataclass(frozen=True, slots=True)
class _Use:
    """How a column, or several that say one thing together, are read."""

    places: tuple[int, ...]
    types: tuple[str, ...]
    read: CellReader
    is_end: bool = False  # of a period: says nothing where it is as the begin


def map_columns(
    headings: Sequence[str],
    sample_rows: Sequence[Sequence[str]],
    *,
    told: Mapping[str, str] | None = None,
    text_column: str | None = None,
    synonyms: Synonyms | None = None,
    title: Sequence[str] = (),
) -> MappedColumns:
    """What each column holds. A heading is believed only where the values are of that kind.

    Args:
        headings: one a column; the same may stand twice.
        sample_rows: the first rows; some hundreds are enough.
        told: heading -> entity type, as the user has it; "" for a column that holds none. Believed always. It means
            the columns so headed, or those of the same letters, or else those of the same words.
        text_column: the heading of the column that holds the reports' prose; None for the first there is of
            TEXT_COLUMNS that holds prose.
        synonyms: what headings mean; None for the shipped table.
        title: what stands above the table, which may say that it lists arrests.

    Raises:
        WrongUsage: the table has no such text column, or the user says that it holds a type.
    """
    synonyms = synonyms or shipped_synonyms()
    keys = [heading_key(heading, synonyms) for heading in headings]
    titles = [heading_key(line, synonyms) for line in title]
    is_arrest_list = any(ARREST_WORDS & key for key in (*keys, *titles))
    raw = [_stated_values(place, sample_rows) for place in range(len(headings))]
    meanings = [heading_meanings(heading, synonyms) for heading in headings]
    shown = [_shown(*column) for column in zip(keys, meanings, raw, strict=True)]
    columns = [
        SeenColumn(
            place=place,
            heading=headings[place],
            key=key,
            meanings=tuple(meaning for meaning in meanings[place] if is_arrest_list or not meaning.is_of_arrests),
            values=raw[place] if (show := shown[place]) is None else [show(value) for value in raw[place]],
            is_arrest_list=is_arrest_list,
        )
        for place, key in enumerate(keys)
    ]
    told_as = _told_as(columns, told or {}, synonyms)
    told_types = {place: (told or {})[heading] for place, heading in told_as.items()}
    text_place = _text_place(columns, text_column, told_types)
    uses = _uses([column for column in columns if column.place != text_place], told_types)
    return _mapped(columns, shown, uses, text_place, told_as)


def _told_as(columns: Sequence[SeenColumn], told: Iterable[str], synonyms: Synonyms) -> dict[int, str]:
    """By the place of a column the heading by which the user names it; the most alike counts."""
    alike: tuple[Callable[[str], object], ...] = (str, _letters, partial(heading_key, synonyms=synonyms))
    found: dict[int, str] = {}
    for heading in told:
        for form in alike:
            places = [
                column.place for column in columns if form(column.heading) and form(column.heading) == form(heading)
            ]
            if places:
                found |= dict.fromkeys(places, heading)
                break
    return found


def _letters(heading: str) -> str:
    return "".join(character for character in heading.casefold() if character.isalnum())


def _stated_values(place: int, rows: Sequence[Sequence[str]]) -> list[str]:
    stripped = (row[place].strip() for row in rows if place < len(row))
    return list(islice((cell for cell in stripped if not cells.says_nothing(cell)), MOST_SAMPLE_VALUES))


def _shown(key: Key, meanings: Sequence[Meaning], raw: Sequence[str]) -> Callable[[str], str] | None:
    """What makes moments of the numbers that a spreadsheet or a database writes for them."""
    types = {meaning.entity_type for meaning in meanings}
    if "date" in key or "born" in key or "Crime_Date" in types:
        if values.are_serials(raw):
            return shown_serial
        if values.are_epochs(raw):
            return shown_epoch
    return shown_fraction if "Crime_Time" in types and values.are_fractions(raw) else None


def _folded(heading: str) -> str:
    return "_".join(heading.strip().casefold().replace("_", " ").split())


def _text_place(columns: Sequence[SeenColumn], wanted: str | None, told_types: Mapping[int, str]) -> int | None:
    if wanted is not None:
        for fold in (str, _folded):
            for column in columns:
                if fold(column.heading) == fold(wanted):
                    if entity_type := told_types.get(column.place):
                        raise WrongUsage(f"{wanted} is its --text-column and, by --map, {entity_type}; leave one out")
                    return column.place
        listed = ", ".join(column.heading for column in columns)
        raise WrongUsage(f"it has no column {wanted}; choose one of its columns with --text-column: {listed}")
    free = [column for column in columns if column.values and not told_types.get(column.place)]
    named = [column for name in TEXT_COLUMNS for column in free if _folded(column.heading) == name]
    for column in named:
        is_prose = values.is_prose(column.values) and values.average_words(column.values) >= PROSE_WORDS
        if is_prose or _folded(column.heading) in SURE_TEXT_COLUMNS:
            return column.place
    others = [column for column in columns if column not in named and column.values and not _is_id(column)]
    return named[0].place if named and not others else None


def _is_id(column: SeenColumn) -> bool:
    return column.key <= ID_WORDS


def _uses(columns: Sequence[SeenColumn], told_types: Mapping[int, str]) -> list[_Use]:
    free = [column for column in columns if column.place not in told_types]
    uses = [
        _Use((place,), (entity_type,), partial(cells.told, entity_type))
        for place, entity_type in told_types.items()
        if entity_type
    ]
    settled = set(told_types.values())
    moments = [_Use((found.place,), found.types, found.read, found.is_end) for found in moment_readers(free)]
    uses += [
        replace(use, types=left, read=partial(_only, frozenset(left), use.read))
        if (left := tuple(name for name in use.types if name not in settled)) != use.types
        else use
        for use in moments
        if not settled.issuperset(use.types)
    ]
    used = {place for use in moments for place in use.places}
    free = [column for column in free if column.place not in used]
    return uses + _uses_of_kinds(free, settled, is_dated=bool(moments))


def _only(types: frozenset[str], read: CellReader, cell: str) -> tuple[cells.Found, ...]:
    return tuple(found for found in read(cell) if found.entity_type in types)


def _uses_of_kinds(columns: Sequence[SeenColumn], settled: Collection[str], *, is_dated: bool) -> list[_Use]:
    """The columns whose headings and values agree, a type each; of those that only one column gives the best.

    What a heading such as "Description" describes is an offense only in a table that dates, numbers or places things.
    """
    claims = [claim for column in columns for claim in _claims(column) if claim.entity_type not in settled]
    if not (is_dated or INCIDENT_TYPES.intersection(claim.entity_type for claim in claims)):
        claims = [claim for claim in claims if not claim.column.key <= VAGUE_WORDS]
    joined = [use for use in _joined_uses(columns, claims) if not {*use.types} & {*settled}]
    uses: list[_Use] = list(joined)
    taken = {place for use in joined for place in use.places}
    first_keys: dict[str, Key] = {use.types[0]: frozenset() for use in joined}
    for claim in sorted(claims, key=lambda claim: (claim.rank, claim.column.place)):
        first_key = first_keys.get(claim.entity_type)
        is_further = claim.entity_type not in OF_ONE_COLUMN and (
            claim.entity_type not in OF_ONE_HEADING or claim.column.key == first_key
        )
        if claim.column.place not in taken and (first_key is None or is_further):
            first_keys.setdefault(claim.entity_type, claim.column.key)
            taken.add(claim.column.place)
            uses.append(_Use((claim.column.place,), (claim.entity_type,), claim.read))
    return uses


def _claims(column: SeenColumn) -> Iterator[_Claim]:
    seen: set[str] = set()
    for meaning in column.meanings:
        if meaning.part is None and not meaning.is_end and meaning.entity_type not in seen:
            seen.add(meaning.entity_type)
            if read := values.reader_of(meaning.entity_type, column.values):
                yield _Claim(meaning.rank, meaning.entity_type, read, column)


def _joined_uses(columns: Sequence[SeenColumn], claims: Sequence[_Claim]) -> Iterator[_Use]:
    """Columns that say one thing together, such as a house number and a street, where no other column says it."""
    parts: dict[str, dict[int, SeenColumn]] = {}
    for column in columns:
        for meaning in column.meanings:
            if meaning.part is not None and values.are_parts(meaning.entity_type, meaning.part, column.values):
                parts.setdefault(meaning.entity_type, {}).setdefault(meaning.part, column)
    for entity_type, by_part in parts.items():
        places = tuple(dict.fromkeys(by_part[part].place for part in sorted(by_part)))
        is_said = any(claim.entity_type == entity_type and claim.column.place not in places for claim in claims)
        if len(places) > 1 and not is_said:
            yield _Use(places, (entity_type,), partial(cells.whole, entity_type))


def _mapped(
    columns: Sequence[SeenColumn],
    shown: Sequence[Callable[[str], str] | None],
    uses: Sequence[_Use],
    text_place: int | None,
    told_as: Mapping[int, str],
) -> MappedColumns:
    use_of = {place: use for use in uses for place in use.places}
    prosaic = {column.place for column in columns if _is_prosaic(column, use_of.get(column.place))}
    is_text_alone = text_place is not None and all(
        _is_id(column) or not column.values for column in columns if column.place != text_place
    )
    lines: list[LinePlan] = []
    for column in columns:
        use = use_of.get(column.place)
        places = use.places if use else (column.place,)
        is_left_out = column.place == text_place or (is_text_alone and _is_id(column))
        if column.place == min(places) and not is_left_out:
            label = " ".join(columns[place].heading.strip() for place in places)
            is_prose = column.place in prosaic
            read, is_end = (use.read, use.is_end) if use else (None, False)
            lines.append(LinePlan(f"{label}: ", places, read, shown[column.place], is_prose, is_end))
    mapped = tuple(
        MappedColumn(
            column.heading,
            use_of[column.place].types if column.place in use_of else (),
            tuple(islice(dict.fromkeys(column.values), SHOWN_SAMPLES)),
            column.place in prosaic or column.place == text_place,
            told_as.get(column.place),
        )
        for column in columns
    )
    return MappedColumns(mapped, text_place, tuple(lines))


def _is_prosaic(column: SeenColumn, use: _Use | None) -> bool:
    if use is not None and not {*use.types} & MAY_BE_PROSE:
        return False
    has_long = any(value.count(" ") + 1 >= values.SHORTEST_PROSE_WORDS for value in column.values)
    return values.is_prose(column.values) or (has_long and bool(COMMENTS & column.key))
