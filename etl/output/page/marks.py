"""A report's text in pieces between the places where values begin or end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

MOST_CHARS = 20_000  # of one report that a page shows
# Control characters, which no page may hold, as the pictures that Unicode has of them.
PICTURES = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n\r"} | {127: 0x2421}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text that the same values cover."""

    text: str
    types: tuple[str, ...]  # of the values that cover it, the longest first
    ended: tuple[str, ...]  # of those that end with it


def pieces(text: str, mentions: Sequence[Mapping[str, Any]], *, most_chars: int = MOST_CHARS) -> list[Piece]:
    """The text's beginning, parted so that each piece lies in the same values from end to end.

    Args:
        mentions: with ``entity_type``, ``char_start`` and ``char_end``; those without a place are left aside.
        most_chars: so much of the text is taken.
    """
    end = min(len(text), most_chars)
    placed = [one for one in mentions if one["char_start"] is not None and one["char_start"] < end]
    placed.sort(key=lambda one: (one["char_start"] - one["char_end"], one["char_start"]))  # the longest first
    bounds = {0, end} | {min(one[side], end) for one in placed for side in ("char_start", "char_end")}
    found = []
    for start, stop in pairwise(sorted(bounds)):
        covering = [one for one in placed if one["char_start"] <= start and one["char_end"] >= stop]
        ending = [one["entity_type"] for one in covering if min(one["char_end"], end) == stop]
        types = tuple(one["entity_type"] for one in covering)
        found.append(Piece(text[start:stop].translate(PICTURES), types, tuple(reversed(ending))))
    return found
