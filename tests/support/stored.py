"""Databases with answers stored the way a run stores them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from crimeetl.etl.documents import Document, Failure, Report, content_id
from crimeetl.etl.load import Run, RunCounts, RunStart, finish_run, load_batch, start_run
from crimeetl.etl.normalise import normalise
from crimeetl.model.extraction import Answer, Extraction, Mention
from crimeetl.model.schema import EntitySchema

StoredAnswers = Mapping[tuple[str, str], Mapping[str, Sequence[str]]]


def begin(database: Path, schema: EntitySchema, *, model: str = "m") -> Run:
    """A run of a model that does not exist."""
    return start_run(database, RunStart(model_digest=model, model_name="tiny", schema=schema, settings={}))


def store(
    run: Run,
    *,
    documents: Sequence[Document] = (),
    reports: Sequence[Report] = (),
    extractions: Sequence[tuple[Report, Extraction]] = (),
    failures: Sequence[Failure] = (),
) -> None:
    """A batch as it comes out of the model, normalised and loaded; its documents hold the reports in it."""
    held = {report.report_id: report for report in [*reports, *(report for report, _ in extractions)]}
    splits = {
        document.document_id: [one.report_id for one in held.values() if one.document_id == document.document_id]
        for document in documents
    }
    rows = [(report, found, normalise(found, run.extraction_id(report), run.schema)) for report, found in extractions]
    load_batch(run, documents=documents, splits=splits, reports=reports, extractions=rows, failures=failures)


def store_answers(database: Path, schema: EntitySchema, found: StoredAnswers, *, model: str = "m") -> str:
    """Stores values by path and text, with the offsets of their first place; the texts of one path are its rows.

    Returns:
        The id of the run.
    """
    run = begin(database, schema, model=model)
    documents, extractions = [], []
    for path in dict.fromkeys(path for path, _ in found):
        texts = [text for at, text in found if at == path]
        whole = "\n".join(texts)
        document = Document(path, content_id(whole), "text/plain", "utf-8", False, len(whole), whole)
        documents.append(document)
        for place, text in enumerate(texts):
            report = Report(content_id(document.document_id, str(place), text), document.document_id, place, text)
            extractions.append((report, extraction_of(schema, text, found[path, text])))
    store(run, documents=documents, extractions=extractions)
    finish_run(run, "done", RunCounts(reports_done=len(extractions), mentions=0, skipped=0, failed=0))
    return run.run_id


def extraction_of(schema: EntitySchema, text: str, values: Mapping[str, Sequence[str]]) -> Extraction:
    """Answers whose values stand where they first occur; choices have no span."""
    answers = []
    for entity_type in schema.types:
        mentions = []
        for value in values.get(entity_type.name, ()):
            start = None if entity_type.kind == "choice" else text.index(value)
            mentions.append(Mention(value, start, None if start is None else start + len(value), 0.5))
        answers.append(Answer(entity_type.name, tuple(mentions), 0.5, False))
    return Extraction(tuple(answers), 10, 5, 1)
