"""Decoding a batch of trees gives what one question at a time gives, and only copies."""

import copy
import json
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
import torch
from llguidance.numpy import allocate_token_bitmask, fill_next_token_bitmask
from torch import nn
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from crimeetl.model.decode import AnswerGrammar, drafts, memory, occurrences, report_words
from crimeetl.model.decode.branches import DecodedAnswer, LiveBranch, look_back
from crimeetl.model.decode.decode import Request, decode
from crimeetl.model.schema import EntityType
from crimeetl.model.tree import CONVERSATION, PromptTemplate, prompt_template, use_tree_attention

TYPES = (
    EntityType("Name", "Name", "span", (), True, "text"),
    EntityType("Victim_Age", "who is old", "integer", (), True, "text"),
    EntityType("Summary", "Summary", "span", (), False, "text"),
    EntityType("Range", "Range", "choice", ("Adult", "Young Adult", "Größe"), True, "text"),
)
REPORTS = [
    "Ann Lee, 35, met Ann (35) on Oak St.",
    "",
    "x",
    'Tab\there 7 "quoted"\nline \x00 é😀 \\ end <|end|>',
    "On 11/12 Officer O'Malley, badge #4521, saw a man run off with 19 watches.",
]
WHOLE = 400  # tokens; no answer here is longer
SHORT = 50  # as far as answers are compared with the naive decoder's


@dataclass
class Bench:
    """A model with its tokenizer, and requests for it."""

    model: LlamaForCausalLM
    template: PromptTemplate
    grammar: AnswerGrammar

    def request(self, report: str, types: Sequence[EntityType] = TYPES) -> Request:
        words = report_words(report)
        return Request(
            prefix_ids=self.template.prefix_ids(self.template.report_ids(report)),
            question_ids=[self.template.question_ids(entity_type) for entity_type in types],
            matchers=self.grammar.matchers(words, types),
            words=words,
            may_repeat=[entity_type.kind == "choice" for entity_type in types],
            least_presence=[None] * len(types),
        )

    def answers(
        self, reports: Sequence[str], *, limit: int = WHOLE, types: Sequence[EntityType] = TYPES
    ) -> list[list[DecodedAnswer]]:
        return decode(
            self.model, self.grammar, [self.request(report, types) for report in reports], max_answer_tokens=limit
        )


def bench(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, *, seed: int) -> Bench:
    """With weights large enough that the choices differ from one question to the next."""
    wild = copy.deepcopy(model)
    torch.manual_seed(seed)
    with torch.no_grad():
        for weights in wild.parameters():
            if weights.dim() == 2:
                weights.normal_(std=0.3)
    use_tree_attention(wild)
    template = prompt_template(tokenizer, CONVERSATION)
    vocabulary_size = wild.get_output_embeddings().weight.shape[0]
    return Bench(wild, template, AnswerGrammar(template, vocabulary_size=vocabulary_size))


@pytest.fixture(scope="module", params=[1, 2])
def byte_bench(
    request: pytest.FixtureRequest, tiny_model: LlamaForCausalLM, byte_tokenizer: PreTrainedTokenizerFast
) -> Bench:
    return bench(tiny_model, byte_tokenizer, seed=request.param)


@pytest.fixture(scope="module", params=[1, 2])
def merging_bench(
    request: pytest.FixtureRequest, merging_model: LlamaForCausalLM, merging_tokenizer: PreTrainedTokenizerFast
) -> Bench:
    return bench(merging_model, merging_tokenizer, seed=request.param)


@pytest.fixture(scope="module", params=["tiny_model byte_tokenizer", "merging_model merging_tokenizer"])
def any_bench(request: pytest.FixtureRequest) -> Bench:
    model, tokenizer = map(request.getfixturevalue, request.param.split())
    return bench(model, tokenizer, seed=3)


def leaning(plain: Bench, bias: dict[str, float]) -> Bench:
    """The same, with a liking for some tokens."""
    model = copy.deepcopy(plain.model)
    head = nn.Linear(model.config.hidden_size, model.config.vocab_size)
    with torch.no_grad():
        head.weight.copy_(model.get_output_embeddings().weight)
        head.bias.zero_()
        for text, value in bias.items():
            [token] = plain.template.report_ids(text)
            head.bias[token] = value
    model.lm_head = head
    return Bench(model, plain.template, plain.grammar)


