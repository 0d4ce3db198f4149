"""Reviews in the database: read, and written with the answers that come of them, a transaction each.

The file is held only while something is read or written, so that an ingest and other reviews go on meanwhile.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from secrets import token_hex
from typing import TypeVar

from duckdb import DuckDBPyConnection

from crimeetl import sql
from crimeetl.etl.documents import content_id
from crimeetl.etl.errors import WrongUsage
from crimeetl.etl.load import (
    Run,
    RunCounts,
    RunStart,
    StoredExtraction,
    TableRow,
    extraction_frames,
    finish_run,
    frame_of,
    insert_frames,
    start_run,
)
from crimeetl.etl.normalise import normalise
from crimeetl.etl.review.corrections import OF_REPORTS, Corrected, PickedBy, Review, Span, Verdict, corrected, standing
from crimeetl.model.extraction import Answer, Extraction, Mention
from crimeetl.model.schema import EntitySchema, EntityType, load_schema

REVIEW_MODEL = "review"  # in place of a model's digest
PATIENCE_SECONDS = 30.0  # for an ingest that stores a batch
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedReport:
    """A report as a person sees it."""

    report_id: str
    path: str
    place: int
    document_id: str
    text: str
    schema: EntitySchema
    model_name: str
    given: Extraction  # the model's answers
    given_ids: dict[tuple[str, Span], str]  # the mention of each value by type
    normalised: dict[tuple[str, Span], str | None]  # of the model's values
    reviews: tuple[Review, ...]
    state: Corrected


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What a person does."""

    verdict: Verdict
    entity_type: str | None = None
    old: Span | None = None
    new: Span | None = None
    undone_review_id: str | None = None
    picked_by: PickedBy = "hand"


class Reviewing:
    """One person's review of a database: a run of its own once something was done."""

    def __init__(self, database: Path, reviewer: str) -> None:
        self.database, self.reviewer = database, reviewer
        self.lock = threading.Lock()  # DuckDB opens a file once in a process: to read, or to write
        self.run: Run | None = None
        self.acts = 0

    def read(self, question: Callable[[DuckDBPyConnection], Result]) -> Result:
        """What a function finds in the database.

        Raises:
            DatabaseUnusable: missing, locked for long by another process, not ours, or of another version.
        """
        with self.lock, sql.connect_read_only(self.database, patience_seconds=PATIENCE_SECONDS) as con:
            return question(con)

    def report(self, report_id: str) -> ReviewedReport | None:
        """A report with all that was said of it; None where it is not there, or no model has answered it."""
        return self.read(lambda con: reviewed_report(con, report_id))

    def act(self, report_id: str, act: Act) -> ReviewedReport:
        """Stores what a person did, and the answers that come of it, in one transaction.

        Raises:
            WrongUsage: it names what is not there.
            DatabaseUnusable: locked for long by another process, not ours, or its disk is full.
        """
        with self.lock:
            if self.run is None:
                self.run = self._started(report_id)
            with self._writing() as con:
                report = reviewed_report(con, report_id)
                if report is None:
                    raise WrongUsage("this report is no longer there; go back to the list")
                review = self._review(con, report, checked(report, act))
                reviews = (*report.reviews, review)
                state = corrected(report.given.answers, reviews, report.schema)
                report = replace(report, reviews=reviews, state=state)
                self._store(con, self.run, report, review)
            self.acts += 1
            return report

    def end(self) -> None:
        """Ends the run, if something was done."""
        with self.lock:
            if self.run is not None:
                finish_run(self.run, "done", RunCounts(reports_done=0, mentions=0, skipped=0, failed=0))
                self.run = None

    def _started(self, report_id: str) -> Run:
        with sql.connect_read_only(self.database, patience_seconds=PATIENCE_SECONDS) as con:
            report = reviewed_report(con, report_id)
        if report is None:
            raise WrongUsage("this report is no longer there; go back to the list")
        start = RunStart(
            model_digest=REVIEW_MODEL, model_name=f"review by {self.reviewer}", schema=report.schema, settings={}
        )
        return start_run(self.database, start)

    @contextmanager
    def _writing(self) -> Iterator[DuckDBPyConnection]:
        with sql.connect(self.database, patience_seconds=PATIENCE_SECONDS) as con, sql.transaction(con):
            yield con

    def _review(self, con: DuckDBPyConnection, report: ReviewedReport, act: Act) -> Review:
        [(newest,)] = sql.fetch(con, sql.statement("statements", "newest_review"))
        now = sql.utc_now()
        if newest is not None and f"{now:%Y%m%dT%H%M%S%f}" <= newest.partition("-")[0]:  # the clock was set back
            now = _moment(newest) + timedelta(microseconds=1)
        mention_id = report.given_ids.get((act.entity_type or "", act.old)) if act.old else None
        return Review(
            review_id=f"{now:%Y%m%dT%H%M%S%f}-{token_hex(3)}",
            report_id=report.report_id,
            schema_digest=report.schema.digest,
            entity_type=act.entity_type,
            verdict=act.verdict,
            old=act.old,
            new=act.new,
            mention_id=mention_id,
            undone_review_id=act.undone_review_id,
            picked_by=act.picked_by,
            reviewer=self.reviewer,
            reviewed_at=now,
        )

    def _store(self, con: DuckDBPyConnection, run: Run, report: ReviewedReport, review: Review) -> None:
        found = replace(report.given, answers=report.state.answers)
        extraction_id = content_id(run.run_id, report.report_id, report.schema.digest, review.review_id)
        stored = StoredExtraction(
            extraction_id=extraction_id,
            run_id=run.run_id,
            report_id=report.report_id,
            schema_digest=report.schema.digest,
            model_digest=REVIEW_MODEL,
            extracted_at=max(review.reviewed_at, run.started_at),
            found=found,
            rows=normalise(found, extraction_id, report.schema, year=_year(report)),
            reviewed_types=report.state.touched_types,
        )
        frames = {"review": frame_of(run.columns["review"], [_review_row(run, review)])}
        insert_frames(con, ["store_review"], frames)
        insert_frames(con, ["load_extractions"], extraction_frames(run.columns, [stored]))


