"""Training: a tiny adapter from labelled reports to its folder, interrupted and resumed, and nothing learned amiss."""

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from datasets import Dataset
from safetensors.torch import load_file
from tiny import in_fp32
from torch.nn.functional import cross_entropy
from transformers import LlamaForCausalLM

from crimeetl.etl.errors import AdapterInvalid, WrongUsage
from crimeetl.model.base import Base, Precision, load_base, weights_digest
from crimeetl.model.decode import AnswerGrammar
from crimeetl.model.evaluate import pack_row, teacher_forced
from crimeetl.model.evaluate.forced import TokenScores
from crimeetl.model.extract import Extractor, PresenceThresholds, choose_model, read_card
from crimeetl.model.extract.calibrate import ThresholdEffect
from crimeetl.model.extract.card import PACKAGES
from crimeetl.model.labels import DataCheck, Source, read_sources, training_rows
from crimeetl.model.schema import EntitySchema, EntityType
from crimeetl.model.train import Recipe, TrainSettings, callbacks, checkpoints, curve, parts, setup, train
from crimeetl.model.train import trainer as trainer_file
from crimeetl.model.train.callbacks import LEAST_UNSTATED
from crimeetl.model.train.curve import learning_curve
from crimeetl.model.train.libraries import LoraConfig
from crimeetl.model.train.training import TrainingInterrupted
from crimeetl.model.tree import IGNORED, PromptTemplate, use_tree_attention

NAME = EntityType("Name", "Name", "span", (), True, "text")
AGE = EntityType("Age", "Age", "span", (), True, "age")
CITY = EntityType("City", "City", "span", (), True, "text")
SCHEMA = EntitySchema("mine", (NAME, AGE, CITY))
FP32 = Precision("cpu", "fp32", "none")
REPORTS: list[tuple[str, dict[str, list[str]]]] = [
    ("Ann Lee, 35, ran.", {"Name": ["Ann Lee"], "Age": ["35"]}),
    ("A cat sat on Bo Day all day.", {"Name": ["bo day"]}),
    ("Two men of 40 and 52 left by car.", {"Name": [], "Age": ["40", "52"]}),
    ("Cy Fox lost a red bag.", {"Name": ["Cy Fox"]}),
]
HELD_OUT: list[tuple[str, dict[str, list[str]]]] = [
    ("Di Orr, 61, fell.", {"Name": ["Di Orr"], "Age": ["61"]}),
    ("Nobody saw it at all.", {"Name": [], "Age": []}),
]
QUICK = Recipe(
    epochs=2, learning_rate=1e-2, rank=4, alpha=8, accumulation=1, warmup_steps=0, log_steps=1, asking="conversation"
)


def write(path: Path, reports: list[tuple[str, dict[str, list[str]]]]) -> Path:
    rows = [{"id": f"{path.stem} {i}", "text": text, "entities": gold} for i, (text, gold) in enumerate(reports)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def settings_in(folder: Path, base_folder: Path) -> TrainSettings:
    return TrainSettings(
        data=(write(folder / "train.jsonl", REPORTS),),
        validation=write(folder / "held.jsonl", HELD_OUT),
        output=folder / "adapter",
        schema=SCHEMA,
        base=in_fp32(str(base_folder), folder),
        recipe=QUICK,
        checkpoint_steps=3,
    )


def setup_of(base: Base, template: PromptTemplate, lora: LoraConfig, rows: Dataset) -> setup.TrainingSetup:
    """A setup that validates on nothing."""
    none = rows.select([])
    return setup.TrainingSetup(base, template, lora, rows, DataCheck(), none, none)


@pytest.fixture
def settings(base_folder: Path, tmp_path: Path) -> TrainSettings:
    return settings_in(tmp_path, base_folder)


@pytest.fixture
def base(base_folder: Path, tmp_path: Path) -> Base:
    loaded = load_base(in_fp32(str(base_folder), tmp_path))
    use_tree_attention(loaded.model)
    return loaded


def rows_of(path: Path, template: PromptTemplate, grammar: AnswerGrammar) -> Dataset:
    return training_rows(read_sources([Source(data=path)]), SCHEMA, template, grammar, most_tokens=2048)[0]


def log_lines(output: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (output / "training.jsonl").read_text("utf-8").splitlines()]


def weights(output: Path) -> dict[str, torch.Tensor]:
    return load_file(output / "adapter_model.safetensors")


def assert_same_weights(one: Path, other: Path) -> None:
    first, second = weights(one), weights(other)
    assert first.keys() == second.keys()
    assert [name for name in first if not torch.equal(first[name], second[name])] == []


def silent(_: str) -> None:
    pass


def refusal(settings: TrainSettings) -> str:
    with pytest.raises(WrongUsage) as caught:
        train(settings, tell=silent)
    return str(caught.value)


# ---- a training from end to end


@pytest.fixture(scope="module")
def trained(base_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TrainSettings, list[str]]]:
    """One training, its settings and what it told."""
    settings = settings_in(tmp_path_factory.mktemp("trained"), base_folder)
    told: list[str] = []
    train(settings, tell=told.append)
    return settings, told


