"""Attention over trees: what each layer asks for is given to it, or it is refused."""

import copy
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from transformers import LlamaForCausalLM
from transformers.masking_utils import (
    and_masks,
    bidirectional_mask_function,
    causal_mask_function,
    sliding_window_causal_mask_function,
)

from crimeetl.model.tree import (
    Branch,
    attention,
    branch_places,
    pack,
    packs,
    read_tree,
    tree_blocks,
    use_tree_attention,
)
from crimeetl.model.tree.attention import kind_mask, tree_attention
from crimeetl.model.tree.packs import tree_mask

TREES = torch.tensor([[0, 0, 0, 1, 1, 2, 2, 2, -1], [0, 0, 0, 0, 0, 1, 1, 2, 2]])  # branches
LEAST = torch.finfo(torch.float32).min
POSITIONS = torch.tensor([[0, 1, 2, 3, 4, 3, 4, 5, 0], [0, 1, 2, 3, 4, 5, 6, 5, 6]])


def states(*shape: int) -> tuple[Tensor, Tensor, Tensor]:
    """Random query, key and value; ``shape`` is [B, H, Q, D], and there are 2 key heads and 9 keys."""
    draw = torch.Generator().manual_seed(3)
    rows, _, _, size = shape
    return (
        torch.randn(shape, generator=draw),
        torch.randn((rows, 2, 9, size), generator=draw),
        torch.randn((rows, 2, 9, size), generator=draw),
    )


