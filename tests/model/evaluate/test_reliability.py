"""Calibration figures, counted by hand."""

import pytest

from crimeetl.model.evaluate.reliability import Kept, reliability


def test_no_value_with_a_confidence_gives_no_figures() -> None:
    assert reliability([]) is None
    assert reliability([[], []]) is None


def test_the_error_is_the_mean_distance_of_confidence_and_share_right_over_tenths() -> None:
    # 0.9-1.0: confidence 0.95, three of four right; 0.2-0.3: confidence 0.2, one of two right.
    found = reliability([[(0.95, True), (0.95, True), (0.2, False)], [(0.95, True), (0.95, False), (0.2, True)]])
    assert found is not None
    assert found.values == 6
    assert found.error == pytest.approx((4 * 0.2 + 2 * 0.3) / 6)
    filled = [(b.low, b.high, b.values, b.confidence, b.right) for b in found.bins if b.values]
    assert filled == [
        (0.2, pytest.approx(0.3), 2, pytest.approx(0.2), 0.5),
        (0.9, 1.0, 4, pytest.approx(0.95), 0.75),
    ]
    assert len(found.bins) == 10
    assert found.error_low <= found.error <= found.error_high


def test_a_confidence_of_one_is_in_the_last_tenth() -> None:
    found = reliability([[(1.0, True)]])
    assert found is not None
    assert (found.error, found.bins[-1].values) == (0.0, 1)


def test_confidences_that_mean_what_they_say_have_no_error() -> None:
    found = reliability([[(0.75, True), (0.75, True), (0.75, True), (0.75, False)]])
    assert found is not None
    assert found.error == found.error_low == found.error_high == 0.0


def test_the_interval_draws_reports_not_values() -> None:
    found = reliability([[(0.5, True)] * 50, [(0.5, False)] * 50])
    assert found is not None
    assert found.error == 0.0
    assert (found.error_low, found.error_high) == (0.0, 0.5)  # a draw holds one of both, or one twice


def test_values_kept_reach_the_precision_with_equal_confidences_together() -> None:
    pairs = [(0.9, True)] * 9 + [(0.8, False)] + [(0.8, True)] * 9 + [(0.3, False), (0.3, True)]
    found = reliability([pairs])
    assert found is not None
    # All 21: 19/21 = 0.905; down to 0.8: 18/19 = 0.947; down to 0.9: 9/9.
    assert found.kept == [
        Kept(0.9, 0.3, 1.0, 1.0),
        Kept(0.95, 0.9, pytest.approx(9 / 21), pytest.approx(9 / 19)),
        Kept(0.99, 0.9, pytest.approx(9 / 21), pytest.approx(9 / 19)),
    ]


def test_a_precision_that_no_threshold_reaches_says_so() -> None:
    found = reliability([[(0.9, False), (0.4, True)]])
    assert found is not None
    assert found.kept == [Kept(precision, None, 0.0, 0.0) for precision in (0.9, 0.95, 0.99)]