def test_training_lowers_the_loss_on_reports_it_did_not_see(
    trained: tuple[TrainSettings, list[str]], base: Base, template: PromptTemplate, grammar: AnswerGrammar
) -> None:
    settings, _ = trained
    assert settings.validation is not None
    before = teacher_forced(base.model, rows_of(settings.validation, template, grammar), pad_id=template.end_id)
    after = read_card(settings.output).validation
    assert after["loss"] < before.figures()["loss"] - 0.2  # the tiny model's logits reach no further
    assert after["token_accuracy"] > before.figures()["token_accuracy"]


def test_the_folder_holds_the_adapter_and_nothing_of_the_way_there(trained: tuple[TrainSettings, list[str]]) -> None:
    settings, _ = trained
    assert sorted(path.name for path in settings.output.iterdir()) == [
        "adapter_config.json",
        "adapter_model.safetensors",
        "card.json",
        "training.jsonl",
    ]
    config = json.loads((settings.output / "adapter_config.json").read_text("utf-8"))
    assert config["base_model_name_or_path"] == ""
    assert (config["r"], config["lora_alpha"], config["lora_dropout"]) == (4, 8, 0.05)
    assert str(settings.output.parent) not in (settings.output / "adapter_config.json").read_text("utf-8")
    stored = weights(settings.output)
    assert len(stored) == 2 * 2 * 7  # A and B, of two layers, of seven projections
    assert {tensor.dtype for tensor in stored.values()} == {torch.bfloat16}
    assert all(tensor.any() for tensor in stored.values())


def test_the_card_says_what_made_the_adapter(
    trained: tuple[TrainSettings, list[str]], base_folder: Path, template: PromptTemplate
) -> None:
    settings, _ = trained
    card = read_card(settings.output)
    assert (card.base_name, card.base_digest) == (str(base_folder), weights_digest(base_folder))
    assert card.template_digest == template.digest
    assert (card.schema_name, card.schema_digest) == ("mine", SCHEMA.digest)
    assert card.entity_types == ("Name", "Age")  # no report labels a City
    assert (card.dtype, card.quantization) == ("fp32", "none")
    assert card.settings["learning_rate"] == 1e-2
    assert card.settings["seed"] == 42
    figures = {name: card.training[name] for name in ("reports", "answers", "empty_answers", "snapped_values")}
    assert figures == {"reports": 4, "answers": 6, "empty_answers": 1, "snapped_values": 1}
    assert card.training["validation_reports"] == 2
    assert sorted(card.validation) == ["loss", "perplexity", "token_accuracy"]
    assert tuple(card.versions) == PACKAGES
    assert card.calibration is not None
    assert 0 <= card.calibration.right_count <= card.calibration.value_count > 0


def test_each_step_and_each_validation_is_a_line_of_the_log(trained: tuple[TrainSettings, list[str]]) -> None:
    lines = log_lines(trained[0].output)
    steps = [line for line in lines if "loss" in line]
    assert [line["step"] for line in steps] == list(range(1, 9))
    assert [line["epoch"] for line in steps] == [step / 4 for step in range(1, 9)]
    assert all({"learning_rate", "grad_norm", "mean_token_accuracy"} <= line.keys() for line in steps)
    assert [line["step"] for line in lines if "eval_loss" in line] == [4, 8]


