"""What people said, and what the answers are then."""

from datetime import datetime
from typing import Any

import pytest

from crimeetl.etl.review.corrections import Review, Span, corrected, standing
from crimeetl.model.extraction import Answer, Mention
from crimeetl.model.schema.files import parse_schema

SCHEMA = parse_schema(
    """
    name = "small"
    [[type]]
    name = "Name"
    [[type]]
    name = "Weather"
    multiple = false
    [[type]]
    name = "Kind"
    kind = "choice"
    choices = ["old", "new"]
    """,
    source="a test",
)
ANN, BO, CY = Span("Ann", 0, 3), Span("Bo", 8, 10), Span("Cy", 20, 22)
RAIN, SNOW = Span("rain", 30, 34), Span("snow", 40, 44)


def mention(span: Span, confidence: float | None = 0.5, source: Any = "model") -> Mention:
    return Mention(span.value, span.char_start, span.char_end, confidence, source)


def answer(name: str, *spans: Span) -> Answer:
    return Answer(name, tuple(map(mention, spans)), 0.7, is_cut=True)


def person(span: Span) -> Mention:
    return mention(span, 1.0, "review")


GIVEN = (answer("Name", ANN, BO), answer("Weather", RAIN), answer("Kind"))


def review(number: int, verdict: Any, name: str | None = None, **asked: Any) -> Review:
    usual: dict[str, Any] = {"old": None, "new": None, "undone_review_id": None}
    return Review(
        review_id=f"{number:03}",
        report_id="r",
        schema_digest="s",
        entity_type=name,
        verdict=verdict,
        mention_id=None,
        picked_by="unsure",
        reviewer="ann",
        reviewed_at=datetime(2026, 1, 1),
        **usual | asked,
    )


def values(reviews: list[Review], name: str) -> tuple[Mention, ...]:
    [found] = [one for one in corrected(GIVEN, reviews, SCHEMA).answers if one.entity_type == name]
    return found.mentions


def test_nothing_said_leaves_all_as_it_is() -> None:
    state = corrected(GIVEN, [], SCHEMA)
    assert state.answers == GIVEN
    assert (state.touched_types, state.settled_types, state.is_done) == (frozenset(), frozenset(), False)


def test_an_accepted_value_is_a_person_s() -> None:
    assert values([review(1, "accepted", "Name", old=BO)], "Name") == (mention(ANN), person(BO))


def test_a_rejected_value_goes() -> None:
    assert values([review(1, "rejected", "Name", old=ANN)], "Name") == (mention(BO),)


def test_a_changed_value_stands_where_the_new_one_does() -> None:
    assert values([review(1, "changed", "Name", old=ANN, new=CY)], "Name") == (mention(BO), person(CY))


def test_an_added_value_takes_its_place_in_the_text() -> None:
    new = Span("Al", 4, 6)
    assert values([review(1, "added", "Name", new=new)], "Name") == (mention(ANN), person(new), mention(BO))


def test_of_a_type_that_has_one_value_the_added_one_stays_alone() -> None:
    assert values([review(1, "added", "Weather", new=SNOW)], "Weather") == (person(SNOW),)


def test_what_is_not_stated_has_no_value_until_one_is_added() -> None:
    absent = review(1, "absent", "Name")
    assert values([absent], "Name") == ()
    assert values([absent, review(2, "added", "Name", new=CY)], "Name") == (person(CY),)


def test_a_choice_has_no_place_and_stands_last() -> None:
    assert values([review(1, "added", "Kind", new=Span("old", None, None))], "Kind") == (
        person(Span("old", None, None)),
    )


def test_a_person_s_word_holds_whatever_a_model_gives_later() -> None:
    said = [
        review(1, "rejected", "Name", old=ANN),
        review(2, "accepted", "Name", old=BO),
        review(3, "added", "Name", new=CY),
    ]
    later = (answer("Name", ANN, Span("Di", 50, 52)),)
    [found] = corrected(later, said, SCHEMA).answers
    assert found.mentions == (person(BO), person(CY), mention(Span("Di", 50, 52)))


@pytest.mark.parametrize(
    ("said", "is_settled"),
    [
        ([review(1, "accepted", "Name", old=ANN)], False),
        ([review(1, "accepted", "Name", old=ANN), review(2, "rejected", "Name", old=BO)], True),
        ([review(1, "accepted", "Name", old=ANN), review(2, "changed", "Name", old=BO, new=CY)], True),
        ([review(1, "added", "Name", new=CY)], False),
        ([review(1, "absent", "Name")], True),
    ],
)
def test_a_question_is_settled_when_each_of_its_values_is(said: list[Review], is_settled: bool) -> None:
    state = corrected(GIVEN, said, SCHEMA)
    assert state.touched_types == {"Name"}
    assert state.settled_types == ({"Name"} if is_settled else frozenset())


def test_a_report_that_is_done_is_settled_and_all_a_person_s() -> None:
    state = corrected(GIVEN, [review(1, "rejected", "Name", old=ANN), review(2, "done")], SCHEMA)
    assert state.is_done
    assert state.settled_types == state.touched_types == {"Name", "Weather", "Kind"}
    assert [one.mentions for one in state.answers] == [(person(BO),), (person(RAIN),), ()]


def test_a_report_that_is_open_again_is_as_before() -> None:
    said = [review(1, "done"), review(2, "reopened")]
    assert corrected(GIVEN, said, SCHEMA) == corrected(GIVEN, [], SCHEMA)


def test_a_question_that_the_model_was_not_asked_can_be_answered() -> None:
    [found] = corrected((), [review(1, "added", "Name", new=CY)], SCHEMA).answers
    assert found == Answer("Name", (person(CY),), None, is_cut=False)


def test_what_is_taken_back_does_not_count() -> None:
    one, two = review(1, "rejected", "Name", old=ANN), review(2, "rejected", "Name", old=BO)
    undo = review(3, "undone", undone_review_id="002")
    assert standing([undo, two, one]) == [one]
    assert standing([one, two, undo, review(4, "undone", undone_review_id="003")]) == [one, two]
    assert values([one, two, undo], "Name") == (mention(BO),)