# ---- the naive decoder: one question, the whole text through the model again for every token, no cache, no tree


@dataclass
class NaiveAnswer:
    values: list[str]
    log_probabilities: list[tuple[float, float, float]]  # mean, least, close
    presence: float
    is_cut: bool


def naive_answer(
    bench: Bench, report: str, entity_type: EntityType, *, limit: int = WHOLE, takes_forced: bool
) -> NaiveAnswer:
    """
    Args:
        takes_forced: whether tokens that the grammar forces are taken unasked. For a tokenizer with one token a byte
            it makes no difference which tokens come, for there is one choice; but those have no log probability.
    """
    request = bench.request(report, [entity_type])
    matcher, words = request.matchers[0], request.words
    ids = [*request.prefix_ids, *request.question_ids[0]]
    text, taken, presence = b"", [], None  # taken: (byte span, log probability or None)
    count = 0
    is_whole = is_repeating = False
    while not is_whole and not is_repeating and count < limit:
        allowed = allowed_ids(matcher, bench.model.config.vocab_size)
        log_probabilities = next_log_probabilities(bench.model, ids)
        chosen = max(allowed, key=lambda token: (float(log_probabilities[token]), -token))
        if presence is None:
            presence = naive_presence(bench, text, allowed, log_probabilities)
        block = [(chosen, float(log_probabilities[chosen]) if takes_forced or len(allowed) > 1 else None)]
        assert matcher.consume_token(chosen)
        if takes_forced and not matcher.is_accepting():
            forced = matcher.compute_ff_tokens()
            matcher.consume_tokens(forced)
            block += [(token, None) for token in forced]
        for token, log_probability in block:
            ids.append(token)
            piece = bench.grammar.tokenizer.decode_bytes([token])
            taken.append((len(text), len(text) + len(piece), log_probability))
            text += piece
        count += len(block)
        is_whole = matcher.is_accepting()
        values = [value for value, *_ in strings(text)]
        is_repeating = entity_type.kind != "choice" and any(
            values.count(value) > len(occurrences(words, value)) for value in values
        )
    found = list(strings(text))[: -1 if is_repeating else None]
    figures = []
    for _, start, end in found:
        inside = [p for a, b, p in taken if p is not None and a < end - 1 and b > start + 1]
        close = [p for a, b, p in taken if p is not None and a < end and b > end - 1]
        figures.append((sum(inside) / len(inside) if inside else 0.0, min(inside, default=0.0), (close or [0.0])[0]))
    return NaiveAnswer([value for value, *_ in found], figures, presence or 0.0, not is_whole and not is_repeating)


def strings(text: bytes) -> Iterator[tuple[str, int, int]]:
    """The whole JSON strings of an answer so far, with their byte offsets, quotes included."""
    at = text.find(b'"')
    while at >= 0:
        end = at + 1
        while end < len(text) and text[end : end + 1] != b'"':
            end += 2 if text[end : end + 1] == b"\\" else 1
        if end >= len(text):
            return
        yield json.loads(text[at : end + 1]), at, end + 1
        at = text.find(b'"', end + 1)


