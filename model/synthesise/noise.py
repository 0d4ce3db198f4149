"""What typing, scanning and mail programs do to a text. Marks follow, so a value is always what then stands there."""

import random
import re

from crimeetl.model.synthesise.marked import Marked

CLEAN_SHARE = 0.5
OCR = {"l": "1", "I": "l", "O": "0", "0": "O", "m": "rn", "e": "c", "S": "5", "5": "S", "B": "8", "g": "q", "t": "f"}
TYPO_RATE, OCR_RATE = 1 / 140, 1 / 90  # of characters


def noisy(marked: Marked, rng: random.Random) -> Marked:
    """A text with the noise of its source; half of all texts have none."""
    marked = tidy(marked)
    if rng.random() < CLEAN_SHARE:
        return marked
    for change, chance in (
        (typos, 0.3),
        (curly_quotes, 0.3),
        (spacing, 0.3),
        (ocr, 0.12),
        (capitals, 0.1),
        (wrapped, 0.3),
    ):
        if rng.random() < chance:
            marked = change(marked, rng)
    return marked


def tidy(marked: Marked) -> Marked:
    """Without the doubled commas and spaces that composing leaves."""
    for pattern in (
        r",(?=\s*[.,;:!?|]| *(?:\n|$))",
        r" +(?=[.,;](?:\s|$))",
        r"(?<=[^\s|.]) (?= )(?! *\|)",
        r"(?<=\.)\.(?!\.)(?<!\.\.\.)",
        r"(?<=\n\n)\n+",
    ):
        drop = {i for match in re.finditer(pattern, marked.text) for i in range(*match.span())}
        covered = {i for mark in marked.marks for i in (mark.start, mark.end - 1)}
        marked = marked.substitute(["" if i in drop - covered else c for i, c in enumerate(marked.text)])
    return marked


def typos(marked: Marked, rng: random.Random) -> Marked:
    """Letters swapped, dropped or doubled, outside values: a name's typo would be its spelling."""
    inside = {i for mark in marked.marks for i in range(mark.start, mark.end)}
    chars = list(marked.text)
    for i in range(1, len(chars) - 2):
        is_word = all(marked.text[j].isalpha() and marked.text[j].islower() for j in (i - 1, i, i + 1))
        if is_word and not inside & {i, i + 1} and rng.random() < TYPO_RATE:
            kind = rng.choice(("swap", "drop", "double"))
            if kind == "swap" and chars[i] == marked.text[i]:
                chars[i], chars[i + 1] = marked.text[i + 1], marked.text[i]
            elif kind == "drop":
                chars[i] = ""
            elif kind == "double":
                chars[i] *= 2
    return marked.substitute(chars)


def curly_quotes(marked: Marked, rng: random.Random) -> Marked:
    """Typographic quotation marks and apostrophes."""
    chars = []
    for i, c in enumerate(marked.text):
        opens = i == 0 or marked.text[i - 1] in " \n(["
        chars.append({'"': "“" if opens else "”", "'": "‘" if opens else "’"}.get(c, c))
    return marked.substitute(chars)


def spacing(marked: Marked, rng: random.Random) -> Marked:
    """Two spaces, or none, after full stops."""
    space, chance = rng.choice(("  ", "  ", "")), rng.choice((1.0, 0.4))
    inside = {i for mark in marked.marks for i in range(mark.start, mark.end)}
    ends = {match.end() for match in re.finditer(r"[a-z]\.(?= [A-Z])", marked.text)}
    return marked.substitute(
        [space if i in ends - inside and rng.random() < chance else c for i, c in enumerate(marked.text)]
    )


def ocr(marked: Marked, rng: random.Random) -> Marked:
    """Look-alike characters, in values too."""
    kept = _glued(marked)
    return marked.substitute(
        [OCR[c] if c in OCR and i not in kept and rng.random() < OCR_RATE else c for i, c in enumerate(marked.text)]
    )


def capitals(marked: Marked, rng: random.Random) -> Marked:
    """All in capitals, as old systems print; not where only its case tells a value from the word it is glued to."""
    return marked if any(map(str.isupper, map(marked.text.__getitem__, _glued(marked)))) else marked.upper()


def _glued(marked: Marked) -> set[int]:
    """Offsets of the letters and digits on both sides of a value's bound within a word ("34yo", "at largeLAKE")."""
    bounds = {bound for mark in marked.marks for bound in (mark.start, mark.end) if 0 < bound < len(marked.text)}
    pairs = [(bound - 1, bound) for bound in bounds]
    return {i for pair in pairs if all(marked.text[i].isalnum() for i in pair) for i in pair}


def wrapped(marked: Marked, rng: random.Random) -> Marked:
    """Lines broken at a width, inside values too."""
    width, chars, column, last_space = rng.choice((60, 68, 72, 80)), list(marked.text), 0, -1
    for i, c in enumerate(marked.text):
        if c == "\n":
            column, last_space = 0, -1
        elif c == " ":
            last_space = i
        column += 1
        if column > width and last_space >= 0:
            chars[last_space] = "\n"
            column, last_space = i - last_space, -1
    return marked.substitute(chars)
