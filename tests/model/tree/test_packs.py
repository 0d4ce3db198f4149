"""Packing: a branch in the tree reads exactly what it would read alone."""

import pytest
import torch
from torch import Tensor
from transformers import LlamaForCausalLM

from crimeetl.model.tree import (
    IGNORED,
    Branch,
    TreePack,
    collate,
    pack,
    packs,
    read_tree,
    tree_blocks,
)
from crimeetl.model.tree.packs import tree_mask

PREFIX = [10, 11, 12]
BRANCHES = [Branch([20], [21, 22]), Branch([30, 31], [32])]
LONGER_PREFIX = [70, 71, 72, 73, 74, 75, 76, 77]
LONGER_BRANCHES = [Branch([80, 81, 82], [83, 84, 85]), Branch([90], []), Branch([91, 92], [93, 94])]


def rows(tree: TreePack) -> dict[str, list[list[int]]]:
    return {name: getattr(tree, name).tolist() for name in tree.__slots__}


def drawn(mask: Tensor) -> list[str]:
    return ["".join("x" if read else "." for read in row) for row in mask.tolist()]


def alone(model: LlamaForCausalLM, prefix: list[int], branch: Branch) -> Tensor:
    """Logits of the branch's own tokens when the report is followed by it and by nothing else; [tokens, V]."""
    with torch.inference_mode():
        return model(torch.tensor([[*prefix, *branch.question_ids, *branch.answer_ids]])).logits[0, len(prefix) :]


def assert_each_branch_as_if_alone(
    model: LlamaForCausalLM, logits: Tensor, prefix: list[int], branches: list[Branch]
) -> None:
    at = len(prefix)
    for branch in branches:
        expected = alone(model, prefix, branch)
        torch.testing.assert_close(logits[at : at + len(expected)], expected, atol=1e-5, rtol=0)
        at += len(expected)


def test_a_report_and_its_questions_become_one_row() -> None:
    assert rows(pack(PREFIX, BRANCHES)) == {
        "token_ids": [[10, 11, 12, 20, 21, 22, 30, 31, 32]],
        "branch_ids": [[0, 0, 0, 1, 1, 1, 2, 2, 2]],
        "position_ids": [[0, 1, 2, 3, 4, 5, 3, 4, 5]],
        "labels": [[IGNORED, IGNORED, IGNORED, IGNORED, 21, 22, IGNORED, IGNORED, 32]],
    }


def test_a_report_without_questions_is_a_row_too() -> None:
    assert rows(pack(PREFIX, [])) == {
        "token_ids": [[10, 11, 12]],
        "branch_ids": [[0, 0, 0]],
        "position_ids": [[0, 1, 2]],
        "labels": [[IGNORED] * 3],
    }


def test_shorter_rows_are_padded_on_the_right() -> None:
    assert rows(collate([pack([1], [Branch([2], [3])]), pack([4, 5], [Branch([6], [7, 8])])], pad_id=99)) == {
        "token_ids": [[1, 2, 3, 99, 99], [4, 5, 6, 7, 8]],
        "branch_ids": [[0, 1, 1, -1, -1], [0, 0, 1, 1, 1]],
        "position_ids": [[0, 1, 2, 0, 0], [0, 1, 2, 3, 4]],
        "labels": [[IGNORED, IGNORED, 3, IGNORED, IGNORED], [IGNORED, IGNORED, IGNORED, 7, 8]],
    }


def test_the_mask_is_the_drawn_one() -> None:
    mask = tree_mask(torch.tensor([[0, 0, 0, 1, 1, 2, 2, 2, -1]]))
    assert mask.shape == (1, 1, 9, 9)
    assert mask.dtype == torch.bool
    assert drawn(mask[0, 0]) == [
        "x........",
        "xx.......",
        "xxx......",
        "xxxx.....",
        "xxxxx....",
        "xxx..x...",
        "xxx..xx..",
        "xxx..xxx.",
        "........x",
    ]


