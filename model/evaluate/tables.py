"""Evaluations for people."""

from crimeetl.model.evaluate.reliability import Reliability
from crimeetl.model.evaluate.scores import Evaluation, Score


def evaluation_table(evaluation: Evaluation) -> str:
    """For people: a line a type, then what holds for all."""
    lines = [
        f"{evaluation.source}: {evaluation.model}, schema {evaluation.schema}",
        "",
        f"{'':24}{'':14}{'as stated':^64}{'without sentinels':^23}",
        f"{'type':24}{'gold':>6}{'given':>7} {'precision':>10}{'recall':>8}{'F1 fuzzy':>21}{'exact':>8}"
        f"{'approx.':>8}{'overlap':>9}{'F1 fuzzy':>22}",
    ]
    for name, readings in [*evaluation.by_type.items(), ("all", evaluation.overall)]:
        stated, plain = readings["as_stated"], readings["sentinels_empty"]
        fuzzy = stated["fuzzy"]
        lines.append(
            f"{name:24}{fuzzy.gold:6}{fuzzy.predicted:7} {_figure(fuzzy.precision):>10}{_figure(fuzzy.recall):>8}"
            f"{_interval(fuzzy):>21}{_figure(stated['exact'].f1):>8}"
            f"{_figure(stated['approximate'].f1):>8}{_figure(stated['overlap'].f1):>9}"
            f"{_interval(plain['fuzzy']):>22}"
        )
    return "\n".join(
        [
            *lines,
            "",
            "fuzzy: token_sort_ratio of at least 85; in brackets the 95 % interval, bootstrapped over reports;",
            "approx.: one contains the other; without sentinels: 'Not provided' and the like count as empty",
            "",
            f"{evaluation.reports} reports, {evaluation.questions} questions, {evaluation.values} values, "
            f"{evaluation.seconds_a_report:.2f} s a report",
            f"sets exact {_figure(evaluation.set_exact)}, empty answers right {_figure(evaluation.empty_accuracy)}, "
            f"valid JSON {_figure(evaluation.valid_json)}, values at their offsets {_figure(evaluation.grounded)}",
            f"gold answers: token accuracy {_figure(evaluation.token_accuracy)}, loss {_figure(evaluation.loss)}, "
            f"perplexity {_figure(evaluation.perplexity)}",
            *([] if evaluation.reliability is None else _reliability_lines(evaluation.reliability)),
        ]
    )


def _reliability_lines(found: Reliability) -> list[str]:
    bins = [b for b in found.bins if b.values]
    return [
        "",
        f"confidence: expected calibration error {found.error:.3f} ({found.error_low:.3f}-{found.error_high:.3f}) "
        f"over {found.values} values",
        "  confidence " + "".join(f"{f'{b.low:.1f}-{b.high:.1f}':>9}" for b in bins),
        "  values     " + "".join(f"{b.values:9}" for b in bins),
        "  stated     " + "".join(f"{b.confidence:9.2f}" for b in bins),
        "  right      " + "".join(f"{b.right:9.2f}" for b in bins),
        *(
            f"  {kept.precision:.0%} right: "
            + (
                "no confidence reaches it"
                if kept.least_confidence is None
                else f"--min-confidence {kept.least_confidence:.3f} keeps {kept.kept:.1%} of the values, "
                f"{kept.right_kept:.1%} of the right ones"
            )
            for kept in found.kept
        ),
    ]


def _interval(score: Score) -> str:
    return "-" if score.f1 is None else f"{score.f1:.3f} ({score.f1_low:.3f}-{score.f1_high:.3f})"


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
