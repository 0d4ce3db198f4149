"""Confidences: a logistic fit that finds what made the data and stays finite where there is little of it."""

import math
import random
from dataclasses import replace

import numpy as np
import pytest

from crimeetl.model.decode.branches import DecodedAnswer, DecodedValue
from crimeetl.model.extract import Calibration, Outcome, PresenceThresholds, features, fit_calibration, fit_presence
from crimeetl.model.extract.calibrate import FEATURES, PRIOR_GOLD, PRIOR_VALUES, ThresholdEffect, best_threshold

TRUE = Calibration(weights=(0.5, 1.0, -0.5, 2.0, 0.25, -1.0, 0.75), bias=1.5, value_count=0, right_count=0)


def answer(presence: float, *values: DecodedValue) -> DecodedAnswer:
    return DecodedAnswer(values, presence, is_cut=False, chosen_tokens=3)


def value(mean: float, least: float, close: float, text: str = "Ann") -> DecodedValue:
    return DecodedValue(text, mean, least, close)


def drawn_rows(count: int, seed: int) -> list[tuple[float, ...]]:
    draw = random.Random(seed)
    return [tuple(draw.gauss(0, 1) for _ in FEATURES) for _ in range(count)]


def one_type(rows: list[tuple[float, ...]]) -> list[str]:
    return ["Name"] * len(rows)


def fit(entity_types: list[str], rows: list[tuple[float, ...]], is_right: list[bool]) -> Calibration:
    return fit_calibration(entity_types, rows, is_right, ["one"] * len(rows))


def chance(calibration: Calibration, row: tuple[float, ...]) -> float:
    return 1 / (1 + math.exp(-calibration.bias - sum(w * x for w, x in zip(calibration.weights, row, strict=True))))


def test_features_are_presence_as_log_odds_three_log_probabilities_length_count_and_place() -> None:
    assert FEATURES == ("presence", "mean", "least", "close", "words", "count", "place")
    two = answer(0.75, value(-0.5, -0.5, -0.5), value(-0.25, -1.5, -0.125, "Ann  Lee Bo"))
    assert features(two, 1) == pytest.approx((math.log(3), -0.25, -1.5, -0.125, math.log(3), math.log(2), 1.0))
    assert features(two, 0) == pytest.approx((math.log(3), -0.5, -0.5, -0.5, 0.0, math.log(2), 0.0))
    assert features(answer(0.75, value(-0.5, -0.5, -0.5, " ")), 0)[4] == 0.0


@pytest.mark.parametrize(("presence", "log_odds"), [(0.0, -20.0), (1.0, 20.0), (0.5, 0.0), (1e-30, -20.0)])
def test_presence_stays_finite(presence: float, log_odds: float) -> None:
    assert features(answer(presence, value(0.0, 0.0, 0.0)), 0)[0] == pytest.approx(log_odds, abs=1e-12)


def test_the_fit_recovers_the_logistic_that_made_the_data() -> None:
    # Every row counts as right and wrong in the true proportion, so nothing is left to luck.
    rows, is_right = [], []
    for row in drawn_rows(100, seed=1):
        right = round(100 * chance(TRUE, row))
        rows += [row] * 100
        is_right += [True] * right + [False] * (100 - right)
    fitted = fit(one_type(rows), rows, is_right)
    assert fitted.weights == pytest.approx(TRUE.weights, abs=0.02)
    assert fitted.bias == pytest.approx(TRUE.bias, abs=0.02)
    assert (fitted.value_count, fitted.right_count) == (10_000, sum(is_right))


def test_the_mean_confidence_on_the_fitted_values_is_the_share_that_is_right() -> None:
    rows = drawn_rows(60, seed=2)
    is_right = [row[0] + row[3] > 0.5 for row in rows]
    fitted = fit(one_type(rows), rows, is_right)
    assert sum(chance(fitted, row) for row in rows) / 60 == pytest.approx(sum(is_right) / 60, abs=1e-6)


@pytest.mark.parametrize("is_separable", [True, False])
def test_the_fit_is_the_most_likely_one_less_a_small_ridge_on_each_weight(is_separable: bool) -> None:
    rows = drawn_rows(30, seed=6)
    is_right = [row[2] > 0 or (not is_separable and number % 5 == 0) for number, row in enumerate(rows)]
    fitted = fit(one_type(rows), rows, is_right)
    missed = [right - chance(fitted, row) for right, row in zip(is_right, rows, strict=True)]
    for k, weight in enumerate(fitted.weights):
        assert sum(m * row[k] for m, row in zip(missed, rows, strict=True)) == pytest.approx(0.1 * weight, abs=1e-6)
    assert sum(missed) == pytest.approx(0, abs=1e-4)


