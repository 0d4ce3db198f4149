"""Greedy decoding of all questions of a batch of reports at once, under the grammar.

The trees are read once; then each step feeds one block of tokens a live branch, all branches of all reports in one
forward pass:

    row of the cache   report q1 q1 q2 q2 q2 | a1 a2 | a1 a2 | a2 a2 | ...
    branch              0 0 0  1  1  2  2  2 |  1  2 |  1  2 |  2  2 |      block = chosen token + tokens it forces

A branch leaves when its answer is whole. No repetition penalty: copying repeats by nature.

A value is a run of the report, so the tokens after those that a branch has chosen are often the report's own next ones.
They are drafted into the block where it has room, and as many of them count as the model then chooses by itself; the
columns of the others are masked from then on. Answers are the same with any draft.
Source: Leviathan et al., Fast inference from transformers via speculative decoding, 2023; Saxena, Prompt lookup
decoding, 2023.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import llguidance
import numpy as np
import torch
from llguidance.numpy import allocate_token_bitmask, fill_next_token_bitmask_par
from torch import Tensor

from crimeetl.model.decode.branches import DecodedAnswer, LiveBranch, answer_of, look_back
from crimeetl.model.decode.drafts import draft
from crimeetl.model.decode.grammar import AnswerGrammar, ReportWords, occurrences
from crimeetl.model.decode.memory import BatchReader, joined
from crimeetl.model.tree import PAD, Branch, TreePack, collate, pack

TOGETHER_TOKENS = 2048  # of trees, read in one pass
ROWS_BYTES = 1 << 19  # of logits at a time: what does not leave the processor's cache takes a third of the time


@dataclass(frozen=True, slots=True)
class Request:
    """One report to answer all questions for."""

    prefix_ids: Sequence[int]
    question_ids: Sequence[Sequence[int]]  # [Q]
    matchers: Sequence[Any]  # [Q] fresh llguidance matchers, used up by decoding
    words: ReportWords  # what may be copied, and how often
    may_repeat: Sequence[bool]  # [Q] a derived value may be given again, a copied one only as often as it stands
    least_presence: Sequence[float | None]  # [Q] from which presence on something is stated; None: the likelier token


@torch.inference_mode()
def decode(
    model: Any, grammar: AnswerGrammar, requests: Sequence[Request], *, max_answer_tokens: int
) -> list[list[DecodedAnswer]]:
    """Answers every question of every report.

    Deterministic: greedy, the first of equal logits. In fp32 the answers do not depend on what else is in the batch.

    Args:
        model: a causal language model prepared by ``use_tree_attention``.
        max_answer_tokens: an answer that reaches so many tokens is ended there and marked as cut; values that were
            whole by then are kept.

    Returns:
        one list of answers a request, in the order of its questions.
    """
    if not requests:
        return []
    branches, executor = _branches(requests), llguidance.LLExecutor()
    readers = []
    for group in _groups(requests, model.device):
        trees = [pack(requests[row].prefix_ids, [Branch(ids) for ids in requests[row].question_ids]) for row in group]
        asked = [branch for branch in branches if branch.row in group]
        readers.append(BatchReader(model))
        logits = _read_trees(readers[-1], collate(trees, pad_id=grammar.end_id), asked, group)
        _choose_while_read(asked, logits, grammar, executor, max_answer_tokens)
        del logits  # large
    reader, rows, live = joined(readers), list(range(len(requests))), _unfinished(branches)
    while live:
        rows = _keep_live_rows(live, reader, rows)
        draft(live, grammar)
        block, at = _next_block(live, rows, pad_id=grammar.end_id)
        logits = reader.read(block.token_ids, block.branch_ids, block.position_ids, at)
        _choose_while_read(live, logits, grammar, executor, max_answer_tokens)
        _forget_drafts(live, reader, at)
        live = _unfinished(live)
    answers: list[list[DecodedAnswer]] = [[] for _ in requests]
    for branch in branches:
        answers[branch.row].append(answer_of(branch))
    return answers


def _groups(requests: Sequence[Request], device: torch.device) -> list[range]:
    """The requests whose trees are read together: on the CPU only so many that what is computed stays near."""
    ends, tokens = [], 0
    for row, request in enumerate(requests):
        more = len(request.prefix_ids) + sum(map(len, request.question_ids))
        if device.type == "cpu" and tokens and tokens + more > TOGETHER_TOKENS:
            ends.append(row)
            tokens = 0
        tokens += more
    return [range(start, end) for start, end in pairwise([0, *ends, len(requests)])]


def _branches(requests: Sequence[Request]) -> list[LiveBranch]:
    """Every question of every report, row by row."""
    return [
        LiveBranch(row, number, matcher, request.words, may_repeat, least, len(request.prefix_ids) + len(question))
        for row, request in enumerate(requests)
        for number, (question, matcher, may_repeat, least) in enumerate(
            zip(request.question_ids, request.matchers, request.may_repeat, request.least_presence, strict=True),
            start=1,
        )
    ]


def _read_trees(reader: BatchReader, trees: TreePack, asked: Sequence[LiveBranch], rows: range) -> Tensor:
    """float[N, V]: what each of these rows' branches chooses from, after its last token."""
    at = torch.empty((2, len(asked)), dtype=torch.int64)
    for place, branch in enumerate(asked):
        branch.at, row = place, branch.row - rows.start
        at[:, place] = torch.tensor([row, int((trees.branch_ids[row] == branch.number).nonzero()[-1, 0])])
    return reader.read(trees.token_ids, trees.branch_ids, trees.position_ids, at)


