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
from datasets import Dataset

from crimeetl.etl.errors import TrainingInterrupted, WrongUsage
from crimeetl.model.base import load_base, weights_digest
from crimeetl.model.evaluate import calibrate, labelled_schema, teacher_forced
from crimeetl.model.extract import (
    CARD,
    AdapterCard,
    AnswerGrammar,
    Calibration,
    Extractor,
    PresenceThresholds,
    base_template,
    choose_model,
    package_versions,
    read_card,
)
from crimeetl.model.labels import training_rows
from crimeetl.model.train.checkpoints import CHECKPOINTS, SMALLER, resume_point, what_next, whole_checkpoints
from crimeetl.model.train.curve import LOG, data_point, data_table, learning_curve
from crimeetl.model.train.parts import apart, check_lines, labelled_parts, marked_row, share_of, visited
from crimeetl.model.train.recipe import TrainSettings
from crimeetl.model.train.trainer import PROJECTIONS, TreeTrainer, lora_config, tree_trainer
from crimeetl.model.tree import use_tree_attention

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
    labelled, held_out = labelled_parts(settings)
    labelled = share_of(apart(labelled, held_out, tell), settings)
    base = load_base(settings.base)
    tell(f"base {base.name}: {base.precision}")
    template = base_template(base)
    lora = lora_config(settings, base, template)
    grammar = AnswerGrammar(base.tokenizer, end_id=template.end_id, vocabulary_size=base.vocabulary_size)
    rows, check = training_rows(labelled, settings.schema, template, grammar, most_tokens=base.context_tokens)
    if not len(rows):
        raise WrongUsage(f"nothing to learn: no report labels a type of the schema {settings.schema.name}")
    held_rows, held_check = training_rows(held_out, settings.schema, template, grammar, most_tokens=base.context_tokens)
    for line in [*check_lines("training", check), *(check_lines("validation", held_check) if len(held_out) else [])]:
        tell(line)
    tell(marked_row(rows[0], base.tokenizer))

    use_tree_attention(base.model)
    chosen = visited(rows["visits"], settings.seed)
    visits = rows.select(chosen).add_column("visit", range(len(chosen)))
    trainer = tree_trainer(settings, base, template, visits, held_rows, lora)
    try:
        trainer.train(resume_from_checkpoint=None if resumed_from is None else str(resumed_from))
    except KeyboardInterrupt as interrupt:
        raise TrainingInterrupted(trainer.state.global_step, what_next(settings.output)) from interrupt
    figures = teacher_forced(trainer.model, held_rows, pad_id=template.end_id).figures()
    if figures:
        tell("validation: " + ", ".join(f"{name.replace('_', ' ')} {value:.4f}" for name, value in figures.items()))
    _write_weights(trainer, settings.output)
    card = AdapterCard(
        base_name=base.name,
        base_digest=base.digest,
        template_digest=template.digest,
        schema_name=settings.schema.name,
        schema_digest=settings.schema.digest,
        entity_types=tuple(t.name for t in settings.schema.types if t.name not in check.unasked_types),
        dtype=base.precision.dtype,
        quantization=base.precision.quantization,
        settings={
            **asdict(settings.recipe),
            "rank": lora.r,
            "alpha": lora.lora_alpha,
            "seed": settings.seed,
            "projections": PROJECTIONS,
            "started_from": None if settings.adapter is None else weights_digest(settings.adapter),
        },
        training={**check.figures(), "validation_reports": len(held_rows)},
        validation=figures,
        versions=package_versions(),
        calibration=None,
        presence=None,
        curve=learning_curve(settings.output / LOG),
    )
    card.write(settings.output)
    presence, calibration = _calibration(settings, held_out, tell)
    calibrated = replace(card, presence=presence, calibration=calibration)
    if smaller:
        calibrated = replace(calibrated, data_curve=tuple(map(data_point, [*smaller, calibrated])))
        tell(data_table(calibrated.data_curve))
    calibrated.write(settings.output)
    for done in (CHECKPOINTS, SMALLER):
        shutil.rmtree(settings.output / done, ignore_errors=True)
    return calibrated


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


def _write_weights(trainer: TreeTrainer, output: Path) -> None:
    """The LoRA weights in bf16 with PEFT's description, free of the machine's paths."""
    model = cast(Any, trainer.model).to(torch.bfloat16)
    for config in model.peft_config.values():
        config.base_model_name_or_path = ""  # for None PEFT puts the base's folder
    model.save_pretrained(str(output), save_embedding_layers=False)
    (output / "README.md").unlink(missing_ok=True)


def _calibration(
    settings: TrainSettings, held_out: Dataset, tell: Callable[[str], None]
) -> tuple[PresenceThresholds | None, Calibration | None]:
    """Presence thresholds and confidences fitted with the adapter as ingest will run it."""
    if not len(held_out):
        tell("no validation reports: confidence stays empty")
        return None, None
    extractor = Extractor(choose_model(settings.base, settings.output), labelled_schema(settings.schema, held_out))
    try:
        presence, calibration = calibrate(extractor, held_out)
    except ValueError as error:  # no value was given: the adapter is kept all the same
        tell(f"{error}; confidence stays empty")
        return None, None
    if presence.effects:
        tell(presence.as_table())
    tell(f"calibrated on {calibration.value_count} values, {calibration.right_count} of them right")
    return presence, calibration
