"""Everything that can go wrong on purpose, in one tree.

    CrimeEtlError                 exit 1
    ├── WrongUsage                exit 2   the command line asks for something impossible
    ├── SchemaInvalid             exit 2   an entity schema file has mistakes
    ├── LabelledDataInvalid       exit 2   a labelled data or split file has a line that cannot be used
    ├── BaseUnavailable           exit 1   the base model is neither cached nor reachable
    ├── AdapterInvalid            exit 1   an adapter is broken or belongs to another base or template
    ├── TrainingInterrupted       exit 1   the user stopped it; says whether it can be resumed
    ├── DatabaseUnusable          exit 1   locked, not ours, or written by a newer version
    ├── QueryFailed               exit 1   DuckDB refused the user's SQL
    └── DocumentFailed            becomes a row of document_failure; the rest of the run goes on
        ├── UnreadableDocument             the file cannot be opened or its reader broke
        ├── UnknownFormat                  no reader knows the file
        ├── EmptyDocument                  the file holds no text
        ├── NeedsOcr                       a PDF with pages and no text
        └── ExtractionFailed               the model could not answer for this report

Arguments stay raw in ``args`` and are rendered by ``__str__``, so that every error survives pickling between
processes.
"""

from typing import ClassVar


class CrimeEtlError(Exception):
    """Base of all deliberate errors; its text is one sentence that ends with what to do next."""

    exit_status: ClassVar[int] = 1
    template: ClassVar[str] = "{0}"

    def __str__(self) -> str:
        return self.template.format(*self.args)


class WrongUsage(CrimeEtlError):
    """``WrongUsage(sentence)``"""

    exit_status = 2


class SchemaInvalid(CrimeEtlError):
    """``SchemaInvalid(path, problems)``: every mistake of one schema file at once."""

    exit_status = 2

    def __str__(self) -> str:
        path, problems = self.args
        listed = "\n".join(f"  - {problem}" for problem in problems)
        return f"{path} is not a usable entity schema; correct these and run again:\n{listed}"


class LabelledDataInvalid(CrimeEtlError):
    """``LabelledDataInvalid(path, line_number, reason)``; line numbers count from 1."""

    exit_status = 2
    template = "{0}, line {1}: {2}"


class BaseUnavailable(CrimeEtlError):
    """``BaseUnavailable(base, sentence)``"""

    template = "cannot load the base model {0}: {1}"


class AdapterInvalid(CrimeEtlError):
    """``AdapterInvalid(path, sentence)``"""

    template = "cannot use the adapter {0}: {1}"


class TrainingInterrupted(CrimeEtlError):
    """``TrainingInterrupted(step, what_next)``"""

    template = "training stopped after step {0}; {1}"


class DatabaseUnusable(CrimeEtlError):
    """``DatabaseUnusable(path, sentence)``"""

    template = "cannot use the database {0}: {1}"


class QueryFailed(CrimeEtlError):
    """``QueryFailed(sentence)``"""


class DocumentFailed(CrimeEtlError):
    """``DocumentFailed(path, reason)``: one document's failure, to be recorded and stepped over."""

    template = "{0}: {1}"

    @property
    def path(self) -> str:
        """Of the file, printable: bytes that are no UTF-8 stand as escapes."""
        return str(self.args[0])

    @property
    def reason(self) -> str:
        """What happened, without the path."""
        return str(self.args[1])


class UnreadableDocument(DocumentFailed):
    """A source file cannot be opened, or its reader broke on it."""


class UnknownFormat(DocumentFailed):
    """No reader knows this kind of file."""


class EmptyDocument(DocumentFailed):
    """A source file holds no text at all."""


class NeedsOcr(DocumentFailed):
    """Pages of an image or a PDF hold no text, and what reads them is not installed."""


class ExtractionFailed(DocumentFailed):
    """The model could not answer for one report."""
