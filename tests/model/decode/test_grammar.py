"""What an answer may say: the report's own whole words as JSON, and nothing else."""

import random
from itertools import pairwise

import pytest
from transformers import PreTrainedTokenizerFast

from crimeetl.model.decode import AnswerGrammar, ReportWords, occurrences, report_words
from crimeetl.model.decode.grammar import MAX_CHOICES
from crimeetl.model.schema import EntityType
from crimeetl.model.tree import CONVERSATION, PromptTemplate, prompt_template

SPAN = EntityType("Name", "Name", "span", (), True, "text")
SINGLE = EntityType("Summary", "Summary", "span", (), False, "text")
INTEGER = EntityType("Age", "Age", "integer", (), True, "text")
SINGLE_INTEGER = EntityType("Shots", "Shots", "integer", (), False, "text")
CHOICE = EntityType("Range", "Range", "choice", ("Adult", "Young Adult", 'The "Öl"\\', "😀"), True, "text")
SINGLE_CHOICE = EntityType("Fault", "Fault", "choice", ("yes", "no"), False, "text")
REPORT = 'Officer O\'Malley, 35, saw Ann Lee\nand "Bo" at C:\\temp.'
TRICKY = "Abx19 .,'\"\\/\n\té京😀\u0301\u200d\x00<|>-\u00a0ẞß"


@pytest.fixture(params=["byte_tokenizer", "merging_tokenizer"])
def tokenizer(request: pytest.FixtureRequest) -> PreTrainedTokenizerFast:
    return request.getfixturevalue(request.param)


@pytest.fixture
def both(tokenizer: PreTrainedTokenizerFast) -> tuple[PromptTemplate, AnswerGrammar]:
    template = prompt_template(tokenizer, CONVERSATION)
    return template, AnswerGrammar(template, vocabulary_size=len(tokenizer))


def refusal(
    both: tuple[PromptTemplate, AnswerGrammar], report: str, entity_type: EntityType, answer: str
) -> str | None:
    """Of an answer as written, its end token after it."""
    template, grammar = both
    [matcher] = grammar.matchers(report_words(report), [entity_type])
    return grammar.refusal(matcher, [*template.report_ids(answer), template.end_id])


@pytest.mark.parametrize(
    ("text", "chunks"),
    [
        ("", []),
        ("Officer badge #4521", ["Officer", " ", "badge", " ", "#", "4521"]),
        ("TimesJassely 19yo", ["Times", "Jassely", " ", "19", "yo"]),
        ("McDonald", ["Mc", "Donald"]),
        ("O'Malley's", ["O", "'", "Malley", "'", "s"]),
        ("O’Malley", ["O", "’", "Malley"]),
        ("FBI ABc", ["FBI", " ", "ABc"]),
        ("12,5% PR-2023_7", ["12", ",", "5", "%", " ", "PR", "-", "2023", "_", "7"]),
        ("a  \r\n\tb", ["a", " ", " ", "\r", "\n", "\t", "b"]),
        ("e\u0301tude A\u0301B", ["e\u0301tude", " ", "A\u0301", "B"]),
        ("\u0301a", ["\u0301a"]),
        ("Größe ÄÖ", ["Größe", " ", "ÄÖ"]),
        ("½ kg²", ["½", " ", "kg", "²"]),
        ("北京市3号", ["北", "京", "市", "3", "号"]),
        ("ひらカタ 한국", ["ひ", "ら", "カ", "タ", " ", "한", "국"]),
        ("محمد علي", ["محمد", " ", "علي"]),
        ("हिन्दी", ["हिन्दी"]),
        ("😀😀ok", ["😀", "😀", "ok"]),
        ("👨\u200d👩!", ["👨\u200d", "👩", "!"]),
        ("a\x00b", ["a", "\x00", "b"]),
        ("<|end|>", ["<", "|", "end", "|", ">"]),
    ],
)
def test_a_report_is_cut_into_words_numbers_and_single_marks(text: str, chunks: list[str]) -> None:
    words = report_words(text)
    assert list(words.chunks) == chunks
    bounds = [0]
    for chunk in chunks:
        bounds.append(bounds[-1] + len(chunk))
    assert words == ReportWords(text, tuple(chunks), frozenset(bounds[:-1]), frozenset(bounds[1:]))


