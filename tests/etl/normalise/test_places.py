"""Places in parts: addresses, blocks and crossings as police write them, and silence where words are not certain."""

from dataclasses import asdict

import pytest

from crimeetl.etl.normalise.places import Place, parse_place

PLACES = [
    ("456 Oak Street, Rivertown", Place(house_number="456", street="Oak Street", city="Rivertown")),
    ("456 Oak St.", Place(house_number="456", street="Oak Street")),
    ("456 OAK ST", Place(house_number="456", street="Oak Street")),
    ("at 456 oak st", Place(house_number="456", street="Oak Street")),
    ("456B Oak Street", Place(house_number="456B", street="Oak Street")),
    ("456 1/2 Oak Street", Place(house_number="456 1/2", street="Oak Street")),
    (
        "456 Oak St., Apt 3B, Springfield, IL 62704",
        Place(house_number="456", street="Oak Street", unit="3B", city="Springfield", state="IL", postal_code="62704"),
    ),
    (
        "875 NW 93rd St Apt 105, Lake Stonewood",
        Place(house_number="875", street="Northwest 93rd Street", unit="105", city="Lake Stonewood"),
    ),
    ("1428 Elm Street, Unit 5", Place(house_number="1428", street="Elm Street", unit="5")),
    ("1428 Elm Street #5", Place(house_number="1428", street="Elm Street", unit="5")),
    ("12 North Street", Place(house_number="12", street="North Street")),
    ("12 N Oak Ave", Place(house_number="12", street="North Oak Avenue")),
    ("12 Oak Ave NE", Place(house_number="12", street="Oak Avenue Northeast")),
    ("12 Broadway", Place(house_number="12", street="Broadway")),
    ("12 Riverside Park", Place(house_number="12", street="Riverside Park")),
    ("3400 58th St", Place(house_number="3400", street="58th Street")),
    ("12 Avenue of the Americas", Place(house_number="12", street="Avenue of the Americas")),
    ("12300 Highway 99", Place(house_number="12300", street="Highway 99")),
    ("456 Oak Street, New York, NY", Place(house_number="456", street="Oak Street", city="New York", state="NY")),
    ("456 Oak Street, Salem, Oregon", Place(house_number="456", street="Oak Street", city="Salem", state="OR")),
    ("456 Oak Street, Salem OR", Place(house_number="456", street="Oak Street", city="Salem", state="OR")),
    ("Rite Aid, 456 Oak Street", Place(landmark="Rite Aid", house_number="456", street="Oak Street")),
    ("1200 block of Main Street", Place(block=1200, street="Main Street")),
    ("the 1200 block of N. Main St.", Place(block=1200, street="North Main Street")),
    ("in the 500 block of East Maple Drive", Place(block=500, street="East Maple Drive")),
    ("3300 Block of Albany Way", Place(block=3300, street="Albany Way")),
    ("1700 Block of W Socap Walk", Place(block=1700, street="West Socap Walk")),
    (
        "900-block of W. 5th Avenue, Portland, Oregon",
        Place(block=900, street="West 5th Avenue", city="Portland", state="OR"),
    ),
    ("Marysville Blvd / North Ave", Place(street="Marysville Boulevard", crossing="North Avenue")),
    ("K St & 10th St", Place(street="K Street", crossing="10th Street")),
    ("N ST / 21ST ST", Place(street="N Street", crossing="21st Street")),
    ("BROADWAY / STOCKTON BLVD", Place(street="Broadway", crossing="Stockton Boulevard")),
    ("the corner of 5th and Main", Place(street="5th", crossing="Main")),
    ("intersection of Oak Street and Elm Avenue", Place(street="Oak Street", crossing="Elm Avenue")),
    ("Fruitridge Rd at Stockton Blvd", Place(street="Fruitridge Road", crossing="Stockton Boulevard")),
    ("Oak Street and Elm", Place(street="Oak Street", crossing="Elm")),
    ("Main Street", Place(street="Main Street")),
    ("Stockton Blvd, Sacramento, CA", Place(street="Stockton Boulevard", city="Sacramento", state="CA")),
    ("I-80", Place(street="I-80")),
    ("Highway 99", Place(street="Highway 99")),
    ("near 456 Oak Street", None),
    ("behind the school", None),
    ("between 5th Street and 6th Street", None),
    ("456 Oak Street, New York", None),  # the city or the state
    ("12 Oak Street Springfield IL", None),  # where does the street end?
    ("123 Main", None),
    ("456 Oak", None),
    ("Riverside Park", None),
    ("Central Plaza", None),
    ("the victim's residence", None),
    ("parking lot of 12 Oak St", None),
    ("Downtown Springfield", None),
    ("Springfield, IL", None),
    ("Apartment 5", None),
    ("Citywide", None),
    ("Oak Street, Elm Street, Ash Street", None),
    ("Not provided", None),
    ("12 Oak Street " * 20, None),
    ("", None),
    (", ,", None),
]


@pytest.mark.parametrize(("value", "place"), PLACES)
def test_a_place_is_read_in_parts_or_not_at_all(value: str, place: Place | None) -> None:
    assert parse_place(value) == place


@pytest.mark.parametrize(("value", "place"), [pair for pair in PLACES if pair[1] is not None])
def test_a_place_always_has_a_street_and_only_what_it_states(value: str, place: Place) -> None:
    assert place.street
    for name in ("unit", "city", "postal_code", "landmark"):
        part = asdict(place)[name]
        assert part is None or str(part).lower() in value.lower()
