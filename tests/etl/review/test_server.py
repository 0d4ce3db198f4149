"""What the review page answers, to whom, and that a text never becomes HTML."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient
from stored import store_answers

from crimeetl import sql
from crimeetl.etl.cli import cli
from crimeetl.etl.errors import WrongUsage
from crimeetl.etl.review.guard import POLICY, Guard
from crimeetl.etl.review.listing import Listing
from crimeetl.etl.review.server import review_app
from crimeetl.etl.review.store import Reviewing
from crimeetl.etl.review.teaching import COMMAND, Teaching
from crimeetl.model.schema import load_schema

HOST = "http://127.0.0.1:8000"
ORIGIN = {"Origin": HOST}


@pytest.fixture
def reviewing(database: Path) -> Iterator[Reviewing]:
    found = Reviewing(database, "ann")
    yield found
    found.end()


def client_of(reviewing: Reviewing, *, token: str | None = "secret", command: tuple[str, ...] = COMMAND) -> TestClient:
    app = Guard(review_app(reviewing, Listing(), Teaching(reviewing.database, command)), port=8000, token="secret")
    return TestClient(app, HOST, follow_redirects=False, cookies={} if token is None else {"crimeetl_8000": token})


@pytest.fixture
def client(reviewing: Reviewing) -> TestClient:
    return client_of(reviewing)


def id_of(database: Path, path: str) -> str:
    with sql.connect_read_only(database) as con:
        return str(con.execute("select report_id from v_current_report where path = ?", [path]).fetchall()[0][0])


@pytest.fixture
def report_id(database: Path) -> str:
    return id_of(database, "/reports/a.txt")


def told(database: Path) -> list[tuple[Any, ...]]:
    with sql.connect_read_only(database) as con:
        return con.execute(
            "select verdict, entity_type, value, new_value, picked_by from review order by all"
        ).fetchall()


# ---- to whom


def test_the_token_in_the_address_becomes_a_cookie(reviewing: Reviewing) -> None:
    client = client_of(reviewing, token=None)
    answer = client.get("/?token=secret")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert answer.headers["set-cookie"] == "crimeetl_8000=secret; HttpOnly; Path=/; SameSite=strict"
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("token", [None, "", "other", "sécret"])
def test_without_the_token_nothing_is_shown(reviewing: Reviewing, token: str | None) -> None:
    client = client_of(reviewing, token=None)
    for path in ("/", "/measure", "/report/x", "/static/review.js", "/?token=other"):
        answer = client.get(path, headers={} if token is None else {"Cookie": f"crimeetl_8000={token}".encode()})
        assert (answer.status_code, answer.text) == (403, "open the address that crimeetl review printed")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:9000", "evil.example:8000"])
def test_another_host_is_refused(client: TestClient, host: str) -> None:
    answer = client.get("/", headers={"Host": host})
    assert (answer.status_code, answer.text) == (400, "this is no address of crimeetl review")


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "http://127.0.0.1:9000"])
def test_nothing_is_changed_for_another_page(
    client: TestClient, database: Path, report_id: str, origin: str | None
) -> None:
    headers = {} if origin is None else {"Origin": origin}
    answer = client.post(f"/report/{report_id}/act", json={"verdict": "done"}, headers=headers)
    assert (answer.status_code, answer.text) == (403, "another page asked for this")
    assert told(database) == []


def test_every_answer_has_a_strict_policy(client: TestClient, report_id: str) -> None:
    for path in ("/", f"/report/{report_id}", "/nothing", "/static/review.css", "/measure", "/failures"):
        headers = client.get(path).headers
        assert headers["content-security-policy"] == POLICY
        assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "no-store")


def test_a_text_is_never_html(tmp_path: Path) -> None:
    text = '<script>alert(1)</script>"><img src=x onerror=alert(1)> & \r\n</div>{{ 7 * 7 }}'
    database = tmp_path / "odd.duckdb"
    path = "/reports/<b>bold</b>.txt"
    store_answers(database, load_schema("crime"), {(path, text): {"Victim_Name": ["<script>alert(1)</script>"]}})
    client = client_of(Reviewing(database, "<i>ann</i>"))
    report_id = id_of(database, path)
    done = client.post(f"/report/{report_id}/act", json={"verdict": "done"}, headers=ORIGIN).text
    for page in (client.get("/").text, client.get(f"/report/{report_id}").text, done):
        for harm in ("<script>alert", "<img src=x", "<b>bold", "<i>ann", "49"):
            assert harm not in page
    page = client.get(f"/report/{report_id}").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;</mark>" in page
    assert "&amp; &#13;\n&lt;/div&gt;{{ 7 * 7 }}" in page


# ---- what


def test_the_list_has_the_least_sure_first_and_says_how_far_people_are(client: TestClient, report_id: str) -> None:
    client.post(f"/report/{report_id}/act?order=random", json={"verdict": "done"}, headers=ORIGIN)
    page = client.get("/").text
    assert "2 of 2 reports; 1 done, 0 in review,\n1 untouched." in page
    assert page.index("b.txt") < page.index("a.txt")
    assert "done, in the sample" in page
    assert "1 of 2 reports" in client.get("/?status=done").text
    assert "0 of 2 reports" in client.get("/?type=Victim_CEO").text
    assert "1 of 2 reports" in client.get("/?type=Crime_Type").text
    assert "1 of 2 reports" in client.get("/?words=OAK+street").text
    assert "1 of 2 reports" in client.get("/?path=b.t").text


def test_next_is_the_first_that_waits(client: TestClient, database: Path, report_id: str) -> None:
    other = id_of(database, "/reports/b.txt")
    assert client.get(f"/next?order=path&after={other}").headers["location"] == f"/report/{report_id}?order=path"
    client.post(f"/report/{report_id}/act", json={"verdict": "done"}, headers=ORIGIN)
    assert client.get("/next?order=path").headers["location"] == f"/report/{other}?order=path"
    client.post(f"/report/{other}/act", json={"verdict": "done"}, headers=ORIGIN)
    assert client.get("/next?order=path").headers["location"] == "/?order=path"


def test_what_is_done_is_stored_and_shown(client: TestClient, database: Path, report_id: str) -> None:
    street = {"value": "Street", "char_start": 41, "char_end": 47}
    act = {"verdict": "rejected", "entity_type": "Victim_Name", "old": street}
    answer = client.post(f"/report/{report_id}/act?order=unsure", json=act, headers=ORIGIN)
    assert answer.status_code == 200
    assert 'data-value="Street"' not in answer.text
    assert told(database) == [("rejected", "Victim_Name", "Street", None, "unsure")]
    undone = client.post(f"/report/{report_id}/act", json={"verdict": "undone"}, headers=ORIGIN)
    assert 'data-value="Street"' in undone.text


@pytest.mark.parametrize(
    ("act", "refusal"),
    [
        ({"verdict": "undone"}, "there is nothing to take back"),
        ({"verdict": "odd"}, "this is nothing that can be done to a report"),
        ([], "this is nothing that can be done to a report"),
        ({"verdict": "added", "entity_type": 3}, "this is nothing that can be done to a report"),
        ({"verdict": "added", "entity_type": "Location", "new": {"value": 1}}, "this is no value of a report"),
        (
            {"verdict": "added", "entity_type": "Location", "new": {"value": "x", "char_start": -1, "char_end": 2}},
            "this is no value of a report",
        ),
    ],
)
def test_what_cannot_be_done_is_told(
    client: TestClient, database: Path, report_id: str, act: Any, refusal: str
) -> None:
    answer = client.post(f"/report/{report_id}/act", json=act, headers=ORIGIN)
    assert (answer.status_code, answer.json()) == (409, {"error": refusal})
    assert told(database) == []


def test_a_report_that_is_not_there_is_not_found(client: TestClient) -> None:
    assert client.get("/report/nothing").status_code == 404
    assert client.get("/report/nothing/page/1.png").status_code == 404


def test_a_measure_comes_of_the_random_sample_alone(client: TestClient, database: Path, report_id: str) -> None:
    assert "Nobody has finished a report of the random sample yet." in client.get("/measure").text
    other = id_of(database, "/reports/b.txt")
    client.post(f"/report/{other}/act?order=unsure", json={"verdict": "done"}, headers=ORIGIN)
    assert "Nobody has finished" in client.get("/measure").text
    street = {"value": "Street", "char_start": 41, "char_end": 47}
    bo = {"value": "Bo Ray", "char_start": 25, "char_end": 31}
    for act in (
        {"verdict": "rejected", "entity_type": "Victim_Name", "old": street},
        {"verdict": "added", "entity_type": "Victim_Name", "new": bo},
        {"verdict": "done"},
    ):
        client.post(f"/report/{report_id}/act?order=random", json=act, headers=ORIGIN)
    page = " ".join(client.get("/measure").text.split())
    assert "From 1 finished reports" in page
    row = '<th scope="row">{}</th><td>{}</td><td>{}</td><td>{}</td> <td>{}</td><td>{}</td><td>{}</td>'
    assert row.format("all", 3, 1, 1, "0.75", "0.75", "0.75") in page
    assert row.format("Victim_Name", 1, 1, 1, "0.50", "0.50", "0.50") in page
    assert row.format("Location", 1, 0, 0, "1.00", "1.00", "1.00") in page


def test_the_command_line_tells_the_same(client: TestClient, database: Path, report_id: str) -> None:
    asked = ["evaluate", "--db", str(database)]
    found = CliRunner().invoke(cli, asked)
    assert (
        found.output
        == 'no report of the random sample is done yet: crimeetl review, order "a random sample, to measure"\n'
    )
    client.post(f"/report/{report_id}/act?order=random", json={"verdict": "done"}, headers=ORIGIN)
    lines = CliRunner().invoke(cli, asked).output.splitlines()
    assert lines[1].split() == ["all", "4", "0", "0", "1.000", "1.000", "1.000", "(1.000-1.000)"]
    assert lines[-1] == "1 reports of the random sample"
    assert "\n".join(lines) in CliRunner().invoke(cli, ["status", "--db", str(database)]).output
    sample = json.loads(CliRunner().invoke(cli, ["status", "--db", str(database), "--json"]).output)["sample"]
    assert (sample["reports"], sample["figures"][0]["right"]) == (1, 4)
    for wrong in (["evaluate"], [*asked, "labelled.jsonl"]):
        said = CliRunner().invoke(cli, wrong)
        assert said.exit_code == 2
        assert "give labelled files, or --db with a database whose reports people have reviewed" in said.output


# ---- teaching

ECHO = (sys.executable, "-c", "import sys; print('taught by', *sys.argv[1:]); sys.exit(len(sys.argv) > 9)")
WAIT = (sys.executable, "-c", "import sys, time; print('begun', flush=True); time.sleep(60)")


def test_teaching_shows_what_it_says(reviewing: Reviewing, database: Path) -> None:
    client = client_of(reviewing, command=ECHO)
    assert "0 reports are done." in client.get("/teach").text
    assert client.post("/teach", headers=ORIGIN).headers["location"] == "/teach"
    until(lambda: "data-running" not in client.get("/teach").text)
    page = client.get("/teach?part=1").text
    output = database.with_name("crime-taught")
    assert f"taught by --db {database} --output {output}</pre>" in page
    assert f"The adapter is in {output}." in page


def test_a_teaching_that_fails_says_so(reviewing: Reviewing) -> None:
    client = client_of(reviewing, command=(sys.executable, "-c", "import sys; sys.exit('too few reports')"))
    client.post("/teach", headers=ORIGIN)
    until(lambda: "too few reports" in client.get("/teach").text)
    until(lambda: "No new adapter was made." in client.get("/teach").text)


def test_one_teaching_at_a_time_and_it_ends_with_the_server(reviewing: Reviewing, database: Path) -> None:
    teaching = Teaching(database, WAIT)
    teaching.begin()
    with pytest.raises(WrongUsage) as caught:
        teaching.begin()
    assert str(caught.value) == "teaching is under way already"
    teaching.end()
    assert not teaching.is_running


def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)