def plain_scores(query: Tensor, key: Tensor) -> Tensor:
    return (query @ key.repeat_interleave(query.shape[1] // key.shape[1], dim=1).transpose(2, 3)) * 0.3


def plain_output(weights: Tensor, value: Tensor) -> Tensor:
    return (weights @ value.repeat_interleave(weights.shape[1] // value.shape[1], dim=1)).transpose(1, 2)


def refusal(mask: Tensor | None, **asked: Any) -> str:
    with pytest.raises(ValueError) as caught:
        tree_attention(nn.Linear(1, 1), *states(2, 6, 9, 8), mask, **asked)
    return str(caught.value)


def drawn(mask: Tensor) -> list[str]:
    return ["".join("x" if read else "." for read in row) for row in mask.tolist()]


def asked_mask(mask_function: Any, *, queries: int = 9, use_vmap: bool = False) -> Tensor:
    mask = kind_mask(
        q_offset=9 - queries,
        mask_function=mask_function,
        attention_mask=branch_places(TREES, POSITIONS),
        use_vmap=use_vmap,
        dtype=torch.float32,
    )
    assert mask.dtype == torch.float32
    assert set(mask.unique().tolist()) <= {0.0, LEAST}
    return mask == 0


def bias(mask: Tensor) -> Tensor:
    """What ``kind_mask`` makes of which key each query may read."""
    return torch.where(mask, 0.0, LEAST)


# ---- masks


def test_full_layers_get_the_tree_s_mask() -> None:
    assert torch.equal(asked_mask(causal_mask_function), tree_mask(TREES))
    assert torch.equal(asked_mask(causal_mask_function, queries=2), tree_mask(TREES, queries=2))


def test_a_window_is_counted_by_position_in_the_branch() -> None:
    mask = asked_mask(sliding_window_causal_mask_function(3))
    assert mask.shape == (2, 1, 9, 9)
    assert drawn(mask[0, 0]) == [
        "x........",
        "xx.......",
        "xxx......",
        ".xxx.....",
        "..xxx....",
        ".xx..x...",
        "..x..xx..",
        ".....xxx.",
        "........x",
    ]
    assert drawn(mask[1, 0])[5:] == [
        "...xxx...",
        "....xxx..",
        "...xx..x.",
        "....x..xx",
    ]


def test_the_window_of_the_last_tokens_is_the_end_of_the_whole_one() -> None:
    narrow = sliding_window_causal_mask_function(3)
    whole = asked_mask(narrow)
    assert all(torch.equal(asked_mask(narrow, queries=n), whole[:, :, -n:]) for n in range(1, 10))


@pytest.mark.parametrize(
    ("mask_function", "use_vmap"),
    [
        (bidirectional_mask_function, False),
        (and_masks(bidirectional_mask_function, bidirectional_mask_function), False),
        (sliding_window_causal_mask_function(3), True),
    ],
    ids=["both ways", "so composed", "an overlay of its own"],
)
def test_a_rule_that_is_not_from_left_to_right_alone_is_refused(mask_function: Any, use_vmap: bool) -> None:
    with pytest.raises(ValueError) as caught:
        asked_mask(mask_function, use_vmap=use_vmap)
    assert str(caught.value) == "its layers read from right to left too"


def test_a_prepared_model_reads_nothing_but_trees(tree_model: LlamaForCausalLM) -> None:
    ids = torch.tensor([[1, 2, 3]])
    for mask in (None, torch.ones_like(ids)):
        with pytest.raises(ValueError) as caught:
            tree_model(ids, attention_mask=mask)
        assert str(caught.value) == "crimeetl_tree attention reads packed trees alone: call read_tree"


@pytest.mark.parametrize("implementation", ["eager", "sdpa"])
def test_other_attention_is_refused(tiny_model: LlamaForCausalLM, implementation: str) -> None:
    model = copy.deepcopy(tiny_model)
    model.set_attn_implementation(implementation)
    with pytest.raises(ValueError) as caught:
        read_tree(model, pack([10, 11, 12], [Branch([20], [21, 22]), Branch([30, 31], [32])]))
    assert str(caught.value) == (
        f"a packed tree needs crimeetl_tree attention, got {implementation}: call use_tree_attention"
    )
    use_tree_attention(model)
    assert read_tree(model, pack([10, 11, 12], [Branch([20], [21, 22]), Branch([30, 31], [32])])).shape == (1, 9, 258)


# ---- what layers ask for


@pytest.mark.parametrize("queries", [1, 4])
def test_attention_equals_plain_attention_over_repeated_keys(queries: int) -> None:
    draw = torch.Generator().manual_seed(3)
    query = torch.randn((2, 6, queries, 8), generator=draw)
    key, value = (torch.randn((2, 2, 5, 8), generator=draw) for _ in range(2))
    mask = tree_mask(torch.tensor([[0, 0, 1, 2, 1], [0, 1, 1, 2, -1]]), queries=queries)
    output, weights = tree_attention(nn.Module(), query, key, value, bias(mask), scaling=0.3)
    repeated_key, repeated_value = (t.repeat_interleave(3, dim=1) for t in (key, value))
    scores = ((query @ repeated_key.transpose(2, 3)) * 0.3).masked_fill(~mask, -torch.inf)
    expected = (scores.softmax(dim=-1) @ repeated_value).transpose(1, 2)
    assert weights is None
    assert output.shape == (2, queries, 6, 8)
    torch.testing.assert_close(output, expected, atol=1e-6, rtol=0)


def test_a_model_without_grouped_queries_reads_trees_too() -> None:
    draw = torch.Generator().manual_seed(4)
    query, key, value = (torch.randn((1, 4, 3, 8), generator=draw) for _ in range(3))
    mask = tree_mask(torch.tensor([[0, 1, 2]]))
    expected = nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=mask).transpose(1, 2)
    output, _ = tree_attention(nn.Module(), query, key, value, bias(mask))
    torch.testing.assert_close(output, expected, atol=1e-6, rtol=0)


@pytest.mark.parametrize("stride_tokens", [256, 2])
def test_scores_are_capped_before_they_are_masked(monkeypatch: pytest.MonkeyPatch, stride_tokens: int) -> None:
    monkeypatch.setattr(attention, "STRIDE_TOKENS", stride_tokens)
    query, key, value = states(2, 6, 9, 8)
    mask = tree_mask(TREES)
    scores = 1.5 * torch.tanh(plain_scores(query, key) / 1.5)
    expected = plain_output(scores.masked_fill(~mask, -torch.inf).softmax(dim=-1), value)
    for blocks in (None, tree_blocks(TREES)):
        output, _ = tree_attention(nn.Module(), query, key, value, bias(mask), scaling=0.3, softcap=1.5, blocks=blocks)
        torch.testing.assert_close(output, expected, atol=1e-6, rtol=0)


def test_a_sink_takes_its_share_and_gives_nothing() -> None:
    query, key, value = states(2, 6, 9, 8)
    mask, sinks = tree_mask(TREES), torch.tensor([-3.0, -1.0, 0.0, 0.5, 2.0, 4.0])
    scores = plain_scores(query, key).masked_fill(~mask, -torch.inf)
    with_sink = torch.cat([scores, sinks[None, :, None, None].expand(2, 6, 9, 1)], dim=3)
    expected = plain_output(with_sink.softmax(dim=-1)[..., :-1], value)
    for blocks in (None, tree_blocks(TREES)):
        output, _ = tree_attention(nn.Module(), query, key, value, bias(mask), scaling=0.3, s_aux=sinks, blocks=blocks)
        torch.testing.assert_close(output, expected, atol=1e-6, rtol=0)


def test_dropout_is_kept_where_attention_would_go_by_block() -> None:
    query, key, value = states(2, 6, 9, 8)
    mask, blocks = tree_mask(TREES), tree_blocks(TREES)
    for softcap in (None, 1.5):
        output, _ = tree_attention(
            nn.Module(), query, key, value, bias(mask), dropout=1.0, softcap=softcap, blocks=blocks
        )
        assert output.abs().max() == 0


def test_attention_without_the_tree_s_mask_is_refused() -> None:
    for mask in (None, torch.ones((2, 1, 9, 9), dtype=torch.bool)):
        assert refusal(mask) == "Linear attends without the tree's mask"


def test_what_attention_does_not_know_is_refused() -> None:
    mask = tree_mask(TREES)
    assert refusal(mask, position_bias=torch.zeros(1), indices=torch.zeros(1)) == (
        "Linear asks for indices, position_bias, which attention over trees has not"
    )
    assert refusal(mask, output_attentions=True) == (
        "Linear asks for output_attentions, which attention over trees has not"
    )
    assert refusal(mask, softcap=2.0, s_aux=torch.zeros(6)) == (
        "Linear asks for softcap and s_aux together, which attention over trees has not"
    )


def test_what_is_heeded_elsewhere_or_not_asked_changes_nothing() -> None:
    query, key, value = states(2, 6, 9, 8)
    mask = tree_mask(TREES)
    plain, _ = tree_attention(nn.Module(), query, key, value, bias(mask))
    asked = {"position_ids": POSITIONS, "sliding_window": 3, "use_cache": True, "output_router_logits": True}
    unasked = {"output_attentions": False, "position_bias": None}
    output, _ = tree_attention(nn.Module(), query, key, value, bias(mask), **asked, **unasked)
    assert torch.equal(output, plain)


# ---- by block


@pytest.mark.parametrize("window", [None, 3])
@pytest.mark.parametrize(
    ("explicit_bytes", "stride_tokens"),
    [(4096, 256), (4096, 2), (12, 256)],
    ids=["explicitly", "in strides", "the longer report by the fused kernel"],
)
def test_attention_by_block_is_attention_under_the_mask(
    monkeypatch: pytest.MonkeyPatch, explicit_bytes: int, stride_tokens: int, window: int | None
) -> None:
    monkeypatch.setattr(packs, "BLOCK_TOKENS", 3)
    monkeypatch.setattr(attention, "EXPLICIT_BYTES", explicit_bytes)
    monkeypatch.setattr(attention, "STRIDE_TOKENS", stride_tokens)
    branch_ids = torch.tensor([[0, 0, 1, 1, 2, 2, 3, 3, 3, 4, -1], [0, 0, 0, 0, 0, 1, 1, 2, 2, 2, 2]])
    position_ids = torch.tensor([[0, 1, 2, 3, 2, 3, 2, 3, 4, 2, 0], [0, 1, 2, 3, 4, 5, 6, 5, 6, 7, 8]])
    mask = kind_mask(
        q_offset=0,
        mask_function=causal_mask_function if window is None else sliding_window_causal_mask_function(window),
        attention_mask=branch_places(branch_ids, position_ids),
        use_vmap=False,
        dtype=torch.float32,
    )
    draw = torch.Generator().manual_seed(5)
    query = torch.randn((2, 6, 11, 8), generator=draw, requires_grad=True)
    key, value = (torch.randn((2, 2, 11, 8), generator=draw, requires_grad=True) for _ in range(2))
    weight = torch.randn((2, 11, 6, 8), generator=draw)
    weight[branch_ids == -1] = 0  # what padding attends to is nobody's business
    whole, blocks = (
        tree_attention(nn.Module(), query, key, value, mask, scaling=0.3, blocks=cuts)[0]
        for cuts in (None, tree_blocks(branch_ids))
    )
    torch.testing.assert_close(blocks * (weight != 0), whole * (weight != 0), atol=1e-6, rtol=0)
    assert blocks[0, 10].abs().max() == 0
    for one, other in zip(
        torch.autograd.grad((whole * weight).sum(), (query, key, value)),
        torch.autograd.grad((blocks * weight).sum(), (query, key, value)),
        strict=True,
    ):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=0)
