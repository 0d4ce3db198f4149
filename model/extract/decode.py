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

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import llguidance
import numpy as np
import torch
from llguidance.numpy import allocate_token_bitmask, fill_next_token_bitmask_par
from torch import Tensor
from transformers import Cache
from transformers.cache_utils import DynamicLayer

from crimeetl.model.extract.grammar import AnswerGrammar, ReportWords, occurrences
from crimeetl.model.tree.packs import PAD, Branch, TreePack, collate, pack, tree_blocks, tree_mask

STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
ESCAPED = re.compile(r'["\\\x00-\x1f]')
DRAFT_COLUMNS = 32  # of a block, over all its rows; so few cost a step hardly more than one does
LONGEST_DRAFT = 12  # tokens of one branch
DRAFT_CHARS = 80  # of the report, that a draft is cut from


@dataclass(frozen=True, slots=True)
class Request:
    """One report to answer all questions for."""

    prefix_ids: Sequence[int]
    question_ids: Sequence[Sequence[int]]  # [Q]
    matchers: Sequence[Any]  # [Q] fresh llguidance matchers, used up by decoding
    words: ReportWords  # what may be copied, and how often
    may_repeat: Sequence[bool]  # [Q] a derived value may be given again, a copied one only as often as it stands
    least_presence: Sequence[float | None]  # [Q] from which presence on something is stated; None: the likelier token


@dataclass(frozen=True, slots=True)
class DecodedValue:
    """One value as the model gave it, with what its confidence is computed from (natural logarithms, unmasked)."""

    value: str
    mean_log_probability: float  # of the tokens that the model chose for it
    least_log_probability: float
    close_log_probability: float  # of the token that ended it: the choice between one more value and none


@dataclass(frozen=True, slots=True)
class DecodedAnswer:
    """One question's answer."""

    values: tuple[DecodedValue, ...]
    presence: float  # 0..1, the probability of some value against none, before the grammar's mask
    is_cut: bool  # it was no whole JSON when it ended: the token limit came first
    chosen_tokens: int  # steps that this branch took part in


@dataclass(slots=True)
class _LiveBranch:
    row: int
    number: int  # 1..Q, its branch id
    matcher: Any
    words: ReportWords
    may_repeat: bool
    least_presence: float | None
    position: int  # of the next token to feed
    at: int = 0  # the row of the step's logits that the next choice is made from
    pending: list[int] = field(default_factory=list)  # tokens to feed in the next block
    draft: list[int] = field(default_factory=list)  # tokens fed after them on trial, and not yet chosen
    open_value: str | None = None  # the value that is being given, as far as it goes
    is_finished: bool = False
    pieces: list[tuple[bytes, float | None]] = field(default_factory=list)  # bytes, log probability (None: forced)
    answer_tokens: int = 0
    chosen_tokens: int = 0
    presence: float | None = None  # None until a token decides between some value and none
    value_count: int = 0
    is_repeating: bool = False


