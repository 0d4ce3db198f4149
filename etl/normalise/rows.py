"""What an extraction becomes: its values and typed rows, each named like the columns of its table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from crimeetl.model.extraction import Source


@dataclass(frozen=True, slots=True)
class MentionRow:
    """A row of ``mention``: a value as it stands, and in the one spelling that can be compared."""

    mention_id: str
    extraction_id: str
    entity_type: str
    ordinal: int  # among its type's values, from 0
    value: str
    char_start: int | None
    char_end: int | None
    normalised: str | None
    is_stated: bool  # False for "Not provided" and the like
    confidence: float | None
    source: Source


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A row of ``person``."""

    person_id: str
    extraction_id: str
    role: str
    ordinal: int
    name: str | None
    normalised_name: str | None
    given_name: str | None
    middle_names: str | None
    family_name: str | None
    name_suffix: str | None
    age: int | None
    age_range: str | None
    race: str | None
    email: str | None
    mention_id: str
    other_mention_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OfficerRow:
    """A row of ``officer``."""

    officer_id: str
    extraction_id: str
    ordinal: int
    name: str | None
    normalised_name: str | None
    given_name: str | None
    middle_names: str | None
    family_name: str | None
    name_suffix: str | None
    badge_number: str | None
    mention_id: str
    other_mention_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OffenseRow:
    """A row of ``offense``."""

    offense_id: str
    extraction_id: str
    ordinal: int
    type: str | None
    normalised_type: str | None
    nibrs_code: str | None
    summary: str | None
    occurred_on: date | None
    occurred_at: time | None
    occurred_from: datetime | None
    occurred_until: datetime | None
    occurred_precision: str | None
    is_approximate: bool | None
    time_of_day: str | None
    status: str | None
    status_text: str | None
    shots_fired: int | None
    case_number: str | None
    mention_id: str
    other_mention_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LocationRow:
    """A row of ``location``."""

    location_id: str
    extraction_id: str
    ordinal: int
    address: str | None
    city: str | None
    house_number: str | None
    street: str | None
    unit: str | None
    block: int | None
    crossing: str | None
    landmark: str | None
    parsed_city: str | None
    state: str | None
    postal_code: str | None
    mention_id: str
    other_mention_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DescriptionRow:
    """A row of a table that holds one description each, such as ``evidence``."""

    row_id: str
    extraction_id: str
    ordinal: int
    description: str
    mention_id: str


@dataclass(frozen=True, slots=True)
class NormalisedRows:
    """All values of one extraction, and what those of the built-in types say."""

    mentions: tuple[MentionRow, ...]
    people: tuple[PersonRow, ...]
    officers: tuple[OfficerRow, ...]
    offenses: tuple[OffenseRow, ...]
    locations: tuple[LocationRow, ...]
    descriptions: Mapping[str, tuple[DescriptionRow, ...]]  # by table; none of one that has no row
