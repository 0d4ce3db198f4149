import base64
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from crimeetl.etl.unusual import unusual

SHARED = Path(__file__).parents[2].parent / "shared" / "data"

PRESS_RELEASE = """On 8/14/2014 at about 9:45 p.m. officers were sent to the 1500 block of Elm Street for a battery.
The victim, a 29-year-old woman, said that her cousin had struck her in the face with a bottle and left in a red
Ford Focus. Officers found the car on Oak Road and arrested Max J. Muster, 31, of Exampleville, who was charged with
domestic battery and resisting an officer. Anyone who saw the incident is asked to call Det. Doe at 555-0142."""

FAILED_SCAN = "many of its words are broken: it reads like a failed scan"
NO_TEXT = "no prose, form or table: "


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Gegen 21.30 Uhr raubten zwei Maenner einem 39-Jaehrigen in Beispielstadt das Mobiltelefon.", "German"),
        ("Tatzeit: 14.05.2023, 22:15 Uhr\nTatort: Hauptstraße 5\nSachverhalt: Einbruch, Schmuck entwendet", "German"),
        ("UNBEKANNTE TÄTER BRACHEN IN DER NACHT IN EINE WOHNUNG EIN UND ENTWENDETEN BARGELD.", "German"),
        ("Le suspect a pris la fuite à bord d'un scooter volé, la victime a déposé plainte.", "French"),
        ("LES POLICIERS ONT ARRETE DEUX INDIVIDUS QUI TENTAIENT DE VOLER UNE VOITURE.", "French"),
        ("Dos hombres armados asaltaron una tienda en la calle Mayor y huyeron con el dinero.", "Spanish"),
        ("Fecha: 21/08/2021\nLugar: Avenida Central 45\nHechos: robo de vehículo\nDetenidos: ninguno", "Spanish"),
        ("Due sconosciuti le hanno strappato la borsa e sono fuggiti a piedi verso la stazione.", "Italian"),
        ("O homem foi esfaqueado durante uma briga em um bar e levado para o hospital.", "Portuguese"),
        ("Het slachtoffer werd in zijn woning overvallen door twee mannen met een mes.", "Dutch"),
        ("Nieznany sprawca włamał się do mieszkania i ukradł pieniądze oraz biżuterię.", "Polish"),
        ("Kobieta zostala pobita przez meza i trafila do szpitala.", "Polish"),
        ("Olay yerine gelen ekipler yaralı şahsı hastaneye kaldırdı.", "Turkish"),
        ("Målsäganden blev slagen i ansiktet av en okänd man utanför krogen.", "Swedish"),
        ("Gerningsmanden truede den ansatte med en kniv og flygtede fra stedet.", "Danish"),
        ("Neznámý pachatel se vloupal do bytu a ukradl peníze a šperky.", "Czech"),
        ("Victima a declarat că doi necunoscuți i-au smuls geanta și au fugit.", "Romanian"),
        ("Неизвестный проник в квартиру и похитил деньги и ювелирные изделия.", "Russian"),
        ("Невідомий проник до квартири і викрав гроші та ювелірні прикраси.", "Ukrainian"),
        ("هرب المشتبه به من مكان الحادث قبل وصول الشرطة.", "Arabic"),
        ("受害人报警称其手机在公交车上被偷。", "Chinese"),
        ("被害者はバスの中で携帯電話を盗まれたと届け出た。", "Japanese"),
        ("피해자는 버스에서 휴대전화를 도난당했다고 신고했다.", "Korean"),
        ("Η αστυνομία συνέλαβε έναν άνδρα για κλοπή ποδηλάτου.", "Greek"),
        ("המשטרה עצרה גבר החשוד בגניבת רכב.", "Hebrew"),
    ],
)
def test_a_text_in_another_language_is_named(text: str, language: str) -> None:
    assert unusual(text) == f"not in English, {language} it seems"


