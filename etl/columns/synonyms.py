"""What headings mean: the table that is shipped, and those of users, as TOML files.

See headings.toml for the parts of such a file.
"""

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from crimeetl.etl.errors import WrongUsage

Key = frozenset[str]

LISTS_OF_TYPES = frozenset({"headings", "ends", "of_arrests", "parts", "parts_of_arrests"})
SHORTEST_JOINED_CHARS = 5  # "dob" is no "do" and "b"
LONGEST_JOINED_CHARS = 60
WRAPPERS = re.compile(r"^(?:properties|attributes|fields|record|data)\.(?=.)", re.IGNORECASE)  # of GeoJSON and APIs
HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
PLURAL = re.compile(r"\((?:s|es)\)", re.IGNORECASE)
WORD = re.compile(r"[^\W_]+")
JOINT = re.compile(r"\s*[/(]\s*|\s+or\s+", re.IGNORECASE)


class Meaning(NamedTuple):
    """What a heading may say. The lowest rank is believed first."""

    rank: int
    entity_type: str
    is_end: bool = False  # of a period, whose begin another column has
    is_of_arrests: bool = False  # true only where the table lists arrests
    part: int | None = None  # its place among the columns that say it together


@dataclass(frozen=True, slots=True)
class Synonyms:
    """What headings mean, by their words."""

    spellings: Mapping[str, str]  # of words
    ignored: frozenset[str]
    context: frozenset[str]
    nothing: frozenset[Key]
    meanings: Mapping[Key, tuple[Meaning, ...]]
    vocabulary: frozenset[str]  # all words that joined ones are taken apart into

    @property
    def types(self) -> frozenset[str]:
        """The entity types that some heading means."""
        return frozenset(meaning.entity_type for found in self.meanings.values() for meaning in found)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A heading as a file has it, and what it says."""

    heading: str
    meaning: Meaning


@dataclass(frozen=True, slots=True)
class _HeadingFile:
    spellings: Mapping[str, str]
    ignored: frozenset[str]
    context: frozenset[str]
    nothing: tuple[str, ...]
    entries: tuple[_Entry, ...]


@lru_cache(maxsize=1)
def shipped_synonyms() -> Synonyms:
    """The table of headings that comes with crimeetl."""
    return _synonyms([_heading_file(_shipped_text(), "the shipped headings")])


def read_synonyms(path: Path) -> Synonyms:
    """A user's table of headings, before the shipped one.

    Raises:
        WrongUsage: it cannot be read, or has parts that no such file has.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUsage(
            f"the headings {path} cannot be read as UTF-8 text ({error}); correct the path or save it so"
        ) from error
    return _user_synonyms(text, str(path))


@lru_cache(maxsize=4)
def _user_synonyms(text: str, source: str) -> Synonyms:
    """Worked out once for all documents of a run."""
    return _synonyms([_heading_file(text, source), _heading_file(_shipped_text(), "the shipped headings")])


def _shipped_text() -> str:
    return (resources.files("crimeetl.etl.columns") / "headings.toml").read_text("utf-8")


def _heading_file(text: str, source: str) -> _HeadingFile:
    try:
        parts = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WrongUsage(f"{source} is no TOML ({error}); correct it") from error
    entries: list[_Entry] = []
    for name, part in parts.items():
        if not isinstance(part, dict):
            raise WrongUsage(f'{source}: {name} stands outside a part; write [Crime_Type] and headings = ["Nature"]')
        if name not in {"words", "ignored", "context", "nothing"}:
            entries += _entries(name, part, source)
    spellings = {
        spelling.casefold(): word.casefold()
        for word, listed in parts.get("words", {}).items()
        for spelling in _strings(listed, f"{source}: [words] {word}")
    }
    return _HeadingFile(
        spellings=spellings,
        ignored=frozenset(_listed(parts, "ignored", "words", source)),
        context=frozenset(_listed(parts, "context", "words", source)),
        nothing=_listed(parts, "nothing", "headings", source),
        entries=tuple(entries),
    )


def _entries(entity_type: str, part: Mapping[str, object], source: str) -> Iterable[_Entry]:
    where = f"{source}: [{entity_type}]"
    if unknown := sorted(part.keys() - LISTS_OF_TYPES):
        raise WrongUsage(f"{where} has {', '.join(unknown)}; it may have {', '.join(sorted(LISTS_OF_TYPES))}")
    for name in ("headings", "ends", "of_arrests"):
        for rank, heading in enumerate(_strings(part.get(name, []), f"{where} {name}")):
            meaning = Meaning(rank, entity_type, is_end=name == "ends", is_of_arrests=name == "of_arrests")
            yield _Entry(heading, meaning)
    for name in ("parts", "parts_of_arrests"):
        places = part.get(name, [])
        if not isinstance(places, list):
            raise WrongUsage(f"{where} {name} is no list; write a list of lists of headings")
        for place, headings in enumerate(places):
            for heading in _strings(headings, f"{where} {name}"):
                meaning = Meaning(0, entity_type, is_of_arrests=name == "parts_of_arrests", part=place)
                yield _Entry(heading, meaning)


def _listed(parts: Mapping[str, Mapping[str, object]], part: str, name: str, source: str) -> tuple[str, ...]:
    return _strings(parts.get(part, {}).get(name, []), f"{source}: [{part}] {name}")


def _strings(listed: object, where: str) -> tuple[str, ...]:
    if not isinstance(listed, list) or not all(isinstance(text, str) for text in listed):
        raise WrongUsage(f'{where} is no list of texts; write it as ["one", "another"]')
    return tuple(listed)