@pytest.mark.parametrize(
    "answer",
    [
        " []}",
        ' ["Ann"]}',
        ' ["Ann Lee"]}',
        ' ["Ann Lee\\nand"]}',
        ' ["Ann", "Lee"]}',
        ' ["Ann", "Ann", "Ann"]}',
        ' ["35", "Malley"]}',
        ' ["O\'Malley"]}',
        ' ["\\"Bo\\""]}',
        ' ["Bo"]}',
        ' ["C:\\\\temp"]}',
        ' ["\\\\"]}',
        ' [","]}',
        ' ["Officer O\'Malley, 35, saw Ann Lee\\nand \\"Bo\\" at C:\\\\temp."]}',
    ],
)
def test_copies_of_whole_words_are_admitted(both: tuple[PromptTemplate, AnswerGrammar], answer: str) -> None:
    assert refusal(both, REPORT, SPAN, answer) is None


@pytest.mark.parametrize(
    ("answer", "admitted"),
    [
        (' ["An"]}', ' ["An'),  # part of a word
        (' ["nn"]}', ' ["'),
        (' ["Ann L"]}', ' ["Ann L'),
        (' ["ann"]}', ' ["an'),  # another case
        (' ["Zoe"]}', ' ["'),  # not in the report
        (' ["Lee Ann"]}', ' ["Lee'),  # not in this order
        (' ["Ann  Lee"]}', ' ["Ann '),
        (' ["Ann Lee and"]}', ' ["Ann Lee'),  # the line break made a space
        (' [""]}', ' ["'),  # empty
        (' [" "]}', ' ["'),
        (' [" Ann"]}', ' ["'),  # white space at an edge
        (' ["Ann "]}', ' ["Ann '),
        (' ["Lee\\n"]}', ' ["Lee\\n'),
        (' ["\\nand"]}', ' ["\\'),
        (' ["Lee\nand"]}', ' ["Lee'),  # no JSON
        (' [""Bo""]}', ' ["'),
        (' ["C:\\temp"]}', ' ["C:\\'),
        (' ["\\u0041nn"]}', ' ["\\'),  # escaped without need
        (' [35]}', " ["),  # no string
        (' ["Ann"}', ' ["Ann"'),
        (' ["Ann",]}', ' ["Ann",'),
        (' ["Ann","Lee"]}', ' ["Ann",'),
        ('["Ann"]}', ""),
        (' ["Ann"]} ', ' ["Ann"]}'),
        (' ["Ann"]', ' ["Ann"]'),
        (" [ ]}", " ["),
        (" null}", " "),
    ],
)  # fmt: skip
def test_all_else_is_refused_at_the_first_wrong_character(
    byte_tokenizer: PreTrainedTokenizerFast,
    template: PromptTemplate,
    grammar: AnswerGrammar,
    answer: str,
    admitted: str,
) -> None:
    assert refusal((template, grammar), REPORT, SPAN, answer) == f"after {admitted!r}"


@pytest.mark.parametrize("answer", [' ["An"]}', ' ["Ann "]}', ' [""]}', ' [" Lee"]}', ' ["nn"]}', ' ["Lee\\n"]}'])
def test_longer_tokens_do_not_slip_past_the_bounds(merging_tokenizer: PreTrainedTokenizerFast, answer: str) -> None:
    template = prompt_template(merging_tokenizer, CONVERSATION)
    grammar = AnswerGrammar(template, vocabulary_size=len(merging_tokenizer))
    assert refusal((template, grammar), REPORT, SPAN, answer) is not None


