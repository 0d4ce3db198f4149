"""What a teaching goes on from: the adapter that gave the answers which people corrected."""

import json
from pathlib import Path

from crimeetl import sql


def newest_adapter(database: Path) -> str | None:
    """The adapter of the newest ingest: an absolute path, "shipped" or "none"; None where it is not recorded.

    Raises:
        DatabaseUnusable: missing, locked by another process, not ours, or of another version.
    """
    with sql.connect_read_only(database) as con:
        found = sql.fetch(con, sql.statement("statements", "newest_model_settings"))
    adapter = json.loads(found[0][0]).get("adapter") if found else None
    return adapter if isinstance(adapter, str) else None
