"""How an adapter is trained, on what and where to."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from crimeetl.model.base import BaseOptions
from crimeetl.model.schema import EntitySchema
from crimeetl.model.tree import COMPACT, CONVERSATION

ReportTo = Literal["none", "wandb", "trackio", "tensorboard"]
REPORT_TO: tuple[str, ...] = get_args(ReportTo)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How an adapter is trained."""

    epochs: float
    learning_rate: float
    rank: int = 16
    alpha: int = 32
    dropout: float = 0.05
    batch_size: int = 1
    """Trees a forward pass."""
    unstated_ratio: float | None = None
    """Questions without an answer that a visit to a report learns from, for each one with an answer, but a few in any
    case; drawn anew at each visit. All of them when None."""
    question_dropout: float = 0.0
    """Share of a report's questions that sit out a visit: more reports for the same number of tokens."""
    accumulation: int = 2
    """Forward passes an optimiser step."""
    warmup_steps: int = 10
    log_steps: int = 10
    asking: str = COMPACT.name
    """The way of asking, one of ASKINGS."""
    kept_tokens: int = 1536
    """A longer forward pass computes its activations again on the way back instead of keeping them: a third slower, and
    memory stays bounded however long a report is. None are kept at 0."""


RECIPES = {
    "llama3-8b": Recipe(epochs=1, learning_rate=2e-4, asking=CONVERSATION.name, kept_tokens=0),
    "smollm2-135m": Recipe(epochs=3, learning_rate=6e-4, dropout=0.0),
}

TEACHING = Recipe(epochs=1, learning_rate=4e-4, dropout=0.0, unstated_ratio=2.0, warmup_steps=4, log_steps=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainSettings:
    """What to train, on what and where to."""

    data: tuple[Path, ...]
    """Labelled files, or mixes of them (``.toml``) that name their own parts."""
    output: Path
    schema: EntitySchema
    base: BaseOptions
    recipe: Recipe
    adapter: Path | None = None
    """An adapter to go on from; LoRA weights of the recipe's own begin anew when None."""
    asking: str | None = None
    """The way of asking, one of ASKINGS; that of the adapter to go on from, else the recipe's when None."""
    split: Path | None = None
    part: str | None = None
    """The part of the split file to train on; needs ``split``."""
    validation: Path | None = None
    """A labelled file to validate and calibrate on."""
    validation_part: str | None = None
    """Or a part of the split file."""
    validation_share: float = 0.1
    """Or, with neither, so large a share of the data."""
    seed: int = 42
    checkpoint_steps: int = 25
    report_to: ReportTo = "none"
    is_resumed: bool = False
    has_learning_curve: bool = False
    """Train on a quarter and on half of the reports first, to see what more of them would bring."""
    share: float = 1.0
    """Train on so large a share of the reports; a smaller one is a part of a larger one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeachSettings:
    """What people's corrections are taught to, and how."""

    schema: EntitySchema
    base: BaseOptions
    adapter: Path
    """The adapter to go on from."""
    output: Path
    """The adapter folder to write; it may be that of the adapter to go on from, which is then replaced."""
    recipe: Recipe = TEACHING
    visits: int = 6
    """How often each reviewed report is learned from: once as it is, then with other values in their places."""
    replay_share: float = 0.5
    """Of all visits, those to made-up reports, so that nothing is forgotten."""
    held_share: float = 0.2
    """Of the reviewed reports, those that are not learned from but judge what was learned."""
    judging_reports: int = 12
    """Made-up reports that judge what was forgotten."""
    seed: int = 42
