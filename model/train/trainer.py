"""TRL's SFTTrainer over packed trees."""

import json
import math
import os
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from torch.nn.functional import cross_entropy
from tqdm import tqdm

from crimeetl.model.base import Base, import_bitsandbytes, quiet
from crimeetl.model.evaluate import answer_logits, pack_row
from crimeetl.model.extract import check_base, check_template, read_card, with_adapter
from crimeetl.model.train.checkpoints import CHECKPOINTS, WHOLE
from crimeetl.model.train.curve import LOG
from crimeetl.model.train.recipe import Recipe, TrainSettings
from crimeetl.model.tree import PromptTemplate, TreePack, collate

import_bitsandbytes()  # before the others import it with its side effects
from peft import LoraConfig  # noqa: E402
from transformers import TrainerCallback  # noqa: E402
from transformers.modeling_layers import GradientCheckpointingLayer  # noqa: E402
from transformers.trainer_callback import PrinterCallback  # noqa: E402
from trl import SFTConfig, SFTTrainer  # noqa: E402

from crimeetl.model.train.lora import use_lean_linear  # noqa: E402

PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
LEAST_UNSTATED = 4  # questions: a report that states nothing teaches that too


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


def tree_trainer(
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
            callbacks=[Progress(settings.output / LOG), draw],
        )
    trainer.remove_callback(PrinterCallback)
    return trainer


def lora_config(settings: TrainSettings, base: Base, template: PromptTemplate) -> LoraConfig:
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
