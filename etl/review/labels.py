"""Reviewed reports as labelled data: what a model learns from people."""

from pathlib import Path
from typing import Any

from crimeetl import sql
from crimeetl.etl.review.store import reviewed_report
from crimeetl.model.schema import EntitySchema


def reviewed_labels(database: Path, schema: EntitySchema) -> list[dict[str, Any]]:
    """The reports that people looked at, as labelled data has them, in the order of the folder.

    A report has the types whose questions are settled and that the schema asks for; others are left out, for nobody has
    said what they hold. One without any is left out altogether.

    Raises:
        DatabaseUnusable: missing, locked by another process, not ours, or of another version.
    """
    labelled = []
    with sql.connect_read_only(database) as con:
        for report_id, path, place in sql.fetch(con, sql.statement("statements", "reviewed_reports")):
            report = reviewed_report(con, report_id)
            if report is None:
                continue
            entities = {
                answer.entity_type: [
                    mention.value
                    if mention.char_start is None
                    else {"value": mention.value, "start": mention.char_start, "end": mention.char_end}
                    for mention in answer.mentions
                ]
                for answer in report.state.answers
                if answer.entity_type in report.state.settled_types and answer.entity_type in schema.by_name
            }
            if entities:
                labelled.append({"id": f"{path}#{place}", "text": report.text, "entities": entities})
    return labelled
