"""What the words of an offence are."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Offence:
    """One kind of incident."""

    titles: tuple[str, ...]  # as a form names it
    nouns: tuple[str, ...]  # as a sentence names it: "a report of a ..."
    acts: tuple[str, ...]  # templates: what happened, seen
    findings: tuple[str, ...] = ()  # templates: what was found, where nobody saw it
    synopses: tuple[str, ...]  # templates: all of it in one line
    weight: float = 1.0
    victims: tuple[int, ...] = (10, 70, 15, 5)  # weights of 0, 1, 2, 3 victims
    business: float = 0.1  # how often a business is part of it
    weapons: tuple[str, ...] = ()
    stolen: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    shots: bool = False
    unseen: float = 0.0  # how often nobody saw it
    night: float = 0.3
    is_about_vehicle: bool = False
    harm: str = ""  # what becomes of the victims: hurt, dead
