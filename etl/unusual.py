"""What is unusual about a report's text, in a few words for the run's summary: its language, or that it is no text."""

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

WHOLE_CHARS = 1_200  # a longer text is judged by its beginning, middle and end
IDENTIFIED_CHARS = 300  # the identifier takes 0.25 ms for 1,000 characters
FEWEST_CHARS = 150  # of a text that may be said to be no text, blanks aside; codes and numbers fill many a short one
FEWEST_WORDS = 30  # of one that may be said to be a failed scan or a list

# Words of reports and their forms that are English alone; nearly every report of two lines has some.
_ENGLISH_WORDS = """
the and with from that this his her he she were who which they them been have has had said not by of to
officer officers police name address time location number case reported occurred arrested charge charges age
offense vehicle victim suspect unknown street block theft stolen assault male female
stated advised responded driver subject
"""
ENGLISH = frozenset(_ENGLISH_WORDS.split())
# Those that the identifier may find; it knows more, but no police report comes in Esperanto.
LANGUAGES = {
    "af": "Afrikaans",
    "ar": "Arabic",
    "be": "Belarusian",
    "bg": "Bulgarian",
    "bn": "Bengali",
    "bs": "Bosnian",
    "ca": "Catalan",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "es": "Spanish",
    "et": "Estonian",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "gu": "Gujarati",
    "he": "Hebrew",
    "hi": "Hindi",
    "hr": "Croatian",
    "ht": "Haitian Creole",
    "hu": "Hungarian",
    "hy": "Armenian",
    "id": "Indonesian",
    "is": "Icelandic",
    "it": "Italian",
    "ja": "Japanese",
    "ka": "Georgian",
    "kk": "Kazakh",
    "km": "Khmer",
    "ko": "Korean",
    "lo": "Lao",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "mk": "Macedonian",
    "ml": "Malayalam",
    "mr": "Marathi",
    "ms": "Malay",
    "my": "Burmese",
    "ne": "Nepali",
    "nl": "Dutch",
    "no": "Norwegian",
    "pa": "Punjabi",
    "pl": "Polish",
    "ps": "Pashto",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "si": "Sinhala",
    "sk": "Slovak",
    "sl": "Slovenian",
    "so": "Somali",
    "sq": "Albanian",
    "sr": "Serbian",
    "sv": "Swedish",
    "sw": "Swahili",
    "ta": "Tamil",
    "te": "Telugu",
    "th": "Thai",
    "tl": "Tagalog",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "vi": "Vietnamese",
    "zh": "Chinese",
}
NO_TEXT = "no prose, form or table"
FAILED_SCAN = "many of its words are broken: it reads like a failed scan"
NO_LANGUAGE = "zxx"  # ISO 639: no linguistic content

_WORD = re.compile(r"[^\W\d_]+")
_RULE = re.compile(r"[_.\-=*~+|#:]{3,}")  # lines to write on, leaders, borders of tables
_NO_CHARACTER = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd]")
_CODE = re.compile(r"""[{}]|<(?:/\w|\w{1,30}[ >])|/[/>]|=(?!=)|":|\)[;{})]|\(\)|;[\n}]|&&|\|\|""")
_INVISIBLE = re.compile("[\xad\u200b-\u200f\u2060\ufeff]")
_TAG_OR_RULE = re.compile(rf"</?[\w.-]{{1,60}}>|{_RULE.pattern}")
_CHUNK = re.compile(r"""[^\s,"“”=]+""")
_PART = r"(?: [A-Z]? [^\W\d_A-Z]{1,30} (?: [A-Z] [^\W\d_A-Z]{2,30} ){0,3} | [A-Z]{1,30} s? )"
_JOINT = r"(?: ['’`/&.@_():-]{1,2} | [|](?=[A-Z\d]) )"
_ORDINARY = re.compile(
    rf"""[^\w\s]{{0,4}}
        (?: (?: \d{{1,4}}- )? {_PART} (?: {_JOINT} (?: {_PART} | \d{{1,9}} ) ){{0,9}}
          | [A-Z]{{0,6}} [.:/(#$-]? \d [\dA-Z.:;/#%()-]{{0,40}} [a-z]{{0,3}} )  # a number, a date, a code
        [^\w\s]{{0,4}} | [-–—&/*#•|+:.~]{{1,3}}""",
    re.VERBOSE,
)


