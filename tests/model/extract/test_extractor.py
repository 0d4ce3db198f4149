"""Texts in, extractions out: exact offsets whatever the batch, the window or the repeats."""

import copy
import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from crimeetl.etl.errors import AdapterInvalid, BaseUnavailable, ExtractionFailed
from crimeetl.model.base import BaseOptions, Precision
from crimeetl.model.decode import Request
from crimeetl.model.decode.branches import DecodedAnswer, DecodedValue
from crimeetl.model.extract import Extractor, ModelChoice, PresenceThresholds, choose_model, read_card
from crimeetl.model.extract.budget import FITTING_BATCHES, Budget
from crimeetl.model.extract.choice import ExtractorSettings
from crimeetl.model.extract.extractor import LOOKAHEAD_REPORTS
from crimeetl.model.extraction import Answer, Extraction, Mention
from crimeetl.model.schema import EntitySchema, EntityType

NAME = EntityType("Name", "Name", "span", (), True, "text")
AGE = EntityType("Age", "Age", "integer", (), True, "age")
SUMMARY = EntityType("Summary", "Summary", "span", (), False, "text")
RANGE = EntityType("Range", "Range", "choice", ("Child", "Adult"), True, "text")
SCHEMA = EntitySchema("mine", (NAME, AGE, SUMMARY, RANGE))
REPORTS = [
    "Ann Lee, 35, met Ann (35).",
    "",
    'Tab\there 7 "quoted"\nline \x00 é😀 \\ end <|end|>',
    "x",
    "On 11/12 Officer O'Malley, badge #4521, saw a man run off with 19 watches.",
    " \n ",
]


def choose(base_folder: Path, adapter: Path | None = None, **settings: Any) -> ModelChoice:
    return choose_model(
        BaseOptions(name=str(base_folder), device="cpu", quantization="none", dtype="fp32", cache=base_folder),
        adapter,
        settings=ExtractorSettings(**settings),
    )


@pytest.fixture(scope="module")
def extractor(base_folder: Path, adapter_folder: Path) -> Extractor:
    """With a random adapter, whose answers vary more than the base's."""
    return Extractor(choose(base_folder, adapter_folder), SCHEMA)


def with_settings(extractor: Extractor, **settings: Any) -> Extractor:
    changed = copy.copy(extractor)
    changed.settings = ExtractorSettings(**settings)
    changed.budget = Budget(changed.settings.batch_tokens)
    return changed


def answering(extractor: Extractor, values: dict[str, str]) -> Extractor:
    """The same, but decoding finds all that a type's pattern matches in a window."""
    changed = copy.copy(extractor)

    def decode(requests: Sequence[Request]) -> list[list[DecodedAnswer]]:
        return [
            [
                decoded(*re.findall(values[entity_type.name], request.words.text) if entity_type.name in values else ())
                for entity_type in extractor.schema.types
            ]
            for request in requests
        ]

    changed.decode = decode
    return changed


def decoded(*values: str) -> DecodedAnswer:
    given = tuple(DecodedValue(value, -0.25, -0.5, -0.125) for value in values)
    return DecodedAnswer(given, presence=0.75, is_cut=False, chosen_tokens=3)


def outline(extraction: Extraction) -> list[tuple[str, bool, list[tuple[str, int | None, int | None]]]]:
    """All that does not move with rounding."""
    return [
        (answer.entity_type, answer.is_cut, [(m.value, m.char_start, m.char_end) for m in answer.mentions])
        for answer in extraction.answers
    ]


# ---- offsets


