"""People's corrections in, a better adapter out, or none.

reviewed reports ─┬─ learned from, with made-up ones ──▶ adapter ─┐
                  └─ held, with other made-up ones ──────────────▶ judged: before, now ──▶ kept, or not
"""

import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crimeetl.etl.errors import TrainingInterrupted, WrongUsage
from crimeetl.model.evaluate import Measured, difference, labelled_schema, measure
from crimeetl.model.extract import (
    WEIGHTS,
    AdapterCard,
    Extractor,
    PresenceThresholds,
    choose_model,
    read_card,
)
from crimeetl.model.train.callbacks import Told
from crimeetl.model.train.checkpoints import CHECKPOINTS
from crimeetl.model.train.curve import LOG
from crimeetl.model.train.lesson import MADE_UP, REVIEWED, Lesson, lesson_of
from crimeetl.model.train.recipe import TeachSettings, TrainSettings
from crimeetl.model.train.setup import TrainingSetup, prepare_parts
from crimeetl.model.train.trainer import tree_trainer
from crimeetl.model.train.training import adapter_card, write_weights

MOST_FORGOTTEN = 0.01  # of F1 on made-up reports: a loss that is surely there, and larger, is too much
NO_CHECKPOINT = 10**9  # steps: a teaching is short
LIKELIER = PresenceThresholds(0.5, {})


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an adapter gave on some reports before it was taught, and after."""

    before: NDArray[np.int64]  # i64[reports, (right, wrong, missed)]
    after: NDArray[np.int64]

    @property
    def gain(self) -> float:
        """Of F1; 0 without a report."""
        return difference(self.after, self.before).f1 if len(self.before) else 0.0

    @property
    def is_surely_a_loss(self) -> bool:
        """Whether it would be one with other reports of the kind too."""
        return len(self.before) > 0 and difference(self.after, self.before).high < 0


@dataclass(frozen=True, slots=True)
class TeachResult:
    """What teaching gave."""

    output: Path
    reviewed: int
    held: int
    replayed: int
    held_reports: Judgement
    made_up: Judgement
    refusal: str | None  # why the adapter of before stays; None where the new one was written
    seconds: float = 0.0

    def summary(self) -> str:
        """For people: what it was, what it is, on how many reports."""
        learned = self.reviewed - self.held
        lines = [f"taught on {learned} of {self.reviewed} reviewed reports, judged by the other {self.held}"]
        for name, judged in ((f"those {self.held}", self.held_reports), ("made-up reports", self.made_up)):
            if len(judged.before):
                lines += [f"  {name}", f"    before  {_told(judged.before)}", f"    now     {_told(judged.after)}"]
        return "\n".join([*lines, f"in {self.seconds / 60:.1f} min"])


def _told(counts: NDArray[np.int64]) -> str:
    right, wrong, missed = (int(n) for n in counts.sum(axis=0))
    f1 = 2 * right / max(1, 2 * right + wrong + missed)
    return f"{right} of {right + missed} values found, {wrong} wrong ones given (F1 {f1:.2f})"


def teach(settings: TeachSettings, labelled: Sequence[dict[str, Any]], *, tell: Callable[[str], None]) -> TeachResult:
    """Goes on training an adapter with reviewed reports, and replaces it unless it became worse.

    Types that a report does not label were not looked at and are not asked. The output folder appears whole, or, where
    the new adapter is worse or this is stopped, stays as it was.

    Args:
        labelled: reviewed reports as labelled data has them: ``id``, ``text`` and ``entities``.
        tell: takes the lines that the user should see on the way.

    Raises:
        WrongUsage: too few reports, or the output folder holds something else.
        AdapterInvalid: the adapter to go on from is broken, or for another base.
        TrainingInterrupted: the user stopped it; nothing was changed.
    """
    began = time.monotonic()
    must_be_replaceable(settings.output, settings.adapter)
    settings.output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.output.parent, prefix=f".{settings.output.name}-") as scratch:
        try:
            result = _teach(settings, labelled, Path(scratch), tell)
        except KeyboardInterrupt as interrupt:
            raise TrainingInterrupted(0, "nothing was changed, and the same command begins again") from interrupt
    return replace(result, seconds=time.monotonic() - began)


def _teach(
    settings: TeachSettings, labelled: Sequence[dict[str, Any]], scratch: Path, tell: Callable[[str], None]
) -> TeachResult:
    new = scratch / "new"
    lesson = lesson_of(settings, labelled, scratch)
    tell(
        f"{lesson.reviewed} reviewed reports: {lesson.reviewed - lesson.held} to learn from and {lesson.held} to "
        f"judge by, with {lesson.replayed} made-up ones beside them"
    )
    before, seconds = _measured(settings, settings.adapter, lesson)
    old, setup = read_card(settings.adapter), _trained(settings, lesson, new, tell, seconds_after=1.5 * seconds)
    card = _begun_card(settings, setup, old, lesson, new)
    card.write(new)
    tell("judging what was learned")
    after, _ = _measured(settings, new, lesson)
    held, made_up = (_judged(before, after, old.presence, name) for name in (REVIEWED, MADE_UP))
    refusal = refused(held, made_up)
    if refusal is None:
        _fitted(card, old, after, tell).write(new)
        _put(new, settings.output, scratch)
    return TeachResult(
        output=settings.output,
        reviewed=lesson.reviewed,
        held=lesson.held,
        replayed=lesson.replayed,
        held_reports=held,
        made_up=made_up,
        refusal=refusal,
    )


def _fitted(card: AdapterCard, old: AdapterCard, after: Measured, tell: Callable[[str], None]) -> AdapterCard:
    """The card with thresholds and confidences, drawn towards those of before."""
    try:
        presence, calibration = after.fitted(old.presence, old.calibration)
    except ValueError as error:  # no value was given
        tell(f"{error}; confidences are computed as before")
        return replace(card, presence=old.presence, calibration=old.calibration)
    return replace(card, presence=presence, calibration=calibration)


def must_be_replaceable(output: Path, adapter: Path) -> None:
    """Only the adapter that is gone on from is replaced, for it alone is compared with the new one.

    Raises:
        WrongUsage: the output folder holds something else.
    """
    if output.exists() and not (adapter.exists() and output.samefile(adapter)):
        kind = "an adapter" if (output / WEIGHTS).exists() else "something else"
        rest = f"--adapter {output} goes on from it, or " if kind == "an adapter" else ""
        raise WrongUsage(f"{output} already holds {kind}; {rest}name another --output")


def refused(held: Judgement, made_up: Judgement) -> str | None:
    """Why the new adapter is worse than that of before; None where it is not."""
    if held.gain < 0:
        return f"it would answer the reviewed reports that it did not learn from worse: F1 {held.gain:+.3f}"
    if made_up.gain < -MOST_FORGOTTEN and made_up.is_surely_a_loss:
        return f"it would forget what it knew of other reports: F1 {made_up.gain:+.3f}"
    return None


def _measured(settings: TeachSettings, adapter: Path, lesson: Lesson) -> tuple[Measured, float]:
    """What an adapter answers about the reports to judge by, as ingest runs it, and the seconds it took."""
    began = time.monotonic()
    extractor = Extractor(choose_model(settings.base, adapter), labelled_schema(settings.schema, lesson.judged))
    return measure(extractor, lesson.judged), time.monotonic() - began


def _judged(before: Measured, after: Measured, presence: PresenceThresholds | None, source: str) -> Judgement:
    """Each by thresholds that were not fitted on the reports they judge."""
    return Judgement(before.counts([presence or LIKELIER], source), after.counts(after.crossfitted(presence), source))


def _trained(
    settings: TeachSettings, lesson: Lesson, output: Path, tell: Callable[[str], None], *, seconds_after: float
) -> TrainingSetup:
    """Writes the new weights into a folder."""
    training = _training(settings, output)
    setup = prepare_parts(training, lesson.learned, lesson.judged.select([]), lambda _: None)
    output.mkdir()
    trainer = tree_trainer(training, setup, Told(output / LOG, tell, seconds_after=seconds_after))
    try:
        trainer.train()
    except KeyboardInterrupt as interrupt:
        what_next = "nothing was changed, and the same command begins again"
        raise TrainingInterrupted(trainer.state.global_step, what_next) from interrupt
    write_weights(trainer, output)
    shutil.rmtree(output / CHECKPOINTS, ignore_errors=True)
    return setup


def _training(settings: TeachSettings, output: Path) -> TrainSettings:
    """The settings of the training within."""
    return TrainSettings(
        data=(),
        output=output,
        schema=settings.schema,
        base=settings.base,
        recipe=settings.recipe,
        adapter=settings.adapter,
        seed=settings.seed,
        checkpoint_steps=NO_CHECKPOINT,
    )


def _begun_card(
    settings: TeachSettings, setup: TrainingSetup, old: AdapterCard, lesson: Lesson, new: Path
) -> AdapterCard:
    """The new adapter's card before its confidences: it still knows the types of before, and runs in their numbers."""
    card = adapter_card(_training(settings, new), setup, {})
    taught = {
        "from": settings.adapter.name,
        "reviewed_reports": lesson.reviewed,
        "held_reports": lesson.held,
        "made_up_reports": lesson.replayed,
    }
    return replace(
        card,
        entity_types=tuple(dict.fromkeys([*old.entity_types, *card.entity_types])),
        descriptions=old.descriptions | card.descriptions,
        calibrated_quantization=old.calibrated_quantization,
        training=card.training | {"taught": taught},
    )


def _put(new: Path, output: Path, scratch: Path) -> None:
    """The new folder in the place of the old one, which stays where this is stopped in between."""
    old = scratch / "old"
    if output.exists():
        output.rename(old)
    try:
        new.rename(output)
    except BaseException:
        if old.exists():
            old.rename(output)
        raise