def test_the_fit_is_the_same_each_time_and_in_any_order() -> None:
    rows = drawn_rows(40, seed=3)
    is_right = [row[1] > 0 for row in rows]
    one = fit(one_type(rows), rows, is_right)
    assert fit(one_type(rows), rows, is_right) == one
    backwards = fit(one_type(rows), rows[::-1], is_right[::-1])
    assert backwards.weights == pytest.approx(one.weights, abs=1e-9)


def test_confidence_rises_with_what_made_values_right() -> None:
    draw = random.Random(4)
    rows = [(0.0, mean, mean, 0.0, 0.0, 0.0, 0.0) for mean in (draw.uniform(-3, 0) for _ in range(200))]
    fitted = fit(one_type(rows), rows, [draw.random() < math.exp(row[1]) for row in rows])
    confidences = [
        fitted.confidence("Name", answer(0.5, value(mean, mean, 0.0)), 0) for mean in (-3, -2, -1, -0.5, -0.1, 0)
    ]
    assert confidences == sorted(set(confidences))
    assert confidences[0] < 0.3 < 0.7 < confidences[-1]


@pytest.mark.parametrize("count", [1, 2, 50])
@pytest.mark.parametrize("is_right", [True, False])
def test_where_all_are_right_or_all_wrong_the_fit_is_finite_and_says_so(count: int, is_right: bool) -> None:
    rows = [(x[0] + 5.0, *(-abs(figure) for figure in x[1:])) for x in drawn_rows(count, seed=5)]
    fitted = fit(one_type(rows), rows, [is_right] * count)
    assert all(math.isfinite(weight) for weight in (*fitted.weights, fitted.bias))
    assert (fitted.value_count, fitted.right_count) == (count, count * is_right)
    for row in rows:
        assert (chance(fitted, row) > 0.9) == is_right
        assert (chance(fitted, row) < 0.1) == (not is_right)


def test_a_figure_that_never_varies_is_given_no_weight() -> None:
    rows = [(0.0, x, x, *[0.0] * 4) for x in (-2.0, -1.0, -0.5, -0.1)] * 5
    fitted = fit(one_type(rows), rows, [False, False, True, True] * 5)
    assert fitted.weights[0] == 0.0
    assert fitted.weights[3:] == (0.0,) * 4
    assert fitted.weights[1] == pytest.approx(fitted.weights[2], abs=1e-9)
    assert fitted.weights[1] > 0


