"""Attention over packed trees, for models of transformers.

The mask is boolean and must go to scaled dot product attention; transformers' eager attention would add it as a
number and be silently wrong, so ``read_tree`` refuses it.
"""

from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from crimeetl.model.tree.packs import TreePack, tree_blocks, tree_mask

ATTENTION = "crimeetl_tree"
EXPLICIT_BYTES = 4096  # of a row of scores; longer ones would take more memory than their speed is worth
STRIDE_TOKENS = 256  # of a report that ask together: fewer would cost calls, more would score keys that come later


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
