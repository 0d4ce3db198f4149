"""Teacher forcing: how well a model predicts the gold answers' tokens, each read after the right ones before it."""

import math
from dataclasses import dataclass
from typing import Any

import torch
from datasets import Dataset
from torch.nn.functional import cross_entropy

from crimeetl.model.tree import IGNORED, Branch, TreePack, pack, read_tree


@dataclass(frozen=True, slots=True)
class TokenScores:
    """Sums over answer tokens, each weighing the same."""

    loss: float = 0.0
    right: int = 0
    count: int = 0

    def __add__(self, other: "TokenScores") -> "TokenScores":
        return TokenScores(self.loss + other.loss, self.right + other.right, self.count + other.count)

    def figures(self) -> dict[str, float]:
        """Mean loss, token accuracy and perplexity; nothing where there is no token."""
        if not self.count:
            return {}
        loss = self.loss / self.count
        return {"loss": loss, "token_accuracy": self.right / self.count, "perplexity": math.exp(loss)}


def teacher_forced(model: Any, rows: Dataset, *, pad_id: int) -> TokenScores:
    """How well a model predicts the answer tokens of packed rows."""
    scores = TokenScores()
    model.eval()
    with torch.inference_mode():
        for row in rows:
            tree = pack_row(row).to(model.device)
            logits, targets = answer_logits(model, tree)
            loss = float(cross_entropy(logits, targets, reduction="sum"))
            scores += TokenScores(loss, int((logits.argmax(-1) == targets).sum()), len(targets))
    return scores


def pack_row(row: dict[str, Any]) -> TreePack:
    """One row of ``training_rows`` as a tree."""
    pairs = zip(row["question_ids"], row["answer_ids"], strict=True)
    return pack(row["prefix_ids"], [Branch(question, answer) for question, answer in pairs])


def answer_logits(model: Any, tree: TreePack) -> tuple[torch.Tensor, torch.Tensor]:
    """f32[N, V] logits and i64[N] targets for all answer tokens of all rows, and no logits elsewhere."""
    learned = tree.labels[:, 1:] != IGNORED
    columns = learned.any(dim=0).nonzero()[:, 0]
    logits = read_tree(model, tree, logits_at=columns)
    chosen = learned[:, columns]
    return logits[chosen].float(), tree.labels[:, 1:][:, columns][chosen]