def test_the_mask_of_the_last_tokens_is_the_end_of_the_whole_mask() -> None:
    # While decoding, tokens of one branch lie apart and padding lies between them.
    branch_ids = torch.tensor([[0, 0, 1, 2, -1, 2, 1, -1, 2], [0, 0, 0, 0, 1, 2, -1, 1, 1]])
    whole = tree_mask(branch_ids)
    assert drawn(tree_mask(branch_ids, queries=3)[0, 0]) == ["xxx...x..", "....x..x.", "xx.x.x..x"]
    assert all(torch.equal(tree_mask(branch_ids, queries=n), whole[:, :, -n:]) for n in range(1, 10))


def test_no_token_reads_nothing_and_none_reads_padding_but_padding() -> None:
    tree = collate([pack(PREFIX, BRANCHES), pack(LONGER_PREFIX, LONGER_BRANCHES)], pad_id=0)
    mask = tree_mask(tree.branch_ids)[:, 0]
    assert mask.any(dim=-1).all()
    is_pad = tree.branch_ids == -1
    assert is_pad.sum() == 10
    assert not (mask & is_pad[:, None, :] & ~is_pad[:, :, None]).any()
    assert not (mask & ~is_pad[:, None, :] & is_pad[:, :, None]).any()


def test_a_branch_in_the_tree_gives_the_same_logits_as_the_report_and_that_branch_alone(
    tiny_model: LlamaForCausalLM, tree_model: LlamaForCausalLM
) -> None:
    with torch.inference_mode():
        logits = read_tree(tree_model, pack(PREFIX, BRANCHES))
    assert logits.shape == (1, 9, 258)
    assert_each_branch_as_if_alone(tiny_model, logits[0], PREFIX, BRANCHES)


def test_so_it_does_batched_with_a_longer_report_and_padded(
    tiny_model: LlamaForCausalLM, tree_model: LlamaForCausalLM
) -> None:
    tree = collate([pack(PREFIX, BRANCHES), pack(LONGER_PREFIX, LONGER_BRANCHES)], pad_id=257)
    with torch.inference_mode():
        logits = read_tree(tree_model, tree)
    assert logits.isfinite().all()
    assert_each_branch_as_if_alone(tiny_model, logits[0], PREFIX, BRANCHES)
    assert_each_branch_as_if_alone(tiny_model, logits[1], LONGER_PREFIX, LONGER_BRANCHES)


def test_a_sibling_s_tokens_change_no_logit(tree_model: LlamaForCausalLM) -> None:
    other = [BRANCHES[0], Branch([40, 41], [42])]
    with torch.inference_mode():
        one, two = (read_tree(tree_model, pack(PREFIX, branches)) for branches in (BRANCHES, other))
    assert torch.equal(one[:, :6], two[:, :6])
    assert not torch.isclose(one[:, 6:], two[:, 6:]).all(dim=-1).any()


def test_logits_at_gives_those_columns_in_their_order(tree_model: LlamaForCausalLM) -> None:
    tree = collate([pack(PREFIX, BRANCHES), pack(LONGER_PREFIX, LONGER_BRANCHES)], pad_id=257)
    columns = torch.tensor([7, 2, 8])
    with torch.inference_mode():
        whole, some = read_tree(tree_model, tree), read_tree(tree_model, tree, logits_at=columns)
    assert some.shape == (2, 3, 258)
    torch.testing.assert_close(some, whole[:, columns], atol=1e-6, rtol=0)


def test_rows_are_cut_after_the_report_and_between_branches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packs, "BLOCK_TOKENS", 3)
    branch_ids = torch.tensor(
        [
            [0, 0, 1, 1, 2, 2, 3, 3, 3, 4, -1],  # 1 and 2 are a block, 3 is one, 4 is the rest
            [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1],  # one branch is never cut
            [0, 0, 0, 0, -1, -1, -1, -1, -1, -1, -1],  # no branch at all
        ]
    )
    assert tree_blocks(branch_ids) == [[2, 6, 9, 10], [5, 11], [4]]
