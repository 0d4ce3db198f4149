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
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

REPORT = 0
PAD = -1
IGNORED = -100  # labels here are not learned
ATTENTION = "crimeetl_tree"
EXPLICIT_BYTES = 4096  # of a row of scores; longer ones would take more memory than their speed is worth
STRIDE_TOKENS = 256  # of a report that ask together: fewer would cost calls, more would score keys that come later
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


def tree_attention(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    dropout: float = 0.0,
    scaling: float | None = None,
    blocks: list[list[int]] | None = None,
    **_: Any,
) -> tuple[Tensor, None]:
    """Scaled dot product attention over trees.

    Args:
        blocks: what ``tree_blocks`` gives, to attend block by block; None attends to all columns under the mask. Both
            give the same but for rounding; on 2 cores blocks take half the time, forwards and backwards.
    """
    if blocks is None or attention_mask is None:
        output = _attend(query, key, value, attention_mask, dropout=dropout, scaling=scaling)
    else:
        rows = [
            _attend_by_block(
                query[i : i + 1], key[i : i + 1], value[i : i + 1], attention_mask[i : i + 1], cuts, scaling
            )
            for i, cuts in enumerate(blocks)
        ]
        output = torch.cat(rows)
    return output.transpose(1, 2).contiguous(), None


def _attend(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, *, dropout: float, scaling: float | None
) -> Tensor:
    """Masked attention that never copies keys for grouped queries.

    The heads that share a key head become further query rows of it: [B, H, Q, D] is read as [B, G, H / G * Q, D].
    """
    rows, heads, length, size = query.shape
    groups = key.shape[1]
    folded = query.reshape(rows, groups, heads // groups * length, size)
    if mask is not None:
        mask = mask.repeat(1, 1, heads // groups, 1)
    output = scaled_dot_product_attention(folded, key, value, attn_mask=mask, dropout_p=dropout, scale=scaling)
    return output.reshape(rows, heads, length, size)


def _attend_by_block(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor,
    cuts: list[int],
    scaling: float | None,
) -> Tensor:
    """One row: the report causally, then each block of branches over the report and itself; zeros on padding."""
    report, shared = cuts[0], query.shape[1] // key.shape[1]
    sizes = [report, *(end - start for start, end in pairwise(cuts)), query.shape[2] - cuts[-1]]
    (asks, *branch_asks, _), (keys, *branch_keys, _), (values, *branch_values, _) = (
        torch.split(states, sizes, dim=2) for states in (query, key, value)
    )
    if report * query.element_size() > EXPLICIT_BYTES:
        wide_keys, wide_values = keys.repeat_interleave(shared, dim=1), values.repeat_interleave(shared, dim=1)
        parts = [scaled_dot_product_attention(asks, wide_keys, wide_values, scale=scaling, is_causal=True)]
    else:
        parts = [
            _attend_explicitly(
                asks[:, :, start:end],
                keys[:, :, :end],
                values[:, :, :end],
                mask[:, :, start:end, :end],
                scaling,
            )
            for start, end in pairwise([*range(0, report, STRIDE_TOKENS), report])
        ]
    for (start, end), own_asks, own_keys, own_values in zip(
        pairwise(cuts), branch_asks, branch_keys, branch_values, strict=True
    ):
        own = slice(start, end)
        parts.append(
            _attend_explicitly(
                own_asks,
                torch.cat([keys, own_keys], dim=2),
                torch.cat([values, own_values], dim=2),
                torch.cat([mask[:, :, own, :report], mask[:, :, own, own]], dim=3),
                scaling,
            )
        )
    return nn.functional.pad(torch.cat(parts, dim=2), (0, 0, 0, sizes[-1]))


def _attend_explicitly(query: Tensor, key: Tensor, value: Tensor, mask: Tensor, scaling: float | None) -> Tensor:
    """One row as two matrix products and a softmax: half the time of the CPU's fused kernel, which keeps no scores.

    Args:
        query: float[1, H, Q, D]; key, value: float[1, G, K, D]; mask: bool[1, 1, Q, K].
    """
    heads, groups, length, size = query.shape[1], key.shape[1], query.shape[2], query.shape[3]
    bias = torch.zeros(mask.shape[2:], dtype=query.dtype).masked_fill_(~mask[0, 0], torch.finfo(query.dtype).min)
    scores = torch.baddbmm(
        bias.repeat(heads // groups, 1)[None],
        query.reshape(groups, heads // groups * length, size),
        key[0].transpose(1, 2),
        alpha=size**-0.5 if scaling is None else scaling,
    )
    return torch.bmm(scores.softmax(dim=-1), value[0]).reshape(1, heads, length, size)


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
        blocks=tree_blocks(tree.branch_ids),
    )
    logits: Tensor = output.logits
    return logits
