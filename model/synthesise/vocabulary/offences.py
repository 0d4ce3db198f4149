"""What can have happened: the words for an offence, what goes with it, and sentences that tell it."""

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


OFFENCES = (
    Offence(
        titles=(
            "Shooting",
            "Assault with a Firearm",
            "Aggravated Assault - Firearm",
            "Attempted Homicide",
            "Gunshot victim",
        ),
        nouns=("shooting", "shooting", "attempted homicide", "gun assault"),
        acts=(
            "{suspect_np} [pulled out|produced|drew|pulled] {a_weapon} and [fired {shots_np}|opened fire|began shooting|shot {victim_np}]",
            "{victim_np} [was struck|was hit|was shot] in the {body} [when|after] {suspect_np} [fired {shots_np}|opened fire] "
            "[from a passing car|from across the street|during an argument|at close range]",
            "{suspect_np} [walked|came|ran] up to {victim_np} and [shot {victim_him} {times}|fired {shots_np} at {victim_him}]",
            "[an argument|a fight|a dispute over money|a confrontation] [escalated|turned violent] and {suspect_np} [shot {victim_np} in the {body}"
            "|fired {shots_np} from {a_weapon}]",
            "{victim_np} was [sitting in a car|standing outside|walking home|sitting on the porch] when {suspect_np} [opened fire|fired {shots_np}|began firing {a_weapon}]",
            "{suspect_np} [fired {shots_np}|shot] [into|at] the [home|vehicle|crowd|house], [striking|hitting|wounding] {victim_np} in the {body}",
        ),
        findings=(
            "{victim_np} was found [lying in the street|on the ground|inside a vehicle|in a hallway] with [a gunshot wound|{wounds_np}] to the {body}",
            "[callers|neighbors|residents|several people] [reported hearing|heard] {shots_np}, and {victim_np} was found [wounded|bleeding from the {body}]",
        ),
        synopses=(
            "[A|One] {victim_man} was shot in the {body} [near|at] {place_blunt}.",
            "{Victim_man} wounded in a shooting [at|near] {place_blunt}.",
            "Shots were fired during [an argument|a dispute|a fight] and one person was hit.",
        ),
        weight=4.0,
        weapons=("gun",),
        evidence=("gun",),
        shots=True,
        unseen=0.3,
        night=0.6,
        harm="hurt",
    ),
    Offence(
        titles=(
            "Homicide",
            "Murder",
            "Death Investigation - Homicide",
            "Fatal Shooting",
            "Murder/Non-negligent manslaughter",
        ),
        nouns=("homicide", "fatal shooting", "murder", "killing", "deadly shooting", "slaying"),
        acts=(
            "{suspect_np} [shot and killed|fatally shot|gunned down|killed] {victim_np} [during an argument|after a dispute|outside a party|in front of witnesses]",
            "{victim_np} was [shot and killed|fatally shot|killed] when {suspect_np} [fired {shots_np}|opened fire with {a_weapon}]",
            "{suspect_np} shot {victim_np} {times} [before fleeing|and left the scene|and then drove away]",
            "{victim_np} died [at the scene|at the hospital] after {suspect_np} [shot {victim_him} in the {body}|fired {shots_np}]",
        ),
        findings=(
            "{victim_np} was found dead [with {wounds_np}|from {wounds_np}|of an apparent gunshot wound] to the {body}",
            "the body of {victim_np} was [discovered|found] [in a wooded area|inside the residence|in a parked car|by a passerby]",
        ),
        synopses=(
            "[A|One] {victim_man} was found dead [near|at] {place_blunt} and the death is being treated as a homicide.",
            "{Victim_man} [killed|shot to death] [near|at] {place_blunt}.",
        ),
        weight=2.5,
        victims=(0, 82, 14, 4),
        weapons=("gun",),
        evidence=("gun", "blade"),
        shots=True,
        unseen=0.3,
        night=0.6,
        harm="dead",
    ),
    Offence(
        titles=(
            "Robbery",
            "Armed Robbery",
            "Strong Arm Robbery",
            "Street Robbery",
            "Robbery of a Person",
            "Robbery - Carjacking",
        ),
        nouns=("robbery", "armed robbery", "holdup", "mugging", "strong-arm robbery", "street robbery"),
        acts=(
            "{suspect_np} [approached|confronted|walked up to] {victim_np}, [pointed|displayed|showed|brandished] {a_weapon} and [demanded and got|took] {stolen_np}",
            "{suspect_np} [struck|punched|pushed|shoved] {victim_np} and [took|grabbed|stole|snatched] {stolen_np}",
            "{victim_np} was [walking|jogging|waiting for a bus|getting out of a car] when {suspect_np} [came from behind|blocked the way] and [took|grabbed] {stolen_np}",
            "{suspect_np} [entered|walked into|came into] {business_np} [armed with|carrying|holding] {a_weapon} and [ordered|told] [the clerk|employees|everyone] to [open the register|get on the floor]",
            "{suspect_np} [handed|passed] the [clerk|teller|cashier] a note [demanding money|that asked for all the bills] and [left|fled|got away] with {stolen_np}",
            "{suspect_np} [forced|ordered] {victim_np} out of {a_vehicle} and [drove off|sped away]",
        ),
        synopses=(
            "{suspects_words} [robbed|held up] [a victim|{victim_man_a}|a clerk] [near|at] {place_blunt} [and took {stolen_plain}|].",
            "Victim reports being robbed [of {stolen_plain}|] [by an unknown person|near {place_blunt}].",
        ),
        weight=2.2,
        business=0.4,
        weapons=("gun", "gun", "blade", "club"),
        stolen=("cash", "street"),
        evidence=(),
        night=0.5,
    ),
    Offence(
        titles=(
            "Burglary",
            "Residential Burglary",
            "Burglary - Residence",
            "Burglary 2nd Degree",
            "Breaking and Entering",
            "Home Burglary",
        ),
        nouns=("burglary", "break-in", "residential burglary", "home burglary", "breaking and entering"),
        acts=(
            "{suspect_np} [forced open|kicked in|pried open|broke] [the rear door|a side window|the front door|a bedroom window] and [took|stole|removed] {stolen_np}",
            "{suspect_np} [was seen|was recorded|was observed] [climbing through a window|leaving through the back yard|entering the garage] [with {stolen_np}|]",
            "{victim_np} [woke up|came home|returned] to find {suspect_np} [in the kitchen|inside the house|going through drawers]",
        ),
        findings=(
            "[the rear door|a basement window|the garage door|the front door] had been [forced|pried open|kicked in|left ajar], and {stolen_np} {stolen_were} missing",
            "[someone|an unknown person] [entered|got into] the [residence|home|house|garage] [through|by way of] [an unlocked window|the back door] and [took|stole|removed] {stolen_np}",
            "{victim_np} [returned home|came home|got back from a trip] and [found|noticed|discovered] that {stolen_np} [had been taken|had been stolen|{stolen_were} gone]",
        ),
        synopses=(
            "[Unknown person(s)|Someone|An unknown suspect] [entered|broke into] [a residence|a home|the house] and [took {stolen_plain}|stole property].",
            "A residential burglary was reported [at|near] {place_blunt}[; {stolen_plain} taken|].",
        ),
        weight=2.2,
        stolen=("home",),
        evidence=("entry",),
        unseen=0.65,
        night=0.4,
    ),
    Offence(
        titles=("Commercial Burglary", "Burglary - Business", "Burglary of a Building", "Burglary/Commercial"),
        nouns=("commercial burglary", "burglary", "break-in", "smash-and-grab", "business burglary"),
        acts=(
            "{suspect_np} [smashed|broke|shattered] [the glass front door|a display window|the drive-through window] of {business_np} and [took|stole|grabbed] {stolen_np}",
            "{suspect_np} [entered|got into] {business_np} [through the roof|through a rear door|after closing] and [took|removed|loaded] {stolen_np}",
        ),
        findings=(
            "[an employee|the manager|an alarm company|a cleaning crew] [found|discovered|reported] the [front door|rear door|window] of {business_np} [broken|pried open|shattered], with {stolen_np} [missing|gone|taken]",
            "{stolen_np} [had been taken|{stolen_were} missing|{stolen_were} stolen] from {business_np} [after closing|while it was closed|over the weekend]",
        ),
        synopses=(
            "{business_np} was [broken into|burglarized][ and {stolen_plain} stolen|].",
            "[An alarm|Forced entry] was reported at a business[; {stolen_plain} missing|].",
        ),
        weight=1.3,
        business=1.0,
        victims=(90, 10),
        stolen=("shop", "cash"),
        evidence=("entry",),
        unseen=0.5,
        night=0.8,
    ),
    Offence(
        titles=(
            "Theft",
            "Larceny",
            "Petit Larceny",
            "Grand Theft",
            "Shoplifting",
            "Theft from a Building",
            "Retail Theft",
        ),
        nouns=("theft", "larceny", "shoplifting", "retail theft"),
        acts=(
            "{suspect_np} [selected|picked up|concealed|grabbed] {stolen_np} and [walked out|left the store|passed all points of sale] without paying",
            "{suspect_np} [filled|loaded] a [cart|bag|backpack] with {stolen_np} and [ran|pushed it] [past the registers|out an emergency exit]",
            "[staff|a loss prevention officer|an employee] at {business_np} [saw|watched|observed] {suspect_np} [hide|take|conceal] {stolen_np}",
            "{suspect_np} [took|stole|made off with] {stolen_np} while {victim_np} [was in another room|was not looking|was helping a customer]",
        ),
        findings=(
            "{victim_np} [left|set down|had left] [a bag|personal items|property] unattended and [returned to find|later noticed] {stolen_np} [missing|gone|taken]",
            "{stolen_np} [had been taken|{stolen_were} taken|went missing] from [a locker|an unlocked shed|the porch|a desk|the break room]",
        ),
        synopses=(
            "[Theft|Larceny] of {stolen_plain} [from|at] {place_blunt}.",
            "[An unknown person|A suspect] [took|stole] {stolen_plain}.",
        ),
        weight=2.2,
        business=0.55,
        stolen=("shop",),
        unseen=0.4,
        night=0.1,
    ),
    Offence(
        titles=(
            "Theft from Motor Vehicle",
            "Vehicle Break-in",
            "Auto Burglary",
            "Larceny from Auto",
            "Burglary from Vehicle",
        ),
        nouns=("theft from a vehicle", "vehicle break-in", "car break-in", "auto burglary", "larceny from auto"),
        acts=(
            "{suspect_np} [was seen|was recorded] [pulling door handles|breaking a window|crawling under a car] and [taking|removing] {stolen_np}",
            "{suspect_np} [broke|smashed] the [passenger window|rear window] of {a_vehicle} and [took|grabbed] {stolen_np}",
        ),
        findings=(
            "[someone|an unknown person] [broke|smashed|shattered] [a window|the rear window] of {a_vehicle} and [took|stole] {stolen_np}",
            "{victim_np} [parked|left] {a_vehicle} [outside|for an hour] and [found|noticed] {stolen_np} [missing|taken] [from the front seat|from the trunk|]",
        ),
        synopses=(
            "[A vehicle|Victim's vehicle] was [entered|broken into] and {stolen_plain} taken.",
            "[Car|Vehicle] window broken[, {stolen_plain} stolen|].",
        ),
        weight=1.2,
        stolen=("vehicle",),
        unseen=0.7,
        night=0.5,
        is_about_vehicle=True,
    ),
    Offence(
        titles=(
            "Motor Vehicle Theft",
            "Stolen Vehicle",
            "Auto Theft",
            "Grand Theft Auto",
            "Unauthorized Use of a Vehicle",
        ),
        nouns=("stolen vehicle", "auto theft", "motor vehicle theft", "vehicle theft", "car theft"),
        acts=(
            "{suspect_np} [got into|jumped into|drove off in] {a_vehicle} that had been left [running|unlocked|with the keys inside]",
            "{suspect_np} was [stopped|found|seen] driving {a_vehicle} [reported stolen|that had been stolen]",
        ),
        findings=(
            "{victim_np} [parked|left] {a_vehicle} [on the street|in the driveway|in the lot] and [found it missing|came back to find it gone]",
            "{a_vehicle} was [taken|stolen] [from the driveway|from a carport|while warming up|from the lot of {business_np}]",
        ),
        synopses=(
            "Victim's vehicle was [stolen|taken] [while parked|from {place_blunt}].",
            "[Vehicle|Car] taken without permission.",
        ),
        weight=1.1,
        unseen=0.6,
        night=0.5,
        is_about_vehicle=True,
    ),
    Offence(
        titles=(
            "Assault",
            "Simple Assault",
            "Battery",
            "Assault and Battery",
            "Aggravated Assault",
            "Assault 3rd Degree",
        ),
        nouns=("assault", "fight", "battery", "physical altercation", "aggravated assault", "disturbance"),
        acts=(
            "{suspect_np} [punched|hit|struck|kicked] {victim_np} in the {body} [several times|with a closed fist|]",
            "{suspect_np} [hit|struck|attacked|threatened] {victim_np} with {a_weapon}",
            "[an argument|a verbal dispute|a disagreement over a parking space] [turned physical|escalated] and {suspect_np} [pushed|shoved|punched] {victim_np}",
            "{suspect_np} [grabbed {victim_np} by the arm|choked {victim_np}|slapped {victim_np}|threw {victim_np} to the ground|pushed {victim_np} against a wall]",
        ),
        synopses=(
            "[A|One] {victim_man} was [assaulted|punched|attacked] [at|near] {place_blunt}.",
            "[A fight|An altercation] [between acquaintances|in a parking lot|at a bar] left one person [hurt|injured].",
        ),
        weight=1.6,
        weapons=("club", "blade"),
        evidence=("blade",),
        night=0.4,
        harm="hurt",
    ),
    Offence(
        titles=("Stabbing", "Aggravated Assault - Knife", "Assault with a Deadly Weapon", "Cutting"),
        nouns=("stabbing", "cutting", "assault with a deadly weapon", "knife attack"),
        acts=(
            "{suspect_np} [stabbed|cut|slashed] {victim_np} in the {body} with {a_weapon}",
            "{suspect_np} [pulled|produced|grabbed] {a_weapon} and [stabbed|slashed at|lunged at] {victim_np}",
            "{victim_np} was [stabbed|cut] in the {body} [while breaking up a fight|during a fight|by {suspect_np}]",
        ),
        findings=(
            "{victim_np} [walked into|was dropped off at] a hospital with [a stab wound|stab wounds] to the {body}",
        ),
        synopses=(
            "[A|One] {victim_man} was stabbed [at|near] {place_blunt}.",
            "One person [cut|stabbed] during [a fight|an argument].",
        ),
        weight=1.0,
        victims=(0, 85, 12, 3),
        weapons=("blade",),
        evidence=("blade",),
        unseen=0.1,
        night=0.5,
        harm="hurt",
    ),
    Offence(
        titles=(
            "Domestic Violence",
            "Domestic Assault",
            "Domestic Disturbance",
            "Family Violence",
            "Assault - Domestic",
        ),
        nouns=("domestic disturbance", "domestic assault", "domestic violence", "domestic dispute"),
        acts=(
            "{suspect_np} [pushed|slapped|punched|grabbed] {victim_np} [during an argument|after drinking|in front of the children]",
            "{suspect_np} [threatened|struck] {victim_np} with {a_weapon} [during an argument about money|and would not let {victim_him} leave|]",
            "{suspect_np} [threw|broke] [a phone|a lamp|dishes] and [struck|pushed|choked] {victim_him}",
        ),
        synopses=(
            "[An argument between partners|A domestic dispute] [turned physical|led to an arrest|left one person injured].",
        ),
        weight=1.0,
        victims=(0, 92, 8),
        weapons=("club", "blade"),
        night=0.5,
        harm="hurt",
    ),
    Offence(
        titles=(
            "Vandalism",
            "Criminal Mischief",
            "Destruction of Property",
            "Criminal Damage",
            "Malicious Mischief",
            "Graffiti",
        ),
        nouns=("vandalism", "criminal mischief", "property damage", "graffiti", "criminal damage"),
        acts=(
            "{suspect_np} [spray-painted|painted|sprayed] [a wall|the side of {business_np}|a fence|a garage door]",
            "{suspect_np} [broke|smashed|kicked out|damaged] [several windows|a mailbox|the windshield of {a_vehicle}|a glass door]",
            "{suspect_np} [slashed|cut|flattened] [two tires|all four tires|the tires] on {a_vehicle}",
        ),
        findings=(
            "[someone|an unknown person|vandals] [spray-painted|painted] [a wall|the fence|the side of {business_np}] and [broke a window|damaged a sign|left]",
            "{victim_np} [found|discovered|noticed] [a broken window|the tires slashed on {a_vehicle}|the mailbox knocked down|eggs and paint on the door]",
        ),
        synopses=("[Graffiti was found|Property was damaged|Windows were broken] [at|near] {place_blunt}.",),
        weight=1.1,
        business=0.35,
        evidence=("paint",),
        unseen=0.65,
    ),
    Offence(
        titles=(
            "Fraud",
            "Identity Theft",
            "Credit Card Fraud",
            "Forgery",
            "Wire Fraud",
            "Scam",
            "Check Fraud",
            "Embezzlement",
        ),
        nouns=("fraud", "identity theft", "scam", "forgery", "credit card fraud", "check fraud"),
        acts=(
            "{suspect_np} [used|presented|passed] [a stolen credit card|a forged check|counterfeit bills|a false name] [at {business_np}|] and [obtained|received|left with] {stolen_np}",
            "{suspect_np} [called|contacted|e-mailed] {victim_np}, claimed to be [a bank employee|a grandson in trouble|from the tax office] and [obtained|got] {stolen_np}",
        ),
        findings=(
            "{victim_np} [received|got] [a letter|a call|a bill] about [an account|a loan|a card] that {victim_he} had not opened, and {stolen_np} [had been charged|{stolen_were} missing]",
            "{victim_np} [sent|lost|transferred] {stolen_np} [to a caller|after answering an online ad|to an unknown account]",
        ),
        synopses=(
            "[Victim|{Victim_man_a}] [lost {stolen_plain}|was defrauded] [in a phone scam|over the internet|by an unknown person].",
        ),
        weight=1.1,
        business=0.25,
        stolen=("money",),
        evidence=("paper",),
        unseen=0.5,
        night=0.0,
    ),
    Offence(
        titles=(
            "Drug Possession",
            "Narcotics Violation",
            "Possession of a Controlled Substance",
            "Drug/Narcotic Violations",
        ),
        nouns=("drug investigation", "narcotics violation", "drug possession", "drug offense"),
        acts=(
            "{suspect_np} [was found with|was in possession of|admitted to having] [a controlled substance|drugs|narcotics] [in a pocket|in the center console|in a backpack|]",
            "[a traffic stop|a search|a pat-down] of {suspect_np} [led to|turned up|revealed] [suspected methamphetamine|a quantity of pills|drug paraphernalia]",
        ),
        synopses=(
            "[A traffic stop|A search] led to [a drug arrest|the discovery of narcotics] [near|at] {place_blunt}.",
        ),
        weight=0.8,
        victims=(1,),
        evidence=("drug",),
        night=0.4,
    ),
    Offence(
        titles=("Arson", "Suspicious Fire", "Arson - Structure"),
        nouns=("arson", "suspicious fire", "arson fire", "structure fire"),
        acts=(
            "{suspect_np} [set fire to|poured gasoline on and lit|ignited] [a trash container|the porch|{a_vehicle}|a shed behind {business_np}]",
        ),
        findings=(
            "[a fire|the fire] had been set [in a trash container|on the porch|in a vacant house|to {a_vehicle}]",
        ),
        synopses=("[A fire was set|An intentionally set fire was reported] [near|at] {place_blunt}.",),
        weight=0.6,
        business=0.3,
        evidence=("fire",),
        unseen=0.6,
        night=0.7,
    ),
    Offence(
        titles=("Hit and Run", "Leaving the Scene", "Hit-and-Run Crash", "Failure to Stop After Accident"),
        nouns=("hit-and-run", "hit-and-run crash", "hit and run", "crash"),
        acts=(
            "{victim_np} was [struck|hit] by {a_vehicle} [while crossing the street|while riding a bicycle|] and the driver [did not stop|fled|kept going]",
            "{suspect_np} [drove|was driving] {a_vehicle} that [struck|sideswiped|rear-ended] {victim_np} and [left|fled the scene]",
        ),
        synopses=(
            "[A|One] {victim_man} was struck by a vehicle that did not stop.",
            "Vehicle left the scene of a crash [at|near] {place_blunt}.",
        ),
        weight=0.8,
        victims=(0, 85, 12, 3),
        evidence=("car",),
        night=0.4,
        is_about_vehicle=True,
        harm="hurt",
    ),
    Offence(
        titles=("Trespassing", "Criminal Trespass", "Trespass", "Trespassing Complaint"),
        nouns=("trespassing complaint", "trespass", "criminal trespass"),
        acts=(
            "{suspect_np} [refused to leave|returned to|was yelling at customers in] {business_np} [after being told to go|again|]",
            "{suspect_np} [climbed into|was found in|would not leave] [a fenced yard|a closed school building|a vacant house] [after being told to go|again|]",
        ),
        synopses=("[A person|Someone] [refused to leave|was causing a disturbance] [at|near] {place_blunt}.",),
        weight=0.5,
        victims=(90, 10),
        business=0.5,
        night=0.2,
    ),
    Offence(
        titles=("Menacing", "Harassment", "Stalking", "Criminal Threats"),
        nouns=("harassment", "menacing", "stalking"),
        acts=(
            "{suspect_np} [followed|threatened|shouted at|sent threatening messages to] {victim_np} [for several days|outside {victim_his} home|]",
            "{suspect_np} [threatened|came up to] {victim_np} with {a_weapon}",
        ),
        synopses=("[A person|Someone] [was threatened|was followed] [at|near] {place_blunt}.",),
        weight=0.5,
        victims=(0, 92, 8),
        weapons=("blade", "club"),
        night=0.2,
    ),
    Offence(
        titles=("Kidnapping", "Abduction", "Unlawful Imprisonment", "Attempted Abduction"),
        nouns=("kidnapping", "abduction", "attempted abduction", "possible kidnapping"),
        acts=(
            "{suspect_np} [forced|pulled|dragged|tried to pull] {victim_np} into {a_vehicle} [and drove away|before a bystander stepped in|]",
            "{suspect_np} [held|kept] {victim_np} [in a basement|in a motel room|inside an apartment] for [several hours|two days|most of a week]",
        ),
        synopses=("[A|One] {victim_man} was [forced into a vehicle|held against {victim_his} will].",),
        weight=0.5,
        victims=(0, 90, 10),
        weapons=("gun", "blade"),
        is_about_vehicle=True,
    ),
)