@pytest.mark.parametrize("presence", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("weight", [-1e6, 0.0, 1e6])
@pytest.mark.parametrize("log_probability", [0.0, -1e-9, -700.0])
def test_confidence_is_never_beyond_0_and_1(presence: float, weight: float, log_probability: float) -> None:
    calibration = Calibration((weight, weight, -weight, weight, -weight, weight, weight), weight, 1, 1)
    confidence = calibration.confidence("Name", answer(presence, value(*[log_probability] * 3)), 0)
    assert 0.0 < confidence < 1.0


def test_confidence_is_the_logistic_of_the_weighted_figures() -> None:
    given = answer(0.8, value(-0.2, -0.6, -0.1, "Ann Lee"), value(-0.3, -0.6, -0.1))
    for place in range(2):
        row = features(given, place)
        assert TRUE.confidence("Name", given, place) == pytest.approx(chance(TRUE, row), abs=1e-12)


def test_weights_for_other_figures_are_refused() -> None:
    with pytest.raises(ValueError) as caught:
        Calibration((0.5, 1.0, -0.5, 2.0), 0.0, 1, 1)
    assert str(caught.value) == (
        "calibration weights for presence, mean, least, close, words, count, place expected, 4 found"
    )


def test_nothing_to_fit_on_is_refused() -> None:
    with pytest.raises(ValueError) as caught:
        fit_calibration([], [], [], [])
    assert str(caught.value) == "no value to calibrate on: the model answered nothing on the calibration reports"


# ---- presence


def outcome(name: str, presence: float, given: int, right: int, gold: int, report: int = 0) -> Outcome:
    return Outcome(report, name, presence, given, right, gold)


def test_the_threshold_is_where_f1_is_greatest_in_the_middle_between_two_answers() -> None:
    # From the surest down: right, right, wrong, right, wrong, wrong. F1 with 3 gold: .5, .8, .667, .857, .75, .667.
    presences = (0.9, 0.8, 0.7, 0.3, 0.1, 0.05)
    is_right = (1, 1, 0, 1, 0, 0)
    found = [outcome("Name", p, 1, right, right) for p, right in zip(presences, is_right, strict=True)]
    assert best_threshold(found, [1.0] * 6) == pytest.approx(0.2)
    assert best_threshold(found[::-1], [1.0] * 6) == pytest.approx(0.2)


def test_answers_of_equal_presence_are_let_through_together() -> None:
    found = [outcome("Name", 0.5, 1, 1, 1), outcome("Name", 0.5, 1, 0, 0), outcome("Name", 0.25, 1, 0, 0)]
    assert best_threshold(found, [1.0] * 3) == pytest.approx(0.375)


def test_what_is_rightly_stated_everywhere_has_a_threshold_below_all() -> None:
    found = [outcome("Name", 0.5, 1, 1, 1), outcome("Name", 0.02, 1, 1, 1)]
    assert best_threshold(found, [1.0, 1.0]) == pytest.approx(0.01)


def test_what_is_never_stated_is_let_through_by_no_presence_seen() -> None:
    found = [outcome("Name", 0.5, 1, 0, 0), outcome("Name", 0.25, 1, 0, 0)]
    assert best_threshold(found, [1.0, 1.0]) > 0.25


def test_an_answer_counts_by_its_weight() -> None:
    found = [outcome("Name", 0.5, 1, 1, 1), outcome("Name", 0.25, 1, 0, 0), outcome("Name", 0.125, 1, 1, 1)]
    assert best_threshold(found, [1.0, 1.0, 1.0]) == pytest.approx(0.0625)  # F1 .667, .5, .8
    assert best_threshold(found, [1.0, 1.0, 0.25]) == pytest.approx(0.375)  # .889, .615, .714
    assert best_threshold(found, [1.0, 1.0, 0.0]) == pytest.approx(0.375)


def test_a_type_with_few_gold_values_stays_near_all_others() -> None:
    many = [outcome("Many", 0.9, 1, 1, 1)] * 100 + [outcome("Many", 0.4, 1, 0, 0)] * 300
    few = [outcome("Few", 0.9, 1, 1, 1)] * 2 + [outcome("Few", 0.4, 1, 0, 0)] * 6
    others = [outcome("Other", 0.3, 1, 1, 1)] * 400 + [outcome("Other", 0.1, 1, 0, 0)] * 400
    found = fit_presence([*many, *few, *others])
    assert found.by_type == {
        "Many": pytest.approx(0.65),
        "Few": pytest.approx(0.2),  # by itself it would be as that of Many
        "Other": pytest.approx(0.2),
    }
    assert fit_presence(few).of("Few") == pytest.approx(0.65)
    assert found.of("Few") == found.of("another") == found.pooled


def test_the_others_weigh_as_so_many_gold_values_together() -> None:
    others = [outcome("Other", 0.3, 1, 1, 1)] * 400
    for gold, threshold in ((PRIOR_GOLD * 0.5, 0.15), (PRIOR_GOLD * 5, 0.65)):
        own = [outcome("Name", 0.9, 1, 1, 1)] * round(gold) + [outcome("Name", 0.4, 1, 0, 0)] * round(gold * 0.5)
        assert fit_presence([*own, *others]).of("Name") == pytest.approx(threshold)


def test_without_an_outcome_there_is_no_threshold() -> None:
    with pytest.raises(ValueError, match="no answer to fit a presence threshold on"):
        fit_presence([])


def test_the_effect_of_thresholds_is_measured_on_reports_that_they_were_not_fitted_on() -> None:
    right = [outcome("Name", 0.3, 1, 1, 1, report) for report in range(9)] * 5
    wrong = [outcome("Name", 0.1, 1, 0, 0, report) for report in range(9)] * 5
    [name, both] = fit_presence([*right, *wrong, outcome("Name", 0.25, 1, 1, 1, 9)]).effects
    assert (name.entity_type, both.entity_type, name.gold) == ("Name", "all", 46)
    assert name.threshold == pytest.approx((0.25 + 0.1) / 2)  # others alone say 0.2: report 9's value passes that too
    assert (name.f1_without, name.f1_with) == (0.0, 1.0)
    others_never_saw = [outcome("Name", 0.15, 1, 1, 1, 9)] * 40  # the threshold of all would let these through
    [name, _] = fit_presence([*right, *wrong, *others_never_saw]).effects
    assert name.threshold == pytest.approx((0.15 + 0.1) / 2)
    assert name.f1_with == pytest.approx(2 * 45 / (45 + 85))


def test_too_few_reports_show_no_effect() -> None:
    assert fit_presence([outcome("Name", 0.3, 1, 1, 1, report) for report in range(4)]).effects == ()
    assert len(fit_presence([outcome("Name", 0.3, 1, 1, 1, report) for report in range(5)]).effects) == 2


def test_the_table_of_effects_has_a_line_for_each_type_and_all() -> None:
    effects = (ThresholdEffect("Name", 46, 0.175, 0.5, 0.75), ThresholdEffect("all", 50, 0.2, 0.25, 1.0))
    assert PresenceThresholds(0.2, {"Name": 0.175}, effects).as_table().split("\n") == [
        "stated from which presence on     gold  threshold  F1 without    with",
        "Name                                46      0.175       0.500   0.750",
        "all                                 50      0.200       0.250   1.000",
        "without: stated where that is likelier; with: thresholds of other reports, in five folds",
    ]


# ---- types


def test_a_type_that_is_wrong_more_often_is_less_sure_at_the_same_figures() -> None:
    rows = [(0.0, -0.5, -1.0, -0.25, 0.0, 0.0, 0.0)] * 200
    types = ["Age"] * 100 + ["Name"] * 100
    is_right = [k % 4 == 0 for k in range(100)] + [k % 4 != 0 for k in range(100)]  # one in four, three in four
    fitted = fit(types, rows, is_right)
    given = answer(0.5, value(-0.5, -1.0, -0.25))
    age, name, unseen = (fitted.confidence(entity_type, given, 0) for entity_type in ("Age", "Name", "City"))
    assert list(fitted.by_type) == ["Age", "Name"]
    assert age == pytest.approx(0.25, abs=0.02)
    assert name == pytest.approx(0.75, abs=0.02)
    assert unseen == pytest.approx(0.5, abs=0.01)


def test_a_type_of_few_values_stays_near_all_others() -> None:
    rows = [(0.0, -0.5, -1.0, -0.25, 0.0, 0.0, 0.0)] * 101
    fitted = fit(["Name"] * 100 + ["Age"], rows, [k % 10 != 0 for k in range(100)] + [False])
    name, age = (fitted.confidence(t, answer(0.5, value(-0.5, -1.0, -0.25)), 0) for t in ("Name", "Age"))
    assert name == pytest.approx(0.9, abs=0.01)
    assert 0.6 < age < name


def test_each_source_weighs_the_same_however_many_values_it_has() -> None:
    rows = [(0.0, -0.5, -1.0, -0.25, 0.0, 0.0, 0.0)] * 400
    is_right = [True] * 300 + [k % 5 == 0 for k in range(100)]  # all of the first source, one in five of the second
    given = answer(0.5, value(-0.5, -1.0, -0.25))
    sources = ["forms"] * 300 + ["news"] * 100
    apart = fit_calibration(one_type(rows), rows, is_right, sources)
    assert apart.confidence("Name", given, 0) == pytest.approx((1.0 + 0.2) / 2, abs=0.01)
    assert fit(one_type(rows), rows, is_right).confidence("Name", given, 0) == pytest.approx(320 / 400, abs=0.01)
    assert (apart.value_count, apart.right_count) == (400, 320)


# ---- few reports, and what was fitted before


def test_few_values_move_a_threshold_of_before_little() -> None:
    before = PresenceThresholds(0.5, {"Name": 0.2, "Age": 0.4})
    few = [outcome("Name", 0.9, 1, 1, 1, report) for report in range(5)]
    wrong = outcome("Name", 0.7, 1, 0, 0, 5)
    assert fit_presence([*few, wrong]).of("Name") == pytest.approx(0.8)
    found = fit_presence([*few, wrong], prior=before)
    assert found.of("Name") == pytest.approx(0.2 + (0.8 - 0.2) * 6 / (6 + PRIOR_VALUES))
    assert found.of("Age") == 0.4  # nobody was asked
    many = [replace(o, report=report) for report, o in enumerate([*few, wrong] * 1000)]
    assert fit_presence(many, prior=before).of("Name") == pytest.approx(0.8, abs=0.005)


def test_few_values_that_are_all_right_do_not_make_confidences_certain() -> None:
    before = Calibration((0.5, 1.0, -0.25, 2.0, 0.0, 0.5, -0.5), 0.75, 100, 80, {"Name": 0.5, "Age": -0.5})
    rows = drawn_rows(12, seed=3)
    alone = fit(one_type(rows), rows, [True] * 12)
    found = fit_calibration(["Name"] * 12, rows, [True] * 12, ["one"] * 12, prior=before)
    assert found.by_type["Age"] == -0.5
    assert (found.value_count, found.right_count) == (12, 12)
    for row in rows:
        was, now = (chance(replace(c, bias=c.bias + c.by_type["Name"]), row) for c in (before, found))
        assert was < now < chance(alone, row) < 1


def test_many_values_outweigh_what_was_fitted_before() -> None:
    rows, chance_right = drawn_rows(4000, seed=5), np.random.default_rng(1).random(4000) < 0.7
    before = Calibration((0.0,) * 7, 4.0, 100, 80)
    found = fit_calibration(one_type(rows), rows, chance_right.tolist(), ["one"] * 4000, prior=before)
    whole = replace(found, bias=found.bias + found.by_type["Name"])
    assert np.mean([chance(whole, row) for row in rows]) == pytest.approx(chance_right.mean(), abs=0.01)
