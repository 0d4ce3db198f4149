"""Long reports: windows that lose nothing, and their answers as one."""

import random
import re
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest

from crimeetl.model.extract.windows import merge_windows, split_windows
from crimeetl.model.extraction import Answer, Extraction, Mention
from crimeetl.model.schema import EntitySchema, EntityType

NAME = EntityType("Name", "Name", "span", (), True, "text")
SUMMARY = EntityType("Summary", "Summary", "span", (), False, "text")
RANGE = EntityType("Range", "Range", "choice", ("Child", "Adult"), True, "text")


def word_spans(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r"\S+", text)]


def byte_spans(text: str) -> list[tuple[int, int]]:
    """As a byte tokenizer gives them: every byte of a character has the character's span."""
    return [(i, i + 1) for i, character in enumerate(text) for _ in character.encode()]


def windows(text: str, window_tokens: int, overlap_tokens: int) -> list[str]:
    parts = split_windows(text, word_spans(text), window_tokens=window_tokens, overlap_tokens=overlap_tokens)
    return [text[start:end] for start, end in parts]


def random_text(seed: int) -> str:
    draw = random.Random(seed)
    ends = [" ", " ", " ", " ", "  ", ". ", '." ', "! ", "\n", "\r\n", "\n\n", " \n \n", ""]
    words = ["a", "be", "sea", "deed", "e.g.", "étude", "京", "12:30"]
    return "".join(draw.choice(words) + draw.choice(ends) for _ in range(draw.randrange(1, 120)))


def mention(value: str, start: int | None, confidence: float | None = 0.5) -> Mention:
    return Mention(value, start, None if start is None else start + len(value), confidence)


def extraction(*answers: Answer) -> Extraction:
    return Extraction(answers, report_tokens=30, answer_tokens=4, window_count=1)


def answer(entity_type: EntityType, *mentions: Mention, presence: float = 0.5, is_cut: bool = False) -> Answer:
    return Answer(entity_type.name, mentions, presence, is_cut)


def merged(entity_type: EntityType, parts: Sequence[tuple[int, Answer]]) -> Answer:
    schema = EntitySchema("one", (entity_type,))
    return merge_windows(schema, [(start, extraction(part)) for start, part in parts]).answers[0]


@pytest.mark.parametrize("text", ["", " \n", "a b c d", "  a b c d\n\n"])
def test_a_report_that_fits_is_one_window(text: str) -> None:
    assert windows(text, 4, 2) == [text]


def test_windows_end_between_words_and_overlap() -> None:
    assert windows("a b c d e f g h i j", 4, 2) == ["a b c d ", "d e f g ", "g h i j"]


def test_white_space_at_the_ends_of_a_report_is_in_a_window_too() -> None:
    assert windows("   a b c d e f g   ", 4, 2) == ["   a b c d ", "d e f g   "]


def test_windows_end_between_sentences_where_they_can() -> None:
    text = "One two three. Four five six. Seven eight nine ten eleven. Twelve thirteen fourteen."
    assert windows(text, 8, 2) == [
        "One two three. Four five six. ",
        "six. Seven eight nine ten eleven. ",
        "eleven. Twelve thirteen fourteen.",
    ]


@pytest.mark.parametrize("break_", ["\n", "\r\n", "\n\n", "\n \n"])
def test_and_between_lines_or_paragraphs_before_sentences(break_: str) -> None:
    assert windows(f"a b c d e f{break_}g h. i j k", 9, 2) == [f"a b c d e f{break_}", f"f{break_}g h. i j k"]
    assert windows(f"a b c d e f{break_}g\n\nh i j k", 9, 2)[0] == f"a b c d e f{break_}g\n\n"


def test_a_text_without_white_space_is_cut_between_its_tokens() -> None:
    text = "abcdefghijklmnopqrstuvwxyz"
    parts = split_windows(text, byte_spans(text), window_tokens=10, overlap_tokens=4)
    assert [text[a:b] for a, b in parts] == ["abcdefghij", "hijklmnopq", "opqrstuvwx", "vwxyz"]


def test_a_character_of_several_tokens_is_never_cut() -> None:
    text = "abcd😀😀efghijkl"
    parts = split_windows(text, byte_spans(text), window_tokens=10, overlap_tokens=4)
    assert [text[a:b] for a, b in parts] == ["abcd😀", "cd😀😀", "😀😀ef", "😀efghij", "hijkl"]


@pytest.mark.parametrize("spans", [word_spans, byte_spans])
@pytest.mark.parametrize("seed", range(30))
def test_windows_cover_the_text_overlap_and_hold_no_more_tokens_than_allowed(
    seed: int, spans: Callable[[str], list[tuple[int, int]]]
) -> None:
    text = random_text(seed)
    token_spans = spans(text)
    for window_tokens, overlap_tokens in ((12, 4), (20, 6), (50, 2)):
        parts = split_windows(text, token_spans, window_tokens=window_tokens, overlap_tokens=overlap_tokens)
        assert parts[0][0] == 0
        assert parts[-1][1] == len(text)
        for start, end in parts:
            assert sum(a < end and b > start for a, b in token_spans) <= window_tokens
        for (_, end), (start, _) in pairwise(parts):
            shared = [span for span in token_spans if span[0] < end and span[1] > start]
            assert 1 <= len(shared) <= overlap_tokens + 4  # no character here has more than 3 tokens
        assert parts == sorted(set(parts))


