"""What can have happened: the words for an offence, what goes with it, and sentences that tell it."""

from crimeetl.model.synthesise.vocabulary.common_offences import COMMON_OFFENCES
from crimeetl.model.synthesise.vocabulary.offence import Offence

OFFENCES = (
    *COMMON_OFFENCES,  # their order is part of what a seed gives
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
