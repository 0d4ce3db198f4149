"""QLoRA fine-tuning: labelled reports in, an adapter folder out.

TRL's SFTTrainer drives; rows are packed trees, the loss is over answer tokens alone, and logits exist at these alone.
Checkpoints lie under the output folder until the adapter is written; each is whole once it holds its ``whole`` mark.
"""

import json
import math
import os
import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal, cast

import torch
from datasets import Dataset
from torch.nn.functional import cross_entropy
from tqdm import tqdm

from crimeetl.etl.errors import TrainingInterrupted, WrongUsage
from crimeetl.model.extract.adapter import (
    CARD,
    WEIGHTS,
    AdapterCard,
    check_base,
    check_template,
    package_versions,
    read_card,
    with_adapter,
)
from crimeetl.model.base.loading import Base, decide_precision, import_bitsandbytes, load_base, quiet, weights_digest
from crimeetl.model.extract.calibrate import ALL, Calibration, PresenceThresholds
from crimeetl.model.schema.entity_schema import EntitySchema
from crimeetl.model.evaluate.evaluation import calibrate, labelled_schema
from crimeetl.model.extract.extractor import Extractor, base_template, choose_model
from crimeetl.model.evaluate.forced import answer_logits, pack_row, teacher_forced
from crimeetl.model.extract.grammar import AnswerGrammar
from crimeetl.model.labels.reports import Source, read_sources, sources_of
from crimeetl.model.tree.prompt import PromptTemplate
from crimeetl.model.labels.supervise import DataCheck, near_duplicates, training_rows
from crimeetl.model.tree.packs import TreePack, collate, use_tree_attention

import_bitsandbytes()  # before the others import it with its side effects
from peft import LoraConfig  # noqa: E402
from transformers import TrainerCallback  # noqa: E402
from transformers.modeling_layers import GradientCheckpointingLayer  # noqa: E402
from transformers.trainer_callback import PrinterCallback  # noqa: E402
from trl import SFTConfig, SFTTrainer  # noqa: E402

from crimeetl.model.train.lora import use_lean_linear  # noqa: E402

PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
CHECKPOINTS = "checkpoints"
WHOLE = "whole"
SMALLER = "smaller"
SMALLER_SHARES = (0.25, 0.5)  # of the training reports, besides all of them, for a learning curve
LEAST_UNSTATED = 4  # questions: a report that states nothing teaches that too
LOG = "training.jsonl"
CURVE = ("step", "epoch", "loss", "mean_token_accuracy", "eval_loss", "eval_mean_token_accuracy")
CURVE_POINTS = 20
ReportTo = Literal["none", "wandb", "trackio", "tensorboard"]


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
    kept_tokens: int = 1536
    """A longer forward pass computes its activations again on the way back instead of keeping them: a third slower, and
    memory stays bounded however long a report is. None are kept at 0."""