@pytest.mark.parametrize(
    "text",
    [
        PRESS_RELEASE,
        PRESS_RELEASE.upper(),
        PRESS_RELEASE.lower(),
        PRESS_RELEASE.replace("officers", "offi\xadcers").replace("bottle", "bot\u200btle"),
        "",
        "   \n\n",
        "THEFT",
        "459 PC",
        # tables and codes
        "0830 10-50 W ELM ST\n0912 459 PC 1400 BLK OAK\n0955 UNK TROUBLE 20 N PINE\n1010 484 PC\n1130 FTA WARRANT",
        "ccn: 2103-1766-1\ndate: 03/31/2021, 6:01:41 am\ncity: KILGORE\nstate: TX\nincidentType: NAT DISTURBANCE",
        "eventdt: 2021-04-25T00:00:00.000\neventtm: 05:55\ncvlegend: BURGLARY - COMMERCIAL\ncvdow: 0\nbeat: 14X",
        '"15XX ELM AV","1950","D2",,,"2006-01-29T12:57:00.000","2006-78254","WEAPON DISCHARGE","N/A","N/A"\n' * 5,
        "37.774929,-122.419416\n37.774930,-122.419418\n37.774931,-122.419419",
        # a form with lines to write on
        "NAME ______________________  DOB ____/____/______\nADDRESS ..................................\n" * 6,
        # names and places from other languages
        "GARCIA, MARIA DE LA LUZ\n1404 CALLE DEL RIO\nLAS CRUCES, NM\nJEAN-PIERRE DUPONT\n12 RUE ROYALE, BATON ROUGE",
        "Müller, Jürgen; Sánchez Peña, José; Łukasz Wójcik; Nguyen Van An",
        "MUSTER, MAX A        12/31/2019 03:32  23 WM    07/13/1996  1112 W ELM     0566050A - CRIMINAL TRESPASS",
        # records that name their fields
        "<report>\n  <charge>Burglary of a Building</charge>\n  <where>garage next to the Ridge Lounge</where>\n"
        "  <summary>The lounge was broken into and the safe was taken by two men.</summary>\n</report>",
        "EventNumber=31685-25; TypeOfCrime=Criminal Trespass; DateOccurred=January 13; TimeOccurred=4:42 a.m.; Beat=4",
    ],
)
def test_an_ordinary_text_is_passed_over(text: str) -> None:
    assert unusual(text) is None


def test_a_statement_in_another_language_inside_an_english_report_is_ordinary() -> None:
    statement = "La víctima dijo que su esposo la golpeó y la amenazó con un cuchillo. Tiene mucho miedo de él."
    assert unusual(statement) == "not in English, Spanish it seems"
    assert unusual(f"{PRESS_RELEASE}\nThe victim stated in Spanish: {statement}\n") is None


def test_a_long_text_is_judged_by_its_beginning_middle_and_end() -> None:
    german = "Der Täter flüchtete zu Fuß in Richtung Bahnhof, nachdem er die Kasse geleert hatte.\n" * 400
    assert unusual(german) == "not in English, German it seems"
    assert unusual(PRESS_RELEASE + german + PRESS_RELEASE) is None


