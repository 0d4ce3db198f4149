"""Which places are one: equal parts in one city.

A house number with its street, a block, a crossing in either order, a bare street or another name is a place. The unit
is not looked at: a building is one place. A place without a city joins the one city that has such a place, or, where
no report names a city, others like it. A bare street and a name such as "Rite Aid" need a city that is stated.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crimeetl.etl.link.clusters import Link, by_key, gather

EXACT = ("house", "block", "crossing")


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A row of ``location``, as far as it tells which place it is; texts in small letters."""

    location_id: str
    report_id: str
    house_number: str | None
    block: int | None
    street: str | None
    crossing: str | None
    name: str | None  # the address as written, where it could not be taken apart
    city: str | None  # its own, else the one that its report names
    state: str | None

    @property
    def key(self) -> tuple[str, ...] | None:
        """What is equal in two mentions of one place, apart from the city; None where nothing tells."""
        if self.street and self.crossing:
            return ("crossing", *sorted((self.street, self.crossing)))
        if self.street and self.house_number:
            return "house", self.house_number, self.street
        if self.street and self.block is not None:
            return "block", str(self.block), self.street
        if self.street:
            return "street", self.street
        return ("name", self.name) if self.name else None

    @property
    def is_exact(self) -> bool:
        """Whether it is more than a street or a name."""
        return self.key is not None and self.key[0] in EXACT


def link_places(mentions: Iterable[PlaceMention]) -> list[Link]:
    """The links from one mention of each place to its others."""
    links: list[Link] = []
    for key, like in by_key(mentions, lambda mention: mention.key).items():
        if key is not None:
            stated = [mention for mention in like if mention.city or mention.is_exact]
            towns = by_key(sorted(stated, key=_fullness), lambda mention: (mention.city, mention.state))
            same_towns, _ = gather(towns, _may_be_of)
            for same in same_towns:
                first, *others = (mention.location_id for town in same for mention in towns[town])
                links += [Link(first, other, "place") for other in others]
    return links


def _fullness(mention: PlaceMention) -> tuple[bool, bool, str]:
    return mention.city is None, mention.state is None, mention.location_id


def _may_be_of(town: tuple[str | None, str | None], others: Sequence[tuple[str | None, str | None]]) -> bool:
    """Whether a pair of city and state agrees with others as far as they are stated."""
    return all(
        one is None or two is None or one == two for other in others for one, two in zip(town, other, strict=True)
    )
