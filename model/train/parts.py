"""The reports to train and to validate on."""

import math
import random
from collections.abc import Callable, Sequence
from typing import Any

from datasets import Dataset

from crimeetl.etl.errors import WrongUsage
from crimeetl.model.labels import DataCheck, Source, near_duplicates, read_sources, sources_of
from crimeetl.model.train.recipe import TrainSettings


def labelled_parts(settings: TrainSettings) -> tuple[Dataset, Dataset]:
    """Training and validation reports.

    Raises:
        WrongUsage: a file is missing, a split or mix cannot be used, or there is no report.
        LabelledDataInvalid: a line is of none of the formats.
    """
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


def share_of(labelled: Dataset, settings: TrainSettings) -> Dataset:
    """So many of the reports as the settings' share says, in an order of chance."""
    if settings.share == 1:
        return labelled
    return labelled.shuffle(seed=settings.seed).select(range(math.ceil(settings.share * len(labelled))))


def visited(visits: Sequence[float], seed: int) -> list[int]:
    """The rows of one epoch: each as often as its visits say, a fraction decided by chance."""
    chance = random.Random(seed)
    return [i for i, often in enumerate(visits) for _ in range(math.floor(often + chance.random()))]


def apart(labelled: Dataset, held_out: Dataset, tell: Callable[[str], None]) -> Dataset:
    """The training reports without those that, or nearly, are in the validation part too.

    Raises:
        WrongUsage: none is left.
    """
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


def check_lines(part: str, check: DataCheck) -> list[str]:
    """For people: what the data check found in a part."""
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


def marked_row(row: dict[str, Any], tokenizer: Any) -> str:
    """One tokenised row as text, what is learned between » and «."""
    prefix = tokenizer.decode(row["prefix_ids"])
    branches = [
        f"{tokenizer.decode(question)}»{tokenizer.decode(answer)}«"
        for question, answer in zip(row["question_ids"], row["answer_ids"], strict=True)
    ]
    shown = f"{prefix[:200]} [...] {prefix[-200:]}" if len(prefix) > 450 else prefix
    return f"one row as tokens, learned between » and «:\n{shown}\n" + "\n".join(f"  |{branch}" for branch in branches)
