"""Tokens a second in training, and how near that is to what the machine could do.

python tests/benchmarks/training.py [--reports 24] [--rounds 3] [--dtype auto] [--quantize auto] [--data LABELLED]

The default recipe, on made-up forms unless given others; a round is an epoch. The limit is that of a frozen base:
forward and back, each as long as one pass of the bare base over the same rows, timed after every epoch.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any

import torch
from compare import now, pass_seconds, peak_gb, spread
from datasets import Dataset
from transformers import TrainerCallback

from crimeetl.model.base import BaseOptions
from crimeetl.model.evaluate import pack_row
from crimeetl.model.schema import load_schema
from crimeetl.model.synthesise import synthesise
from crimeetl.model.train import RECIPES, TrainSettings
from crimeetl.model.train.setup import prepare
from crimeetl.model.train.trainer import tree_trainer

SEED = 24


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--dtype", default="auto")
    parser.add_argument("--quantize", default="auto")
    parser.add_argument("--data", type=Path, help="a labelled file; made-up forms unless given")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        if asked.data is None:
            asked.data = Path(scratch) / "forms.jsonl"
            made = synthesise(
                asked.reports, seed=SEED, schema=load_schema("crime"), styles=["markdown_form", "plain_form"]
            )
            asked.data.write_text("".join(f"{report.as_json()}\n" for report in made), "utf-8")
        measure(asked, Path(scratch))


def measure(asked: argparse.Namespace, scratch: Path) -> None:
    """Trains for one epoch more than the rounds: the first warms up."""
    few = scratch / "few.jsonl"
    few.write_text("\n".join(asked.data.read_text("utf-8").splitlines()[: asked.reports]), "utf-8")
    settings = TrainSettings(
        data=(few,),
        schema=load_schema("crime"),
        base=BaseOptions(quantization=asked.quantize, dtype=asked.dtype),
        recipe=RECIPES["smollm2-135m"],
        validation_share=0.0,
        output=scratch / "adapter",
    )
    setup = prepare(settings, lambda line: None)
    trainer = tree_trainer(settings, setup)
    watch = Watch(trainer.model, setup.rows)
    trainer.add_callback(watch)
    trainer.args.num_train_epochs, trainer.args.save_strategy = asked.rounds + 1, "no"
    trainer.train()
    rates = [setup.check.total_tokens / seconds for seconds in watch.seconds[1:]]
    shares = [limit / seconds for limit, seconds in zip(watch.limits[1:], watch.seconds[1:], strict=True)]
    print(f"training, {setup.base.precision}: {setup.check.reports} reports, {setup.check.total_tokens} tokens")
    print(f"{spread(rates)} tokens/s, {spread(shares)} of the limit, {peak()} GB at most")


class Watch(TrainerCallback):
    """Seconds of every epoch, and those of the limit after it."""

    def __init__(self, model: Any, rows: Dataset) -> None:
        self.model, self.trees = model, [pack_row(row) for row in rows]
        self.seconds: list[float] = []
        self.limits: list[float] = []
        self.started = 0.0

    def on_epoch_begin(self, *_: Any, **__: Any) -> None:
        self.started = now()

    def on_epoch_end(self, *_: Any, **__: Any) -> None:
        self.seconds.append(now() - self.started)
        self.limits.append(2 * self._pass())

    def _pass(self) -> float:
        """Seconds of one pass over all rows without the adapter."""
        self.model.eval()
        with self.model.disable_adapter():
            seconds = pass_seconds(self.model.get_base_model().get_decoder(), self.trees, self.model.device)
        self.model.train()
        return seconds


def peak() -> str:
    """Of the device's memory, or of this process's where there is none."""
    if torch.cuda.is_available():
        return f"{torch.cuda.max_memory_allocated() / 1e9:.2f}"
    return f"{peak_gb():.2f}"


if __name__ == "__main__":
    main()
