"""Attention over packed trees, for models of transformers.

In place of an attention mask a model is given every token's branch and position. It asks for a mask for each kind of
its layers, full or within a sliding window, and gets the one it would make for a branch alone: distance is counted by
position in the branch, not by column.

    position   0 1 2 3   4 5   4 5 6     within a window of 3 the first token of every branch reads itself and the
               report    q1    q2        report's last two, the third token of q2 nothing but q2
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout as drop_out
from torch.nn.functional import pad, scaled_dot_product_attention

from crimeetl.model.tree.line import Line, line_read
from crimeetl.model.tree.packs import TreePack, tree_blocks, tree_mask

ATTENTION = "crimeetl_tree"
EXPLICIT_BYTES = 4096  # of a row of scores; longer ones would take more memory than their speed is worth
STRIDE_TOKENS = 256  # of a report that ask together: fewer would cost calls, more would score keys that come later
SINK_COLUMNS = 8  # one holds a sink; the fused kernels of CUDA take heads in multiples of eight
ELSEWHERE = {"position_ids", "sliding_window", "use_cache", "output_router_logits"}  # heeded before attention is called


def tree_attention(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    dropout: float = 0.0,
    scaling: float | None = None,
    softcap: float | None = None,
    s_aux: Tensor | None = None,
    blocks: list[list[int]] | None = None,
    **others: Any,
) -> tuple[Tensor, None]:
    """Scaled dot product attention over trees.

    Args:
        query: float[B, H, Q, D], or float[1, H, N, D] while a line is read.
        key, value: float[B, G, K, D].
        attention_mask: float[B, 1, Q, K] of ``kind_mask``.
        softcap: scores are squeezed between its negative and itself.
        s_aux: float[H], the score of a sink in each head: a key that gives nothing.
        blocks: what ``tree_blocks`` gives, to attend block by block; None attends to all columns under the mask. Both
            give the same but for rounding; on 2 cores blocks take half the time, forwards and backwards.

    Returns:
        float[B, Q, H, D] or float[1, N, H, D].

    Raises:
        ValueError: the layer asks for something else, or takes no notice of the tree.
    """
    _check_known(module, others, both=softcap is not None and s_aux is not None)
    if attention_mask is None or not attention_mask.is_floating_point():
        raise ValueError(f"{type(module).__name__} attends without the tree's mask")
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    attention_mask = attention_mask.to(query.dtype)
    line = line_read()
    if blocks is not None and not dropout and softcap is None and s_aux is None:
        output = _attend_by_row(query, key, value, attention_mask, blocks, scale, line)
        return output.transpose(1, 2).contiguous(), None
    asks = query if line is None else line.spread(query)
    if softcap is not None:
        output = _attend_softly_capped(asks, key, value, attention_mask, scale, softcap=softcap, dropout=dropout)
    elif s_aux is not None:
        output = _attend_with_sink(asks, key, value, attention_mask, scale, sink=s_aux, dropout=dropout)
    elif line is not None and asks.device.type == "cpu":
        output = _attend_explicitly(asks, key, value, attention_mask, scale)
    else:
        output = _attend(asks, key, value, attention_mask, scale, dropout=dropout)
    return output.transpose(1, 2).contiguous() if line is None else line.gathered(output), None


def _check_known(module: nn.Module, others: dict[str, Any], *, both: bool) -> None:
    asked = {name for name, value in others.items() if value is not None and value is not False}
    unknown = sorted(asked - ELSEWHERE) + ["softcap and s_aux together"] * both
    if unknown:
        raise ValueError(f"{type(module).__name__} asks for {', '.join(unknown)}, which attention over trees has not")


def _attend_by_row(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor, blocks: list[list[int]], scale: float, line: Line | None
) -> Tensor:
    """Each row by block; where the rows stand in a line, their queries and what comes of them do too."""
    asks = torch.split(query, 1) if line is None else torch.split(query, line.lengths, dim=2)
    rows = [
        _attend_by_block(asks[i], key[i : i + 1], value[i : i + 1], mask[i : i + 1], cuts, scale)
        for i, cuts in enumerate(blocks)
    ]
    return torch.cat(rows, dim=0 if line is None else 2)


def _attend(query: Tensor, key: Tensor, value: Tensor, mask: Tensor, scale: float, *, dropout: float) -> Tensor:
    """Masked attention that never copies keys for grouped queries.

    The heads that share a key head become further query rows of it: [B, H, Q, D] is read as [B, G, H / G * Q, D].
    """
    rows, heads, length, size = query.shape
    groups = key.shape[1]
    grouped = query.reshape(rows, groups, heads // groups * length, size)
    mask = mask.repeat(1, 1, heads // groups, 1)
    output = scaled_dot_product_attention(grouped, key, value, attn_mask=mask, dropout_p=dropout, scale=scale)
    return output.reshape(rows, heads, length, value.shape[3])


def _attend_with_sink(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor, scale: float, *, sink: Tensor, dropout: float
) -> Tensor:
    """Attention with one more key, which every query may read, whose score is the sink and whose value is nothing.

    Keys are shared by heads and sinks are not: so the sink stands in a column of its own of the queries, and a one in
    that column of its key.
    """
    rows, heads, length, _ = query.shape
    sinks = pad((sink / scale).to(query.dtype)[:, None, None], (0, SINK_COLUMNS - 1))
    asks = torch.cat([query, sinks.expand(rows, heads, length, SINK_COLUMNS)], dim=3)
    keys, values = (pad(states, (0, SINK_COLUMNS, 1, 0)) for states in (key, value))
    keys[:, :, 0, key.shape[3]] = 1
    output = _attend(asks, keys, values, pad(mask, (1, 0)), scale, dropout=dropout)
    return output[..., : value.shape[3]]


def _attend_softly_capped(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor, scale: float, *, softcap: float, dropout: float
) -> Tensor:
    """Attention with capped scores, which no fused kernel has; a stride at a time, so that few scores are in memory."""
    rows, heads, length, size = query.shape
    groups, shared = key.shape[1], heads // key.shape[1]
    parts = []
    for start, end in _strides(length):
        asks = query[:, :, start:end].reshape(rows, groups, shared * (end - start), size)
        scores = softcap * torch.tanh(asks @ key.transpose(2, 3) * (scale / softcap))
        scores = scores + mask[:, :, start:end].repeat(1, 1, shared, 1)
        weights = drop_out(scores.softmax(dim=3, dtype=torch.float32).to(value.dtype), dropout)
        parts.append((weights @ value).reshape(rows, heads, end - start, value.shape[3]))
    return torch.cat(parts, dim=2)


def _strides(length: int) -> list[tuple[int, int]]:
    return list(pairwise([*range(0, length, STRIDE_TOKENS), length]))


def _attend_by_block(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor,
    cuts: list[int],
    scale: float,
) -> Tensor:
    """One row: the report, then each block of branches over the report and itself; zeros on padding."""
    report, shared = cuts[0], query.shape[1] // key.shape[1]
    sizes = [report, *(end - start for start, end in pairwise(cuts))]
    (asks, *branch_asks), (keys, *branch_keys), (values, *branch_values) = (
        torch.split(states[:, :, : cuts[-1]], sizes, dim=2) for states in (query, key, value)
    )
    if report * query.element_size() > EXPLICIT_BYTES:
        wide_keys, wide_values = keys.repeat_interleave(shared, dim=1), values.repeat_interleave(shared, dim=1)
        # Where its last token reads its first, no window cuts the report: half the scores need no mask and no work.
        is_whole = bool(mask[0, 0, report - 1, 0] == 0)
        seen = None if is_whole else mask[:, :, :report, :report]
        parts = [
            scaled_dot_product_attention(asks, wide_keys, wide_values, attn_mask=seen, is_causal=is_whole, scale=scale)
        ]
    else:
        parts = [
            _attend_explicitly(
                asks[:, :, start:end],
                keys[:, :, :end],
                values[:, :, :end],
                mask[:, :, start:end, :end],
                scale,
            )
            for start, end in _strides(report)
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
                scale,
            )
        )
    return pad(torch.cat(parts, dim=2), (0, 0, 0, query.shape[2] - cuts[-1]))


def _attend_explicitly(query: Tensor, key: Tensor, value: Tensor, mask: Tensor, scale: float) -> Tensor:
    """Two matrix products and a softmax: half the time of the CPU's fused kernel, which keeps no scores.

    Args:
        query: float[B, H, Q, D]; key, value: float[B, G, K, D]; mask: float[B, 1, Q, K].
    """
    rows, heads, length, size = query.shape
    groups, shared, keys = key.shape[1], heads // key.shape[1], key.shape[2]
    scores = torch.bmm(
        (query * scale).reshape(rows * groups, shared * length, size),
        key.reshape(rows * groups, keys, size).transpose(1, 2),
    )
    scores.view(rows, groups, shared, length, keys).add_(mask[:, :, None])
    weights = scores.softmax(dim=-1)
    return torch.bmm(weights, value.reshape(rows * groups, keys, -1)).reshape(rows, heads, length, -1)


def kind_mask(
    *,
    q_offset: int,
    mask_function: Callable[[Tensor, Tensor, Tensor, Tensor], Tensor],
    attention_mask: Tensor | None,
    use_vmap: bool,
    dtype: torch.dtype,
    **_: Any,
) -> Tensor:
    """What is added to the scores in one kind of layers, so that each query reads the keys that it may.

    Args:
        q_offset: the tokens from this column on ask.
        mask_function: whether a token may read another one, by row, head and their two places in what is read.
        attention_mask: i64[B, 2, T] of ``branch_places``.
        use_vmap: the model adds to the kind's own rule.
        dtype: of the scores.

    Returns:
        float[B, 1, Q, T]; 0 at (q, k) where q reads k, the least number elsewhere.

    Raises:
        ValueError: what is read is no tree, or the rule is not one over a branch from left to right.
    """
    from transformers.masking_utils import causal_mask_function

    if attention_mask is None or attention_mask.ndim != 3:
        raise ValueError(f"{ATTENTION} attention reads packed trees alone: call read_tree")
    branch_ids, position_ids = attention_mask.unbind(dim=1)
    queries = branch_ids.shape[1] - q_offset
    mask = tree_mask(branch_ids, queries=queries)
    if mask_function is not causal_mask_function:
        zero, one = torch.arange(2)
        if use_vmap or mask_function(zero, zero, zero, one):
            raise ValueError("its layers read from right to left too")
        rows = torch.arange(len(branch_ids), device=branch_ids.device)[:, None, None, None]
        query, key = position_ids[:, None, -queries:, None], position_ids[:, None, None, :]
        mask = mask & mask_function(rows, zero, query, key)
    return torch.zeros(mask.shape, dtype=dtype, device=mask.device).masked_fill_(~mask, torch.finfo(dtype).min)


def branch_places(branch_ids: Tensor, position_ids: Tensor) -> Tensor:
    """What a model prepared by ``use_tree_attention`` takes as its attention mask.

    Args:
        branch_ids: i64[B, T], the branch of every token so far.
        position_ids: i64[B, T], their positions in the report and branch.

    Returns:
        i64[B, 2, T].
    """
    return torch.stack([branch_ids, position_ids], dim=1)


def use_tree_attention(model: Any) -> None:
    """Makes a transformers model read packed trees, and nothing else.

    Source: transformers, "Attention interface" and "Attention mask interface".
    """
    from transformers import AttentionInterface, AttentionMaskInterface

    AttentionInterface.register(ATTENTION, tree_attention)
    AttentionMaskInterface.register(ATTENTION, kind_mask)
    model.set_attn_implementation(ATTENTION)


def read_tree(model: Any, tree: TreePack, *, logits_at: Tensor | None = None) -> Tensor:
    """Runs a causal language model over packed rows.

    Args:
        model: a transformers model prepared by ``use_tree_attention``.
        logits_at: i64[L], the columns to give logits for; all when None.

    Returns:
        float[B, T or L, V]; at (b, t) the logits for the token after t in t's own branch.
    """
    implementation = model.config.get_text_config()._attn_implementation
    if implementation != ATTENTION:
        raise ValueError(f"a packed tree needs {ATTENTION} attention, got {implementation}: call use_tree_attention")
    output = model(
        input_ids=tree.token_ids,
        attention_mask=branch_places(tree.branch_ids, tree.position_ids),
        position_ids=tree.position_ids,
        use_cache=False,
        logits_to_keep=0 if logits_at is None else logits_at,
        blocks=tree_blocks(tree.branch_ids),
    )
    logits: Tensor = output.logits
    return logits
