"""TRL's SFTTrainer over packed trees."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import cross_entropy

from crimeetl.model.base import quiet
from crimeetl.model.evaluate import answer_logits, pack_row
from crimeetl.model.extract import with_adapter
from crimeetl.model.train.callbacks import Draw, Progress
from crimeetl.model.train.checkpoints import CHECKPOINTS, WHOLE
from crimeetl.model.train.curve import LOG
from crimeetl.model.train.libraries import GradientCheckpointingLayer, PrinterCallback, SFTConfig, SFTTrainer
from crimeetl.model.train.recipe import TrainSettings
from crimeetl.model.train.setup import TrainingSetup
from crimeetl.model.tree import TreePack, collate


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
        """The loss over the answer tokens of a batch of trees.

        Args:
            inputs: what ``_collator`` made.
            num_items_in_batch: answer tokens of the whole accumulated step, which the loss is a mean over.
        """
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


def tree_trainer(settings: TrainSettings, setup: TrainingSetup, progress: Progress | None = None) -> TreeTrainer:
    """A trainer for the setup's rows, its checkpoints and its log under the output folder.

    Args:
        progress: shows how far it is; a bar where None.
    """
    model, recipe = setup.base.model, settings.recipe
    if settings.adapter is not None:
        model = with_adapter(model, settings.adapter, is_trainable=True, config=setup.lora)
    draw = Draw(recipe, setup.template.answer_ids([]), settings.seed)
    settings.output.mkdir(parents=True, exist_ok=True)
    with quiet():
        trainer = TreeTrainer(
            kept_tokens=recipe.kept_tokens,
            model=model,
            args=_arguments(settings, setup),
            data_collator=_collator(draw, pad_id=setup.template.end_id),
            train_dataset=setup.rows,
            eval_dataset=setup.held_rows if len(setup.held_rows) else None,
            processing_class=setup.base.tokenizer,
            peft_config=setup.lora if settings.adapter is None else None,
            callbacks=[progress or Progress(settings.output / LOG), draw],
        )
    trainer.remove_callback(PrinterCallback)
    return trainer


def _arguments(settings: TrainSettings, setup: TrainingSetup) -> SFTConfig:
    """The recipe in TRL's words; nothing is cut or prepared by TRL."""
    recipe, precision = settings.recipe, setup.base.precision
    return SFTConfig(
        output_dir=str(settings.output / CHECKPOINTS),
        num_train_epochs=recipe.epochs,
        learning_rate=recipe.learning_rate,
        per_device_train_batch_size=recipe.batch_size,
        per_device_eval_batch_size=1,
        gradient_accumulation_steps=recipe.accumulation,
        gradient_checkpointing=True,  # where kept_tokens asks for it
        warmup_steps=recipe.warmup_steps,
        logging_steps=recipe.log_steps,
        eval_strategy="epoch" if len(setup.held_rows) else "no",
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


def _collator(draw: Draw, *, pad_id: int) -> Callable[[Sequence[dict[str, Any]]], dict[str, torch.Tensor]]:
    """Makes rows, with the questions that are drawn for this visit, one batch of trees."""

    def join(examples: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        tree = collate([pack_row(draw(example)) for example in examples], pad_id=pad_id)
        return {
            "input_ids": tree.token_ids,
            "branch_ids": tree.branch_ids,
            "position_ids": tree.position_ids,
            "labels": tree.labels,
        }

    return join
