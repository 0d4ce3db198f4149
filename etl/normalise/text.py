"""Values as they are compared with patterns: one case, one kind of quotes, single spaces."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import ParamSpec, TypeVar, cast

Given = ParamSpec("Given")
Reading = TypeVar("Reading")
REMEMBERED_READINGS = 16_384


def remembered(read: Callable[Given, Reading]) -> Callable[Given, Reading]:
    """The same reading of values, those seen last remembered: rows of one table say the same again and again."""
    return cast(Callable[Given, Reading], lru_cache(maxsize=REMEMBERED_READINGS)(read))


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


LONGEST_VALUE_CHARS = 120  # no date, age, name or code is longer; keeps the trials below cheap


def bare(value: str) -> str:
    """Lower case, straight apostrophes and hyphens, single spaces, no punctuation round it; "" when too long."""
    text = " ".join(value.translate({0x2019: "'", 0x2018: "'", 0x2010: "-", 0x2011: "-", 0x2013: "-"}).split())
    return text.lower().strip(" ,;:.!?*()[]\"'") if len(text) <= LONGEST_VALUE_CHARS else ""


def plain(word: str) -> str:
    return re.sub(r"[^\w]", "", word).casefold()
