"""Tree packing: one report and all its questions as one row of tokens, for training and for decoding.

    report   q1 q1   q2 q2 q2      token i may read token j when j <= i and j is in the report or in i's own branch
    0 0 0 0   1  1    2  2  2      every branch's positions restart where the report ends

A branch in the tree gives the same logits as the report followed by that branch alone. "Report" here is the whole
shared prefix: the system message, the report and the start of the question.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

REPORT = 0
PAD = -1
IGNORED = -100  # labels here are not learned
BLOCK_TOKENS = 72  # about three questions: fewer blocks waste attention across branches, more cost calls


@dataclass(frozen=True, slots=True)
class Branch:
    """One question and, in training, its answer."""

    question_ids: Sequence[int]
    answer_ids: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class TreePack:
    """One or more rows of T tokens; rows shorter than T end in padding.

    The shared prefix is P tokens long; ``position_ids`` of every branch restart at P.
    """

    token_ids: Tensor  # i64[B, T]
    branch_ids: Tensor  # i64[B, T]  REPORT = 0, question 1..Q, PAD = -1
    position_ids: Tensor  # i64[B, T]
    labels: Tensor  # i64[B, T]  the token itself where it is learned, IGNORED elsewhere

    def to(self, device: torch.device) -> "TreePack":
        return TreePack(*(getattr(self, name).to(device) for name in self.__slots__))


def pack(prefix_ids: Sequence[int], branches: Sequence[Branch]) -> TreePack:
    """One report's tree as one row."""
    prefix = len(prefix_ids)
    tokens, branch_of = list(prefix_ids), [REPORT] * prefix
    positions, labels = list(range(prefix)), [IGNORED] * prefix
    for number, branch in enumerate(branches, start=1):
        ids = [*branch.question_ids, *branch.answer_ids]
        tokens += ids
        branch_of += [number] * len(ids)
        positions += range(prefix, prefix + len(ids))
        labels += [IGNORED] * len(branch.question_ids) + list(branch.answer_ids)
    return TreePack(*(torch.tensor([row]) for row in (tokens, branch_of, positions, labels)))


def collate(packs: Sequence[TreePack], *, pad_id: int) -> TreePack:
    """Several packs as one, padded on the right to the longest."""
    width = max(p.token_ids.shape[1] for p in packs)

    def join(rows: list[Tensor], fill: int) -> Tensor:
        return torch.cat([nn.functional.pad(row, (0, width - row.shape[1]), value=fill) for row in rows])

    return TreePack(
        token_ids=join([p.token_ids for p in packs], pad_id),
        branch_ids=join([p.branch_ids for p in packs], PAD),
        position_ids=join([p.position_ids for p in packs], 0),
        labels=join([p.labels for p in packs], IGNORED),
    )


def tree_mask(branch_ids: Tensor, *, queries: int | None = None) -> Tensor:
    """Which key each query may read, in layers without a window.

    Args:
        branch_ids: i64[B, T], the branch of every token so far.
        queries: only the last so many tokens ask; all of them when None.

    Returns:
        bool[B, 1, queries, T]; True at (q, k) means q reads k. No row is all False, so softmax stays finite on padding.
    """
    total = branch_ids.shape[1]
    first = total - (total if queries is None else queries)
    place = torch.arange(total, device=branch_ids.device)
    query, key = branch_ids[:, first:, None], branch_ids[:, None, :]
    earlier = place[first:, None] >= place[None, :]
    return (earlier & ((query == key) | ((key == REPORT) & (query != PAD))))[:, None]


def tree_blocks(branch_ids: Tensor) -> list[list[int]] | None:
    """Where each row of whole trees can be cut so that attention need not look across the cuts.

        report        q1 q1 q2 q2 q2   q3 q3 q4      a block of branches reads the report and itself
        |-------------|----------------|-------|

    Args:
        branch_ids: i64[B, T] of trees read from their first token.

    Returns:
        For each row the columns of its cuts, ascending: the report's end first, the last branch's end last. Blocks of
        branches hold at least BLOCK_TOKENS tokens, but for the last. None on an accelerator, where one call for all
        columns beats many small ones.
    """
    if branch_ids.device.type != "cpu":
        return None
    rows = []
    for row in branch_ids.tolist():
        cuts = [row.count(REPORT)]
        end = len(row) - row.count(PAD)
        starts = [i for i in range(cuts[0] + 1, end) if row[i] != row[i - 1]]
        for start in starts:
            if start - cuts[-1] >= BLOCK_TOKENS:
                cuts.append(start)
        rows.append([*cuts, end] if end > cuts[-1] else cuts)
    return rows