@pytest.mark.parametrize("seed", range(6))
def test_a_value_planted_anywhere_is_found_once_at_its_place(seed: int) -> None:
    text = random_text(seed)
    spans = word_spans(text)
    parts = split_windows(text, spans, window_tokens=14, overlap_tokens=8)
    assert len(parts) > 1 or len(spans) <= 14
    for length in (1, 2, 3, 4):  # words; up to half the overlap
        for first in range(len(spans) - length + 1):
            start, end = spans[first][0], spans[first + length - 1][1]
            value = text[start:end]
            found = [
                (a, answer(NAME, *([mention(value, start - a)] if a <= start and end <= b else []))) for a, b in parts
            ]
            assert merged(NAME, found).mentions == (mention(value, start),)


def test_planted_values_that_do_not_overlap_are_all_found_once_and_in_order() -> None:
    text = " ".join(f"word{i}" for i in range(200))
    values = [mention(match.group(), match.start()) for match in re.finditer(r"word\d*3 word\d*4\b", text)]
    assert len(values) == 20
    parts = split_windows(text, word_spans(text), window_tokens=24, overlap_tokens=10)
    assert len(parts) == 11
    found = []
    for start, end in parts:
        inside = [m for m in values if m.char_start >= start and m.char_end <= end]
        found.append((start, answer(NAME, *(mention(m.value, m.char_start - start) for m in reversed(inside)))))
    assert sum(len(part.mentions) for _, part in found) > 20
    assert merged(NAME, found).mentions == tuple(values)


def test_one_window_is_left_as_it_is() -> None:
    only = extraction(answer(NAME, mention("Bo", 7), mention("Bo", 7), mention("Ann", 0)))
    assert merge_windows(EntitySchema("one", (NAME,)), [(0, only)]) is only


def test_offsets_count_from_the_start_of_the_report() -> None:
    parts = [(0, answer(NAME, mention("Ann", 4))), (100, answer(NAME, mention("Bo", 0), mention("Cy", 7)))]
    assert merged(NAME, parts).mentions == (mention("Ann", 4), mention("Bo", 100), mention("Cy", 107))


def test_a_value_found_in_two_windows_is_one_value_with_the_greater_confidence() -> None:
    parts = [(0, answer(NAME, mention("Ann", 90, 0.4))), (80, answer(NAME, mention("Ann", 10, 0.7)))]
    assert merged(NAME, parts).mentions == (mention("Ann", 90, 0.7),)


def test_the_same_words_elsewhere_are_another_value() -> None:
    parts = [(0, answer(NAME, mention("Ann", 90))), (80, answer(NAME, mention("Ann", 30)))]
    assert merged(NAME, parts).mentions == (mention("Ann", 90), mention("Ann", 110))


def test_of_two_overlapping_values_the_more_confident_stays() -> None:
    longer, shorter = mention("Ann Lee", 90, 0.6), mention("Lee", 14, 0.8)
    assert merged(NAME, [(0, answer(NAME, longer)), (80, answer(NAME, shorter))]).mentions == (mention("Lee", 94, 0.8),)
    shorter = mention("Lee", 14, 0.5)
    assert merged(NAME, [(0, answer(NAME, longer)), (80, answer(NAME, shorter))]).mentions == (longer,)


def test_of_two_as_confident_or_without_confidence_the_longer_stays() -> None:
    for confidence in (0.5, None):
        longer, shorter = mention("Ann Lee", 10, confidence), mention("Ann", 90, confidence)
        parts = [(0, answer(NAME, shorter)), (80, answer(NAME, longer))]
        assert merged(NAME, parts).mentions == (mention("Ann Lee", 90, confidence),)


def test_values_that_only_touch_both_stay() -> None:
    parts = [(0, answer(NAME, mention("Mc", 90))), (80, answer(NAME, mention("Donald", 12)))]
    assert merged(NAME, parts).mentions == (mention("Mc", 90), mention("Donald", 92))


def test_a_single_valued_type_keeps_its_most_confident_value() -> None:
    parts = [
        (0, answer(SUMMARY, mention("theft", 5, 0.3))),
        (80, answer(SUMMARY, mention("arson", 5, 0.9))),
        (160, answer(SUMMARY)),
    ]
    assert merged(SUMMARY, parts).mentions == (mention("arson", 85, 0.9),)


def test_a_choice_is_that_of_the_window_most_sure_of_it() -> None:
    parts = [
        (0, answer(RANGE, mention("Child", None, 0.9), presence=0.2)),
        (80, answer(RANGE, mention("Adult", None, 0.1), mention("Adult", None, 0.2), presence=0.8)),
        (160, answer(RANGE, presence=0.1)),
    ]
    assert merged(RANGE, parts) == answer(RANGE, mention("Adult", None, 0.1), mention("Adult", None, 0.2), presence=0.8)


@pytest.mark.parametrize("entity_type", [NAME, SUMMARY, RANGE])
def test_presence_is_the_greatest_and_one_cut_window_makes_a_cut_answer(entity_type: EntityType) -> None:
    parts = [(0, answer(entity_type, presence=0.3)), (80, answer(entity_type, presence=0.6, is_cut=True))]
    assert merged(entity_type, parts) == answer(entity_type, presence=0.6, is_cut=True)
    assert merged(entity_type, parts[:1] * 2) == answer(entity_type, presence=0.3, is_cut=False)


def test_counts_add_up_and_types_keep_their_order() -> None:
    schema = EntitySchema("two", (NAME, RANGE))
    one = extraction(answer(NAME, mention("Ann", 0)), answer(RANGE))
    two = extraction(answer(NAME), answer(RANGE, mention("Adult", None), presence=0.9))
    assert merge_windows(schema, [(0, one), (50, two)]) == Extraction(
        (answer(NAME, mention("Ann", 0)), answer(RANGE, mention("Adult", None), presence=0.9)),
        report_tokens=60,
        answer_tokens=8,
        window_count=2,
    )
