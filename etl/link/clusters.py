"""Entities that are one: links between two of them, and the clusters that links make.

A cluster's id is the least id of its members, so that an entity without a link keeps its own.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

OUTWEIGHS = 3
Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Link:
    """Two entities that are one, and why."""

    left_id: str
    right_id: str
    reason: str
    match_weight: float | None = None  # of the model, log2 of the odds; None for a rule


class Clusters:
    """Ids that become one, link by link; never two that are in conflict."""

    def __init__(self, ids: Iterable[str], conflict: Callable[[str, str], bool] = lambda one, other: False) -> None:
        self._members = {entity_id: [entity_id] for entity_id in ids}
        self._conflict = conflict

    def join(self, link: Link) -> bool:
        """Makes one cluster of both ends' clusters; False where members of the two are in conflict."""
        left, right = self._members[link.left_id], self._members[link.right_id]
        if left is right:
            return True
        if any(self._conflict(one, other) for one in left for other in right):
            return False
        left += right
        for entity_id in right:
            self._members[entity_id] = left
        return True

    def resolved(self) -> dict[str, str]:
        """The id of each id's cluster."""
        return {entity_id: min(members) for entity_id, members in self._members.items()}


def gather(
    items: Iterable[Item],
    fits: Callable[[Item, Sequence[Item]], bool],
    clusters: Iterable[list[Item]] = (),
    *,
    weight: Callable[[Item], int] = lambda item: 0,
) -> tuple[list[list[Item]], list[Item]]:
    """Puts each item to the only cluster that it fits; one that fits none begins its own.

    Where it fits several, it goes to one that outweighs all the others ``OUTWEIGHS`` times, if there is one.

    Args:
        items: those that say most first.
        clusters: what is there already; they grow.
        weight: how often an item is seen.

    Returns:
        The clusters, and the items that could be of any of several.
    """
    found = list(clusters)
    doubtful: list[Item] = []
    for item in items:
        fitting = [cluster for cluster in found if fits(item, cluster)]
        weights = [sum(map(weight, cluster)) for cluster in fitting]
        if not fitting:
            found.append([item])
        elif len(fitting) == 1 or max(weights) > OUTWEIGHS * (sum(weights) - max(weights)):
            fitting[weights.index(max(weights))].append(item)
        else:
            doubtful.append(item)
    return found, doubtful


def by_key(items: Iterable[Item], key: Callable[[Item], Key]) -> Mapping[Key, Sequence[Item]]:
    """Items that have the same key, in the order given."""
    found: dict[Key, list[Item]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return found