def unusual(text: str) -> str | None:
    """What a reader of the run's summary should know of a report's text; None for an ordinary one.

    Prose, forms and tables in English are ordinary: in capitals, full of codes, with a statement in another language
    too. So is what is too short to tell.
    """
    sample = _INVISIBLE.sub("", _sample(text))
    words = _WORD.findall(sample)
    reason = _not_for_reading(sample, words)
    if reason is None and not _has_english(words):
        reason = _without_english(sample, words)
    if reason is None and _has_broken_words(sample):
        reason = FAILED_SCAN
    return reason


def _sample(text: str) -> str:
    return text if len(text) <= WHOLE_CHARS else _parts(text, WHOLE_CHARS // 3)


def _parts(text: str, part_chars: int) -> str:
    middle = (len(text) - part_chars) // 2
    return "\n".join((text[:part_chars], text[middle : middle + part_chars], text[-part_chars:]))


def _has_english(words: list[str]) -> bool:
    english = sum(word.lower() in ENGLISH for word in words)
    return english >= 2 and english >= 0.05 * len(words)


def _not_for_reading(sample: str, words: list[str]) -> str | None:
    """Why nobody wrote it for people to read, by its characters alone."""
    chunks = sample.split()
    chars = sum(map(len, chunks))
    if chars < FEWEST_CHARS:
        return None
    if len(_NO_CHARACTER.findall(sample)) > 0.05 * chars:
        return f"{NO_TEXT}: a binary file, it seems"
    if sample.isascii() and chars > 40 * len(chunks):
        return f"{NO_TEXT}: encoded or run together"
    if sum(map(len, words)) <= 0.2 * sum(map(len, _RULE.sub("", sample).split())):
        return f"{NO_TEXT}: hardly any words"
    return None


def _without_english(sample: str, words: list[str]) -> str | None:
    """What a text is that has next to no English words; None where it may be names, addresses and codes."""
    chars = sum(map(len, sample.split()))
    if chars >= FEWEST_CHARS and len(_CODE.findall(sample)) > 0.045 * chars:
        return f"{NO_TEXT}: computer code or markup"
    lines = [line.strip() for line in sample.splitlines() if line.strip()]
    if len(lines) >= FEWEST_WORDS and sum(map(str.isalpha, lines)) > 0.95 * len(lines):
        return f"{NO_TEXT}: a list of single words"
    language = _other_language(sample, words)
    if language == NO_LANGUAGE and chars >= FEWEST_CHARS:
        return f"{NO_TEXT}: codes or encoded characters"
    if language in LANGUAGES:
        return f"not in English, {LANGUAGES[language]} it seems"
    return FAILED_SCAN if _is_in_shreds(words) else None


def _other_language(sample: str, words: list[str]) -> str | None:
    """The code of a language that is not English, NO_LANGUAGE included; None where it is not clear."""
    shown = sample if len(sample) <= IDENTIFIED_CHARS else _parts(sample, IDENTIFIED_CHARS // 3)
    language, likelihood = _identifier().classify(shown)
    if language == "en":
        return None
    if language == NO_LANGUAGE:
        return language if likelihood > 0.9 else None
    # Names, streets and codes in a row, in capitals, look like Spanish or French at up to 0.98.
    has_running_words = sum(not word[0].isupper() for word in words) >= 3
    return language if likelihood > (0.6 if has_running_words else 0.98) else None


def _is_in_shreds(words: list[str]) -> bool:
    """Whether most of it is one and two letters: what a scanner makes of handwriting or stains."""
    shreds = sum(len(word) <= 2 and not word.isupper() for word in words)
    return len(words) >= FEWEST_WORDS and shreds > 0.6 * len(words)


def _has_broken_words(sample: str) -> bool:
    """Whether many words have signs or digits inside, as ``r0bb~ry`` has."""
    chunks = _CHUNK.findall(_TAG_OR_RULE.sub(" ", sample))
    broken = sum(not chunk.isalpha() and _ORDINARY.fullmatch(chunk) is None for chunk in chunks)
    return len(chunks) >= FEWEST_WORDS and broken > 0.3 * len(chunks)


@cache
def _identifier() -> "LanguageIdentifier":
    """Reads its 4 MB model in half a second; ordinary reports never come here."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([*LANGUAGES, "en", NO_LANGUAGE])
    return identifier
