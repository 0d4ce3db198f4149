"""Where ``people.json`` comes from: profiles whose people are known -> the linkage model's probabilities.

``make link-model`` rebuilds the file from 4,000 made-up reports of seed 11; ``tests/benchmarks/linking.py`` makes them.
"""

import contextlib
from collections.abc import Sequence
from typing import Any

import duckdb

from crimeetl import sql
from crimeetl.etl.link.people import Profile, open_linker

MOST_PAIRS = 1e8  # drawn at random to see how often different people agree
DIGITS = 4  # significant ones, of each probability


def trained_model(profiles: Sequence[Profile], labels: Sequence[str], *, seed: int) -> dict[str, Any]:
    """splink's settings with the probabilities of each level estimated anew.

    How often two mentions of one person agree is counted in the labels, how often those of two people do in pairs drawn
    at random. The chance that any two are one depends on the number of profiles and is left out.

    Args:
        labels: who each profile is; equal labels are one person.

    Source: Fellegi and Sunter, A theory for record linkage, 1969; splink, "Training".
    """
    with contextlib.closing(duckdb.connect(config=sql.NO_DOWNLOADS)) as con:
        linker = open_linker(con, profiles, others=1.0, labels=labels)
        linker.training.estimate_u_using_random_sampling(max_pairs=MOST_PAIRS, seed=seed, min_count_per_level=None)
        linker.training.estimate_m_from_label_column("identity")
        settings: dict[str, Any] = linker.misc.save_model_to_json()
    del settings["probability_two_random_records_match"]
    for comparison in settings["comparisons"]:
        for level in comparison["comparison_levels"]:
            for name in ("m_probability", "u_probability"):
                if name in level:
                    level[name] = float(f"{level[name]:.{DIGITS}g}")
    return settings