RECIPES = {
    "llama3-8b": Recipe(epochs=1, learning_rate=2e-4, kept_tokens=0),
    "smollm2-135m": Recipe(epochs=3, learning_rate=6e-4, dropout=0.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainSettings:
    """What to train, on what and where to."""

    data: tuple[Path, ...]
    """Labelled files, or mixes of them (``.toml``) that name their own parts."""
    output: Path
    schema: EntitySchema
    base: str
    device: str
    quantization: str
    dtype: str
    cache: Path
    recipe: Recipe
    adapter: Path | None = None
    """An adapter to go on from; LoRA weights of the recipe's own begin anew when None."""
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


def train(settings: TrainSettings, *, tell: Callable[[str], None]) -> AdapterCard:
    """Checks the data, trains, validates, calibrates and writes the adapter folder.

    Args:
        tell: takes the lines that the user should see on the way.

    Raises:
        WrongUsage: the data or the output folder cannot be used as asked.
        TrainingInterrupted: the user stopped it; the newest checkpoint is whole.
    """
    resumed_from = _resume_point(settings)
    smaller = _trained_on_less(settings, tell) if settings.has_learning_curve else []
    labelled, held_out = _labelled_parts(settings)
    labelled = _share(_apart(labelled, held_out, tell), settings)
    precision = decide_precision(settings.device, settings.quantization, settings.dtype)
    base = load_base(settings.base, precision, cache=settings.cache)
    tell(f"base {base.name}: {precision}")
    template = base_template(base)
    lora = _lora_config(settings, base, template)
    grammar = AnswerGrammar(base.tokenizer, end_id=template.end_id, vocabulary_size=base.vocabulary_size)
    rows, check = training_rows(labelled, settings.schema, template, grammar, most_tokens=base.context_tokens)
    if not len(rows):
        raise WrongUsage(f"nothing to learn: no report labels a type of the schema {settings.schema.name}")
    held_rows, held_check = training_rows(held_out, settings.schema, template, grammar, most_tokens=base.context_tokens)
    for line in [*_check_lines("training", check), *(_check_lines("validation", held_check) if len(held_out) else [])]:
        tell(line)
    tell(_marked_row(rows[0], base.tokenizer))

    use_tree_attention(base.model)
    chosen = _visits(rows["visits"], settings.seed)
    visits = rows.select(chosen).add_column("visit", range(len(chosen)))
    trainer = _trainer(settings, base, template, visits, held_rows, lora)
    try:
        trainer.train(resume_from_checkpoint=None if resumed_from is None else str(resumed_from))
    except KeyboardInterrupt as interrupt:
        raise TrainingInterrupted(trainer.state.global_step, _what_next(settings.output)) from interrupt
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
        dtype=precision.dtype,
        quantization=precision.quantization,
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
        calibrated = replace(calibrated, data_curve=tuple(map(_data_point, [*smaller, calibrated])))
        tell(_data_table(calibrated.data_curve))
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
        is_begun = bool(_whole_checkpoints(output))
        if not is_begun:
            shutil.rmtree(output, ignore_errors=True)
        part = replace(settings, share=share, output=output, is_resumed=is_begun, has_learning_curve=False)
        cards.append(train(part, tell=tell))
    return cards


def _data_point(card: AdapterCard) -> dict[str, float]:
    """What a training on so many reports gave on the validation part."""
    point = {"reports": card.training["reports"], **card.validation}
    overall = [effect.f1_with for effect in card.presence.effects if effect.entity_type == ALL] if card.presence else []
    return point | {"f1": overall[0]} if overall else point


def _data_table(curve: Sequence[dict[str, float]]) -> str:
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


class TreeTrainer(SFTTrainer):  # type: ignore[misc]
    """SFTTrainer over packed trees: its loss sees the answers' logits only, and long rows are computed twice."""

    def __init__(self, *, kept_tokens: int, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.kept_tokens = kept_tokens

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, torch.Tensor],
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> Any:
        tree = TreePack(inputs["input_ids"], inputs["branch_ids"], inputs["position_ids"], inputs["labels"])
        is_long = tree.token_ids.numel() > self.kept_tokens
        for layer in model.modules():
            if isinstance(layer, GradientCheckpointingLayer):
                layer.gradient_checkpointing = is_long
        logits, targets = answer_logits(model, tree)
        count = len(targets) if num_items_in_batch is None else num_items_in_batch
        loss = cross_entropy(logits, targets, reduction="sum") / count
        mode = "train" if model.training else "eval"
        right = (logits.detach().argmax(-1) == targets).float().mean()
        self._metrics[mode]["mean_token_accuracy"].append(float(right))
        return (loss, None) if return_outputs else loss

    def create_model_card(self, *_: Any, **__: Any) -> None:
        """Our own card says more, and TRL's names the machine's paths."""

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        super()._save_checkpoint(model, trial)
        folder = Path(self.args.output_dir) / f"checkpoint-{self.state.global_step}"
        os.sync()
        (folder / WHOLE).touch()


class _Progress(TrainerCallback):  # type: ignore[misc]
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


class _Draw(TrainerCallback):  # type: ignore[misc]
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


def _trainer(
    settings: TrainSettings,
    base: Base,
    template: PromptTemplate,
    rows: Dataset,
    held_rows: Dataset,
    lora: LoraConfig,
) -> TreeTrainer:
    recipe, precision = settings.recipe, base.precision
    with quiet():
        arguments = SFTConfig(
            output_dir=str(settings.output / CHECKPOINTS),
            num_train_epochs=recipe.epochs,
            learning_rate=recipe.learning_rate,
            per_device_train_batch_size=recipe.batch_size,
            per_device_eval_batch_size=1,
            gradient_accumulation_steps=recipe.accumulation,
            gradient_checkpointing=True,  # where kept_tokens asks for it
            warmup_steps=recipe.warmup_steps,
            logging_steps=recipe.log_steps,
            eval_strategy="epoch" if len(held_rows) else "no",
            save_strategy="steps",
            save_steps=settings.checkpoint_steps,
            save_total_limit=2,
            seed=settings.seed,
            data_seed=settings.seed,
            bf16=precision.dtype == "bf16",
            fp16=precision.dtype == "fp16",
            use_cpu=precision.device == "cpu",
            dataloader_pin_memory=precision.device != "cpu",
            max_length=None,
            remove_unused_columns=False,
            dataset_kwargs={"skip_prepare_dataset": True},
            report_to=settings.report_to,
            disable_tqdm=True,
        )
    model = base.model
    if settings.adapter is not None:
        model = with_adapter(model, settings.adapter, is_trainable=True, config=lora)

    draw = _Draw(recipe, template.answer_ids([]), settings.seed)

    def join(examples: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        tree = collate([pack_row(draw(example)) for example in examples], pad_id=template.end_id)
        return {
            "input_ids": tree.token_ids,
            "branch_ids": tree.branch_ids,
            "position_ids": tree.position_ids,
            "labels": tree.labels,
        }

    settings.output.mkdir(parents=True, exist_ok=True)
    with quiet():
        trainer = TreeTrainer(
            kept_tokens=recipe.kept_tokens,
            model=model,
            args=arguments,
            data_collator=join,
            train_dataset=rows,
            eval_dataset=held_rows if len(held_rows) else None,
            processing_class=base.tokenizer,
            peft_config=lora if settings.adapter is None else None,
            callbacks=[_Progress(settings.output / LOG), draw],
        )
    trainer.remove_callback(PrinterCallback)
    return trainer


def _lora_config(settings: TrainSettings, base: Base, template: PromptTemplate) -> LoraConfig:
    """The recipe's LoRA, or that of the adapter to go on from.

    Raises:
        AdapterInvalid: that adapter is broken, or for another base.
    """
    recipe = settings.recipe
    if settings.adapter is None:
        lora = LoraConfig(r=recipe.rank, lora_alpha=recipe.alpha, target_modules=PROJECTIONS, task_type="CAUSAL_LM")
    else:
        card = read_card(settings.adapter)
        check_base(settings.adapter, card, base.name, base.digest)
        check_template(settings.adapter, card, base.name, template.digest)
        lora = LoraConfig.from_pretrained(str(settings.adapter))
    lora.lora_dropout = recipe.dropout
    if base.precision.quantization == "none" and recipe.dropout == 0:
        use_lean_linear(lora)
    return lora


def _labelled_parts(settings: TrainSettings) -> tuple[Dataset, Dataset]:
    """Training and validation reports."""
    trained, held = sources_of(
        settings.data, split=settings.split, part=settings.part, validation_part=settings.validation_part
    )
    if settings.validation is not None:
        held = [Source(data=settings.validation)]
    labelled = read_sources(trained)
    if held:
        return labelled, read_sources(held)
    if settings.validation_share == 0 or len(labelled) < 2:
        return labelled, labelled.select([])
    parts = labelled.train_test_split(test_size=settings.validation_share, seed=settings.seed)
    return parts["train"], parts["test"]


def _share(labelled: Dataset, settings: TrainSettings) -> Dataset:
    """So many of the reports as the settings' share says, in an order of chance."""
    if settings.share == 1:
        return labelled
    return labelled.shuffle(seed=settings.seed).select(range(math.ceil(settings.share * len(labelled))))


def _visits(visits: Sequence[float], seed: int) -> list[int]:
    """The rows of one epoch: each as often as its visits say, a fraction decided by chance."""
    chance = random.Random(seed)
    return [i for i, often in enumerate(visits) for _ in range(math.floor(often + chance.random()))]


def _apart(labelled: Dataset, held_out: Dataset, tell: Callable[[str], None]) -> Dataset:
    """The training reports without those that, or nearly, are in the validation part too."""
    pairs = near_duplicates(labelled["text"], held_out["text"])
    shared = {i for i, _ in pairs}
    if len(shared) == len(labelled):
        raise WrongUsage("every training report is in the validation part too, or nearly; validate on others")
    if shared:
        i, j = pairs[0]
        tell(
            f"{len(shared)} training reports left out: they are in the validation part too, or nearly, such as "
            f"{labelled[i]['report_id']} and {held_out[j]['report_id']}"
        )
    return labelled.select([i for i in range(len(labelled)) if i not in shared])


def _check_lines(part: str, check: DataCheck) -> list[str]:
    lines = [
        f"{part}: {check.reports} reports, {check.answers} answers ({check.empty_answers} not stated), "
        f"{check.total_tokens} tokens, longest {check.longest_tokens}"
    ]
    notes = {
        "values snapped to the report's own wording": check.snapped_values,
        "answers left out, a value is not in the text": dict(check.left_out),
        "answers left out, the schema does not allow them": dict(check.refused),
        "labelled types that the schema does not have": dict(check.unknown_types),
        "types of the schema without any label": list(check.unasked_types),
        "crowd-sourced answers left out, the text contradicts 'not stated'": dict(check.doubted),
        "crowd-sourced reports left out, nothing is labelled": check.without_labels,
        "reports left out, longer than the base's context": check.too_long,
    }
    return lines + [f"  {words}: {found}" for words, found in notes.items() if found and check.reports]


def _marked_row(row: dict[str, Any], tokenizer: Any) -> str:
    """One tokenised row as text, what is learned between » and «."""
    prefix = tokenizer.decode(row["prefix_ids"])
    branches = [
        f"{tokenizer.decode(question)}»{tokenizer.decode(answer)}«"
        for question, answer in zip(row["question_ids"], row["answer_ids"], strict=True)
    ]
    shown = f"{prefix[:200]} [...] {prefix[-200:]}" if len(prefix) > 450 else prefix
    return f"one row as tokens, learned between » and «:\n{shown}\n" + "\n".join(f"  |{branch}" for branch in branches)


def _whole_checkpoints(output: Path) -> list[Path]:
    """Those that hold their mark, oldest first."""
    marks = (output / CHECKPOINTS).glob(f"checkpoint-*/{WHOLE}")
    return sorted((mark.parent for mark in marks), key=lambda folder: int(folder.name.split("-")[1]))


def _what_next(output: Path) -> str:
    if _whole_checkpoints(output):
        return f"the same command with --resume goes on from the newest checkpoint under {output}"
    return "there is no checkpoint yet, so the same command begins again"


def _resume_point(settings: TrainSettings) -> Path | None:
    """The newest whole checkpoint to go on from; None to begin, which a learning curve does with the smaller parts."""
    whole, is_on_less = _whole_checkpoints(settings.output), (settings.output / SMALLER).exists()
    if settings.is_resumed:
        if not whole and not is_on_less:
            raise WrongUsage(f"there is no checkpoint under {settings.output} to resume from; train without --resume")
        return whole[-1] if whole else None
    if whole or is_on_less or (settings.output / WEIGHTS).exists():
        kept = "checkpoints of an unfinished training" if whole or is_on_less else "an adapter"
        raise WrongUsage(f"{settings.output} already holds {kept}; use --resume, or another --output")
    return None


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
    choice = choose_model(
        base_name=settings.base,
        adapter=settings.output,
        device=settings.device,
        quantization=settings.quantization,
        dtype=settings.dtype,
        cache=settings.cache,
    )
    extractor = Extractor(choice, labelled_schema(settings.schema, held_out))
    try:
        presence, calibration = calibrate(extractor, held_out)
    except ValueError as error:  # no value was given: the adapter is kept all the same
        tell(f"{error}; confidence stays empty")
        return None, None
    if presence.effects:
        tell(presence.as_table())
    tell(f"calibrated on {calibration.value_count} values, {calibration.right_count} of them right")
    return presence, calibration