class _PreallocatedLayer(DynamicLayer):  # type: ignore[misc]
    """One layer's keys and values, grown by half when full instead of copied at every step."""

    keys: Tensor  # [B, G, capacity, D]
    values: Tensor

    def lazy_initialization(self, key_states: Tensor, value_states: Tensor) -> None:
        self.length = 0
        super().lazy_initialization(key_states, value_states)

    def update(self, key_states: Tensor, value_states: Tensor, *_: Any, **__: Any) -> tuple[Tensor, Tensor]:
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        end = self.length + key_states.shape[2]
        if self.length == 0 or end > self.keys.shape[2]:
            self.keys = self._grown(self.keys, key_states, end)
            self.values = self._grown(self.values, value_states, end)
        self.keys[:, :, self.length : end] = key_states
        self.values[:, :, self.length : end] = value_states
        self.length = end
        return self.keys[:, :, :end], self.values[:, :, :end]

    def _grown(self, old: Tensor, new: Tensor, end: int) -> Tensor:
        rows, heads, _, size = new.shape
        grown = new.new_empty((rows, heads, end + max(64, end // 2), size))
        if self.length:
            grown[:, :, : self.length] = old[:, :, : self.length]
        return grown

    def get_seq_length(self) -> int:
        return self.length if self.is_initialized else 0

    def keep_rows(self, rows: Tensor) -> None:
        self.keys, self.values = self.keys[rows], self.values[rows]


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
        One list of answers a request, in the order of its questions.
    """
    if not requests:
        return []
    tree = collate(
        [pack(request.prefix_ids, [Branch(ids) for ids in request.question_ids]) for request in requests],
        pad_id=grammar.end_id,
    )
    branches = [
        _LiveBranch(row, number, matcher, request.words, may_repeat, least, len(request.prefix_ids) + len(question))
        for row, request in enumerate(requests)
        for number, (question, matcher, may_repeat, least) in enumerate(
            zip(request.question_ids, request.matchers, request.may_repeat, request.least_presence, strict=True),
            start=1,
        )
    ]
    reader = _Reader(model)
    executor = llguidance.LLExecutor()
    hidden = reader.read(tree.token_ids, tree.branch_ids, tree.position_ids)
    last = [int((tree.branch_ids[b.row] == b.number).nonzero()[-1, 0]) for b in branches]
    live, at, row_of = branches, torch.tensor([[b.row for b in branches], last]), list(range(len(requests)))
    for place, branch in enumerate(live):
        branch.at = place
    while live:
        logits = reader.logits(hidden, rows=at[0], columns=at[1])
        choosing = live
        while choosing:
            _choose(choosing, logits[[branch.at for branch in choosing]], grammar, executor, max_answer_tokens)
            choosing = [branch for branch in choosing if _was_drafted(branch)]
        refused = [branch.at + 1 + i for branch in live for i in range(len(branch.draft))]
        reader.forget(rows=at[0, refused], columns=at[1, refused])
        live = [branch for branch in live if not branch.is_finished]
        if not live:
            break
        live_rows = sorted({branch.row for branch in live})
        if 2 * len(live_rows) <= len(row_of):
            reader.keep_rows([row_of.index(row) for row in live_rows])
            row_of = live_rows
        _draft(live, grammar)
        block, at = _next_block(live, row_of, pad_id=grammar.end_id)
        hidden = reader.read(block.token_ids, block.branch_ids, block.position_ids)
    answers: list[list[DecodedAnswer]] = [[] for _ in requests]
    for branch in branches:
        answers[branch.row].append(_answer(branch))
    return answers


class _Reader:
    """A model with the keys and values of all it has read of the current batch."""

    def __init__(self, model: Any) -> None:
        self.decoder, self.head = model.get_decoder(), model.get_output_embeddings()
        self.device = model.device
        layers = model.config.get_text_config().num_hidden_layers
        self.cache = Cache(layers=[_PreallocatedLayer() for _ in range(layers)])
        self.branch_ids: Tensor | None = None  # i64[B, T so far]
        self.block_columns = 0  # of the last block

    def read(self, token_ids: Tensor, branch_ids: Tensor, position_ids: Tensor) -> Tensor:
        """Reads a block of columns after those read before; float[B, columns, hidden]."""
        branch_ids = branch_ids.to(self.device)
        is_first = self.branch_ids is None
        seen = branch_ids if self.branch_ids is None else torch.cat([self.branch_ids, branch_ids], dim=1)
        self.branch_ids, self.block_columns = seen, token_ids.shape[1]
        output = self.decoder(
            input_ids=token_ids.to(self.device),
            attention_mask=tree_mask(seen, queries=token_ids.shape[1]),
            position_ids=position_ids.to(self.device),
            past_key_values=self.cache,
            use_cache=True,
            blocks=tree_blocks(branch_ids) if is_first else None,
        )
        hidden: Tensor = output.last_hidden_state
        return hidden

    def logits(self, hidden: Tensor, *, rows: Tensor, columns: Tensor) -> Tensor:
        """f32[N, V] for N places of the last block."""
        logits: Tensor = self.head(hidden[rows.to(self.device), columns.to(self.device)])
        return logits.float()

    def forget(self, *, rows: Tensor, columns: Tensor) -> None:
        """Masks N tokens of the last block from all that is read later."""
        assert self.branch_ids is not None
        start = self.branch_ids.shape[1] - self.block_columns
        self.branch_ids[rows.to(self.device), start + columns.to(self.device)] = PAD

    def keep_rows(self, rows: Sequence[int]) -> None:
        """Forgets the reports whose answers are whole."""
        index = torch.tensor(rows, device=self.device)
        for layer in self.cache.layers:
            layer.keep_rows(index)
        assert self.branch_ids is not None
        self.branch_ids = self.branch_ids[index]


def _choose(
    live: list[_LiveBranch], logits: Tensor, grammar: AnswerGrammar, executor: Any, max_answer_tokens: int
) -> None:
    """Takes each branch one choice further; a branch without pending tokens afterwards is finished."""
    vocabulary_size = logits.shape[1]
    bitmask = allocate_token_bitmask(len(live), vocabulary_size)
    fill_next_token_bitmask_par(executor, [(branch.matcher, i) for i, branch in enumerate(live)], bitmask)
    allowed = torch.from_numpy(
        np.unpackbits(bitmask.view(np.uint8), axis=1, count=vocabulary_size, bitorder="little").view(np.bool_)
    ).to(logits.device)
    normaliser = logits.logsumexp(dim=1)
    masked = logits.masked_fill(~allowed, -torch.inf)
    best, chosen = masked.max(dim=1)
    chosen_ids, log_probabilities = chosen.tolist(), (best - normaliser).tolist()
    for i, branch in enumerate(live):
        if branch.presence is None:
            decided = _decide_presence(branch, logits[i], allowed[i].nonzero()[:, 0], grammar)
            if decided is not None:
                chosen_ids[i], log_probabilities[i] = decided, float(logits[i, decided] - normaliser[i])
        _take(branch, chosen_ids[i], log_probabilities[i], grammar, max_answer_tokens)


def _decide_presence(branch: _LiveBranch, logits: Tensor, allowed_ids: Tensor, grammar: AnswerGrammar) -> int | None:
    """Sets P(some value) against P(none) at an answer's first token: ``' ["'`` and the like against ``' []'``.

    Stays unset where the tokenizer has no such tokens, and a later one decides.

    Returns:
        The token that the branch's threshold takes; None where there is no threshold or nothing to decide.
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
    branch.presence = float(torch.sigmoid(logits[stated].logsumexp(0) - logits[absent].logsumexp(0)))
    if branch.least_presence is None:
        return None
    side = stated if branch.presence >= branch.least_presence else absent
    chosen: int = side[int(logits[side].argmax())]
    return chosen


def _take(branch: _LiveBranch, token: int, log_probability: float, grammar: AnswerGrammar, limit: int) -> None:
    """Appends a chosen token and all it forces, and ends the branch where its answer is whole or may not go on."""
    branch.matcher.consume_token(token)
    forced = [] if branch.matcher.is_accepting() else branch.matcher.compute_ff_tokens()
    if forced:
        branch.matcher.consume_tokens(forced)
    branch.pieces.append((grammar.tokenizer.decode_bytes([token]), log_probability))
    branch.pieces += [(grammar.tokenizer.decode_bytes([token]), None) for token in forced]
    branch.chosen_tokens += 1
    branch.answer_tokens += 1 + len(forced)
    values, branch.open_value = _values_so_far(branch)
    if len(values) > branch.value_count and not branch.may_repeat:
        given = Counter(values)
        branch.is_repeating = any(given[value] > len(occurrences(branch.words, value)) for value in values)
    branch.value_count = len(values)
    is_whole = branch.matcher.is_accepting()
    branch.is_finished = is_whole or branch.is_repeating or branch.answer_tokens >= limit
    branch.pending = [token, *forced]


def _values_so_far(branch: _LiveBranch) -> tuple[list[str], str | None]:
    """The whole values, and the one that is open: None where there is none, or it is not a plain run of the report."""
    text = b"".join(piece for piece, _ in branch.pieces).decode("utf-8", "replace")
    matches = list(STRING.finditer(text))
    _, quote, begun = text[matches[-1].end() if matches else 0 :].partition('"')
    is_plain = quote and begun and "\\" not in begun and "\ufffd" not in begun
    return [json.loads(match.group()) for match in matches], begun if is_plain else None


def _was_drafted(branch: _LiveBranch) -> bool:
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


def _draft(live: list[_LiveBranch], grammar: AnswerGrammar) -> None:
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


def _next_block(live: list[_LiveBranch], row_of: list[int], *, pad_id: int) -> tuple[TreePack, Tensor]:
    """The pending tokens of all live branches, and their drafts, as one block.

    Returns:
        The block, one row for each of ``row_of``; and i64[2, N], row and column of what choices are made from: each
        branch's last pending token, at ``branch.at``, and its draft behind it.
    """
    rows: list[list[tuple[int, int, int]]] = [[] for _ in row_of]  # token, branch, position
    place = {row: i for i, row in enumerate(row_of)}
    at: list[tuple[int, int]] = []
    for branch in live:
        row = rows[place[branch.row]]
        fed = branch.pending + branch.draft
        row += [(token, branch.number, branch.position + i) for i, token in enumerate(fed)]
        branch.position += len(branch.pending)
        branch.at = len(at)
        at += [(place[branch.row], len(row) - 1 - i) for i in reversed(range(len(branch.draft) + 1))]
    width = max(len(row) for row in rows)
    filled = torch.tensor([row + [(pad_id, PAD, 0)] * (width - len(row)) for row in rows])
    tokens, branch_ids, positions = filled.unbind(dim=2)
    return TreePack(tokens, branch_ids, positions, labels=torch.empty(0)), torch.tensor(at).T


def _answer(branch: _LiveBranch) -> DecodedAnswer:
    """The whole values of a finished branch, each with the log probabilities of its own tokens."""
    text = b"".join(piece for piece, _ in branch.pieces).decode("utf-8", "replace")
    matches = list(STRING.finditer(text))
    if branch.is_repeating:
        repeated = matches.pop()
        text = text[: repeated.start()].rstrip(", ") + "]}"
    values = []
    for match in matches:
        start, end = (len(text[:offset].encode()) for offset in match.span())
        inside = _log_probabilities(branch, start + 1, end - 1)
        close = _log_probabilities(branch, end - 1, end)
        values.append(
            DecodedValue(
                value=json.loads(match.group()),
                mean_log_probability=sum(inside) / len(inside) if inside else 0.0,
                least_log_probability=min(inside, default=0.0),
                close_log_probability=close[0] if close else 0.0,
            )
        )
    return DecodedAnswer(tuple(values), branch.presence or 0.0, not _is_whole(text), branch.chosen_tokens)


def _is_whole(text: str) -> bool:
    """Whether an answer is JSON once its question is put before it."""
    try:
        json.loads(f'{{"":{text}')
    except ValueError:
        return False
    return True


def _log_probabilities(branch: _LiveBranch, start: int, end: int) -> list[float]:
    """Of each chosen token that covers some of the answer's bytes [start, end); forced tokens have none."""
    found, at = [], 0
    for piece, log_probability in branch.pieces:
        if log_probability is not None and at < end and at + len(piece) > start:
            found.append(log_probability)
        at += len(piece)
    return found
