"""Words for people: names, ranks, what they look like and wear, what they do."""

import re
import unicodedata
from functools import cache
from importlib import import_module

NAME_LOCALES = ("en_US", "en_US", "en_NZ", "en_GB", "es_MX", "it_IT", "fr_FR", "nl_NL", "en_IN", "de_DE", "pt_BR")
PLAIN_NAME = re.compile(r"[^\W\d_]{2,}(?:[ '-][^\W\d_]{2,})?")


@cache
def first_names(locale: str, sex: str) -> tuple[str, ...]:
    """Given names of a locale, for sex "f" or "m"."""
    provider = import_module(f"faker.providers.person.{locale}").Provider
    return _plain(provider.first_names_female if sex == "f" else provider.first_names_male)


@cache
def last_names(locale: str) -> tuple[str, ...]:
    """Family names of a locale."""
    return _plain(import_module(f"faker.providers.person.{locale}").Provider.last_names)


def _plain(names: object) -> tuple[str, ...]:
    """In a fixed order, without what no report would write."""
    listed = sorted({unicodedata.normalize("NFC", name) for name in names})  # type: ignore[attr-defined]
    return tuple(name for name in listed if PLAIN_NAME.fullmatch(name))


RANKS = ("Officer",) * 8 + (
    "Ofc.",
    "Off.",
    "Sgt.",
    "Sergeant",
    "Deputy",
    "Deputy",
    "Dep.",
    "Detective",
    "Det.",
    "Cpl.",
    "Corporal",
    "Lt.",
    "Lieutenant",
    "Patrolman",
    "Trooper",
    "Investigator",
    "Inv.",
    "Constable",
    "Captain",
)
SPEAKER_RANKS = ("Chief", "Police Chief", "Sheriff", "Capt.", "Lt.", "Sgt.", "Maj.", "Deputy Chief", "Commander")
RACES = (
    ("white", "white", "W"),
    ("White", "white", "W"),
    ("black", "black", "B"),
    ("Black", "Black", "B"),
    ("Hispanic", "Hispanic", "H"),
    ("Latino", "Latino", "H"),
    ("Asian", "Asian", "A"),
    ("African American", "African American", "B"),
    ("Caucasian", "Caucasian", "W"),
    ("Native American", "Native American", "I"),
    ("Pacific Islander", "Pacific Islander", "P"),
    ("Middle Eastern", "Middle Eastern", "O"),
)
COLOURS = (
    "black",
    "white",
    "gray",
    "grey",
    "dark blue",
    "navy blue",
    "light blue",
    "red",
    "maroon",
    "green",
    "tan",
    "dark green",
    "brown",
    "beige",
    "orange",
    "yellow",
    "purple",
    "dark-colored",
    "light-colored",
    "camouflage",
)
TOPS = (
    "hoodie",
    "hooded sweatshirt",
    "jacket",
    "T-shirt",
    "t-shirt",
    "polo shirt",
    "tank top",
    "windbreaker",
    "puffy coat",
    "sweater",
    "flannel shirt",
    "denim jacket",
    "football jersey",
    "work shirt",
    "vest",
    "raincoat",
)
BOTTOMS = (
    "jeans",
    "sweatpants",
    "pants",
    "shorts",
    "cargo pants",
    "basketball shorts",
    "khakis",
    "leggings",
    "track pants",
    "work pants",
    "pajama pants",
    "overalls",
)
EXTRAS = (
    "baseball cap",
    "beanie",
    "ski mask",
    "surgical mask",
    "bandana over the face",
    "backpack",
    "work boots",
    "white sneakers",
    "sunglasses",
    "gloves",
    "knit cap",
    "motorcycle helmet",
    "gold chain",
    "messenger bag",
)
HAIR = (
    "short black hair",
    "a shaved head",
    "long brown hair",
    "shoulder-length blond hair",
    "gray hair",
    "dreadlocks",
    "a full beard",
    "a goatee",
    "a mustache",
    "a ponytail",
    "curly red hair",
    "a buzz cut",
    "thinning hair",
)
MARKS = (
    "a tattoo on the neck",
    "a scar above the left eye",
    "a limp",
    "a sleeve tattoo on the right arm",
    "glasses",
    "a teardrop tattoo",
    "a foreign accent",
    "several missing teeth",
    "a nose ring",
    "a star tattoo on one hand",
)
BUILDS = ("slim", "thin", "medium", "heavy", "heavyset", "stocky", "muscular", "athletic", "slender", "average")
JOBS = (
    "a neighbor|a coworker|a passerby|a delivery driver|a cashier|a security guard|a bus driver|a jogger|a customer|"
    "an employee|the building manager|a maintenance worker|a nurse|a truck driver|a mail carrier|a friend|a roommate|"
    "a student|a tow truck driver|a bartender"
).split("|")
BODY_PARTS = (
    "chest",
    "leg",
    "arm",
    "head",
    "abdomen",
    "back",
    "shoulder",
    "neck",
    "face",
    "hand",
    "thigh",
    "torso",
    "foot",
)
