"""QLoRA fine-tuning: labelled reports in, an adapter folder out.

TRL's SFTTrainer drives; rows are packed trees, the loss is over answer tokens alone, and logits exist at these alone.
Checkpoints lie under the output folder until the adapter is written; each is whole once it holds its ``whole`` mark.
"""

import shutil
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, cast

import torch

from crimeetl.etl.errors import TrainingInterrupted
from crimeetl.model.base import decide_precision, weights_digest
from crimeetl.model.evaluate import calibrate, labelled_schema, teacher_forced
from crimeetl.model.extract import CARD, AdapterCard, Extractor, choose_model, package_versions, read_card
from crimeetl.model.train.checkpoints import CHECKPOINTS, SMALLER, resume_point, what_next, whole_checkpoints
from crimeetl.model.train.curve import LOG, data_point, data_table, learning_curve
from crimeetl.model.train.recipe import TrainSettings
from crimeetl.model.train.setup import PROJECTIONS, TrainingSetup, prepare
from crimeetl.model.train.trainer import TreeTrainer, tree_trainer

MOST_INT8_LOSS = 0.05  # a larger loss on the validation reports, by so large a share, is too much for 8 bits
SMALLER_SHARES = (0.25, 0.5)  # of the training reports, besides all of them, for a learning curve


def train(settings: TrainSettings, *, tell: Callable[[str], None]) -> AdapterCard:
    """Checks the data, trains, validates, calibrates and writes the adapter folder.

    Args:
        tell: takes the lines that the user should see on the way.

    Raises:
        WrongUsage: the data or the output folder cannot be used as asked.
        TrainingInterrupted: the user stopped it; the newest checkpoint is whole.
    """
    resumed_from = resume_point(settings)
    smaller = _trained_on_less(settings, tell) if settings.has_learning_curve else []
    setup = prepare(settings, tell)
    trainer = tree_trainer(settings, setup)
    try:
        trainer.train(resume_from_checkpoint=None if resumed_from is None else str(resumed_from))
    except KeyboardInterrupt as interrupt:
        raise TrainingInterrupted(trainer.state.global_step, what_next(settings.output)) from interrupt
    figures = _validated(trainer, setup, tell)
    write_weights(trainer, settings.output)
    card = adapter_card(settings, setup, figures)
    card.write(settings.output)
    card = _calibrated(card, settings, setup, tell)
    if smaller:
        card = replace(card, data_curve=tuple(map(data_point, [*smaller, card])))
        tell(data_table(card.data_curve))
    card.write(settings.output)
    for done in (CHECKPOINTS, SMALLER):
        shutil.rmtree(settings.output / done, ignore_errors=True)
    return card


def _trained_on_less(settings: TrainSettings, tell: Callable[[str], None]) -> list[AdapterCard]:
    """Trains on shares of the reports, or goes on with that, and returns the adapters' cards."""
    cards = []
    for share in SMALLER_SHARES:
        output = settings.output / SMALLER / f"{share}"
        if (output / CARD).exists() and not (output / CHECKPOINTS).exists():
            cards.append(read_card(output))
            continue
        tell(f"learning curve: {share:.0%} of the reports")
        is_begun = bool(whole_checkpoints(output))
        if not is_begun:
            shutil.rmtree(output, ignore_errors=True)
        part = replace(settings, share=share, output=output, is_resumed=is_begun, has_learning_curve=False)
        cards.append(train(part, tell=tell))
    return cards


def _validated(trainer: TreeTrainer, setup: TrainingSetup, tell: Callable[[str], None]) -> dict[str, float]:
    """Loss, token accuracy and perplexity on the validation reports; nothing where there are none."""
    figures = teacher_forced(trainer.model, setup.held_rows, pad_id=setup.template.end_id).figures()
    if figures:
        tell("validation: " + ", ".join(f"{name.replace('_', ' ')} {value:.4f}" for name, value in figures.items()))
    return figures


def adapter_card(settings: TrainSettings, setup: TrainingSetup, figures: dict[str, float]) -> AdapterCard:
    """What made the adapter, before it is calibrated."""
    base, lora, unasked = setup.base, setup.lora, setup.check.unasked_types
    learned = [t for t in settings.schema.types if t.name not in unasked]
    return AdapterCard(
        base_name=base.name,
        base_digest=base.digest,
        template_digest=setup.template.digest,
        schema_name=settings.schema.name,
        schema_digest=settings.schema.digest,
        entity_types=tuple(t.name for t in learned),
        dtype=base.precision.dtype,
        quantization=base.precision.quantization,
        settings={
            **asdict(settings.recipe),
            "asking": setup.template.asking.name,
            "rank": lora.r,
            "alpha": lora.lora_alpha,
            "seed": settings.seed,
            "projections": PROJECTIONS,
            "started_from": None if settings.adapter is None else weights_digest(settings.adapter),
        },
        training={**setup.check.figures(), "validation_reports": len(setup.held_rows)},
        validation=figures,
        versions=package_versions(),
        calibration=None,
        presence=None,
        curve=learning_curve(settings.output / LOG),
        asking=setup.template.asking.name,
        descriptions={t.name: t.description for t in learned if t.description},
    )


def write_weights(trainer: TreeTrainer, output: Path) -> None:
    """The LoRA weights in bf16 with PEFT's description, free of the machine's paths."""
    model = cast(Any, trainer.model).to(torch.bfloat16)
    for config in model.peft_config.values():
        config.base_model_name_or_path = ""  # for None PEFT puts the base's folder
    model.save_pretrained(str(output), save_embedding_layers=False)
    (output / "README.md").unlink(missing_ok=True)


def _calibrated(
    card: AdapterCard, settings: TrainSettings, setup: TrainingSetup, tell: Callable[[str], None]
) -> AdapterCard:
    """The card with presence thresholds and confidences, fitted with the adapter as ingest will run it."""
    if not len(setup.held_out):
        tell("no validation reports: confidence stays empty")
        return card
    extractor = _served(card, settings, setup, tell)
    try:
        presence, calibration = calibrate(extractor, setup.held_out)
    except ValueError as error:  # no value was given: the adapter is kept all the same
        tell(f"{error}; confidence stays empty")
        return card
    if presence.effects:
        tell(presence.as_table())
    tell(f"calibrated on {calibration.value_count} values, {calibration.right_count} of them right")
    quantization = extractor.choice.precision.quantization
    return replace(card, presence=presence, calibration=calibration, calibrated_quantization=quantization)


def _served(card: AdapterCard, settings: TrainSettings, setup: TrainingSetup, tell: Callable[[str], None]) -> Extractor:
    """The adapter as ingest will run it: in 8 bits where they are faster and predict the validation reports as well."""
    schema = labelled_schema(settings.schema, setup.held_out)
    if decide_precision(settings.base, is_proved_in_int8=True).quantization == "int8":
        served = Extractor(choose_model(replace(settings.base, quantization="int8"), settings.output), schema)
        loss = teacher_forced(served.base.model, setup.held_rows, pad_id=setup.template.end_id).figures()["loss"]
        tell(f"validation in {served.choice.precision}: loss {loss:.4f}")
        if loss <= (1 + MOST_INT8_LOSS) * card.validation["loss"]:
            return served
    return Extractor(choose_model(settings.base, settings.output), schema)