def reviewed_report(con: DuckDBPyConnection, report_id: str) -> ReviewedReport | None:
    """A report with all that was said of it; None where it is not there, or no model has answered it."""
    found = sql.fetch(con, sql.statement("statements", "report_reviewed"), {"report_id": report_id})
    if not found:
        return None
    [(_, path, place, document_id, text, extraction_id, digest, model_name, *counts)] = found
    schema = stored_schema(con, digest)
    rows = sql.fetch(con, sql.statement("statements", "answers_given"), {"extraction_id": extraction_id})
    report_tokens, answer_tokens, window_count = counts
    answers: dict[str, Answer] = {}
    given_ids: dict[tuple[str, Span], str] = {}
    normalised: dict[tuple[str, Span], str | None] = {}
    for entity_type, presence, is_cut, mention_id, value, start, end, confidence, source, spelling in rows:
        answer = answers.setdefault(entity_type, Answer(entity_type, (), presence, is_cut))
        if mention_id is not None:
            mentions = (*answer.mentions, Mention(value, start, end, confidence, source))
            answers[entity_type] = replace(answer, mentions=mentions)
            given_ids[entity_type, Span(value, start, end)] = mention_id
            normalised[entity_type, Span(value, start, end)] = spelling
    given = tuple(answers[entity_type.name] for entity_type in schema.types if entity_type.name in answers)
    reviews = tuple(reviews_of(con, report_id))
    return ReviewedReport(
        report_id=report_id,
        path=path,
        place=place,
        document_id=document_id,
        text=text,
        schema=schema,
        model_name=model_name,
        given=Extraction(given, report_tokens, answer_tokens, window_count),
        given_ids=given_ids,
        normalised=normalised,
        reviews=reviews,
        state=corrected(given, reviews, schema),
    )


def reviews_of(con: DuckDBPyConnection, report_id: str) -> Iterator[Review]:
    """All that people did to a report, in its order."""
    for row in sql.fetch(con, sql.statement("statements", "reviews_of_report"), {"report_id": report_id}):
        review_id, report_id, digest, entity_type, verdict, *spans, mention_id, undone, picked_by, reviewer, at = row
        yield Review(
            review_id=review_id,
            report_id=report_id,
            schema_digest=digest,
            entity_type=entity_type,
            verdict=verdict,
            old=None if spans[0] is None else Span(*spans[:3]),
            new=None if spans[3] is None else Span(*spans[3:]),
            mention_id=mention_id,
            undone_review_id=undone,
            picked_by=picked_by,
            reviewer=reviewer,
            reviewed_at=at,
        )


