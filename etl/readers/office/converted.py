"""Office documents of before 2007 -> those of today, by LibreOffice, a program that has to be installed."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from crimeetl.etl.errors import UnreadableDocument
from crimeetl.etl.readers.office import presentation, word
from crimeetl.etl.readers.plain import FileText

PROGRAMS = ("soffice", "libreoffice")
READERS: dict[str, Callable[[str, bytes], FileText]] = {"docx": word.text_of, "pptx": presentation.text_of}
# It is ended before the process that started it would be, and left behind.
SECONDS_RATIO = 0.9
# Nothing is run and nothing is fetched, whatever the document asks for.
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution"
 oor:op="fuse"><value>true</value></prop><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value>
</prop><prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""


def text_of(path: str, encoded: bytes, *, suffix: str, seconds: float) -> FileText:
    """The text of a document as it is read once LibreOffice has saved it in the format of today.

    To be called in the process that parses documents: its limit on memory then holds for LibreOffice as well.

    Args:
        path: names the file in errors.
        encoded: the file's bytes.
        suffix: of the format to save it in, "docx" or "pptx".
        seconds: that it may take.

    Raises:
        UnreadableDocument: LibreOffice is not installed, takes too long, or cannot open the document.
    """
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        reason = f"it is older than .{suffix}, and LibreOffice, which reads such files, is not installed"
        raise UnreadableDocument(path, f"{reason}; install LibreOffice, or save it as .{suffix}")
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, f"document.{suffix[:-1]}"), Path(folder, "converted", f"document.{suffix}")
        settings = Path(folder, "profile", "user", "registrymodifications.xcu")
        settings.parent.mkdir(parents=True)
        settings.write_text(SETTINGS, "utf-8")
        source.write_bytes(encoded)
        profile = f"-env:UserInstallation={Path(folder, 'profile').as_uri()}"
        wanted = ("--convert-to", suffix, "--outdir", str(target.parent), str(source))
        said = _run(path, (program, profile, "--headless", "--norestore", *wanted), SECONDS_RATIO * seconds)
        if not target.is_file():
            reason = f"LibreOffice cannot open it ({said or 'it does not say why'})"
            raise UnreadableDocument(path, f"{reason}; save it as .{suffix}, without a password")
        return READERS[suffix](path, target.read_bytes())


def _run(path: str, command: tuple[str, ...], seconds: float) -> str:
    """The first line of what the program says, once it is done; it and all that it started are ended in time."""
    started = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        said, _ = started.communicate(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        reason = f"LibreOffice takes longer than {seconds:g} s to open it"
        raise UnreadableDocument(path, f"{reason}; open it in its own program and save it as .docx or .pptx") from error
    finally:
        if started.poll() is None:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()
    return said.decode("utf-8", "replace").strip().partition("\n")[0]