def _unfinished(branches: list[LiveBranch]) -> list[LiveBranch]:
    return [branch for branch in branches if not branch.is_finished]


def _choose_while_read(
    live: list[LiveBranch], logits: Tensor, grammar: AnswerGrammar, executor: Any, max_answer_tokens: int
) -> None:
    """Takes each branch one choice further, and on as long as its draft was right: the logits are there already."""
    choosing = live
    while choosing:
        _choose(choosing, logits[[branch.at for branch in choosing]], grammar, executor, max_answer_tokens)
        choosing = [branch for branch in choosing if _was_drafted(branch)]


def _forget_drafts(live: list[LiveBranch], reader: BatchReader, at: Tensor) -> None:
    """Masks what was drafted and not chosen."""
    refused = [branch.at + 1 + i for branch in live for i in range(len(branch.draft))]
    reader.forget(rows=at[0, refused], columns=at[1, refused])


def _keep_live_rows(live: list[LiveBranch], reader: BatchReader, rows: list[int]) -> list[int]:
    """The reports that stay in the cache: those with live branches, once they are no more than half."""
    live_rows = sorted({branch.row for branch in live})
    if 2 * len(live_rows) > len(rows):
        return rows
    reader.keep_rows([rows.index(row) for row in live_rows])
    return live_rows


def _choose(
    live: list[LiveBranch], logits: Tensor, grammar: AnswerGrammar, executor: Any, max_answer_tokens: int
) -> None:
    """Takes each branch one choice further; a branch without pending tokens afterwards is finished."""
    vocabulary_size = logits.shape[1]
    bitmask = allocate_token_bitmask(len(live), vocabulary_size)
    fill_next_token_bitmask_par(executor, [(branch.matcher, i) for i, branch in enumerate(live)], bitmask)
    allowed = torch.from_numpy(
        np.unpackbits(bitmask.view(np.uint8), axis=1, count=vocabulary_size, bitorder="little").view(np.bool_)
    ).to(logits.device)
    normaliser = _normaliser(logits)
    best, chosen = logits.masked_fill(~allowed, -torch.inf).max(dim=1)
    chosen_ids, log_probabilities = chosen.tolist(), (best - normaliser).tolist()
    for i, branch in enumerate(live):
        if branch.presence is None:
            decided = _decide_presence(branch, logits[i], allowed[i].nonzero()[:, 0], grammar)
            if decided is not None:
                chosen_ids[i], log_probabilities[i] = decided, float(logits[i, decided] - normaliser[i])
        _take(branch, chosen_ids[i], log_probabilities[i], grammar, max_answer_tokens)