def test_what_was_found_and_one_row_as_tokens_is_told(trained: tuple[TrainSettings, list[str]]) -> None:
    settings, told = trained
    assert told[0] == f"base {settings.base.name}: cpu, fp32, not quantised"
    assert told[1].startswith("training: 4 reports, 6 answers (1 not stated), ")
    assert told[2:4] == [
        "  values snapped to the report's own wording: 1",
        "  types of the schema without any label: ['City']",
    ]
    assert told[4].startswith("validation: 2 reports, 4 answers (2 not stated), ")
    assert told[6].split("\n") == [
        "one row as tokens, learned between » and «:",
        "<|start|>system",
        "A virtual assistant answers questions from a user based on the provided text.<|end|>",
        "<|start|>user",
        "Text:",
        "Ann Lee, 35, ran.<|end|>",
        "<|start|>assistant",
        "I've read this text.<|end|>",
        "<|start|>user",
        "What describes",
        "  | Name in the text?<|end|>",
        "<|start|>assistant",
        '{"Name":» ["Ann Lee"]}<|end|>«',
        "  | Age in the text?<|end|>",
        "<|start|>assistant",
        '{"Age":» ["35"]}<|end|>«',
    ]
    assert told[7].startswith("validation: loss ")
    assert told[8].startswith("calibrated on ")
    assert len(told) == 9


def test_the_adapter_answers_with_confidences(trained: tuple[TrainSettings, list[str]]) -> None:
    settings, _ = trained
    choice = choose_model(
        settings.base,
        settings.output,
    )
    known = EntitySchema("known", (NAME, AGE))
    assert choice.notices(known) == []
    extractor = Extractor(choice, known)
    extractions = extractor.extract([text for text, _ in [*REPORTS, *HELD_OUT]])
    mentions = [m for extraction in extractions for answer in extraction.answers for m in answer.mentions]
    assert mentions
    assert all(m.confidence is not None and 0 < m.confidence < 1 for m in mentions)


# ---- the same again


def test_the_same_seed_gives_the_same_weights_and_another_others(
    settings: TrainSettings, trained: tuple[TrainSettings, list[str]], tmp_path: Path
) -> None:
    torch.manual_seed(999)  # what ran before must not matter
    card = train(settings, tell=silent)
    assert_same_weights(settings.output, trained[0].output)
    assert card.validation == read_card(trained[0].output).validation
    other = replace(settings, seed=7, output=tmp_path / "other")
    train(other, tell=silent)
    one, two = weights(settings.output), weights(other.output)
    assert not any(torch.equal(one[name], two[name]) for name in one)


