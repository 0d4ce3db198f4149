"""Words for things: cars, weapons, what is stolen, what is left behind."""

import re
from collections.abc import Sequence

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


def were(things: Sequence[str]) -> str:
    """The verb of a list of things: "was" or "were"."""
    head = re.split(r" (?:of|in|with|for|from|to|by|wrapped|lodged|containing) ", things[0])[0]
    is_one = re.match(r"an? ", head) or not re.search(r"[^s]s$", head)
    return "was" if is_one and len(things) == 1 else "were"
