"""Extractions as typed rows: people, officers, offenses, places and things, each tied to the mentions it came from.

Only what is certain gets a column.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import TypeVar

from crimeetl.etl.documents import content_id
from crimeetl.etl.normalise.align import CellRow, Column, aligned, chosen_columns, columns_of, led, spread_over
from crimeetl.etl.normalise.codes import parse_badge, parse_email, parse_status
from crimeetl.etl.normalise.moments import parse_date, parse_time, with_year
from crimeetl.etl.normalise.names import NameParts, name_parts, parse_person
from crimeetl.etl.normalise.nibrs import parse_offense
from crimeetl.etl.normalise.numbers import parse_age, parse_integer
from crimeetl.etl.normalise.periods import parse_period
from crimeetl.etl.normalise.places import Place, parse_place
from crimeetl.etl.normalise.rows import (
    DescriptionRow,
    LocationRow,
    MentionRow,
    NormalisedRows,
    OffenseRow,
    OfficerRow,
    PersonRow,
)
from crimeetl.etl.normalise.values import normalise_value, type_text
from crimeetl.model.extraction import Extraction
from crimeetl.model.schema import EntitySchema
from crimeetl.model.sentinels import is_sentinel

# Which types describe the people of each role: those whose name stands first here name the row.
PERSON_TYPES: Mapping[str, Mapping[str, str]] = {
    "victim": {
        "name": "Victim_Name",
        "age": "Victim_Age",
        "age_range": "Victim_AgeRange",
        "race": "Victim_Race",
        "email": "Victim_Email",
    },
    "witness": {"name": "Witness_Name"},
    "owner": {"name": "Victim_Owner"},
    "manager": {"name": "Victim_Manager"},
    "ceo": {"name": "Victim_CEO"},
    "suspect": {"name": "Suspect_Name", "age": "Suspect_Age", "race": "Suspect_Race"},
}
# The first of these that is stated names the offense.
OFFENSE_TYPES: Mapping[str, str] = {
    "type": "Crime_Type",
    "summary": "Crime_Summary",
    "occurred_on": "Crime_Date",
    "occurred_at": "Crime_Time",
    "time_of_day": "Time_Of_Day",
    "status": "Crime_Status",
    "shots_fired": "Shots_Fired",
    "case_number": "Case_Number",
}
OFFICER_TYPES: Mapping[str, str] = {"name": "Officer_Name", "badge_number": "Officer_BadgeNumber"}
LOCATION_TYPES: Mapping[str, str] = {"address": "Location", "city": "City"}
DESCRIPTION_TYPES: Mapping[str, str] = {
    "evidence": "Evidence_Type",
    "suspect": "Suspect_Description",
    "weapon": "Weapon_Type",
    "vehicle": "Vehicle_Description",
    "property": "Property_Stolen",
}
Parsed = TypeVar("Parsed")


def normalise(
    extraction: Extraction, extraction_id: str, schema: EntitySchema, *, year: int | None = None
) -> NormalisedRows:
    """The values and the typed rows of one extraction.

    Types are known by their built-in names, in whatever schema they stand; all others stay mentions alone.

    Args:
        schema: that the extraction answers.
        year: of dates that state none.
    """
    mentions = tuple(_mentions(extraction, extraction_id, schema, year))
    columns = columns_of(mentions)
    return NormalisedRows(
        mentions=mentions,
        people=tuple(_people(columns, extraction_id)),
        officers=tuple(_officers(columns, extraction_id)),
        offenses=tuple(_offenses(columns, extraction_id, year)),
        locations=tuple(_locations(columns, extraction_id)),
        descriptions={
            table: tuple(_descriptions(table, columns[entity_type], extraction_id))
            for table, entity_type in DESCRIPTION_TYPES.items()
            if entity_type in columns
        },
    )


def _mentions(
    extraction: Extraction, extraction_id: str, schema: EntitySchema, year: int | None
) -> Iterator[MentionRow]:
    for answer in extraction.answers:
        normaliser = schema.by_name[answer.entity_type].normaliser
        for ordinal, mention in enumerate(answer.mentions):
            yield MentionRow(
                mention_id=content_id(extraction_id, answer.entity_type, str(ordinal)),
                extraction_id=extraction_id,
                entity_type=answer.entity_type,
                ordinal=ordinal,
                value=mention.value,
                char_start=mention.char_start,
                char_end=mention.char_end,
                normalised=normalise_value(mention.value, normaliser, year=year),
                is_stated=not is_sentinel(mention.value),
                confidence=mention.confidence,
                source=mention.source,
            )


def _people(columns: Mapping[str, Column], extraction_id: str) -> Iterator[PersonRow]:
    for role, types in PERSON_TYPES.items():
        if columns.keys().isdisjoint(types.values()):
            continue
        for ordinal, row in enumerate(aligned(chosen_columns(columns, types))):
            first_mention_id, other_mention_ids = _sources(row)
            yield PersonRow(
                person_id=content_id(extraction_id, "person", role, str(ordinal)),
                extraction_id=extraction_id,
                role=role,
                ordinal=ordinal,
                name=_verbatim(row, "name"),
                normalised_name=_parsed(row, "name", parse_person),
                **_name_columns(row),
                age=_parsed(row, "age", parse_age),
                age_range=_verbatim(row, "age_range"),
                race=_verbatim(row, "race"),
                email=_parsed(row, "email", parse_email),
                mention_id=first_mention_id,
                other_mention_ids=other_mention_ids,
            )


def _officers(columns: Mapping[str, Column], extraction_id: str) -> Iterator[OfficerRow]:
    """Names with their badges; when their counts differ, the names and then the badges, each in rows of their own."""
    chosen = chosen_columns(columns, OFFICER_TYPES)
    if len({len(column) for column in chosen.values()}) > 1:
        rows = [row for name, column in chosen.items() for row in aligned({name: column})]
    else:
        rows = aligned(chosen)
    for ordinal, row in enumerate(rows):
        first_mention_id, other_mention_ids = _sources(row)
        yield OfficerRow(
            officer_id=content_id(extraction_id, "officer", str(ordinal)),
            extraction_id=extraction_id,
            ordinal=ordinal,
            name=_verbatim(row, "name"),
            normalised_name=_parsed(row, "name", parse_person),
            **_name_columns(row),
            badge_number=_parsed(row, "badge_number", parse_badge),
            mention_id=first_mention_id,
            other_mention_ids=other_mention_ids,
        )


def _offenses(columns: Mapping[str, Column], extraction_id: str, year: int | None) -> Iterator[OffenseRow]:
    """A row for each type of crime, or one without a type; what the report says once holds for all of them."""
    chosen = chosen_columns(columns, OFFENSE_TYPES)
    count = len(chosen.get("type", ())) or 1
    spread = {name: column if name == "type" else spread_over(column, count, name) for name, column in chosen.items()}
    for ordinal, row in enumerate(led(aligned(spread), "type", chosen)):
        first_mention_id, other_mention_ids = _sources(row)
        dated = with_year(row["occurred_on"].value, year) if "occurred_on" in row else None
        period = parse_period(dated, _verbatim(row, "occurred_at"))
        yield OffenseRow(
            offense_id=content_id(extraction_id, "offense", str(ordinal)),
            extraction_id=extraction_id,
            ordinal=ordinal,
            type=_verbatim(row, "type"),
            normalised_type=_parsed(row, "type", type_text),
            nibrs_code=_parsed(row, "type", parse_offense),
            summary=_verbatim(row, "summary"),
            occurred_on=None if dated is None else parse_date(dated),
            occurred_at=_parsed(row, "occurred_at", parse_time),
            occurred_from=period.first if period else None,
            occurred_until=period.last if period else None,
            occurred_precision=period.precision if period else None,
            is_approximate=period.is_approximate if period else None,
            time_of_day=_verbatim(row, "time_of_day"),
            status=_parsed(row, "status", parse_status),
            status_text=_verbatim(row, "status"),
            shots_fired=_parsed(row, "shots_fired", parse_integer),
            case_number=_verbatim(row, "case_number"),
            mention_id=first_mention_id,
            other_mention_ids=other_mention_ids,
        )


def _locations(columns: Mapping[str, Column], extraction_id: str) -> Iterator[LocationRow]:
    chosen = chosen_columns(columns, LOCATION_TYPES)
    if "address" in chosen and "city" in chosen:
        chosen["city"] = spread_over(chosen["city"], len(chosen["address"]), "city")
    for ordinal, row in enumerate(led(aligned(chosen), "address", chosen)):
        first_mention_id, other_mention_ids = _sources(row)
        place = _parsed(row, "address", parse_place) or Place()
        yield LocationRow(
            location_id=content_id(extraction_id, "location", str(ordinal)),
            extraction_id=extraction_id,
            ordinal=ordinal,
            address=_verbatim(row, "address"),
            city=_verbatim(row, "city"),
            house_number=place.house_number,
            street=place.street,
            unit=place.unit,
            block=place.block,
            crossing=place.crossing,
            landmark=place.landmark,
            parsed_city=place.city,
            state=place.state,
            postal_code=place.postal_code,
            mention_id=first_mention_id,
            other_mention_ids=other_mention_ids,
        )


def _descriptions(table: str, column: Column, extraction_id: str) -> Iterator[DescriptionRow]:
    for ordinal, cell in enumerate(cell for cell in column if cell):
        yield DescriptionRow(
            row_id=content_id(extraction_id, table, str(ordinal)),
            extraction_id=extraction_id,
            ordinal=ordinal,
            description=cell.value,
            mention_id=cell.mention_id,
        )


def _parsed(row: CellRow, name: str, parse: Callable[[str], Parsed | None]) -> Parsed | None:
    return parse(row[name].value) if name in row else None


def _name_columns(row: CellRow) -> dict[str, str | None]:
    name = _parsed(row, "name", parse_person)
    parts = name_parts(name, row["name"].value) if name is not None else None
    return asdict(parts or NameParts())


def _verbatim(row: CellRow, name: str) -> str | None:
    return row[name].value if name in row else None


def _sources(row: CellRow) -> tuple[str, tuple[str, ...]]:
    """The mention that names the row, and the others."""
    first, *others = (cell.mention_id for cell in row.values())
    return first, tuple(others)