def stop_at(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """As if the user pressed Ctrl-C right after the checkpoint of that step."""

    def on_save(self: Any, args: Any, state: Any, control: Any, **_: Any) -> None:
        if state.global_step == step:
            raise KeyboardInterrupt

    monkeypatch.setattr(callbacks.Progress, "on_save", on_save)


def test_training_goes_on_from_an_adapter_and_its_card_says_so(
    trained: tuple[TrainSettings, list[str]], tmp_path: Path
) -> None:
    settings, _ = trained
    still = replace(QUICK, learning_rate=1e-12, rank=2, alpha=2)  # so small that no weight moves in bf16
    further = replace(settings, output=tmp_path / "further", adapter=settings.output, recipe=still)
    card = train(further, tell=silent)
    assert_same_weights(further.output, settings.output)
    assert {name: card.settings[name] for name in ("rank", "alpha", "started_from")} == {
        "rank": QUICK.rank,
        "alpha": QUICK.alpha,
        "started_from": weights_digest(settings.output),
    }
    moving = replace(further, output=tmp_path / "moving", recipe=QUICK)
    assert train(moving, tell=silent).validation["loss"] < read_card(settings.output).validation["loss"]


def test_an_adapter_for_another_base_is_nothing_to_go_on_from(
    trained: tuple[TrainSettings, list[str]], tmp_path: Path
) -> None:
    settings, _ = trained
    foreign = tmp_path / "foreign"
    shutil.copytree(settings.output, foreign)
    replace(read_card(foreign), base_digest="0" * 32).write(foreign)
    with pytest.raises(AdapterInvalid) as caught:
        train(replace(settings, output=tmp_path / "further", adapter=foreign), tell=silent)
    assert f"it was trained for {settings.base.name}, not for {settings.base.name} as it is here" in str(caught.value)


@pytest.mark.parametrize("step", [3, 6])
def test_a_training_that_is_interrupted_and_resumed_ends_as_if_undisturbed(
    settings: TrainSettings,
    trained: tuple[TrainSettings, list[str]],
    monkeypatch: pytest.MonkeyPatch,
    step: int,
) -> None:
    stop_at(monkeypatch, step)
    with pytest.raises(TrainingInterrupted) as caught:
        train(settings, tell=silent)
    assert str(caught.value) == (
        f"training stopped after step {step}; the same command with --resume goes on from the newest checkpoint "
        f"under {settings.output}"
    )
    monkeypatch.undo()
    assert refusal(settings) == (
        f"{settings.output} already holds checkpoints of an unfinished training; use --resume, or another --output"
    )
    torch.manual_seed(999)
    card = train(replace(settings, is_resumed=True), tell=silent)
    assert_same_weights(settings.output, trained[0].output)
    assert card.validation == read_card(trained[0].output).validation
    assert [line["step"] for line in log_lines(settings.output) if "loss" in line] == list(range(1, 9))


def test_so_it_does_where_questions_are_drawn(
    settings: TrainSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    drawing = replace(settings, recipe=replace(QUICK, question_dropout=0.5, unstated_ratio=1.0))
    undisturbed = replace(drawing, output=tmp_path / "undisturbed")
    train(undisturbed, tell=silent)
    stop_at(monkeypatch, 6)
    with pytest.raises(TrainingInterrupted):
        train(drawing, tell=silent)
    monkeypatch.undo()
    train(replace(drawing, is_resumed=True), tell=silent)
    assert_same_weights(drawing.output, undisturbed.output)
    assert not (settings.output / "checkpoints").exists()


def test_the_newest_whole_checkpoint_is_resumed_and_a_half_written_one_never(settings: TrainSettings) -> None:
    resumed = replace(settings, is_resumed=True)
    missing = f"there is no checkpoint under {settings.output} to resume from; train without --resume"
    assert refusal(resumed) == missing
    folder = settings.output / "checkpoints"
    for step in (9, 10, 11):
        (folder / f"checkpoint-{step}").mkdir(parents=True)
        (folder / f"checkpoint-{step}" / "trainer_state.json").write_text("{", "utf-8")
    assert refusal(resumed) == missing
    assert checkpoints.resume_point(settings) is None
    for step in (9, 10):
        (folder / f"checkpoint-{step}" / "whole").touch()
    assert checkpoints.resume_point(resumed) == folder / "checkpoint-10"


# ---- what is learned


def test_the_loss_is_over_answer_tokens_each_weighing_the_same(
    settings: TrainSettings,
    base: Base,
    template: PromptTemplate,
    grammar: AnswerGrammar,
    tiny_model: LlamaForCausalLM,
) -> None:
    """A new adapter changes nothing, so the first step's loss is the base's: here by one branch after another."""
    recipe = replace(QUICK, epochs=1, accumulation=4, dropout=0.0)
    rows = rows_of(settings.data[0], template, grammar)
    settings = replace(settings, recipe=recipe)
    lora = setup.lora_config(settings, base)
    trainer = trainer_file.tree_trainer(settings, setup_of(base, template, lora, rows))
    trainer.train()
    losses, right = [], []
    for row in rows:
        for question, answer in zip(row["question_ids"], row["answer_ids"], strict=True):
            ids = torch.tensor([[*row["prefix_ids"], *question, *answer]])
            with torch.inference_mode():
                logits = tiny_model(ids).logits[0, -len(answer) - 1 : -1]
            losses.append(cross_entropy(logits, ids[0, -len(answer) :], reduction="none"))
            right.append((logits.argmax(-1) == ids[0, -len(answer) :]).float())
    counts = {len(loss) for loss in losses}
    assert len(counts) > 2  # answers of several lengths, or any mean would do
    [line] = [line for line in log_lines(settings.output) if "loss" in line]
    assert line["loss"] == pytest.approx(float(torch.cat(losses).mean()), abs=1e-4)
    forced = teacher_forced(tiny_tree(base), rows, pad_id=template.end_id).figures()
    assert forced["loss"] == pytest.approx(float(torch.cat(losses).mean()), abs=1e-4)
    assert forced["token_accuracy"] == pytest.approx(float(torch.cat(right).mean()), abs=1e-6)
    assert forced["perplexity"] == pytest.approx(float(torch.cat(losses).mean().exp()), rel=1e-3)


def test_a_row_beyond_the_kept_tokens_is_computed_twice_and_learned_from_alike(
    settings: TrainSettings, base: Base, template: PromptTemplate, grammar: AnswerGrammar
) -> None:
    rows = rows_of(settings.data[0], template, grammar)
    tokens = [pack_row(row).token_ids.numel() for row in rows]
    short, long = tokens.index(min(tokens)), tokens.index(max(tokens))

    def learned(at: int, kept_tokens: int) -> tuple[int, float]:
        """How often a layer ran for a step of one row, and the norm of the gradients."""
        recipe = replace(QUICK, epochs=1, dropout=0.0, kept_tokens=kept_tokens)
        own = replace(settings, recipe=recipe, output=settings.output / f"{at}-{kept_tokens}")
        fresh = replace(base, model=tiny_tree(base))
        lora = setup.lora_config(own, fresh)
        trainer = trainer_file.tree_trainer(own, setup_of(fresh, template, lora, rows.select([at])))
        runs = []
        feed_forward = trainer.model.get_base_model().get_decoder().layers[0].mlp
        feed_forward.register_forward_pre_hook(lambda *_: runs.append(1))
        trainer.train()
        [line] = [line for line in log_lines(own.output) if "grad_norm" in line]
        return len(runs), line["grad_norm"]

    limit = min(tokens)
    assert limit < max(tokens)
    (once, kept), (twice, computed_again) = learned(long, max(tokens)), learned(long, limit)
    assert (once, twice, learned(short, limit)[0]) == (1, 2, 1)
    assert kept > 0
    assert computed_again == pytest.approx(kept, rel=1e-5)


def tiny_tree(base: Base) -> Any:
    """The base of a trainer's model, its adapter taken off."""
    fresh = load_base(in_fp32(base.name, Path(base.name))).model
    use_tree_attention(fresh)
    return fresh


def test_no_row_gives_no_figures(base: Base) -> None:
    none = teacher_forced(base.model, Dataset.from_list([]), pad_id=0)
    assert (none, none.figures()) == (TokenScores(), {})


def test_only_answers_are_learned_and_rows_are_padded(
    settings: TrainSettings, base: Base, template: PromptTemplate, grammar: AnswerGrammar
) -> None:
    rows = rows_of(settings.data[0], template, grammar)
    lora = setup.lora_config(settings, base)
    trainer = trainer_file.tree_trainer(settings, setup_of(base, template, lora, rows))
    batch = trainer.data_collator([rows[0], rows[2]])
    assert sorted(batch) == ["branch_ids", "input_ids", "labels", "position_ids"]
    for number, row in enumerate((rows[0], rows[2])):
        labels, tokens = batch["labels"][number], batch["input_ids"][number]
        learned = labels != IGNORED
        assert torch.equal(labels[learned], tokens[learned])
        assert labels[learned].tolist() == [token for answer in row["answer_ids"] for token in answer]
        width = pack_row(row).token_ids.shape[1]
        assert (batch["branch_ids"][number, width:] == -1).all()
        assert not learned[width:].any()
    assert batch["input_ids"].shape[1] == pack_row(rows[2]).token_ids.shape[1]


# ---- what is refused


def test_a_report_in_both_parts_is_trained_on_in_neither_guise(settings: TrainSettings, tmp_path: Path) -> None:
    held = write(tmp_path / "held.jsonl", [HELD_OUT[0], ("cat SAT on bo day,\nall day", {"Name": []})])
    told: list[str] = []
    card = train(replace(settings, validation=held), tell=told.append)
    assert told[0] == (
        "1 training reports left out: they are in the validation part too, or nearly, such as train 1 and held 1"
    )
    assert card.training["reports"] == len(REPORTS) - 1


def test_validating_on_the_training_reports_themselves_is_refused(settings: TrainSettings) -> None:
    assert refusal(replace(settings, validation=settings.data[0])) == (
        "every training report is in the validation part too, or nearly; validate on others"
    )
    assert not settings.output.exists()


def test_a_folder_that_holds_an_adapter_is_refused(settings: TrainSettings) -> None:
    settings.output.mkdir()
    (settings.output / "adapter_model.safetensors").touch()
    assert refusal(settings) == f"{settings.output} already holds an adapter; use --resume, or another --output"


def test_data_that_teaches_nothing_is_refused(settings: TrainSettings, tmp_path: Path) -> None:
    data = write(tmp_path / "train.jsonl", [("Ann ran.", {"Zip": ["1"]}), ("Bo ran off.", {"Name": ["Zoe"]})])
    assert refusal(replace(settings, data=(data,))) == ("nothing to learn: no report labels a type of the schema mine")
    assert not settings.output.exists()


# ---- validation and calibration


def test_without_validation_reports_there_is_neither_figure_nor_confidence(settings: TrainSettings) -> None:
    told: list[str] = []
    card = train(replace(settings, validation=None, validation_share=0), tell=told.append)
    assert (card.validation, card.calibration, card.training["validation_reports"]) == ({}, None, 0)
    assert told[-1] == "no validation reports: confidence stays empty"
    assert read_card(settings.output).calibration is None


def test_a_model_that_gives_no_value_on_validation_has_no_confidence_but_is_kept(
    settings: TrainSettings, tmp_path: Path
) -> None:
    held = write(tmp_path / "held.jsonl", [("", {"Name": []})])  # nothing can be copied from it
    told: list[str] = []
    card = train(replace(settings, validation=held), tell=told.append)
    assert card.calibration is None
    assert told[-1] == (
        "no value to calibrate on: the model answered nothing on the calibration reports; confidence stays empty"
    )
    assert read_card(settings.output).calibration is None
    assert not (settings.output / "checkpoints").exists()


def test_a_share_of_the_data_is_held_out_where_no_part_is_named(settings: TrainSettings) -> None:
    apart = replace(settings, validation=None, validation_share=0.25)
    labelled, held_out = parts.labelled_parts(apart)
    assert (len(labelled), len(held_out)) == (3, 1)
    assert sorted([*labelled["text"], *held_out["text"]]) == sorted(text for text, _ in REPORTS)
    again = parts.labelled_parts(apart)
    assert [list(part["text"]) for part in again] == [list(labelled["text"]), list(held_out["text"])]


def test_parts_of_a_split_file_are_trained_and_validated_on(settings: TrainSettings, tmp_path: Path) -> None:
    split = tmp_path / "splits.json"
    members = {"by": "line number from 0", "train": [0, 2], "calibrate": [3]}
    split.write_text(json.dumps({"train.jsonl": members}), "utf-8")
    apart = replace(settings, validation=None, split=split, part="train", validation_part="calibrate")
    labelled, held_out = parts.labelled_parts(apart)
    assert labelled["report_id"] == ["train 0", "train 2"]
    assert held_out["report_id"] == ["train 3"]


def test_a_mix_names_its_own_parts_and_how_often_each_report_is_visited(
    settings: TrainSettings, tmp_path: Path
) -> None:
    mix = tmp_path / "mix.toml"
    mix.write_text('[[source]]\ndata = "train.jsonl"\nvisits = 2.5\n[[validation]]\ndata = "held.jsonl"\n', "utf-8")
    labelled, held_out = parts.labelled_parts(replace(settings, data=(mix,), validation=None))
    assert (len(labelled), labelled["visits"]) == (len(REPORTS), [2.5] * len(REPORTS))
    assert held_out["report_id"] == ["held 0", "held 1"]
    visited = parts.visited([2.5] * 1000 + [0.0, 1.0], seed=3)
    counts = Counter(visited)
    assert {counts[i] for i in range(1000)} == {2, 3}
    assert 2400 < len(visited) < 2600
    assert (counts[1000], counts[1001]) == (0, 1)
    assert parts.visited([2.5] * 1000, seed=3) == visited[:-1]


def drawn(count_stated: int, count_unstated: int, recipe: Recipe, *, visit: int = 0, epoch: int = 0) -> list[str]:
    """The types that one visit to a report with so many questions learns from."""
    answers = [[5, 6]] * count_stated + [[9]] * count_unstated
    names = [f"stated {i}" for i in range(count_stated)] + [f"unstated {i}" for i in range(count_unstated)]
    questions = [[i] for i in range(len(names))]
    facts = {"prefix_ids": [1], "visit": visit}
    row = {**facts, "question_ids": questions, "answer_ids": answers, "entity_types": names}
    draw = callbacks.Draw(recipe, [9], seed=7)
    draw.epoch = epoch
    found = draw(row)
    assert draw(row) == found
    assert [names[ids[0]] for ids in found["question_ids"]] == found["entity_types"]
    assert [answers[ids[0]] for ids in found["question_ids"]] == found["answer_ids"]
    assert found["prefix_ids"] == [1]
    return list(found["entity_types"])


def test_a_visit_learns_from_all_questions_unless_told_otherwise() -> None:
    assert len(drawn(3, 5, QUICK)) == 8


def test_unstated_questions_are_drawn_anew_in_their_ratio() -> None:
    visits = [drawn(12, 20, replace(QUICK, unstated_ratio=0.5), visit=n) for n in range(50)]
    assert all(
        [name for name in visit if name.startswith("stated")] == [f"stated {i}" for i in range(12)] for visit in visits
    )
    assert {len(visit) for visit in visits} == {18}
    assert {name for visit in visits for name in visit if name.startswith("un")} == {f"unstated {i}" for i in range(20)}
    assert len(drawn(4, 20, replace(QUICK, unstated_ratio=0.5))) == 4 + LEAST_UNSTATED
    assert len(drawn(0, 20, replace(QUICK, unstated_ratio=0.5))) == LEAST_UNSTATED


def test_questions_sit_out_by_their_share() -> None:
    visits = [drawn(6, 4, replace(QUICK, question_dropout=0.3), epoch=n) for n in range(50)]
    assert {len(visit) for visit in visits} == {7}
    assert len({tuple(visit) for visit in visits}) > 10
    assert len(drawn(1, 0, replace(QUICK, question_dropout=0.9))) == 1


def test_a_long_row_is_shown_by_its_ends(template: PromptTemplate, grammar: AnswerGrammar, tmp_path: Path) -> None:
    data = write(tmp_path / "data.jsonl", [("word " * 100 + "Ann", {"Name": ["Ann"]})])
    [row] = rows_of(data, template, grammar)
    text = template.tokenizer.decode(row["prefix_ids"])
    shown = parts.marked_row(row, template.tokenizer)
    assert shown == (
        f"one row as tokens, learned between » and «:\n{text[:200]} [...] {text[-200:]}\n"
        '  | Name in the text?<|end|>\n<|start|>assistant\n{"Name":» ["Ann"]}<|end|>«'
    )


# ---- the learning curve


def test_the_curve_holds_all_validations_and_at_most_twenty_points_of_training(tmp_path: Path) -> None:
    log = tmp_path / "training.jsonl"
    lines = [
        {"step": 10 * i, "epoch": i / 25, "loss": 1 / i, "grad_norm": 1.0, "mean_token_accuracy": 0.5}
        for i in range(1, 51)
    ]
    lines.insert(25, {"step": 250, "epoch": 1.0, "eval_loss": 0.5, "eval_runtime": 3.0})
    lines += [{"step": 500, "epoch": 2.0, "eval_loss": 0.25}, {"step": 500, "epoch": 2.0, "train_loss": 0.1}]
    log.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    curve = learning_curve(log)
    assert [line["step"] for line in curve if "loss" in line] == list(range(30, 490, 30))
    assert curve[0] == {"step": 30, "epoch": 3 / 25, "loss": 1 / 3, "mean_token_accuracy": 0.5}
    assert [line for line in curve if "eval_loss" in line] == [
        {"step": 250, "epoch": 1.0, "eval_loss": 0.5},
        {"step": 500, "epoch": 2.0, "eval_loss": 0.25},
    ]
    assert curve[8] == {"step": 250, "epoch": 1.0, "eval_loss": 0.5}
    assert curve[-1] == {"step": 500, "epoch": 2.0, "eval_loss": 0.25}


def test_steps_that_a_resumed_run_logged_again_count_once_as_logged_last(tmp_path: Path) -> None:
    log = tmp_path / "training.jsonl"
    lines = [{"step": 10, "loss": 3.0}, {"step": 20, "loss": 2.0}, {"step": 20, "loss": 1.5}, {"step": 30, "loss": 1.0}]
    log.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    assert [line["loss"] for line in learning_curve(log)] == [3.0, 1.5, 1.0]


def test_a_training_on_less_first_shows_what_more_reports_bring(
    settings: TrainSettings, trained: tuple[TrainSettings, list[str]], tmp_path: Path
) -> None:
    told: list[str] = []
    card = train(replace(settings, has_learning_curve=True), tell=told.append)
    half = train(replace(settings, share=0.5, output=tmp_path / "half"), tell=silent)
    assert [point["reports"] for point in card.data_curve] == [1, 2, 4]
    assert card.data_curve[1] == {"reports": 2, **half.validation}
    assert card.data_curve[2] == {"reports": 4, **read_card(trained[0].output).validation}
    assert_same_weights(settings.output, trained[0].output)
    assert read_card(settings.output).data_curve == card.data_curve
    assert not (settings.output / "smaller").exists()
    assert told[0] == "learning curve: 25% of the reports"
    assert told[-1].splitlines() == [
        "    trained on     loss      F1",
        *(f"{point['reports']:>6} reports{point['loss']:9.4f}       -" for point in card.data_curve),
        "on the validation reports; where F1 still rises, more labels help",
    ]


def test_the_smaller_part_is_within_the_larger(settings: TrainSettings) -> None:
    labelled = read_sources([Source(data=settings.data[0])])
    one, two, all_ = (parts.share_of(labelled, replace(settings, share=share)) for share in (0.25, 0.5, 1))
    assert set(one["text"]) < set(two["text"]) < set(all_["text"])
    assert all_["text"] == labelled["text"]


@pytest.mark.parametrize("step", [1, 4, 7])  # first reached on the quarter, the half and all of the reports
def test_a_learning_curve_that_is_interrupted_goes_on_where_it_was(
    settings: TrainSettings,
    trained: tuple[TrainSettings, list[str]],
    monkeypatch: pytest.MonkeyPatch,
    step: int,
) -> None:
    asked = replace(settings, has_learning_curve=True, checkpoint_steps=1)
    stop_at(monkeypatch, step)
    with pytest.raises(TrainingInterrupted):
        train(asked, tell=silent)
    monkeypatch.undo()
    assert refusal(asked).startswith(f"{settings.output} already holds checkpoints of an unfinished training")
    card = train(replace(asked, is_resumed=True), tell=silent)
    assert [point["reports"] for point in card.data_curve] == [1, 2, 4]
    assert_same_weights(settings.output, trained[0].output)


def test_an_f1_is_shown_where_thresholds_were_fitted(adapter_folder: Path) -> None:
    card = read_card(adapter_folder)
    effects = (ThresholdEffect("Name", 3, 0.5, 0.5, 0.6), ThresholdEffect("all", 3, 0.5, 0.5, 0.625))
    fitted = replace(card, presence=PresenceThresholds(0.5, {}, effects), training={"reports": 30})
    point = curve.data_point(fitted)
    assert point == {"reports": 30, **card.validation, "f1": 0.625}
    assert curve.data_table([point]).splitlines()[1].split() == [
        "30",
        "reports",
        f"{point['loss']:.4f}",
        "0.625",
    ]
