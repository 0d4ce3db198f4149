"""What a teaching goes on from: the adapter that gave the answers which people corrected."""

import json
from pathlib import Path

from crimeetl import sql

REVIEW_MODEL = "review"  # in place of a model's digest, where a run is a review


def newest_adapter(database: Path) -> str | None:
    """The adapter of the newest ingest: an absolute path, "shipped" or "none"; None where it is not recorded.

    Raises:
        DatabaseUnusable: missing, locked by another process, not ours, or of another version.
    """
    with sql.connect_read_only(database) as con:
        asked = {"review_model": REVIEW_MODEL}
        found = sql.fetch(con, sql.statement("statements", "newest_model_settings"), asked)
    adapter = json.loads(found[0][0]).get("adapter") if found else None
    return adapter if isinstance(adapter, str) else None