def _synonyms(files: Sequence[_HeadingFile]) -> Synonyms:
    """Of several files the first counts before the others."""
    spellings = {spelling: word for file in reversed(files) for spelling, word in file.spellings.items()}
    ignored = frozenset[str]().union(*(file.ignored for file in files))
    vocabulary = frozenset(spellings) | {
        word
        for file in files
        for heading in (*file.nothing, *(entry.heading for entry in file.entries))
        for word in _words(heading)
        if len(word) > 1
    }
    meanings: dict[Key, list[Meaning]] = {}
    nothing: set[Key] = set()
    settled: frozenset[Key] = frozenset()
    most_ranks = max((len(file.entries) for file in files), default=0)
    for number, file in enumerate(files):
        for entry in file.entries:
            key = _key(entry.heading, spellings, ignored, vocabulary)
            if key not in settled:
                rank = entry.meaning.rank + number * most_ranks
                meanings.setdefault(key, []).append(entry.meaning._replace(rank=rank))
        nothing |= {_key(heading, spellings, ignored, vocabulary) for heading in file.nothing} - settled
        settled = frozenset(meanings) | nothing
    return Synonyms(
        spellings=spellings,
        ignored=ignored,
        context=frozenset[str]().union(*(file.context for file in files)),
        nothing=frozenset(nothing),
        meanings={key: tuple(sorted(found, key=lambda meaning: meaning.rank)) for key, found in meanings.items()},
        vocabulary=vocabulary,
    )


def heading_key(heading: str, synonyms: Synonyms) -> Key:
    """The words of a heading, each in one spelling."""
    return _key(heading, synonyms.spellings, synonyms.ignored, synonyms.vocabulary)


def heading_meanings(heading: str, synonyms: Synonyms) -> tuple[Meaning, ...]:
    """All that a heading may say, the surest first; none where it says something else for certain.

    Of two headings in one, such as "Nature / Offense" or "Location (Block)", what both say, or the one that is known.
    """
    heading = " ".join(heading.split())
    key = heading_key(heading, synonyms)
    whole = _meanings_of(key, synonyms)
    if whole or _is_nothing(key, synonyms) or not JOINT.search(heading):
        return whole
    parts = [found for part in JOINT.split(heading) if (found := _meanings_of(heading_key(part, synonyms), synonyms))]
    types = [frozenset(meaning.entity_type for meaning in found) for found in parts]
    common = frozenset.intersection(*types) if types else frozenset()
    return tuple(meaning for meaning in parts[0] if meaning.entity_type in common) if parts else ()


def _is_nothing(key: Key, synonyms: Synonyms) -> bool:
    return key in synonyms.nothing or key - synonyms.context in synonyms.nothing


def _meanings_of(key: Key, synonyms: Synonyms) -> tuple[Meaning, ...]:
    if _is_nothing(key, synonyms):
        return ()
    bare = key - synonyms.context
    found: dict[tuple[object, ...], Meaning] = {}
    for part in (key, key - {"description"}, bare | (key & {"description"}), bare):
        for meaning in synonyms.meanings.get(part, ()) if part else ():
            found.setdefault(meaning[1:], meaning)
    return tuple(found.values())


def is_known(heading: str, synonyms: Synonyms) -> bool:
    """Whether the headings file has a word for it, be it that it holds nothing."""
    key = heading_key(heading, synonyms)
    return bool(key) and (key in synonyms.nothing or bool(heading_meanings(heading, synonyms)))


def _key(heading: str, spellings: Mapping[str, str], ignored: Collection[str], vocabulary: Collection[str]) -> Key:
    words: list[str] = []
    for word in _words(heading):
        words += _known_words(word, spellings, vocabulary)
    key = frozenset(words)
    if {"date", "time"} <= key and "day" not in key:
        key -= {"time"}
    return key.difference(ignored) or key


def _words(heading: str) -> list[str]:
    """``blocksizedAddress`` and ``Case #`` in words of small letters."""
    bare = PLURAL.sub("", WRAPPERS.sub("", heading.strip()))
    return WORD.findall(HUMPS.sub(" ", bare.replace("#", " number ").replace("'s", "").replace("'", "")).casefold())


def _known_words(word: str, spellings: Mapping[str, str], vocabulary: Collection[str]) -> Sequence[str]:
    for form in (word, word.removesuffix("s")):
        if form in spellings:
            return (spellings[form],)
        if form in vocabulary:
            return (form,)
    bare = word.rstrip("0123456789")
    if bare and bare != word:
        return _known_words(bare, spellings, vocabulary)
    parts = _taken_apart(word, vocabulary) if SHORTEST_JOINED_CHARS <= len(word) <= LONGEST_JOINED_CHARS else None
    return [spellings.get(part, part) for part in parts] if parts else (word,)


def _taken_apart(word: str, vocabulary: Collection[str]) -> Sequence[str] | None:
    """``eventdt`` as ``event`` and ``dt``: the fewest known words that make it up."""
    best: list[Sequence[str] | None] = [(), *[None] * len(word)]
    for end in range(1, len(word) + 1):
        for start in range(end - 1):  # no word of one letter
            before = best[start]
            if before is not None and word[start:end] in vocabulary:
                longer = (*before, word[start:end])
                shortest = best[end]
                if shortest is None or len(longer) < len(shortest):
                    best[end] = longer
    return best[-1]
