"""Reviews in the database: what the views show, what holds, and what is refused."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from stored import begin, store, store_answers

from crimeetl import sql
from crimeetl.etl.documents import Document, Report
from crimeetl.etl.errors import WrongUsage
from crimeetl.etl.output import diff_runs, run_query, status
from crimeetl.etl.review import reviewed_labels
from crimeetl.etl.review.corrections import Span
from crimeetl.etl.review.store import Act, Reviewing, last_act
from crimeetl.model.extraction import Answer, Extraction, Mention
from crimeetl.model.schema import EntitySchema, load_schema

CRIME = load_schema("crime")
ANN, STREET, BO = Span("Ann Moe", 13, 20), Span("Street", 41, 47), Span("Bo Ray", 25, 31)


@pytest.fixture
def reviewing(database: Path) -> Iterator[Reviewing]:
    found = Reviewing(database, "ann")
    yield found
    found.end()
    with sql.connect_read_only(database) as con:
        assert {name: rows.rows() for name, rows in sql.run_checks(con).items() if rows.height} == {}


def id_of(database: Path, path: str) -> str:
    frame = run_query(database, f"select distinct report_id from v_mention where path = '{path}'")
    return str(frame["report_id"][0])


@pytest.fixture
def report_id(database: Path) -> str:
    return id_of(database, "/reports/a.txt")


def rows(database: Path, query: str) -> list[tuple[Any, ...]]:
    return run_query(database, query).rows()


def victims(database: Path) -> list[tuple[Any, ...]]:
    return rows(
        database,
        "select value, char_start, source, confidence from v_mention "
        "where entity_type = 'Victim_Name' and path = '/reports/a.txt' order by char_start",
    )


def test_the_views_show_what_people_left(database: Path, reviewing: Reviewing, report_id: str) -> None:
    reviewing.act(report_id, Act(verdict="rejected", entity_type="Victim_Name", old=STREET))
    reviewing.act(report_id, Act(verdict="accepted", entity_type="Victim_Name", old=ANN))
    reviewing.act(report_id, Act(verdict="added", entity_type="Victim_Name", new=Span("o Ray ", 26, 32)))
    assert victims(database) == [("Ann Moe", 13, "review", 1.0), ("Bo Ray", 25, "review", 1.0)]
    assert rows(database, "select victim_name, location from v_report where path = '/reports/a.txt'") == [
        (["Ann Moe", "Bo Ray"], ["5 Oak Street"])
    ]
    assert rows(
        database, "select name, normalised_name from v_person where path = '/reports/a.txt' order by ordinal"
    ) == [("Ann Moe", "Ann Moe"), ("Bo Ray", "Bo Ray")]
    said = "select value from mention join extraction using (extraction_id) where model_digest = 'm' order by all"
    assert [value for (value,) in rows(database, said)] == [
        "5 Oak Street",
        "Ann Moe",
        "Cy Fox",
        "Ofc. Lee",
        "Street",
        "Theft",
    ]  # what the model said is still there


def test_undo_brings_back_what_was_shown_before(database: Path, reviewing: Reviewing, report_id: str) -> None:
    before = victims(database)
    report = reviewing.act(report_id, Act(verdict="absent", entity_type="Victim_Name"))
    assert victims(database) == []
    reviewing.act(report_id, Act(verdict="undone", undone_review_id=report.reviews[-1].review_id))
    assert victims(database) == before


def test_a_later_model_does_not_override_a_person(database: Path, reviewing: Reviewing, report_id: str) -> None:
    reviewing.act(report_id, Act(verdict="rejected", entity_type="Victim_Name", old=STREET))
    text = reviewing.report(report_id).text  # type: ignore[union-attr]
    later = {("/reports/a.txt", text): {"Victim_Name": ["Street", "Oak"], "Location": ["Oak Street"]}}
    for schema, model in ((CRIME, "newer"), (load_schema("incident"), "newest")):
        store_answers(database, schema, later, model=model)
        assert victims(database)[:1] == [("Ann Moe", 13, "model", 0.5)]
        question = "select distinct value from v_mention where entity_type = 'Location' and path = '/reports/a.txt'"
        assert rows(database, question)[-1:] == [("Oak Street",)]  # nobody has looked at it
    report = reviewing.report(report_id)
    assert report is not None
    found = {answer.entity_type: [m.value for m in answer.mentions] for answer in report.state.answers}
    assert found["Victim_Name"] == ["Oak"]  # of the newest answers, less what was rejected


def test_labels_are_what_people_settled_and_no_more(database: Path, reviewing: Reviewing, report_id: str) -> None:
    assert reviewed_labels(database, CRIME) == []
    reviewing.act(report_id, Act(verdict="rejected", entity_type="Victim_Name", old=STREET))
    assert reviewed_labels(database, CRIME) == []  # of two values one is open
    reviewing.act(report_id, Act(verdict="accepted", entity_type="Victim_Name", old=ANN))
    reviewing.act(report_id, Act(verdict="absent", entity_type="Location"))
    [label] = reviewed_labels(database, CRIME)
    assert label["id"] == "/reports/a.txt#0"
    assert label["entities"] == {"Victim_Name": [{"value": "Ann Moe", "start": 13, "end": 20}], "Location": []}
    other = id_of(database, "/reports/b.txt")
    reviewing.act(other, Act(verdict="done", picked_by="random"))
    [_, whole] = reviewed_labels(database, CRIME)
    assert whole["entities"].keys() == CRIME.by_name.keys()
    assert whole["entities"]["Victim_AgeRange"] == []
    assert reviewed_labels(database, EntitySchema("one", CRIME.types[:1]))[0]["entities"].keys() == {
        CRIME.types[0].name
    }


def test_a_review_is_a_run_of_its_own(database: Path, reviewing: Reviewing, report_id: str) -> None:
    assert rows(database, "select count(*) from v_run") == [(1,)]
    reviewing.act(report_id, Act(verdict="rejected", entity_type="Victim_Name", old=STREET))
    reviewing.act(report_id, Act(verdict="done"))
    run = "select model_name, status, reports_done, mentions from v_run order by run_id"
    assert rows(database, run)[1:] == [("review by ann", "running", 1, 3)]
    reviewing.end()
    assert rows(database, run)[1:] == [("review by ann", "done", 1, 3)]
    found = diff_runs(database, "previous", "last")
    assert (found.reports, found.answers) == (1, 18)
    assert found.changed.select("entity_type", "first_run", "second_run").rows() == [
        ("Victim_Name", ["Ann Moe", "Street"], ["Ann Moe"])
    ]
    assert status(database).pending == 0
    assert [row[1:4] for row in rows(database, sql.statement("queries", "corrections"))] == [
        ("ann", "done", None),
        ("ann", "rejected", "Victim_Name"),
    ]


def test_two_people_correct_one_report(database: Path, reviewing: Reviewing, report_id: str) -> None:
    other = Reviewing(database, "bo")
    reviewing.act(report_id, Act(verdict="rejected", entity_type="Victim_Name", old=STREET))
    other.act(report_id, Act(verdict="added", entity_type="Victim_Name", new=BO))
    reviewing.act(report_id, Act(verdict="accepted", entity_type="Victim_Name", old=ANN))
    other.end()
    assert [row[:3] for row in victims(database)] == [("Ann Moe", 13, "review"), ("Bo Ray", 25, "review")]
    for _ in range(3):
        report = reviewing.report(report_id)
        assert report is not None
        act = last_act(report)
        assert act is not None
        reviewing.act(report_id, Act(verdict="undone", undone_review_id=act.review_id))
    assert [row[:3] for row in victims(database)] == [("Ann Moe", 13, "model"), ("Street", 41, "model")]


@pytest.mark.parametrize(
    ("act", "refusal"),
    [
        (Act(verdict="accepted", entity_type="Nothing", old=ANN), "the schema crime has no type Nothing"),
        (
            Act(verdict="accepted", entity_type="Victim_Name", old=BO),
            "this value is no longer there; the page shows how it is now",
        ),
        (Act(verdict="added", entity_type="Victim_Name"), "select the value in the text first"),
        (
            Act(verdict="added", entity_type="Victim_Name", new=Span("x", 70, 99)),
            "select the value in the text first",
        ),
        (
            Act(verdict="added", entity_type="Victim_Name", new=Span("\r\n", 48, 50)),
            "what is selected is white space; select the value in the text",
        ),
        (
            Act(verdict="added", entity_type="Victim_AgeRange", new=Span("Giant", None, None)),
            "Victim_AgeRange is one of Child, Teenager, Young Adult, Adult, Senior",
        ),
        (Act(verdict="undone", undone_review_id="x"), "there is nothing to take back"),
    ],
)
def test_what_is_not_there_is_refused_and_nothing_stored(
    database: Path, reviewing: Reviewing, report_id: str, act: Act, refusal: str
) -> None:
    before = rows(database, "from v_mention order by all")
    with pytest.raises(WrongUsage) as caught:
        reviewing.act(report_id, act)
    assert str(caught.value) == refusal
    assert rows(database, "from v_mention order by all") == before
    assert rows(database, "from review") == []


def test_a_report_that_is_not_there_is_refused(reviewing: Reviewing) -> None:
    with pytest.raises(WrongUsage) as caught:
        reviewing.act("nothing", Act(verdict="done"))
    assert str(caught.value) == "this report is no longer there; go back to the list"
    assert reviewing.report("nothing") is None


def test_a_schema_of_one_s_own_is_known_by_what_the_database_has(tmp_path: Path) -> None:
    from crimeetl.model.schema.files import parse_schema

    own = parse_schema(
        'name = "own"\n[[type]]\nname = "Kind"\nquestion = "what kind"\nkind = "choice"\nchoices = ["old", "new"]\n',
        source="a",
    )
    database = tmp_path / "own.duckdb"
    store_answers(database, own, {("/a.txt", "words"): {"Kind": ["old"]}})
    reviewing = Reviewing(database, "ann")
    report_id = id_of(database, "/a.txt")
    reviewing.act(report_id, Act(verdict="added", entity_type="Kind", new=Span("new", None, None)))
    with pytest.raises(WrongUsage) as caught:
        reviewing.act(report_id, Act(verdict="added", entity_type="Kind", new=Span("odd", None, None)))
    assert str(caught.value) == "Kind is one of old, new"
    assert rows(database, "select value from v_mention order by all") == [("new",), ("old",)]
    assert rows(database, "select count(distinct schema_digest) from extraction") == [(1,)]


def test_a_question_that_only_a_person_answered_is_shown(tmp_path: Path) -> None:
    database, text = tmp_path / "rows.duckdb", "Ann Moe, 9 Oak Street"
    run = begin(database, CRIME)
    document = Document("/a.csv", "d", "text/csv", "utf-8", False, len(text), text)
    report = Report("r", "d", 0, text)
    given = Extraction(
        (Answer("Victim_Name", (Mention("Ann Moe", 0, 7, None, "column"),), None, is_cut=False),), 0, 0, 1
    )
    store(run, documents=[document], extractions=[(report, given)])
    reviewing = Reviewing(database, "ann")
    reviewing.act("r", Act(verdict="added", entity_type="Location", new=Span("9 Oak Street", 9, 21)))
    reviewing.end()
    query = "select entity_type, value, source from v_mention order by all"
    assert rows(database, query) == [("Location", "9 Oak Street", "review"), ("Victim_Name", "Ann Moe", "column")]
    with sql.connect_read_only(database) as con:
        assert {name: found.rows() for name, found in sql.run_checks(con).items() if found.height} == {}
