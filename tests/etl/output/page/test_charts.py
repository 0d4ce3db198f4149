"""Charts: bars as long as their counts, months without gaps, and a word on what is left out."""

from crimeetl.etl.output.page.charts import Bar, Chart, Part, chart, months, sureness_chart


def test_bars_are_in_percent_of_the_longest_and_those_left_out_are_counted() -> None:
    assert chart("Crimes", [("theft", 4), ("arson", 1), ("fraud", 1)], "All.", most=2) == Chart(
        "Crimes",
        (Bar("theft", 4, (Part("count", 0, 100.0),)), Bar("arson", 1, (Part("count", 0, 25.0),))),
        "All. 1 more are left out.",
    )
    assert chart("Crimes", []) == Chart("Crimes", ())
    assert chart("Crimes", [("theft", 0)]).bars == (Bar("theft", 0, (Part("count", 0, 0.0),)),)


def test_values_are_parted_by_how_sure_they_are() -> None:
    counts = {"value_count": 4, "sure_count": 1, "likely_count": 0, "doubtful_count": 2, "given_count": 1}
    found = sureness_chart("Values", [{"entity_type": "Location", **counts}])
    parts = (Part("sure", 0.0, 25.0), Part("doubtful", 25.0, 50.0), Part("given", 75.0, 25.0))
    assert found.bars == (Bar("Location", 4, parts),)
    assert [kind for kind, _ in found.legend] == ["sure", "doubtful", "given"]


def test_months_without_a_crime_are_shown_and_those_long_ago_are_counted() -> None:
    assert months({"2024-11": 2, "2025-02": 1}) == (
        [("2024-11", 2), ("2024-12", 0), ("2025-01", 0), ("2025-02", 1)],
        0,
    )
    assert months({"1924-05": 3, "2024-12": 2, "2025-01": 1}, most=2) == ([("2024-12", 2), ("2025-01", 1)], 3)
    assert months({}) == ([], 0)
