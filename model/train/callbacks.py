"""What a training does beside its steps: it shows how far it is, and draws the questions of each visit."""

import json
import math
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from crimeetl.model.train.libraries import TrainerCallback
from crimeetl.model.train.recipe import Recipe

SECONDS_A_LINE = 5.0
LEAST_UNSTATED = 4  # questions: a report that states nothing teaches that too


class Progress(TrainerCallback):  # type: ignore[misc]
    """A bar on a terminal, and every logged figure as a line of ``training.jsonl``."""

    def __init__(self, log: Path) -> None:
        self.log, self.bar = log, None

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.bar = tqdm(total=state.max_steps, initial=state.global_step, desc="train", unit="step", disable=None)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if self.bar is not None:
            self.bar.update(state.global_step - self.bar.n)

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **_: Any) -> None:
        figures = {"step": state.global_step, "epoch": round(state.epoch or 0.0, 4), **(logs or {})}
        with self.log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(figures) + "\n")
        if self.bar is not None and "loss" in figures:
            self.bar.set_postfix(loss=f"{figures['loss']:.3f}", accuracy=f"{figures['mean_token_accuracy']:.3f}")

    def on_train_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if self.bar is not None:
            self.bar.close()


class Told(Progress):
    """Lines for people in place of the bar: how far it is, and how long the whole will yet take."""

    def __init__(self, log: Path, tell: Callable[[str], None], *, seconds_after: float) -> None:
        """Args:
        seconds_after: what is to be done after the last step will take about so long.
        """
        super().__init__(log)
        self.tell, self.seconds_after, self.began, self.told = tell, seconds_after, 0.0, 0.0

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.began = self.told = time.monotonic()

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        now = time.monotonic()
        if now - self.told >= SECONDS_A_LINE or state.global_step == 1:
            a_step = (now - self.began) / state.global_step
            left = a_step * (state.max_steps - state.global_step) + self.seconds_after
            self.tell(f"step {state.global_step} of {state.max_steps}, {left / 60:.1f} min left")
            self.told = now


class Draw(TrainerCallback):  # type: ignore[misc]
    """Draws the questions that one visit to a report learns from: others in each epoch, the same after a resume."""

    def __init__(self, recipe: Recipe, unstated: Sequence[int], seed: int) -> None:
        self.recipe, self.unstated, self.seed, self.epoch = recipe, list(unstated), seed, 0

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.epoch = math.floor(state.epoch or 0)

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """The row with the questions drawn; whole in validation."""
        if "visit" not in row:
            return row
        chance, count = random.Random(f"{self.seed} {self.epoch} {row['visit']}"), len(row["answer_ids"])
        drawn = chance.sample(range(count), max(1, round((1 - self.recipe.question_dropout) * count)))
        stated = [i for i in drawn if list(row["answer_ids"][i]) != self.unstated]
        rest = [i for i in drawn if list(row["answer_ids"][i]) == self.unstated]
        if self.recipe.unstated_ratio is not None:
            rest = rest[: max(LEAST_UNSTATED, round(self.recipe.unstated_ratio * len(stated)))]
        kept = sorted(stated + rest)
        return {
            **row,
            **{name: [row[name][i] for i in kept] for name in ("question_ids", "answer_ids", "entity_types")},
        }
