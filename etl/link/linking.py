"""Who and what is one across all reports: reads the current entities, links them, and stores which are one.

    entities ── link_places, link_officers, link_people ──▶ links ──▶ clusters ──▶ v_person, v_officer, v_location

The entities are never changed: a link run adds rows that say which of them it puts together, and the newest run counts.
A run that comes to the same result as the one before adds nothing.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib import metadata
from pathlib import Path

from duckdb import DuckDBPyConnection

from crimeetl import sql
from crimeetl.etl.link.clusters import Clusters, Link
from crimeetl.etl.link.entities import Entities, facts_of, read_rows
from crimeetl.etl.link.officers import link_officers
from crimeetl.etl.link.people import Profile, ReportFacts, link_people, model, profiles_of
from crimeetl.etl.link.places import link_places
from crimeetl.etl.load import TableRow, insert_rows

ROUNDS = 2  # of telling a report's city from its officers, and its officers from the city


@dataclass(frozen=True, slots=True)
class Linked:
    """What was found of one kind of entity."""

    links: tuple[Link, ...]
    resolved: Mapping[str, str]  # every entity's id to the id of what it is

    @property
    def figures(self) -> dict[str, int]:
        return {
            "entities": len(self.resolved),
            "resolved": len(set(self.resolved.values())),
            "links": len(self.links),
        }


@dataclass(frozen=True, slots=True)
class LinkSummary:
    """What a link run found."""

    kinds: Mapping[str, Mapping[str, int]]  # person, officer, location: entities, what they are, links
    is_new: bool  # False where the run before had the same result


def link(database: Path, *, threshold: float) -> LinkSummary:
    """Links all current entities and stores the result.

    Args:
        threshold: the least probability, between 0 and 1, that two people of different reports are one.

    Raises:
        DatabaseUnusable: missing, locked by another process, not ours, or of another version.
    """
    with sql.connect_read_only(database) as con:
        entities = read_entities(con)
    found = link_entities(entities, threshold=threshold)
    return LinkSummary({kind: one.figures for kind, one in found.items()}, _store(database, found, threshold))


def read_entities(con: DuckDBPyConnection) -> Entities:
    """The current entities.

    A report that names no city is taken to be from the one where its officers and its exact places are known.
    """
    rows = read_rows(con)
    known = rows.entities(facts_of(rows.reports))
    for _ in range(ROUNDS):
        known = rows.entities(_with_cities(known))
    return known


def link_entities(entities: Entities, *, threshold: float) -> dict[str, Linked]:
    """Which entities are one, by kind: person, officer, location."""
    places = linked_places(entities)
    profiles, same_report = people_profiles(entities, places)
    people = [*same_report, *link_people(profiles, threshold=threshold)]
    return {
        "person": _linked([person.person_id for person in entities.people], people),
        "officer": linked_officers(entities),
        "location": places,
    }


def linked_officers(entities: Entities) -> Linked:
    """Which officers are one."""
    return _linked([officer.officer_id for officer in entities.officers], link_officers(entities.officers))


def linked_places(entities: Entities) -> Linked:
    """Which places are one."""
    return _linked([place.location_id for place in entities.places], link_places(entities.places))


def _with_cities(known: Entities) -> dict[str, ReportFacts]:
    """The reports' facts, with a city for those that name none where all they mention points to one."""
    officers, places = linked_officers(known).resolved, linked_places(known).resolved
    mentioned = [(one.report_id, officers[one.officer_id]) for one in known.officers]
    mentioned += [(one.report_id, places[one.location_id]) for one in known.places if one.is_exact]
    cities_of: dict[str, set[str]] = {}
    for report_id, entity_id in mentioned:
        cities_of.setdefault(entity_id, set()).update(known.reports[report_id].cities)
    pointed: dict[str, set[str]] = {}
    for report_id, entity_id in mentioned:
        pointed.setdefault(report_id, set()).update(cities_of[entity_id])
    return {
        report_id: replace(report, cities=tuple(cities))
        if not report.cities and len(cities := pointed.get(report_id, set())) == 1
        else report
        for report_id, report in known.reports.items()
    }


def people_profiles(entities: Entities, places: Linked) -> tuple[list[Profile], list[Link]]:
    """The people of each report with its places, and the links within reports."""
    exact: dict[str, list[str]] = {}
    for place in entities.places:
        if place.is_exact:
            exact.setdefault(place.report_id, []).append(places.resolved[place.location_id])
    return profiles_of(entities.people, entities.reports, exact)


def _linked(ids: Sequence[str], links: Sequence[Link]) -> Linked:
    clusters = Clusters(ids)
    for one in links:
        clusters.join(one)
    return Linked(tuple(links), clusters.resolved())


def _store(database: Path, found: Mapping[str, Linked], threshold: float) -> bool:
    """Adds a link run, unless the newest one came to the same.

    Returns:
        Whether it was added.
    """
    links: list[TableRow] = [
        {"kind": kind, **asdict(one)}
        for kind, linked in found.items()
        for one in sorted(linked.links, key=lambda one: (one.left_id, one.right_id))
    ]
    joined = {entity_id for one in links for entity_id in (one["left_id"], one["right_id"])}
    resolved: list[TableRow] = [
        {"kind": kind, "entity_id": entity_id, "resolved_id": resolved_id}
        for kind, linked in found.items()
        for entity_id, resolved_id in sorted(linked.resolved.items())
        if entity_id in joined
    ]
    run = {"model_digest": _digest(model()), "threshold": threshold}
    digest = _digest([run, links, resolved])
    with sql.connect(database) as con, sql.transaction(con):
        newest = sql.fetch(con, sql.statement("statements", "newest_link_run"))
        if newest and newest[0][1] == digest:
            return False
        run_id = {"link_run_id": newest[0][0] + 1 if newest else 1}
        made = {"linked_at": sql.utc_now(), "crimeetl_version": metadata.version("crimeetl"), "result_digest": digest}
        rows = {
            "link_run": [run_id | run | made],
            "entity_link": [run_id | row for row in links],
            "resolved_entity": [run_id | row for row in resolved],
        }
        insert_rows(con, "store_links", rows)
    return True


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