def _normaliser(logits: Tensor) -> Tensor:
    """f32[N], the logarithm of the sum of exponentials of float[N, V]; some rows at a time, so that they stay near."""
    rows = max(1, ROWS_BYTES // (4 * logits.shape[1])) if logits.device.type == "cpu" else len(logits)
    return torch.cat([part.float().logsumexp(dim=1) for part in torch.split(logits, rows)])


def _decide_presence(branch: LiveBranch, logits: Tensor, allowed_ids: Tensor, grammar: AnswerGrammar) -> int | None:
    """Sets P(some value) against P(none) at an answer's first token: ``' ["'`` and the like against ``' []'``.

    Stays unset where the tokenizer has no such tokens, and a later one decides.

    Returns:
        the token that the branch's threshold takes; None where there is no threshold or nothing to decide.
    """
    before = b"".join(piece for piece, _ in branch.pieces)
    stated, absent = [], []
    for token in allowed_ids.tolist():
        text = before + grammar.tokenizer.decode_bytes([token])
        if text.startswith(b" []"):
            absent.append(token)
        elif text.startswith(b' ["'):
            stated.append(token)
    if not stated:
        branch.presence = 0.0 if absent else None
        return None
    if not absent:
        branch.presence = 1.0
        return None
    logits = logits.float()
    branch.presence = float(torch.sigmoid(logits[stated].logsumexp(0) - logits[absent].logsumexp(0)))
    if branch.least_presence is None:
        return None
    side = stated if branch.presence >= branch.least_presence else absent
    chosen: int = side[int(logits[side].argmax())]
    return chosen


def _take(branch: LiveBranch, token: int, log_probability: float, grammar: AnswerGrammar, limit: int) -> None:
    """Appends a chosen token and all it forces, and ends the branch where its answer is whole or may not go on."""
    branch.matcher.consume_token(token)
    forced = [] if branch.matcher.is_accepting() else branch.matcher.compute_ff_tokens()
    if forced:
        branch.matcher.consume_tokens(forced)
    branch.pieces.append((grammar.tokenizer.decode_bytes([token]), log_probability))
    branch.pieces += [(grammar.tokenizer.decode_bytes([token]), None) for token in forced]
    branch.chosen_tokens += 1
    branch.answer_tokens += 1 + len(forced)
    values = look_back(branch)
    if len(values) > branch.value_count and not branch.may_repeat:
        given = Counter(values)
        branch.is_repeating = any(given[value] > len(occurrences(branch.words, value)) for value in values)
    branch.value_count = len(values)
    branch.is_whole = branch.matcher.is_accepting()
    branch.is_finished = branch.is_whole or branch.is_repeating or branch.answer_tokens >= limit
    branch.pending = [token, *forced]


def _was_drafted(branch: LiveBranch) -> bool:
    """Takes what was just chosen off the draft, as it is read already; whether the next choice can be made at once."""
    count = 0
    for token, drafted in zip(branch.pending, branch.draft, strict=False):
        if token != drafted:
            break
        count += 1
    branch.position += count
    branch.at += count
    del branch.pending[:count], branch.draft[:count]
    return not branch.is_finished and not branch.pending


def _next_block(live: list[LiveBranch], rows: list[int], *, pad_id: int) -> tuple[TreePack, Tensor]:
    """The pending tokens of all live branches, and their drafts, as one block.

    Returns:
        the block, one row for each of ``rows``; and i64[2, N], row and column of what choices are made from: each
        branch's last pending token, at ``branch.at``, and its draft behind it.
    """
    fed: list[list[tuple[int, int, int]]] = [[] for _ in rows]  # token, branch, position
    place = {row: i for i, row in enumerate(rows)}
    at: list[tuple[int, int]] = []
    for branch in live:
        row = fed[place[branch.row]]
        tokens = branch.pending + branch.draft
        row += [(token, branch.number, branch.position + i) for i, token in enumerate(tokens)]
        branch.position += len(branch.pending)
        branch.at = len(at)
        at += [(place[branch.row], len(row) - 1 - i) for i in reversed(range(len(branch.draft) + 1))]
    width = max(map(len, fed))
    filled = torch.tensor([row + [(pad_id, PAD, 0)] * (width - len(row)) for row in fed])
    token_ids, branch_ids, position_ids = filled.unbind(dim=2)
    return TreePack(token_ids, branch_ids, position_ids, labels=torch.empty(0)), torch.tensor(at).T
