"""What takes long to find out and stays true, kept in a small JSON file from run to run."""

import contextlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

MOST_ENTRIES = 256  # the oldest go first


class Remembered:
    """JSON values by key, in one file of the cache. Two processes at once may each find out what both need."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def get(self, key: str, find: Callable[[], Any]) -> Any:
        """The value of a key, found and kept where it is not known yet."""
        known: dict[str, Any] = {}
        with contextlib.suppress(OSError, ValueError, TypeError):  # none yet, or damaged: all is found anew
            known = dict(json.loads(self.file.read_text("utf-8")))
        if key not in known:
            known = dict([*known.items(), (key, find())][-MOST_ENTRIES:])
            with contextlib.suppress(OSError):  # a cache that cannot be written: it is found at each run
                self.file.parent.mkdir(parents=True, exist_ok=True)
                written = self.file.with_name(f"{self.file.name}.{os.getpid()}")
                written.write_text(json.dumps(known, indent=1) + "\n", "utf-8")
                written.replace(self.file)
        return known[key]
