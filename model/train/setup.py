"""All that a training begins with: the base, its LoRA, and the rows to learn from and to validate on."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from datasets import Dataset

from crimeetl.etl.errors import WrongUsage
from crimeetl.model.base import Base, load_base
from crimeetl.model.decode import AnswerGrammar
from crimeetl.model.extract import AdapterCard, base_template, check_base, check_template, read_card
from crimeetl.model.labels import DataCheck, training_rows
from crimeetl.model.train.libraries import LoraConfig
from crimeetl.model.train.lora import use_lean_linear
from crimeetl.model.train.parts import apart, check_lines, labelled_parts, marked_row, share_of, visited
from crimeetl.model.train.recipe import TrainSettings
from crimeetl.model.tree import ASKINGS, PromptTemplate, use_tree_attention

DESCRIBED_SHARE = 0.25  # of the questions learned: an adapter is asked by names, and understands descriptions
PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


@dataclass(frozen=True, slots=True)
class TrainingSetup:
    """What a training begins with."""

    base: Base  # reads packed trees
    template: PromptTemplate
    lora: LoraConfig
    rows: Dataset  # of one epoch, a row a visit to a report
    check: DataCheck  # of the training reports
    held_out: Dataset  # validation reports
    held_rows: Dataset


def prepare(settings: TrainSettings, tell: Callable[[str], None]) -> TrainingSetup:
    """Reads and checks the data, and loads the base.

    Raises:
        WrongUsage: the data cannot be used as asked.
        AdapterInvalid: the adapter to go on from is broken, or for another base.
    """
    labelled, held_out = labelled_parts(settings)
    return prepare_parts(settings, share_of(apart(labelled, held_out, tell), settings), held_out, tell)


def prepare_parts(
    settings: TrainSettings, labelled: Dataset, held_out: Dataset, tell: Callable[[str], None]
) -> TrainingSetup:
    """Checks reports to learn from and to validate on, whatever data the settings name, and loads the base.

    Raises:
        WrongUsage: there is nothing to learn.
        AdapterInvalid: the adapter to go on from is broken, or for another base.
    """
    base = load_base(settings.base)
    tell(f"base {base.name}: {base.precision}")
    begun = None if settings.adapter is None else _adapter_card(settings.adapter, base)
    template = base_template(base, ASKINGS[settings.asking or (begun.asking if begun else settings.recipe.asking)])
    lora = lora_config(settings, base)
    grammar = AnswerGrammar(template, vocabulary_size=base.vocabulary_size)

    def rows_of(part: Dataset, *, described_share: float) -> tuple[Dataset, DataCheck]:
        most_tokens = base.context_tokens
        return training_rows(
            part, settings.schema, template, grammar, most_tokens=most_tokens, described_share=described_share
        )

    rows, check = rows_of(labelled, described_share=DESCRIBED_SHARE)
    if not len(rows):
        raise WrongUsage(f"nothing to learn: no report labels a type of the schema {settings.schema.name}")
    held_rows, held_check = rows_of(held_out, described_share=0.0)
    for line in [*check_lines("training", check), *(check_lines("validation", held_check) if len(held_out) else [])]:
        tell(line)
    tell(marked_row(rows[0], base.tokenizer))
    use_tree_attention(base.model)
    chosen = visited(rows["visits"], settings.seed)
    visits = rows.select(chosen).add_column("visit", range(len(chosen)))
    return TrainingSetup(base, template, lora, visits, check, held_out, held_rows)


def _adapter_card(adapter: Path, base: Base) -> AdapterCard:
    """Of the adapter to go on from.

    Raises:
        AdapterInvalid: it is broken, or for another base.
    """
    card = read_card(adapter)
    check_base(adapter, card, base.name, base.digest)
    check_template(adapter, card, base.name, base_template(base, ASKINGS[card.asking]).digest)
    return card


def lora_config(settings: TrainSettings, base: Base) -> LoraConfig:
    """The recipe's LoRA, or that of the adapter to go on from."""
    recipe = settings.recipe
    if settings.adapter is None:
        lora = LoraConfig(r=recipe.rank, lora_alpha=recipe.alpha, target_modules=PROJECTIONS, task_type="CAUSAL_LM")
    else:
        lora = LoraConfig.from_pretrained(str(settings.adapter))
    lora.lora_dropout = recipe.dropout
    if base.precision.quantization == "none" and recipe.dropout == 0:
        use_lean_linear(lora)
    return lora
