"""Words for places: streets, cities, landmarks, businesses."""


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
HOSPITALS = ("Medical Center", "General Hospital", "Memorial Hospital", "Regional Medical Center", "Hospital")