def allowed_ids(matcher: Any, vocabulary_size: int) -> list[int]:
    bitmask = allocate_token_bitmask(1, vocabulary_size)
    fill_next_token_bitmask(matcher, bitmask)
    return [token for token in range(vocabulary_size) if bitmask[0, token // 32] >> (token % 32) & 1]


def next_log_probabilities(model: LlamaForCausalLM, ids: list[int]) -> torch.Tensor:
    plain = model.config._attn_implementation
    model.set_attn_implementation("sdpa")
    with torch.inference_mode():
        logits = model(torch.tensor([ids]), use_cache=False).logits[0, -1]
    model.set_attn_implementation(plain)
    return logits.log_softmax(dim=0)


def naive_presence(bench: Bench, text: bytes, allowed: list[int], log_probabilities: torch.Tensor) -> float | None:
    """At the first step that decides: the share of tokens that open a value among those and the ones that close."""
    stated = absent = 0.0
    for token in allowed:
        after = text + bench.grammar.tokenizer.decode_bytes([token])
        stated += math.exp(log_probabilities[token]) if after.startswith(b' ["') else 0.0
        absent += math.exp(log_probabilities[token]) if after.startswith(b" []") else 0.0
    return stated / (stated + absent) if stated + absent else None


def assert_same(answer: DecodedAnswer, naive: NaiveAnswer) -> None:
    assert [value.value for value in answer.values] == naive.values
    assert answer.is_cut == naive.is_cut
    assert answer.presence == pytest.approx(naive.presence, abs=1e-5)
    for value, (mean, least, close) in zip(answer.values, naive.log_probabilities, strict=True):
        assert value.mean_log_probability == pytest.approx(mean, abs=1e-4)
        assert value.least_log_probability == pytest.approx(least, abs=1e-4)
        assert value.close_log_probability == pytest.approx(close, abs=1e-4)


def assert_equal_answers(some: Sequence[DecodedAnswer], others: Sequence[DecodedAnswer]) -> None:
    for one, other in zip(some, others, strict=True):
        assert [v.value for v in one.values] == [v.value for v in other.values]
        assert (one.is_cut, one.chosen_tokens) == (other.is_cut, other.chosen_tokens)
        assert one.presence == pytest.approx(other.presence, abs=1e-5)
        for v, w in zip(one.values, other.values, strict=True):
            assert v.mean_log_probability == pytest.approx(w.mean_log_probability, abs=1e-4)
            assert v.least_log_probability == pytest.approx(w.least_log_probability, abs=1e-4)
            assert v.close_log_probability == pytest.approx(w.close_log_probability, abs=1e-4)


# ---- equal to the naive decoder


def test_a_batch_answers_like_one_question_at_a_time_without_cache_or_tree(byte_bench: Bench) -> None:
    for report, answers in zip(REPORTS, byte_bench.answers(REPORTS, limit=SHORT), strict=True):
        for entity_type, answer in zip(TYPES, answers, strict=True):
            assert_same(answer, naive_answer(byte_bench, report, entity_type, limit=SHORT, takes_forced=False))


def test_so_it_does_with_tokens_that_hold_several_characters(merging_bench: Bench) -> None:
    for report, answers in zip(REPORTS, merging_bench.answers(REPORTS, limit=SHORT), strict=True):
        for entity_type, answer in zip(TYPES, answers, strict=True):
            assert_same(answer, naive_answer(merging_bench, report, entity_type, limit=SHORT, takes_forced=True))


@pytest.mark.parametrize("limit", [1, 2, 5, 9, 14])
def test_and_up_to_any_token_limit(merging_bench: Bench, limit: int) -> None:
    answers = merging_bench.answers([REPORTS[0]], limit=limit)[0]
    for entity_type, answer in zip(TYPES, answers, strict=True):
        naive = naive_answer(merging_bench, REPORTS[0], entity_type, limit=limit, takes_forced=True)
        assert_same(answer, naive)


def test_the_models_here_give_answers_of_every_sort(
    tiny_model: LlamaForCausalLM, byte_tokenizer: PreTrainedTokenizerFast
) -> None:
    found = [
        answer
        for seed in (1, 2, 3)
        for answers in bench(tiny_model, byte_tokenizer, seed=seed).answers(REPORTS)
        for answer in answers
    ]
    counts = {len(answer.values) for answer in found}
    assert {0, 1, 2} <= counts
    assert any(0.01 < answer.presence < 0.99 for answer in found)


# ---- independent of the batch


def test_the_answers_do_not_depend_on_what_else_is_in_the_batch(any_bench: Bench) -> None:
    together = any_bench.answers(REPORTS)
    for report, answers in zip(REPORTS, together, strict=True):
        assert_equal_answers(any_bench.answers([report])[0], answers)
    backwards = any_bench.answers(REPORTS[::-1])[::-1]
    for one, other in zip(together, backwards, strict=True):
        assert_equal_answers(one, other)


def test_nor_on_which_other_questions_are_asked(any_bench: Bench) -> None:
    for report in REPORTS:
        alone = [any_bench.answers([report], types=[entity_type])[0][0] for entity_type in TYPES]
        assert_equal_answers(alone, any_bench.answers([report])[0])


def test_rows_that_leave_the_batch_change_no_answer(any_bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    # Reports without words are answered after a step or two; the long one goes on alone.
    reports = ["", "", REPORTS[4], " ", "\n", REPORTS[0]]
    kept: list[int] = []
    keep_rows = memory.BatchReader.keep_rows

    def counting(reader: Any, rows: Sequence[int]) -> None:
        kept.append(len(rows))
        keep_rows(reader, rows)
        assert reader.branch_ids.shape[0] == len(rows)

    types = TYPES[:3]
    monkeypatch.setattr(memory.BatchReader, "keep_rows", counting)
    leaving = any_bench.answers(reports, types=types)
    assert kept and kept[-1] == 1
    monkeypatch.undo()
    for report, answers in zip(reports, leaving, strict=True):
        assert_equal_answers(any_bench.answers([report], types=types)[0], answers)


# ---- whole, copied, bounded


def random_reports(seed: int) -> list[str]:
    draw = random.Random(seed)
    words = [
        "Ann",
        " Lee",
        " 35",
        " ",
        "\n",
        '"',
        "\\",
        "é",
        "京",
        "😀",
        "<|end|>",
        ",",
        "on",
        "Mc",
        "\t",
        "\x00",
        "]}",
    ]
    return ["".join(draw.choices(words, k=draw.randrange(1, 25))) for _ in range(4)]


@pytest.mark.parametrize("seed", range(4))
def test_every_answer_is_whole_under_its_grammar_and_copies_whole_words(any_bench: Bench, seed: int) -> None:
    reports = random_reports(seed)
    for report, answers in zip(reports, any_bench.answers(reports), strict=True):
        words = report_words(report)
        for entity_type, answer in zip(TYPES, answers, strict=True):
            values = [value.value for value in answer.values]
            assert not answer.is_cut
            assert 0.0 <= answer.presence <= 1.0
            [matcher] = any_bench.grammar.matchers(words, [entity_type])
            assert any_bench.grammar.refusal(matcher, any_bench.template.answer_ids(values)) is None
            if entity_type.kind == "choice":
                assert set(values) <= set(entity_type.choices)
            else:
                assert all(values.count(value) <= len(occurrences(words, value)) for value in values)
                assert all(value == value.strip() != "" for value in values)


def test_log_probabilities_are_no_more_than_0_and_the_least_no_more_than_the_mean(any_bench: Bench) -> None:
    values = [value for answers in any_bench.answers(REPORTS) for answer in answers for value in answer.values]
    assert values
    for value in values:
        assert value.least_log_probability <= value.mean_log_probability + 1e-9 <= 1e-6
        assert value.close_log_probability <= 1e-6


@pytest.mark.parametrize("limit", range(1, 30))
def test_an_answer_that_reaches_the_limit_is_cut_and_keeps_its_whole_values(
    tiny_model: LlamaForCausalLM, byte_tokenizer: PreTrainedTokenizerFast, limit: int
) -> None:
    # ' ["Ann", "Lee", "Oak"]}' and so on: one token a byte, so the text at each limit is known.
    plain = bench(tiny_model, byte_tokenizer, seed=1)
    greedy = leaning(plain, {'"': 900.0, ",": 800.0, "A": 700.0, "L": 600.0, "]": -900.0, " ": -900.0})
    [[answer]] = greedy.answers(["Ann Lee Ann"], types=TYPES[:1], limit=limit)
    text = ' ["Ann", "Ann", "Ann"'
    # The grammar forces ' [' after the first token, the rest of a word, and the space and quote after a comma.
    steps = [len(" ["), len(' ["'), len(' ["Ann'), len(' ["Ann"'), len(' ["Ann", "'), len(' ["Ann", "Ann')]
    steps += [len(' ["Ann", "Ann"'), len(' ["Ann", "Ann", "'), len(' ["Ann", "Ann", "Ann'), len(text)]
    reached = next((step for step in steps if step >= limit), len(text))
    whole = text[:reached].count('Ann"')
    assert [value.value for value in answer.values] == ["Ann"] * min(whole, 2)
    assert answer.is_cut == (whole < 3)


def test_a_value_that_stands_no_more_in_the_report_ends_the_answer(
    tiny_model: LlamaForCausalLM, byte_tokenizer: PreTrainedTokenizerFast
) -> None:
    plain = bench(tiny_model, byte_tokenizer, seed=1)
    greedy = leaning(plain, {'"': 900.0, "A": 800.0, "3": 800.0, ",": 700.0, "]": -900.0, " ": -900.0})
    report = "Ann (35), Annabel and Ann"
    name, age, summary, age_range = greedy.answers([report])[0]
    assert [value.value for value in name.values] == ["Ann", "Ann"]  # "Annabel" is no third one
    assert [value.value for value in age.values] == ["35"]
    assert [value.value for value in summary.values] == ["Ann"]
    assert [answer.is_cut for answer in (name, age, summary, age_range)] == [False] * 4
    assert [value.value for value in age_range.values] == ["Adult"] * 16


def test_a_repeat_that_is_forced_to_its_end_is_dropped_too(
    merging_bench: Bench, tiny_model: LlamaForCausalLM, byte_tokenizer: PreTrainedTokenizerFast
) -> None:
    # The report's only word: the grammar forces all of it, and a comma is what the model wants.
    byte = leaning(bench(tiny_model, byte_tokenizer, seed=1), {'"': 900.0, ",": 800.0, "]": -900.0})
    merging = leaning(merging_bench, {' ["': 900.0, '",': 900.0})
    for greedy in (byte, merging):
        [[answer]] = greedy.answers(["Ann"], types=TYPES[:1])
        assert ([value.value for value in answer.values], answer.is_cut) == (["Ann"], False)


def test_presence_is_what_the_model_gives_to_some_value_against_none(merging_bench: Bench) -> None:
    for report in (REPORTS[0], REPORTS[4]):
        request = merging_bench.request(report)
        for question_ids, answer in zip(request.question_ids, merging_bench.answers([report])[0], strict=True):
            p = next_log_probabilities(merging_bench.model, [*request.prefix_ids, *question_ids]).exp()
            stated, empty, closed = (float(p[merging_bench.template.report_ids(t)[0]]) for t in (' ["', " []a", " []}"))
            assert answer.presence == pytest.approx(stated / (stated + empty + closed), abs=1e-5)


def test_a_threshold_on_presence_decides_whether_a_value_is_given(merging_bench: Bench) -> None:
    report, types = REPORTS[0], TYPES[:1]
    [[free]] = merging_bench.answers([report], types=types)
    assert 0 < free.presence < 1

    def answer(least: float | None) -> DecodedAnswer:
        request = replace(merging_bench.request(report, types), least_presence=[least])
        return decode(merging_bench.model, merging_bench.grammar, [request], max_answer_tokens=WHOLE)[0][0]

    assert answer(None) == free
    stated, absent = answer(free.presence), answer(free.presence * 1.01)
    assert stated.presence == absent.presence == free.presence
    assert stated.values and not absent.values
    assert not absent.is_cut
    assert answer(0.0) == stated
    assert answer(1.0) == absent


@pytest.mark.parametrize(("bias", "presence"), [(900.0, 1.0), (-900.0, 0.0)])
def test_presence_is_told_by_a_tokenizer_with_no_token_for_the_opening(
    tiny_model: LlamaForCausalLM, byte_tokenizer: PreTrainedTokenizerFast, bias: float, presence: float
) -> None:
    leaned = leaning(bench(tiny_model, byte_tokenizer, seed=1), {'"': bias})
    [[answer]] = leaned.answers(["Ann Lee"], types=TYPES[:1])
    assert answer.presence == pytest.approx(presence, abs=1e-6)
    assert bool(answer.values) == (presence == 1.0)


def test_a_report_that_can_state_nothing_has_no_presence(any_bench: Bench) -> None:
    for answer in any_bench.answers(["", " \n"], types=TYPES[:3])[0]:
        assert answer == DecodedAnswer((), presence=0.0, is_cut=False, chosen_tokens=answer.chosen_tokens)


def test_no_question_gives_no_answer(any_bench: Bench) -> None:
    assert any_bench.answers(["Ann", "Lee"], types=[]) == [[], []]


def test_forced_tokens_cost_no_step(tiny_model: LlamaForCausalLM, byte_tokenizer: PreTrainedTokenizerFast) -> None:
    greedy = leaning(bench(tiny_model, byte_tokenizer, seed=1), {'"': 900.0, "]": 800.0, "A": 700.0, " ": -900.0})
    [[answer]] = greedy.answers(["Ann Lee"], types=TYPES[:1])
    assert [value.value for value in answer.values] == ["Ann"]
    assert answer.chosen_tokens == 5  # ' ' and its '['; '"'; 'A' and its 'nn'; '"'; ']' and its '}'


def test_a_value_that_runs_on_in_the_report_is_drafted_and_read_in_fewer_steps(
    tiny_model: LlamaForCausalLM, byte_tokenizer: PreTrainedTokenizerFast, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Closing a value or the list is what the model wants least, so it copies to the end of the report.
    greedy = leaning(bench(tiny_model, byte_tokenizer, seed=1), {'"': -800.0, "]": -900.0})
    reports = ["on 1 2 3 4 5 6 a b c d e f", "then\nx y z"]
    widths: list[int] = []
    read = memory.BatchReader.read

    def counting(reader: Any, token_ids: torch.Tensor, *rest: torch.Tensor) -> torch.Tensor:
        widths.append(token_ids.shape[1])
        return read(reader, token_ids, *rest)

    monkeypatch.setattr(memory.BatchReader, "read", counting)
    drafted, drafted_widths = greedy.answers(reports, types=TYPES[2:3]), widths[:]
    widths.clear()
    monkeypatch.setattr(drafts, "DRAFT_COLUMNS", 0)
    monkeypatch.setattr(drafts, "FIRST_DRAFT", 0)
    plain = greedy.answers(reports, types=TYPES[2:3])
    for one, other in zip(drafted, plain, strict=True):
        assert_equal_answers(one, other)
    [[first], _] = drafted
    assert reports[0].endswith(first.values[0].value) and len(first.values[0].value) > 10
    assert len(drafted_widths) < 0.5 * len(widths)
    assert max(drafted_widths[1:]) <= 32  # 64 columns over two rows


@pytest.mark.parametrize(
    ("begun", "follows"),
    [
        ("Ann", ' Lee met \\"Bo\\"\\nAnn Ray'),
        ("Lee", ' met \\"Bo\\"\\nAnn Ray'),
        ('"Bo"\n', "Ann Ray"),
        ('Bo"\nAnn Ray', ""),
        ("nobody", ""),
    ],
)
def test_a_draft_is_what_follows_in_the_report_as_json_has_it(any_bench: Bench, begun: str, follows: str) -> None:
    text = 'Ann Lee met "Bo"\nAnn Ray'
    drafted = drafts._continuation(text, begun, 48, any_bench.grammar)
    assert any_bench.grammar.tokenizer.decode_str(drafted) == follows
    assert drafts._continuation(text, begun, 2, any_bench.grammar) == drafted[:2]
    assert drafts._continuation(text, begun, 0, any_bench.grammar) == []


@pytest.mark.parametrize(
    ("given", "values", "open_value", "is_between"),
    [
        (' ["', [], None, False),
        (' ["Ann Le', [], "Ann Le", False),
        (' ["Ann\\nLe', [], "Ann\nLe", False),
        (' ["Ann\\', [], None, False),
        (' ["\\u001', [], None, False),
        (' ["\\u001f', [], "\x1f", False),
        (' ["caf\udcc3', [], None, False),
        (' ["Ann"', ["Ann"], None, False),
        (' ["Ann",', ["Ann"], None, True),
        (' ["Ann", "B\\"', ["Ann"], 'B"', False),
        (' ["Ann", "Bo"]', ["Ann", "Bo"], None, False),
    ],
)
def test_a_branch_knows_what_it_is_in_the_midst_of(
    given: str, values: list[str], open_value: str | None, is_between: bool
) -> None:
    branch = LiveBranch(0, 1, None, report_words(""), may_repeat=False, least_presence=None, position=0)
    branch.pieces = [(given.encode("utf-8", "surrogateescape"), None)]
    assert look_back(branch) == values
    assert (branch.open_value, branch.is_between) == (open_value, is_between)


def test_one_more_value_is_opened_by_a_draft(any_bench: Bench) -> None:
    branch = LiveBranch(0, 1, None, report_words("Ann"), may_repeat=False, least_presence=None, position=0)
    branch.is_between = True
    drafts.draft([branch], any_bench.grammar)
    assert any_bench.grammar.tokenizer.decode_str(branch.draft) == ' "'
