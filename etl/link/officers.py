"""Which officers are one: by agency and badge, with the ways their names are written.

The agency is the one that the report's text names, else the city that it names: a report from Port Maren is taken to be
by Port Maren's police. The folder of a file stands in for neither: it may as well be a year or a format.

Equal badges are one officer's unless the agencies or the names exclude each other, so the same badge in two agencies is
two officers. Where a report names no agency the badge joins the only officer that it fits, or stays alone. An officer
without a badge joins by name when just one officer of the agency fits it; without an agency too, only when the whole
name, given name and family name, fits just one officer of all. A slip of one report, such as a badge that elsewhere is
always another's, does not make the others doubtful: ``clusters.gather`` lets the many outweigh the few.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crimeetl.etl.link.clusters import OUTWEIGHS, Link, by_key, gather
from crimeetl.etl.link.names import Name, merged_name, names_exclude, similar


@dataclass(frozen=True, slots=True)
class Identity:
    """What is known of an officer; who is equal in all of it is one."""

    agency: str | None  # that the report's text names
    cities: tuple[str, ...]  # that the report names
    badge: str | None
    name: Name

    @property
    def fullness(self) -> tuple[bool, ...]:
        """Sorts those first of whom most is known."""
        name = self.name
        known = (self.badge, self.agency, self.cities, name.family, name.given, name.initial, name.middle)
        return tuple(not part for part in known)


@dataclass(frozen=True, slots=True)
class OfficerMention:
    """A row of ``officer``."""

    officer_id: str
    report_id: str
    identity: Identity


def link_officers(mentions: Iterable[OfficerMention]) -> list[Link]:
    """The links from one mention of each officer to their others."""
    links: list[Link] = []
    alike: dict[Identity, list[str]] = {}
    for officer_ids, identity in _once_a_report(mentions):
        links += [Link(officer_ids[0], other, "same report") for other in officer_ids[1:]]
        alike.setdefault(identity, []).append(officer_ids[0])

    def seen(identity: Identity) -> int:
        return len(alike[identity])

    def weight(officer: Sequence[Identity]) -> int:
        return sum(map(seen, officer))

    known = sorted(alike, key=lambda identity: (identity.fullness, -seen(identity), alike[identity]))
    officers: list[list[Identity]] = []
    by_name = [one for one in known if not one.badge]
    for same_badge in by_key((one for one in known if one.badge), lambda one: one.badge).values():
        found, doubtful = gather(same_badge, _fits_badge, weight=seen)
        by_name += doubtful
        owner = max(found, key=weight)
        for officer in found:
            is_slip = weight(owner) > OUTWEIGHS * weight(officer) and not _agencies_exclude(owner[0], officer[0])
            if is_slip:  # a badge that is another's everywhere else tells nothing
                by_name += officer
            else:
                officers.append(officer)
    families: dict[str | None, list[list[Identity]]] = {}
    for officer in officers:
        for surname in {one.name.family for one in officer if one.name.family}:
            families.setdefault(surname, []).append(officer)
    for family, named in by_key(filter(_is_named_enough, by_name), lambda one: one.name.family).items():
        namesakes = families.get(family, [])
        officers += gather(named, _fits_name, namesakes, weight=seen)[0][len(namesakes) :]
    told_by_name = set(by_name)
    for officer in officers:
        (first, _), *others = ((officer_id, one) for one in officer for officer_id in alike[one])
        links += [Link(first, officer_id, "name" if one in told_by_name else "badge") for officer_id, one in others]
    return links


def _once_a_report(mentions: Iterable[OfficerMention]) -> list[tuple[list[str], Identity]]:
    """The officers of each report, once each, with the ids of their mentions."""
    found = []
    for present in by_key(mentions, lambda mention: mention.report_id).values():
        ordered = sorted(present, key=lambda mention: (mention.identity.fullness, mention.officer_id))
        groups, doubtful = gather(ordered, _is_one_of)
        for group in [*groups, *([mention] for mention in doubtful)]:
            first = group[0].identity
            name = merged_name([mention.identity.name for mention in group])
            badge = next((mention.identity.badge for mention in group if mention.identity.badge), None)
            ids = sorted(mention.officer_id for mention in group)
            found.append((ids, Identity(first.agency, first.cities, badge, name)))
    return sorted(found, key=lambda pair: pair[0])


def _is_one_of(mention: OfficerMention, others: Sequence[OfficerMention]) -> bool:
    """Whether a mention may be one with others of its report: by name, where the badges allow it."""
    one = mention.identity
    return all(
        bool(one.name.family and other.identity.name.family)
        and not names_exclude(one.name, other.identity.name)
        and (None in (one.badge, other.identity.badge) or one.badge == other.identity.badge)
        for other in others
    )


def _fits_badge(one: Identity, others: Sequence[Identity]) -> bool:
    return all(not (_agencies_exclude(one, other) or names_exclude(one.name, other.name)) for other in others)


def _fits_name(one: Identity, others: Sequence[Identity]) -> bool:
    if not _fits_badge(one, others):
        return False
    is_same_agency = any(_is_same_agency(one, other) for other in others)
    return is_same_agency or any(one.name.given and one.name.given == other.name.given for other in others)


def _is_named_enough(one: Identity) -> bool:
    """Whether someone can be told by name: the whole name, or any where the agency is known."""
    return bool(one.name.family) and bool(one.agency or one.cities or one.name.given)


def _is_same_agency(one: Identity, other: Identity) -> bool:
    return (one.agency is not None and one.agency == other.agency) or not set(one.cities).isdisjoint(other.cities)


def _agencies_exclude(one: Identity, other: Identity) -> bool:
    if one.agency and other.agency:
        return not similar(one.agency, other.agency)
    return bool(one.cities and other.cities) and set(one.cities).isdisjoint(other.cities)