@pytest.mark.parametrize(
    ("report", "answer", "is_admitted"),
    [
        ("a\x00b", ' ["a\\u0000b"]}', True),
        ("a\x00b", ' ["\\u0000"]}', True),
        ("a\x00b", ' ["a\x00b"]}', False),
        ("a\tb", ' ["a\\tb"]}', True),
        ("a\tb", ' ["a\\t"]}', False),
        ("a\u00a0b", ' ["a\u00a0b"]}', True),
        ("a\u00a0b", ' ["a\u00a0"]}', False),
        ("a/b", ' ["a/b"]}', True),
        ("a/b", ' ["a\\/b"]}', False),
        ("é 京😀", ' ["é 京😀"]}', True),
        ("é 京😀", ' ["\\u00e9"]}', False),
        ("e\u0301", ' ["e\u0301"]}', True),
        ("e\u0301", ' ["e"]}', False),
        ("say <|end|> now", ' ["<|end|>"]}', True),
        ("say <|end|> now", ' ["end", "<|"]}', True),
        ('["x"]}', ' ["[\\"x\\"]}"]}', True),
        ("\x0b\x7f", ' ["\x7f"]}', True),
    ],
)
def test_any_character_of_a_report_is_copied_in_its_json_form(
    both: tuple[PromptTemplate, AnswerGrammar], report: str, answer: str, is_admitted: bool
) -> None:
    assert (refusal(both, report, SPAN, answer) is None) == is_admitted


def test_the_end_token_cannot_stand_for_the_text_that_spells_it(
    template: PromptTemplate, grammar: AnswerGrammar
) -> None:
    [matcher] = grammar.matchers(report_words("say <|end|> now"), [SPAN])
    ids = [*template.report_ids(' ["'), template.end_id, *template.report_ids('"]}'), template.end_id]
    assert grammar.refusal(matcher, ids) == "after ' [\"'"


def test_an_answer_without_its_end_token_is_admitted_as_far_as_it_goes(
    template: PromptTemplate, grammar: AnswerGrammar
) -> None:
    [matcher] = grammar.matchers(report_words(REPORT), [SPAN])
    assert grammar.refusal(matcher, template.report_ids(' ["An')) is None
    whole = template.answer_ids(["Ann"])
    assert grammar.refusal(matcher, [*whole, whole[-1]]) == f"after {grammar.tokenizer.decode_str(whole)!r}"


@pytest.mark.parametrize(
    ("entity_type", "answer", "is_admitted"),
    [
        (SINGLE, " []}", True),
        (SINGLE, ' ["Ann Lee"]}', True),
        (SINGLE, ' ["Ann", "Lee"]}', False),
        (INTEGER, " []}", True),
        (INTEGER, ' ["35"]}', True),
        (INTEGER, ' ["35", "35"]}', True),
        (INTEGER, ' ["3"]}', False),
        (INTEGER, ' ["36"]}', False),
        (INTEGER, ' ["35,"]}', False),
        (INTEGER, ' ["Ann"]}', False),
        (SINGLE_INTEGER, ' ["35"]}', True),
        (SINGLE_INTEGER, ' ["35", "35"]}', False),
        (CHOICE, " []}", True),
        (CHOICE, ' ["Adult"]}', True),
        (CHOICE, ' ["Adult", "Young Adult", "Adult"]}', True),
        (CHOICE, ' ["The \\"Öl\\"\\\\", "😀"]}', True),
        (CHOICE, ' ["Young"]}', False),
        (CHOICE, ' ["adult"]}', False),
        (CHOICE, ' ["Ann"]}', False),
        (CHOICE, f' ["{"😀"}"{", " + chr(34) + "😀" + chr(34)}]}}', True),
        (SINGLE_CHOICE, ' ["no"]}', True),
        (SINGLE_CHOICE, ' ["yes", "no"]}', False),
    ],
)
def test_each_kind_admits_its_own_values_alone(
    both: tuple[PromptTemplate, AnswerGrammar], entity_type: EntityType, answer: str, is_admitted: bool
) -> None:
    assert (refusal(both, REPORT, entity_type, answer) is None) == is_admitted


def test_choices_repeat_but_not_for_ever(both: tuple[PromptTemplate, AnswerGrammar]) -> None:
    for count, is_admitted in ((MAX_CHOICES, True), (MAX_CHOICES + 1, False)):
        answer = " [" + ", ".join(['"Adult"'] * count) + "]}"
        assert (refusal(both, "", CHOICE, answer) is None) == is_admitted


