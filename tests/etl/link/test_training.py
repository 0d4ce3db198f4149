"""The linkage model as it is trained: probabilities that tell people apart, the same from the same profiles."""

from crimeetl.etl.link.names import Name
from crimeetl.etl.link.people import Profile, ReportFacts, model
from crimeetl.etl.link.training import trained_model

NAMES = [(given, family) for given in ("ann", "bo", "cy", "dee") for family in ("lee", "ray", "fox", "poe", "kay")]


def profiles() -> tuple[list[Profile], list[str]]:
    """Twenty people, each in three reports of one city."""
    found, labels = [], []
    for number, (given, family) in enumerate(NAMES):
        for report in range(3):
            facts = ReportFacts(f"r{number}-{report}", "port maren", ("port maren",), 2020 + report, ())
            name = Name(given=given, initial=given[0], family=family)
            found.append(Profile(f"p{number:02}-{report}", facts, name, 20 + number + report, None, None, ()))
            labels.append(f"{given} {family}")
    return found, labels


def test_training_estimates_probabilities_for_the_levels_that_the_model_has() -> None:
    found, labels = profiles()
    trained = trained_model(found, labels, seed=3)
    assert trained == trained_model(found, labels, seed=3)
    assert "probability_two_random_records_match" not in trained
    shipped = model()
    assert [c["output_column_name"] for c in trained["comparisons"]] == [
        c["output_column_name"] for c in shipped["comparisons"]
    ]
    levels = [level for comparison in trained["comparisons"] for level in comparison["comparison_levels"]]
    given = [level[name] for level in levels for name in ("m_probability", "u_probability") if name in level]
    assert len(given) > 20
    assert all(0 <= probability <= 1 for probability in given)
