"""The tokens that a branch within a value will probably choose: the report's own next ones."""

import json
import re
from collections import Counter

from crimeetl.model.decode.branches import LiveBranch
from crimeetl.model.decode.grammar import AnswerGrammar

ESCAPE = re.compile(r"(\\u[0-9a-f]{4}|\\.)")
DRAFT_COLUMNS = 64  # of a block, over all its rows; so few cost a step hardly more than one does
FIRST_DRAFT = 12  # tokens of one branch
LONGEST_DRAFT = 48  # once its drafts were all taken: it is copying a passage
OPENING = ' "'  # of one more value
DRAFT_CHARS = 8  # of the report, that a drafted token is cut from


def draft(live: list[LiveBranch], grammar: AnswerGrammar) -> None:
    """Fills the room of the next block with the report's own next tokens, for branches that are within a value.

    A branch whose last draft was taken whole is given twice as much.
    """
    taken = Counter[int]()
    for branch in live:
        taken[branch.row] += len(branch.pending)
    width = max(*taken.values(), DRAFT_COLUMNS // len(taken))
    copying = Counter(branch.row for branch in live if branch.open_value is not None)
    for branch in live:
        limit = FIRST_DRAFT if branch.draft else max(FIRST_DRAFT, min(2 * branch.drafted, LONGEST_DRAFT))
        branch.draft = []
        if branch.open_value is not None:
            room = (width - taken[branch.row]) // copying[branch.row]
            branch.draft = _continuation(branch.words.text, branch.open_value, min(room, limit), grammar)
            taken[branch.row] += len(branch.draft)
            copying[branch.row] -= 1
        elif branch.is_between:
            branch.draft = list(grammar.tokenizer.tokenize_str(OPENING))
            taken[branch.row] += len(branch.draft)
        branch.drafted = len(branch.draft)


def _continuation(text: str, begun: str, limit: int, grammar: AnswerGrammar) -> list[int]:
    """The tokens, as JSON has them, that follow a run of the report where it stands first."""
    start = text.find(begun)
    if start < 0 or limit <= 0:  # a choice need not stand in the report
        return []
    end = start + len(begun)
    follows = json.dumps(text[end : end + DRAFT_CHARS * limit], ensure_ascii=False)[1:-1]
    tokens: list[int] = []
    for place, part in enumerate(ESCAPE.split(follows)):
        for piece in part if place % 2 else [part]:  # an escape is chosen letter by letter
            tokens += grammar.tokenizer.tokenize_str(piece)
    return tokens[:limit]
