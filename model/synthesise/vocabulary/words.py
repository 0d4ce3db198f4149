"""The things that generated reports speak of. Names of people come from Faker's lists, names of places are composed."""

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


def ordinal(number: int) -> str:
    """ "21st"."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


STREET_STEMS = (
    "Alder Ash Aspen Bayberry Beech Birch Bramble Briar Buckeye Cedar Chestnut Clover Cottonwood Cypress Dogwood Fern "
    "Fir Hawthorn Hazel Heather Hemlock Hickory Holly Ivy Juniper Larch Laurel Linden Locust Magnolia Mulberry Myrtle "
    "Olive Orchard Pecan Poplar Redbud Sage Spruce Sumac Sycamore Tamarack Teal Thistle Walnut Willow Yarrow "
    "Bridge Canal Canyon Chapel Cliff College Commerce Copper Creek Dock Falcon Ferry Forge Foundry Garden Granite "
    "Harbor Heron Hill Horizon Industrial Iron Kiln Lake Lantern Lighthouse Lincoln Market Meadow Mill Monroe Orchid "
    "Pearl Pier Pine Plum Pond Prairie Quarry Railroad Ridge River Rose Saddle School Shore Silver Spring Station "
    "Summit Sunset Tanner Temple Tower Union Valley Vine Vista Water Weaver West Wharf Windmill Wren"
).split()
STREET_KINDS = (
    "Street St St. Avenue Ave Ave. Road Rd Rd. Drive Dr Dr. Lane Ln Court Ct Boulevard Blvd Blvd. Way Place Pl Terrace "
    "Circle Parkway Pkwy Highway Trail Loop"
).split()
CITY_STEMS = (
    "Alden Amber Ark Arling Ash Barn Bel Birch Black Bramp Brook Cald Cam Carl Cedar Cher Clay Clear Col Cor Crest Dal "
    "Dan Del Dun East Elk Ever Fair Farm Fern Fox Glen Gran Green Hal Ham Har Hart Haver Haw Hazel High Hol Hunts Iron "
    "Kel Kent King Lake Lan Lang Lin Lock Long Mans Maple Mar May Mid Mil Mont Nash New Nor North Oak Old Ox Park Pem "
    "Pine Pres Quin Raven Red Rich Rock Rose Ross Salem Sand Shel Sil South Stan Stone Sum Sun Thorn Til Tor Ux Vern "
    "Wal War Wat Wells West Wex Whit Wil Win Wood York"
).split()
CITY_ENDS = (
    "boro borough bridge brook burg bury by combe dale field ford gate grove ham haven hill hurst land ley mere mont "
    "mouth point port ridge side stead ton vale view ville water wick wood worth"
).split()
CITY_FRAMES = (
    "{}",
    "{}",
    "{}",
    "{}",
    "{}",
    "{} City",
    "{} Falls",
    "{} Heights",
    "Fort {}",
    "Lake {}",
    "Mount {}",
    "New {}",
    "North {}",
    "Port {}",
    "Saint {}",
    "South {}",
    "{} Beach",
    "{} Park",
    "{} Springs",
    "East {}",
)
STATES = (
    ("Alabama", "AL", "Ala."),
    ("Arizona", "AZ", "Ariz."),
    ("Arkansas", "AR", "Ark."),
    ("California", "CA", "Calif."),
    ("Colorado", "CO", "Colo."),
    ("Connecticut", "CT", "Conn."),
    ("Florida", "FL", "Fla."),
    ("Georgia", "GA", "Ga."),
    ("Idaho", "ID", "Idaho"),
    ("Illinois", "IL", "Ill."),
    ("Indiana", "IN", "Ind."),
    ("Kansas", "KS", "Kan."),
    ("Kentucky", "KY", "Ky."),
    ("Louisiana", "LA", "La."),
    ("Maryland", "MD", "Md."),
    ("Michigan", "MI", "Mich."),
    ("Minnesota", "MN", "Minn."),
    ("Missouri", "MO", "Mo."),
    ("Nevada", "NV", "Nev."),
    ("New Jersey", "NJ", "N.J."),
    ("New York", "NY", "N.Y."),
    ("North Carolina", "NC", "N.C."),
    ("Ohio", "OH", "Ohio"),
    ("Oklahoma", "OK", "Okla."),
    ("Oregon", "OR", "Ore."),
    ("Pennsylvania", "PA", "Pa."),
    ("South Carolina", "SC", "S.C."),
    ("Tennessee", "TN", "Tenn."),
    ("Texas", "TX", "Texas"),
    ("Virginia", "VA", "Va."),
    ("Washington", "WA", "Wash."),
    ("Wisconsin", "WI", "Wis."),
)
SIDES = (
    "east side",
    "west side",
    "north side",
    "south side",
    "southwest side",
    "northeast side",
    "downtown area",
    "waterfront",
    "warehouse district",
    "old town",
)
LANDMARKS = (
    "apartment complex at the end of {street}",
    "parking lot of {business}",
    "parking garage next to {business}",
    "{business}",
    "{business} on {street}",
    "{stem} {park}",
    "{stem} {park} near {street}",
    "{stem} {school}",
    "{stem} {estate}",
    "home in the {block}",
    "home on {street}",
    "gas station at {crossing}",
    "Interstate {route} near {street}",
    "State Route {route}",
    "bus stop at {crossing}",
    "alley behind {street}",
    "unit {unit} at {address}",
    "{address}",
)
PARKS = ("Park", "Community Park", "Plaza", "Playground", "Recreation Center", "Trailhead", "Lake Park", "Square")
SCHOOLS = (
    "High School",
    "Middle School",
    "Elementary School",
    "Community College",
    "Library",
    "Baptist Church",
    "Medical Center",
    "Mall",
    "Shopping Center",
    "Fairgrounds",
)
ESTATES = ("Apartments", "Court Apartments", "Village Apartments", "Mobile Home Park", "Towers", "Gardens", "Estates")
BUSINESSES = (
    "{last}'s {trade}",
    "{last} {trade}",
    "{last} & Sons {trade}",
    "{last} Brothers {trade}",
    "{stem} {trade}",
    "{stem} {kind} {trade}",
    "{city} {trade}",
    "The {stem} {venue}",
    "{stem} {venue}",
    "{last}'s {venue}",
    "{adjective} {venue}",
    "{adjective} {trade}",
)
TRADES = (
    "Hardware|Auto Parts|Auto Body|Tire and Lube|Pharmacy|Jewelers|Electronics|Liquors|Pawn|Market|Grocery|Bakery|"
    "Deli|Florist|Furniture|Plumbing|Roofing|Construction|Dry Cleaners|Laundromat|Cycles|Bike Shop|Books|Music|Optical|"
    "Dental|Veterinary Clinic|Storage|Self Storage|Car Wash|Motors|Used Cars|Nursery|Feed and Seed|Outfitters|"
    "Sporting Goods|Cellular|Wireless|Computer Repair|Insurance|Realty|Credit Union|Savings Bank|Title Loans|Vape"
).split("|")
VENUES = (
    "Tavern|Bar|Lounge|Grill|Diner|Cafe|Coffee House|Pizzeria|Kitchen|Inn|Motel|Hotel|Lodge|Boutique|Gallery|Salon|"
    "Barber Shop|Gym|Theater|Bowl|Brewery|Smokehouse|Taqueria|Bistro|Pub|Nightclub|Smoke Shop|Gas Mart|Food Mart|Thrift"
).split("|")
ADJECTIVES = (
    "Blue|Golden|Lucky|Red Door|Rusty|Quick|Family|Corner|Main Line|Crossroads|Twin|Silver|Sunrise|Copper|Northside|"
    "Eastgate|Hilltop|Riverbend|Lakeview|All Seasons|Budget|Premier|First|Royal|Little|Big Sky|Midtown|Harvest"
).split("|")

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

CAR_MAKES = (
    "Acura MDX|BMW 328i|Buick LeSabre|Buick Enclave|Cadillac Escalade|Chevrolet Impala|Chevrolet Silverado|Chevy Tahoe|"
    "Chevy Malibu|Chrysler 300|Dodge Charger|Dodge Caravan|Dodge Ram|Ford F-150|Ford Explorer|Ford Fusion|Ford Focus|"
    "Ford Econoline|GMC Sierra|GMC Yukon|Honda Accord|Honda Civic|Honda CR-V|Honda Odyssey|Hyundai Sonata|Hyundai "
    "Elantra|Infiniti G35|Jeep Cherokee|Jeep Wrangler|Kia Optima|Kia Soul|Lexus RX350|Lincoln Navigator|Mazda 3|"
    "Mercedes C300|Mitsubishi Galant|Nissan Altima|Nissan Maxima|Nissan Sentra|Pontiac Grand Prix|Saturn Ion|Subaru "
    "Outback|Tesla Model 3|Toyota Camry|Toyota Corolla|Toyota Tacoma|Toyota Sienna|Volkswagen Jetta|Volvo S60"
).split("|")
CAR_BODIES = (
    "sedan",
    "SUV",
    "pickup",
    "pickup truck",
    "van",
    "minivan",
    "hatchback",
    "coupe",
    "box truck",
    "motorcycle",
    "four-door sedan",
    "two-door car",
    "moped",
    "station wagon",
    "scooter",
)
CAR_MARKS = (
    "with tinted windows",
    "with a broken taillight",
    "with front-end damage",
    "with no plates",
    "with a temporary tag",
    "with a ladder rack",
    "with chrome rims",
    "with a cracked windshield",
)

GUNS = (
    "handgun|handgun|handgun|pistol|black handgun|silver handgun|semi-automatic handgun|semiautomatic pistol|revolver|"
    ".38 caliber revolver|9mm handgun|9 mm pistol|9mm Glock|Glock 19|.40-caliber pistol|.45 caliber handgun|.22 rifle|"
    "rifle|AR-15 style rifle|hunting rifle|shotgun|12-gauge shotgun|sawed-off shotgun|pump-action shotgun|"
    ".380 semi-automatic pistol|small-caliber handgun|gun|gun|firearm|assault-style rifle|AK-47|.357 Magnum"
).split("|")
BLADES = (
    "knife|kitchen knife|pocket knife|box cutter|machete|folding knife|steak knife|hunting knife|switchblade|"
    "screwdriver|broken bottle|pair of scissors"
).split("|")
CLUBS = (
    "baseball bat|metal pipe|crowbar|hammer|tire iron|brick|golf club|wooden board|beer bottle|can of pepper spray|stun gun|"
    "metal rod|cane|rock|skateboard|belt"
).split("|")

STOLEN = {
    "cash": (
        "cash|$240 in cash|$1,150 in cash|approximately $600|about $75 in cash|an undisclosed amount of cash|a bank bag|"
        "a cash drawer|the cash register|two rolls of quarters|lottery tickets|three cartons of cigarettes|$3,400|"
        "a money order for $500|a bottle of vodka|two cases of beer|a safe|the tip jar"
    ).split("|"),
    "home": (
        "a 55-inch television|a Samsung television|a MacBook Pro|an HP laptop|a laptop computer|an iPad|a gold necklace|"
        "a diamond ring|a jewelry box|a coin collection|a PlayStation 5|an Xbox|a digital camera|two watches|"
        "a Glock 43 pistol|a hunting rifle|a wallet|a purse|prescription medication|a checkbook|a passport|"
        "power tools|a cordless drill|a generator|a pressure washer|a chainsaw|a mountain bike|golf clubs|"
        "a set of silverware|costume jewelry|a leather jacket|an acoustic guitar|a vacuum cleaner|a safe"
    ).split("|"),
    "vehicle": (
        "a purse|a backpack|a laptop bag|an iPhone 13|a wallet containing credit cards|sunglasses|a garage door opener|"
        "a car stereo|a dash camera|a GPS unit|a catalytic converter|a tool bag|a set of tires|a license plate|"
        "a gym bag|a child car seat|a stroller|a handgun from the glove box|loose change|a checkbook|a spare tire"
    ).split("|"),
    "shop": (
        "three pairs of jeans|two bottles of tequila|razor blades|baby formula|laundry detergent|a cart full of meat|"
        "cosmetics|a leather handbag|four cell phones|an Apple Watch|headphones|a drone|designer sunglasses|"
        "two drills|copper wire|a nail gun|steaks|energy drinks|allergy medicine|sneakers|a bracelet|six watches|"
        "a display case of rings|vape cartridges|a floor jack|a battery charger|a bicycle"
    ).split("|"),
    "street": (
        "a cell phone|an iPhone|a purse|a wallet|a backpack|a gold chain|a watch|a pair of sneakers|a bicycle|"
        "an electric scooter|$40 in cash|a debit card|a jacket|a gold bracelet|a Samsung Galaxy phone|headphones"
    ).split("|"),
    "money": (
        "$4,800|$12,500|approximately $2,300|$950 in gift cards|two cashier's checks|$7,200 by wire transfer|"
        "a cashier's check for $1,860|$15,000 in savings|three prepaid cards|$640 in money orders"
    ).split("|"),
}
EVIDENCE = {
    "any": (
        "surveillance video|security camera footage|latent fingerprints|fingerprints|photographs of the scene|"
        "digital photographs|a written statement|DNA swabs|body camera footage|a partial shoe print|a witness "
        "statement|doorbell camera video|a cell phone|a torn piece of fabric|a cigarette butt|a black glove|a receipt|"
        "a baseball cap|blood samples|a backpack|a 911 recording|a sketch of the scene|a soda can|a hair sample"
    ).split("|"),
    "gun": (
        "four shell casings|two 9mm shell casings|shell casings|a spent casing|a live round|bullet fragments|a holster|"
        "a magazine|six .40 caliber casings|a projectile|gunshot residue swabs|a bullet lodged in the door frame"
    ).split("|"),
    "entry": (
        "a pry bar|a screwdriver|broken glass|a broken door lock|tool mark impressions|a cut padlock|bolt cutters|"
        "a damaged window screen|a crowbar|a pair of gloves|a flashlight|a rock wrapped in a towel"
    ).split("|"),
    "blade": "a leather sheath|a torn sleeve|a bloodstained shirt|a bloody jacket|a wooden handle|bloody towels".split(
        "|"
    ),
    "drug": (
        "a glass pipe|a clear plastic bag of white powder|a digital scale|12 grams of methamphetamine|pills|"
        "a syringe|two bags of marijuana|a ledger|$860 in cash|a spoon with residue|a vacuum-sealed bag"
    ).split("|"),
    "paper": (
        "bank statements|copies of the checks|e-mail records|phone records|a printed invoice|transaction logs|"
        "a forged driver's license|a notebook|screenshots of text messages|a shipping label"
    ).split("|"),
    "paint": "a can of spray paint|paint samples|a stencil|a marker|photographs of the graffiti|a paint roller".split(
        "|"
    ),
    "car": "paint transfer|a broken side mirror|tire impressions|a headlight fragment|a hubcap|dash camera video".split(
        "|"
    ),
    "fire": "a gas can|a lighter|charred wood samples|a burned rag|a bottle with a wick|a matchbook".split("|"),
}
STATUSES_OPEN = (
    "Under Investigation|Open|Active|Ongoing|Pending|Open - Under Investigation|Pending further investigation|"
    "Active investigation|Forwarded to detectives|Assigned to Investigations|Suspended|Inactive|"
    "Suspended - no leads|Referred to Criminal Investigations|Pending lab results|Awaiting follow-up|Continued"
).split("|")
STATUSES_CLOSED = (
    "Closed|Cleared by Arrest|Cleared|Closed by arrest|Cleared - arrest|Closed - cleared by arrest|"
    "Arrest made|Suspect in custody|Referred to prosecutor|Charges filed|Submitted to the District Attorney"
).split("|")
STATUSES_NARRATED_OPEN = (
    "under investigation|under investigation|ongoing|still under investigation|open|active|an open investigation|"
    "pending|suspended pending new leads|inactive|being investigated by detectives"
).split("|")
STATUSES_NARRATED_CLOSED = "closed|cleared by arrest|closed with an arrest|cleared|considered closed".split("|")
SENTINEL_WORDS = (
    "Not provided|None identified|N/A|Unknown|None|Not available|Unk|None reported|Not applicable|Not released|"
    "None at this time|Undetermined|Not stated|TBD|None known|Withheld|n/a|NONE|UNKNOWN|None listed"
).split("|")
JOBS = (
    "a neighbor|a coworker|a passerby|a delivery driver|a cashier|a security guard|a bus driver|a jogger|a customer|"
    "an employee|the building manager|a maintenance worker|a nurse|a truck driver|a mail carrier|a friend|a roommate|"
    "a student|a tow truck driver|a bartender"
).split("|")
HOSPITALS = ("Medical Center", "General Hospital", "Memorial Hospital", "Regional Medical Center", "Hospital")
CHANNELS = (
    "News 8",
    "the Daily Ledger",
    "Channel 4",
    "the Tribune",
    "the Courier",
    "Action 11",
    "KXRN",
    "WBLT",
    "the Herald",
)
