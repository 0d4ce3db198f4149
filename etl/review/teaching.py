"""Teaching from the page: ``crimeetl teach`` as a process of its own, and what it says."""

import subprocess
import sys
import threading
from collections import deque
from pathlib import Path

from crimeetl.etl.errors import WrongUsage

MOST_LINES = 200
COMMAND = (sys.executable, "-P", "-c", "from crimeetl.etl.cli import cli; cli()", "teach")


class Teaching:
    """One training at a time; it goes on when the page is closed, and ends with the server."""

    def __init__(self, database: Path, command: tuple[str, ...] = COMMAND) -> None:
        self.database, self.command = database, command
        self.output = database.with_name(f"{database.stem}-taught")
        self.lines: deque[str] = deque(maxlen=MOST_LINES)
        self.lock = threading.Lock()
        self.process: subprocess.Popen[str] | None = None

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def has_failed(self) -> bool:
        """Whether the last one ended without an adapter."""
        return self.process is not None and bool(self.process.poll())

    def begin(self) -> None:
        """Starts it.

        Raises:
            WrongUsage: it is under way already.
        """
        with self.lock:
            if self.is_running:
                raise WrongUsage("teaching is under way already")
            self.lines.clear()
            self.process = subprocess.Popen(
                [*self.command, "--db", str(self.database), "--output", str(self.output)],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            )
        threading.Thread(target=self._listen, args=[self.process], daemon=True).start()

    def end(self) -> None:
        """Interrupts it, as Ctrl-C does: the adapter in use stays as it is."""
        with self.lock:
            if self.process is not None and self.is_running:
                self.process.terminate()
                self.process.wait()

    def _listen(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            shown = line.rstrip("\n").rpartition("\r")[2].strip()  # of a bar only how it stands last
            if shown:
                self.lines.append(shown)
        process.wait()
