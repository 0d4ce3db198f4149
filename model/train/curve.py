"""What training gave on the way, and what more reports would bring."""

import json
import math
from collections.abc import Sequence
from pathlib import Path

from crimeetl.model.extract import ALL, AdapterCard

LOG = "training.jsonl"
CURVE = ("step", "epoch", "loss", "mean_token_accuracy", "eval_loss", "eval_mean_token_accuracy")
CURVE_POINTS = 20


def data_point(card: AdapterCard) -> dict[str, float]:
    """What a training on so many reports gave on the validation part."""
    point = {"reports": card.training["reports"], **card.validation}
    overall = [effect.f1_with for effect in card.presence.effects if effect.entity_type == ALL] if card.presence else []
    return point | {"f1": overall[0]} if overall else point


def data_table(curve: Sequence[dict[str, float]]) -> str:
    """For people: does the figure still rise?"""
    lines = [f"{'trained on':>14}{'loss':>9}{'F1':>8}"]
    for point in curve:
        f1 = f"{point['f1']:.3f}" if "f1" in point else "-"
        loss = f"{point['loss']:.4f}" if "loss" in point else "-"
        lines.append(f"{point['reports']:>6} reports{loss:>9}{f1:>8}")
    return "\n".join([*lines, "on the validation reports; where F1 still rises, more labels help"])


def learning_curve(log: Path) -> tuple[dict[str, float], ...]:
    """The figures that training logged: all of validation, and at most CURVE_POINTS of training, evenly apart."""
    newest: dict[tuple[int, bool], dict[str, float]] = {}  # a resumed run logs some steps again
    for line in map(json.loads, log.read_text("utf-8").splitlines()):
        if "loss" in line or "eval_loss" in line:
            newest[line["step"], "eval_loss" in line] = {name: line[name] for name in CURVE if name in line}
    found = [newest[at] for at in sorted(newest)]
    training = [line for line in found if "loss" in line]
    every = math.ceil(len(training) / CURVE_POINTS)
    kept = [line for i, line in enumerate(training, start=1) if i % every == 0]
    return tuple(line for line in found if line in kept or "eval_loss" in line)
