"""A database's answers as labelled reports: a draft to correct by hand and train on."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from crimeetl import sql


def draft_labels(database: Path, entity_types: Sequence[str], *, limit: int | None = None) -> list[dict[str, Any]]:
    """The current answers for some types, a report each, as labelled data has them; a copy of a report is given once.

    Types are in the order given; one that a report was never asked for is left out of its entities.

    Args:
        limit: at most so many reports; None for all.

    Raises:
        DatabaseUnusable: missing, locked by another process, not ours, or of another version.
    """
    with sql.connect_read_only(database) as con:
        rows = sql.fetch(con, sql.statement("statements", "draft_labels"), {"entity_types": list(entity_types)})
    labelled: dict[str, dict[str, Any]] = {}
    for report_id, path, place, text, entity_type, values in rows:
        report = labelled.setdefault(report_id, {"id": f"{path}#{place}", "text": text, "entities": {}})
        report["entities"][entity_type] = values
    for report in labelled.values():
        report["entities"] = {name: report["entities"][name] for name in entity_types if name in report["entities"]}
    return list(labelled.values())[:limit]