BYTES = random.Random(4).randbytes(3_000)
NUMBERS = random.Random(4)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (BYTES.decode("latin-1"), "a binary file, it seems"),
        (BYTES.decode("utf-8", "replace"), "a binary file, it seems"),
        ("\0P\0o\0l\0i\0c\0e\0 \0r\0e\0p\0o\0r\0t" * 20, "a binary file, it seems"),
        (base64.b64encode(BYTES).decode(), "encoded or run together"),
        (base64.encodebytes(BYTES).decode(), "encoded or run together"),
        (BYTES.hex(), "encoded or run together"),
        ("A" * 5_000, "encoded or run together"),
        (" ".join(f"(cid:{number % 90})" * 6 for number in range(80)), "encoded or run together"),
        (" ".join(BYTES[start : start + 8].hex() for start in range(0, 800, 8)), "codes or encoded characters"),
        ("\n".join(f"{NUMBERS.random():.6f}\t{NUMBERS.random():.3f}" for _ in range(60)), "hardly any words"),
        ("\n".join(f"2024-01-02 00:00:{n:02d} {n * 37} 0.4{n} OK" for n in range(60)), "hardly any words"),
        ("-----+-----+-----\n" * 60, "hardly any words"),
        (". . . . . . . . . .\n" * 40, "hardly any words"),
        (json.dumps([{"k": f"ab{n}", "ok": True, "on": None, "x": []} for n in range(40)]), "computer code or markup"),
        ("<kml>" + "<p><c>abc def</c><d/></p> " * 40 + "</kml>", "computer code or markup"),
        ("function f(a){if(a==null){return g(a)&&h();}var b=a.c; for(;;){k(b);}} " * 10, "computer code or markup"),
        ("apple\nbanana\ncherry\ndoor\nelephant\nfoxglove\n" * 10, "a list of single words"),
    ],
)
def test_what_is_no_prose_form_or_table_is_said_to_be_none(text: str, reason: str) -> None:
    assert unusual(text) == NO_TEXT + reason


@pytest.mark.parametrize(
    "text",
    [
        "0n 8/l4/2Ol4 a7 ab0ut 9:4S p.m. 0ff|cers w3re s3nt t0 tbe lS00 bl0ck 0f E1m 5treet f0r a b4ttery. Tbe v!ctim, "
        "a 29-year-o|d w0man, s~id th^t h3r c0us|n h@d str{ck h;r in t'he f~ce w!th a b0ttl3 4nd l3ft |n a r3d F0rd.",
        "~'-..;,, |l .i' iIl ,_ '~ .. fV m¢ ]v 1:'- .,r »' (f i, ~; r'\\ 'l |. _,, -—— .|' 'i. ;~ J£ l'I ,'. ~— :\n"
        * 3,
        "Fe ee ae ee SS a Oe oe ey ee Se\nES ae ee eee ee oe aes ~ - Pe ee Se ee ea _ a Se ES ee eee ce ae PE ee\n" * 3,
    ],
)
def test_a_failed_scan_is_named(text: str) -> None:
    assert unusual(text) == FAILED_SCAN


def test_a_scan_with_a_slip_in_each_line_is_ordinary() -> None:
    assert (
        unusual(PRESS_RELEASE.replace("Elm", "E1m").replace("woman", "w0man").replace("Officers", "0fficers")) is None
    )


@pytest.mark.parametrize(
    "piece", ["a", "a-", "A.", "aA", "1.", "(", "<a", "_.", "a'", " ", "\n", "\x00", "\ud800", "=="]
)
def test_a_megabyte_without_a_word_is_looked_at_in_three_places(piece: str) -> None:
    reasons = {
        None,
        *(NO_TEXT + why for why in ("encoded or run together", "hardly any words", "a binary file, it seems")),
    }
    assert unusual(piece * (1_000_000 // len(piece))) in reasons


def test_ordinary_reports_load_no_identifier() -> None:
    shown = (
        "import sys; from crimeetl.etl.unusual import unusual; "
        f"print(unusual({PRESS_RELEASE!r}), 'py3langid' in sys.modules, 'numpy' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-P", "-c", shown], capture_output=True, text=True, check=True)
    assert found.stdout == "None False False\n"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the collected reports are not beside the checkout")
@pytest.mark.parametrize(
    "name", ["gvdb/dev", "muc4/dev", "real/dispatch_log", "real/police_encounters", "sacramento/incidents"]
)
def test_no_collected_report_is_called_unusual(name: str) -> None:
    texts = [json.loads(line)["text"] for line in (SHARED / f"{name}.jsonl").read_text("utf-8").splitlines()]
    assert len(texts) >= 100
    assert [(unusual(text), text) for text in texts if unusual(text) is not None] == []