@pytest.mark.parametrize("report", ["", " \n\t\u00a0", "\r\n"])
@pytest.mark.parametrize("entity_type", [SPAN, SINGLE, INTEGER])
def test_a_report_without_words_states_nothing(
    both: tuple[PromptTemplate, AnswerGrammar], report: str, entity_type: EntityType
) -> None:
    assert refusal(both, report, entity_type, " []}") is None
    assert refusal(both, report, entity_type, ' [""]}') is not None
    assert refusal(both, report, entity_type, ' ["x"]}') is not None


@pytest.mark.parametrize("text", ["no number", "½ ٣ ²"])
def test_integers_are_ascii_digits(both: tuple[PromptTemplate, AnswerGrammar], text: str) -> None:
    assert refusal(both, text, INTEGER, " []}") is None
    assert [refusal(both, text, INTEGER, f' ["{character}"]}}') is None for character in text] == [False] * len(text)


@pytest.mark.parametrize("seed", range(25))
def test_of_all_substrings_exactly_the_runs_of_chunks_with_solid_ends_are_admitted(
    template: PromptTemplate, grammar: AnswerGrammar, seed: int
) -> None:
    draw = random.Random(seed)
    text = "".join(draw.choices(TRICKY, k=12))
    words = report_words(text)
    assert "".join(words.chunks) == text
    runs = {text[a:b] for a in words.starts for b in words.ends if a < b}
    solid = {run for run in runs if not run[0].isspace() and not run[-1].isspace()}
    [matcher] = grammar.matchers(words, [SPAN])
    substrings = {text[a:b] for a in range(len(text)) for b in range(a + 1, len(text) + 1)}
    admitted = {s for s in substrings if grammar.refusal(matcher.deep_copy(), template.answer_ids([s])) is None}
    assert admitted == solid


@pytest.mark.parametrize("seed", range(10))
def test_runs_are_admitted_in_the_tokens_of_any_tokenizer(
    merging_tokenizer: PreTrainedTokenizerFast, seed: int
) -> None:
    draw = random.Random(seed)
    text = "".join(draw.choices([*TRICKY, "Ann", " Lee", " 35", '"', "on\n", "\\n"], k=14))
    words = report_words(text)
    template = prompt_template(merging_tokenizer, CONVERSATION)
    grammar = AnswerGrammar(template, vocabulary_size=len(merging_tokenizer))
    [matcher] = grammar.matchers(words, [SPAN])
    runs = sorted({text[a:b].strip() for a in words.starts for b in words.ends if a < b} - {""})
    inside = [run for run in runs if occurrences(words, run)]
    assert len(inside) > 20
    for run, other in pairwise(inside):
        assert grammar.refusal(matcher.deep_copy(), template.answer_ids([run, other])) is None


@pytest.mark.parametrize(
    ("text", "value", "starts"),
    [
        ("Ann met Ann and Annabel.", "Ann", [0, 8]),
        ("Ann met ann", "ann", [8]),
        ("19 a19 190 19yo", "19", [0, 4, 11]),
        ("aa a.a.a", "a.a", [3, 5]),
        ("McDonald", "Donald", [2]),
        ("e\u0301 e", "e", [3]),
        ("no", "yes", []),
        ("no", "", []),
        ("", "x", []),
        ("京京", "京", [0, 1]),
    ],
)
def test_a_value_stands_where_whole_words_spell_it(text: str, value: str, starts: list[int]) -> None:
    assert occurrences(report_words(text), value) == starts


def test_questions_of_one_kind_share_a_grammar_but_not_a_state(
    template: PromptTemplate, grammar: AnswerGrammar
) -> None:
    other = EntityType("Other", "Other", "span", (), True, "text")
    one, two = grammar.matchers(report_words("Ann Lee"), [SPAN, other])
    ids = template.answer_ids(["Ann"])
    assert one.consume_tokens(ids)
    assert two.validate_tokens(ids) == len(ids)


def test_text_that_no_grammar_can_hold_is_refused(grammar: AnswerGrammar) -> None:
    with pytest.raises(ValueError):
        grammar.matchers(report_words("half a pair: \ud83d"), [SPAN])