def stored_schema(con: DuckDBPyConnection, digest: str) -> EntitySchema:
    """The schema of a digest: a built-in one as it is, another as far as the database has it, without questions."""
    if digest in _built_in():
        return _built_in()[digest]
    rows = sql.fetch(con, sql.statement("statements", "types_of_schema"), {"schema_digest": digest})
    types = tuple(
        EntityType(name, name, kind, tuple(choices), is_multiple, normaliser)
        for _, name, kind, is_multiple, normaliser, choices in rows
    )
    schema = EntitySchema(rows[0][0], types)
    object.__setattr__(schema, "digest", digest)  # what it was stored with; its questions are not in the database
    return schema


@lru_cache(maxsize=1)
def _built_in() -> dict[str, EntitySchema]:
    return {schema.digest: schema for schema in map(load_schema, ("crime", "incident"))}


def checked(report: ReviewedReport, act: Act) -> Act:
    """What a person does, a new value widened to whole words.

    Raises:
        WrongUsage: it names what is not there.
    """
    if act.verdict == "undone":
        if act.undone_review_id not in {review.review_id for review in report.reviews}:
            raise WrongUsage("there is nothing to take back")
        return act
    if act.verdict in OF_REPORTS:
        return replace(act, entity_type=None, old=None, new=None)
    entity_type = report.schema.by_name.get(act.entity_type or "")
    if entity_type is None:
        raise WrongUsage(f"the schema {report.schema.name} has no type {act.entity_type}")
    if act.verdict in ("accepted", "rejected", "changed"):
        shown = [answer for answer in report.state.answers if answer.entity_type == entity_type.name]
        if act.old not in [Span(m.value, m.char_start, m.char_end) for answer in shown for m in answer.mentions]:
            raise WrongUsage("this value is no longer there; the page shows how it is now")
    new = _whole_words(report.text, entity_type, act.new) if act.verdict in ("changed", "added") else None
    old = act.old if act.verdict in ("accepted", "rejected", "changed") else None
    return replace(act, old=old, new=new)


def _whole_words(text: str, entity_type: EntityType, new: Span | None) -> Span:
    if new is None:
        raise WrongUsage("select the value in the text first")
    if entity_type.kind == "choice":
        if entity_type.choices and new.value not in entity_type.choices:
            raise WrongUsage(f"{entity_type.name} is one of {', '.join(entity_type.choices)}")
        return Span(new.value, None, None)
    start, end = new.char_start or 0, new.char_end or 0
    if not 0 <= start < end <= len(text):
        raise WrongUsage("select the value in the text first")
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start == end:
        raise WrongUsage("what is selected is white space; select the value in the text")
    while start and text[start].isalnum() and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return Span(text[start:end], start, end)


def last_act(report: ReviewedReport) -> Review | None:
    """What undo takes back: the newest thing done that counts."""
    said = standing(report.reviews)
    return said[-1] if said else None


def _moment(review_id: str) -> datetime:
    return datetime.strptime(review_id.partition("-")[0], "%Y%m%dT%H%M%S%f")


def _year(report: ReviewedReport) -> int | None:
    """Of dates that state none: what an ingest took from the title of their table."""
    for (entity_type, span), spelling in report.normalised.items():
        if entity_type == "Crime_Date" and spelling and spelling[:4].isdecimal() and spelling[:4] not in span.value:
            return int(spelling[:4])
    return None


def _review_row(run: Run, review: Review) -> TableRow:
    row = asdict(review)
    old, new = row.pop("old") or {}, row.pop("new") or {}
    return row | {
        "run_id": run.run_id,
        "value": old.get("value"),
        "char_start": old.get("char_start"),
        "char_end": old.get("char_end"),
        "new_value": new.get("value"),
        "new_char_start": new.get("char_start"),
        "new_char_end": new.get("char_end"),
    }