def test_every_copied_value_stands_at_its_offsets_and_a_derived_one_has_none(extractor: Extractor) -> None:
    extractions = extractor.extract(REPORTS)
    counts = {"span": 0, "integer": 0, "choice": 0}
    for text, extraction in zip(REPORTS, extractions, strict=True):
        assert [answer.entity_type for answer in extraction.answers] == ["Name", "Age", "Summary", "Range"]
        for entity_type, answer in zip(SCHEMA.types, extraction.answers, strict=True):
            counts[entity_type.kind] += len(answer.mentions)
            for mention in answer.mentions:
                if entity_type.kind == "choice":
                    assert (mention.char_start, mention.char_end) == (None, None)
                    assert mention.value in entity_type.choices
                else:
                    assert mention.char_start is not None and mention.char_end is not None
                    assert 0 <= mention.char_start < mention.char_end <= len(text)
                    assert text[mention.char_start : mention.char_end] == mention.value
            assert entity_type.is_multiple or len(answer.mentions) <= 1
    assert all(count > 0 for count in counts.values())


def test_the_kth_time_a_value_is_given_it_is_its_kth_place(extractor: Extractor) -> None:
    text = "Ann met Annabel, Bo and Ann; Ann (35) was 35, not 350."
    finding = answering(extractor, {"Name": r"\bAnn\b|Bo", "Age": r"\b35\b", "Range": "(?=Ann|Bo)"})
    with_choices = copy.copy(finding)
    found = with_choices.extract([text])[0]
    assert outline(found)[:2] == [
        ("Name", False, [("Ann", 0, 3), ("Bo", 17, 19), ("Ann", 24, 27), ("Ann", 29, 32)]),
        ("Age", False, [("35", 34, 36), ("35", 42, 44)]),
    ]


def test_repeated_choices_have_no_place_each(extractor: Extractor) -> None:
    request = extractor.request("Ann")
    choices = ("Adult", "Child", "Adult")
    answers = extractor.locate(request, [decoded("Ann"), decoded(), decoded(), decoded(*choices)])
    confidence = read_card_confidence(extractor)
    assert extractor.calibration is not None
    each = [extractor.calibration.confidence("Range", decoded(*choices), place) for place in range(3)]
    assert each == sorted(set(each), reverse=True)  # this calibration trusts later values less
    assert answers == (
        Answer("Name", (Mention("Ann", 0, 3, confidence),), 0.75, False),
        Answer("Age", (), 0.75, False),
        Answer("Summary", (), 0.75, False),
        Answer("Range", tuple(Mention(v, None, None, c) for v, c in zip(choices, each, strict=True)), 0.75, False),
    )


def read_card_confidence(extractor: Extractor) -> float:
    """Of the values of ``decoded``."""
    assert extractor.calibration is not None
    answer = decoded("Ann")
    return extractor.calibration.confidence("Name", answer, 0)


def test_confidence_is_the_adapter_s_calibration_and_none_without_one(extractor: Extractor, base_folder: Path) -> None:
    mentions = [m for extraction in extractor.extract(REPORTS[:1]) for a in extraction.answers for m in a.mentions]
    assert mentions
    assert all(m.confidence is not None and 0 < m.confidence < 1 for m in mentions)
    # 0.5 * log(3) - 0.25 - 0.25 * -0.5 + 2 * -0.125 + 0.75 is 0.9243.
    assert read_card_confidence(extractor) == pytest.approx(0.71592, abs=1e-5)
    plain = Extractor(choose(base_folder), SCHEMA)
    mentions = [m for extraction in plain.extract(REPORTS) for a in extraction.answers for m in a.mentions]
    assert mentions
    assert {m.confidence for m in mentions} == {None}


