"""Tree packing: one report and all its questions as one row of tokens, for training and for decoding.

    report   q1 q1   q2 q2 q2      token i may read token j when j <= i and j is in the report or in i's own branch
    0 0 0 0   1  1    2  2  2      every branch's positions restart where the report ends

A branch in the tree gives the same logits as the report followed by that branch alone. "Report" here is the whole
shared prefix: the system message, the report and the start of the question.

The mask is boolean and must go to scaled dot product attention; transformers' eager attention would add it as a
number and be silently wrong, so ``read_tree`` refuses it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

REPORT = 0
PAD = -1
IGNORED = -100  # labels here are not learned
ATTENTION = "crimeetl_tree"


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
    """Which key each query may read.

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


def tree_attention(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    dropout: float = 0.0,
    scaling: float | None = None,
    **_: Any,
) -> tuple[Tensor, None]:
    """Scaled dot product attention that never copies keys for grouped queries.

    The heads that share a key head become further query rows of it: [B, H, Q, D] is read as [B, G, H / G * Q, D].
    On 2 cores that takes a third off a decode step of the default model against repeating the keys three times.
    """
    rows, heads, length, size = query.shape
    groups = key.shape[1]
    folded = query.reshape(rows, groups, heads // groups * length, size)
    mask = None if attention_mask is None else attention_mask.repeat(1, 1, heads // groups, 1)
    output = scaled_dot_product_attention(
        folded, key, value, attn_mask=mask, dropout_p=dropout, scale=scaling, is_causal=False
    )
    return output.reshape(rows, heads, length, size).transpose(1, 2).contiguous(), None


def use_tree_attention(model: Any) -> None:
    """Makes a transformers model read packed trees; other attention would mistake the mask.

    Source: transformers, "Attention interface": a registered function gets the 4-D mask as it was passed.
    """
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.masking_utils import sdpa_mask

    AttentionInterface.register(ATTENTION, tree_attention)
    AttentionMaskInterface.register(ATTENTION, sdpa_mask)
    model.set_attn_implementation(ATTENTION)


def read_tree(model: Any, tree: TreePack, *, logits_at: Tensor | None = None) -> Tensor:
    """Runs a causal language model over packed rows.

    Args:
        model: a transformers model prepared by ``use_tree_attention``.
        logits_at: i64[L], the columns to give logits for; all when None.

    Returns:
        float[B, T or L, V]; at (b, t) the logits for the token after t in t's own branch.
    """
    implementation = model.config._attn_implementation
    if implementation != ATTENTION:
        raise ValueError(f"a packed tree needs {ATTENTION} attention, got {implementation}: call use_tree_attention")
    output = model(
        input_ids=tree.token_ids,
        attention_mask=tree_mask(tree.branch_ids),
        position_ids=tree.position_ids,
        use_cache=False,
        logits_to_keep=0 if logits_at is None else logits_at,
    )
    logits: Tensor = output.logits
    return logits
