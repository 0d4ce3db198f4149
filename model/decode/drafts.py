"""The tokens that a branch within a value will probably choose: the report's own next ones."""

import re
from collections import Counter

from crimeetl.model.decode.branches import LiveBranch
from crimeetl.model.decode.grammar import AnswerGrammar

ESCAPED = re.compile(r'["\\\x00-\x1f]')
DRAFT_COLUMNS = 32  # of a block, over all its rows; so few cost a step hardly more than one does
LONGEST_DRAFT = 12  # tokens of one branch
DRAFT_CHARS = 80  # of the report, that a draft is cut from


def draft(live: list[LiveBranch], grammar: AnswerGrammar) -> None:
    """Fills the room of the next block with the report's own next tokens, for branches that are within a value."""
    taken = Counter[int]()
    for branch in live:
        taken[branch.row] += len(branch.pending)
    width = max(*taken.values(), DRAFT_COLUMNS // len(taken))
    copying = Counter(branch.row for branch in live if branch.open_value is not None)
    for branch in live:
        branch.draft = []
        if branch.open_value is not None:
            room = (width - taken[branch.row]) // copying[branch.row]
            branch.draft = _continuation(branch.words.text, branch.open_value, grammar)[: min(room, LONGEST_DRAFT)]
            taken[branch.row] += len(branch.draft)
            copying[branch.row] -= 1


def _continuation(text: str, begun: str, grammar: AnswerGrammar) -> list[int]:
    """The tokens that follow a run of the report where it stands first, as far as they need no escape."""
    start = text.find(begun)
    if start < 0:  # a choice need not stand in the report
        return []
    end = start + len(begun)
    follows = text[end : end + DRAFT_CHARS]
    return list(grammar.tokenizer.tokenize_str(ESCAPED.split(follows, maxsplit=1)[0]))