def test_values_of_a_lower_confidence_are_dropped_where_there_is_one(extractor: Extractor, base_folder: Path) -> None:
    whole = extractor.extract(REPORTS)
    found = sorted({m.confidence for e in whole for a in e.answers for m in a.mentions if m.confidence is not None})
    least = found[len(found) // 2]
    dropped = with_settings(extractor, min_confidence=least).extract(REPORTS)
    for all_of_it, rest in zip(whole, dropped, strict=True):
        for answer, kept in zip(all_of_it.answers, rest.answers, strict=True):
            assert kept == replace(answer, mentions=tuple(m for m in answer.mentions if (m.confidence or 0) >= least))
    assert (
        0
        < sum(len(a.mentions) for e in dropped for a in e.answers)
        < sum(len(a.mentions) for e in whole for a in e.answers)
    )
    plain = Extractor(choose(base_folder), SCHEMA)
    assert with_settings(plain, min_confidence=1.0).extract(REPORTS) == plain.extract(REPORTS)


def test_the_adapter_s_thresholds_are_asked_for_and_another_schema_has_its_own(extractor: Extractor) -> None:
    assert extractor.least_presence == [0.5] * 4
    other = extractor.asking(EntitySchema("one", (AGE,)))
    assert (other.least_presence, len(other.question_ids), other.base) == ([0.5], 1, extractor.base)
    [found] = other.extract(REPORTS[:1])
    [whole] = extractor.extract(REPORTS[:1])
    assert [a.mentions for a in found.answers] == [a.mentions for a in whole.answers if a.entity_type == "Age"]
    assert len(extractor.schema.types) == 4


def test_a_report_without_words_has_no_copied_value(extractor: Extractor) -> None:
    for extraction in extractor.extract(["", " \n "]):
        assert [answer.mentions for answer in extraction.answers[:3]] == [(), (), ()]
        assert extraction.window_count == 1


def test_tokens_are_counted_for_the_report_alone(extractor: Extractor) -> None:
    counted = [extraction.report_tokens for extraction in extractor.extract(REPORTS)]
    assert counted == [len(text.encode()) for text in REPORTS]  # one token a byte


# ---- batches


def test_the_order_and_the_size_of_batches_change_no_answer(extractor: Extractor) -> None:
    expected = [outline(extractor.extract([text])[0]) for text in REPORTS]
    assert [outline(e) for e in extractor.extract(REPORTS)] == expected
    assert [outline(e) for e in extractor.extract(REPORTS[::-1])] == expected[::-1]
    for budget in (1, 700, 1500):
        assert [outline(e) for e in with_settings(extractor, batch_tokens=budget).extract(REPORTS)] == expected


def test_every_report_comes_once_with_its_key_and_batches_keep_to_the_budget(extractor: Extractor) -> None:
    finding = answering(extractor, {})
    finding.settings, finding.budget = ExtractorSettings(batch_tokens=3000), Budget(3000)
    texts = {f"key {i}": "Ann " * (i * 7 % 40) for i in range(LOOKAHEAD_REPORTS + 20)}
    batches = list(finding.batches(texts.items()))
    keys = [key for batch in batches for key, _ in batch]
    assert sorted(keys) == sorted(texts)
    assert len(batches) > 3
    for batch in batches:
        assert all(isinstance(outcome, Extraction) for _, outcome in batch)
        requests = [finding.request(texts[key]) for key, _ in batch]
        longest = max(len(request.prefix_ids) for request in requests)
        assert len(batch) == 1 or len(batch) * (longest + sum(map(len, requests[0].question_ids))) <= 3000


def test_reports_are_read_no_further_ahead_than_needed(extractor: Extractor) -> None:
    taken = []

    def reports() -> object:
        for i in range(1000):
            taken.append(i)
            yield i, "Ann"

    next(answering(extractor, {}).batches(reports()))
    assert len(taken) == LOOKAHEAD_REPORTS


def test_a_report_that_cannot_be_answered_stops_no_other(extractor: Extractor) -> None:
    outcomes = dict(
        pair for batch in extractor.batches(enumerate(["Ann", "half a pair \ud83d", "Bo"])) for pair in batch
    )
    assert isinstance(outcomes[1], ExtractionFailed)
    assert outcomes[1].path == "report"
    assert "surrogates not allowed" in outcomes[1].reason
    assert [outline(outcomes[i]) for i in (0, 2)] == [outline(e) for e in extractor.extract(["Ann", "Bo"])]
    with pytest.raises(ExtractionFailed):
        extractor.extract(["Ann", "half a pair \ud83d"])


# ---- windows


def test_what_does_not_fit_into_memory_together_is_done_in_halves_and_the_next_batches_are_smaller(
    extractor: Extractor,
) -> None:
    def within(most_reports: int) -> tuple[Extractor, list[int]]:
        limited, sizes = with_settings(extractor, batch_tokens=100_000), []

        def decode(requests: Sequence[Request]) -> list[list[DecodedAnswer]]:
            sizes.append(len(requests))
            if len(requests) > most_reports:
                raise torch.OutOfMemoryError("CUDA out of memory")
            return extractor.decode(requests)

        limited.decode = decode  # type: ignore[method-assign]
        return limited, sizes

    expected = [outline(extraction) for extraction in extractor.extract(REPORTS)]
    limited, sizes = within(2)
    assert [outline(extraction) for extraction in limited.extract(REPORTS)] == expected
    assert sizes == [6, 3, 1, 2, 3, 1, 2]
    assert limited.budget.tokens == 12_500
    assert extractor.budget.tokens == ExtractorSettings().batch_tokens

    limited, sizes = within(0)
    [[(key, outcome)]] = limited.batches([("a", "Ann Lee")])
    assert (key, sizes) == ("a", [1])
    assert isinstance(outcome, ExtractionFailed)
    count = len(extractor.base.tokenizer("Ann Lee", add_special_tokens=False)["input_ids"])
    assert outcome.reason == f"its {count} tokens do not fit into the device's memory"


def test_the_budget_comes_back_when_enough_batches_fit() -> None:
    budget = Budget(1000)
    budget.halve()
    budget.halve()
    for _ in range(FITTING_BATCHES - 1):
        budget.fitted()
    assert budget.tokens == 250
    budget.fitted()
    assert budget.tokens == 500
    budget.halve()
    for _ in range(3 * FITTING_BATCHES):
        budget.fitted()
    assert budget.tokens == 1000


def test_one_shortage_of_memory_does_not_make_all_later_batches_smaller(extractor: Extractor) -> None:
    limited, sizes = with_settings(extractor, batch_tokens=100_000), []

    def decode(requests: Sequence[Request]) -> list[list[DecodedAnswer]]:
        sizes.append(len(requests))
        if len(sizes) == 1:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return extractor.decode(requests)

    limited.decode = decode  # type: ignore[method-assign]
    limited.extract(REPORTS)
    assert (sizes, limited.budget.tokens) == ([6, 3, 3], 50_000)
    for _ in range(FITTING_BATCHES - 2):
        assert limited.budget.tokens == 50_000
        limited.extract(["Ann Lee"])
    assert limited.budget.tokens == 100_000


def test_a_long_report_is_read_in_windows_and_its_offsets_stay_global(extractor: Extractor) -> None:
    text = " ".join(f"Word{i}, é😀." for i in range(60))
    windowed = with_settings(extractor, window_tokens=200, overlap_tokens=60, batch_tokens=4000)
    long, short = windowed.extract([text, REPORTS[0]])
    assert long.window_count > 4
    assert short.window_count == 1
    mentions = [m for answer in long.answers[:3] for m in answer.mentions]
    assert mentions
    assert all(text[m.char_start : m.char_end] == m.value for m in mentions)
    assert outline(short) == outline(extractor.extract([REPORTS[0]])[0])
    assert outline(windowed.extract([text])[0]) == outline(long)


def test_all_values_of_a_long_report_are_found_once(extractor: Extractor) -> None:
    text = "\n\n".join(f"On day {i} Ann met Bo. They spoke for {i + 100} minutes in Größe." for i in range(30))
    finding = answering(extractor, {"Name": r"\bAnn\b|\bBo\b|Größe", "Age": r"\b1\d\d\b", "Summary": "minutes"})
    finding.settings = ExtractorSettings(window_tokens=300, overlap_tokens=80)
    [found] = finding.extract([text])
    expected = {
        "Name": [(m.group(), *m.span()) for m in re.finditer(r"\bAnn\b|\bBo\b|Größe", text)],
        "Age": [(m.group(), *m.span()) for m in re.finditer(r"\b1\d\d\b", text)],
    }
    assert len(expected["Name"]) == 90
    name, age, summary, _ = outline(found)
    assert name == ("Name", False, expected["Name"])
    assert age == ("Age", False, expected["Age"])
    assert len(summary[2]) == 1  # single-valued
    assert found.window_count > 5


# ---- which model


def test_the_digest_changes_with_what_changes_answers_and_with_nothing_else(
    base_folder: Path, adapter_folder: Path, tmp_path: Path
) -> None:
    plain = choose(base_folder)
    moved = Path(shutil.copytree(base_folder, tmp_path / "elsewhere"))
    assert choose(moved).digest == plain.digest == choose(base_folder, batch_tokens=17).digest
    assert len(plain.digest) == 32
    recalibrated = Path(shutil.copytree(adapter_folder, tmp_path / "recalibrated"))
    replace(read_card(recalibrated), calibration=None).write(recalibrated)
    bolder = Path(shutil.copytree(adapter_folder, tmp_path / "bolder"))
    replace(read_card(bolder), presence=PresenceThresholds(0.25, {})).write(bolder)
    in_bf16 = choose_model(
        BaseOptions(name=str(base_folder), device="cpu", quantization="none", dtype="bf16", cache=tmp_path), None
    )
    others = [
        choose(base_folder, max_answer_tokens=17).digest,
        choose(base_folder, window_tokens=17).digest,
        choose(base_folder, overlap_tokens=17).digest,
        choose(base_folder, adapter_folder).digest,
        choose(base_folder, recalibrated).digest,
        choose(base_folder, bolder).digest,
        choose(base_folder, min_confidence=0.5).digest,
        in_bf16.digest,
    ]
    assert len({plain.digest, *others}) == 9


def test_a_choice_has_a_name_for_people(base_folder: Path, adapter_folder: Path) -> None:
    assert choose(base_folder).name == f"{base_folder} (cpu, fp32, not quantised)"
    assert choose(base_folder, adapter_folder).name == (
        f"{base_folder} + {adapter_folder.name} (cpu, fp32, not quantised)"
    )


def test_what_the_user_should_know_is_told(base_folder: Path, adapter_folder: Path) -> None:
    assert choose(base_folder).notices(SCHEMA) == [
        f"no adapter for {base_folder}: answers of an untrained base are poor; see 'crimeetl train'"
    ]
    known = EntitySchema("known", (NAME, AGE))
    adapted = choose(base_folder, adapter_folder)
    assert adapted.notices(known) == []
    assert adapted.notices(SCHEMA) == ["the adapter was not trained on Summary, Range: expect less of these"]
    elsewhere = replace(adapted, precision=Precision("cpu", "bf16", "nf4"))
    assert elsewhere.notices(known) == [
        "the adapter's confidences were fitted in cpu, fp32, not quantised, and it runs in cpu, bf16, 4-bit NF4"
    ]
    assert replace(adapted, precision=Precision("cuda", "fp32", "none")).notices(known) == []


def test_an_adapter_for_another_base_is_refused(base_folder: Path, adapter_folder: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(adapter_folder, tmp_path / "other"))
    replace(read_card(other), base_digest="f" * 32).write(other)
    with pytest.raises(AdapterInvalid, match="it was trained for tiny, not for"):
        choose(base_folder, other)


def test_an_adapter_for_another_template_is_refused(base_folder: Path, adapter_folder: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(adapter_folder, tmp_path / "other"))
    replace(read_card(other), template_digest="f" * 32).write(other)
    with pytest.raises(AdapterInvalid, match="is not the one it was trained with"):
        Extractor(choose(base_folder, other), SCHEMA)


def test_a_base_without_a_chat_template_is_refused(base_folder: Path, tmp_path: Path) -> None:
    bare = Path(shutil.copytree(base_folder, tmp_path / "bare"))
    (bare / "chat_template.jinja").unlink()
    with pytest.raises(BaseUnavailable) as caught:
        Extractor(choose(bare), SCHEMA)
    assert str(caught.value) == (
        f"cannot load the base model {bare}: its tokenizer has no chat template; choose an instruction-tuned base"
    )
