"""Checkpoints under the output folder: each is whole once it holds its ``whole`` mark."""

from pathlib import Path

from crimeetl.etl.errors import WrongUsage
from crimeetl.model.extract import WEIGHTS
from crimeetl.model.train.recipe import TrainSettings

CHECKPOINTS = "checkpoints"
WHOLE = "whole"
SMALLER = "smaller"


def whole_checkpoints(output: Path) -> list[Path]:
    """Those that hold their mark, oldest first."""
    marks = (output / CHECKPOINTS).glob(f"checkpoint-*/{WHOLE}")
    return sorted((mark.parent for mark in marks), key=lambda folder: int(folder.name.split("-")[1]))


def what_next(output: Path) -> str:
    """For people: how to go on with a training that was stopped."""
    if whole_checkpoints(output):
        return f"the same command with --resume goes on from the newest checkpoint under {output}"
    return "there is no checkpoint yet, so the same command begins again"


def resume_point(settings: TrainSettings) -> Path | None:
    """The newest whole checkpoint to go on from; None to begin, which a learning curve does with the smaller parts.

    Raises:
        WrongUsage: there is none to resume from, or the output folder already holds something.
    """
    whole, is_on_less = whole_checkpoints(settings.output), (settings.output / SMALLER).exists()
    if settings.is_resumed:
        if not whole and not is_on_less:
            raise WrongUsage(f"there is no checkpoint under {settings.output} to resume from; train without --resume")
        return whole[-1] if whole else None
    if whole or is_on_less or (settings.output / WEIGHTS).exists():
        kept = "checkpoints of an unfinished training" if whole or is_on_less else "an adapter"
        raise WrongUsage(f"{settings.output} already holds {kept}; use --resume, or another --output")
    return None
