"""The commands: what they print where, and with which exit status they end."""

import csv
import io
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path

import click
import duckdb
import polars
import pytest
from click.testing import CliRunner, Result

from crimeetl import sql
from crimeetl.etl.cli import cli
from crimeetl.etl.cli.options import ModelOptions
from crimeetl.etl.cli.train import NO_DATA
from crimeetl.etl.errors import ExtractionFailed
from crimeetl.model import base as base_room
from crimeetl.model import extract as extract_room
from crimeetl.model.base import BaseOptions, Precision
from crimeetl.model.extract import ModelChoice, extractor
from crimeetl.model.extract.choice import ExtractorSettings
from crimeetl.model.extraction import Answer, Extraction, Mention
from crimeetl.model.schema import load_schema

COMMANDS = ["train", "ingest", "extract", "evaluate", "query"]
HEAVY = {"torch", "transformers", "datasets", "duckdb", "polars", "numpy", "pyarrow", "peft", "trl", "tqdm", "docx"}
UNANSWERABLE = "GIBBERISH"
NOTICE = "model tiny (cpu, fp32, not quantised)\nnotice: no adapter for tiny: answers of an untrained base are poor; "
NOTICE += "see 'crimeetl train'\n"


class OfficerExtractor:
    """Finds officers by a rule, all reports in one batch."""

    def __init__(self, *_: object) -> None:
        pass

    def batches(self, reports: Iterable[tuple[object, str]]) -> Iterator[list[tuple[object, object]]]:
        yield [(key, answered(text)) for key, text in reports]

    def extract(self, texts: Sequence[str]) -> list[object]:
        found = [answered(text) for text in texts]
        for outcome in found:
            if isinstance(outcome, ExtractionFailed):
                raise outcome
        return list(found)


class InterruptedExtractor(OfficerExtractor):
    """Ctrl-C after the first report."""

    def batches(self, reports: Iterable[tuple[object, str]]) -> Iterator[list[tuple[object, object]]]:
        for key, text in reports:
            yield [(key, answered(text))]
            raise KeyboardInterrupt


def answered(text: str) -> Extraction | ExtractionFailed:
    if UNANSWERABLE in text:
        return ExtractionFailed("report", "the grammar cannot hold it; shorten the report")
    found = [Mention(m.group(), m.start(), m.end(), 0.91234) for m in re.finditer(r"(?<=Officer )\w+ \w+", text)]
    derived = [Mention("Adult", None, None, None)] if "adult" in text else []
    values = {"Officer_Name": tuple(found), "Victim_AgeRange": tuple(derived)}
    answers = tuple(Answer(t.name, values.get(t.name, ()), 0.5, False) for t in load_schema("crime").types)
    return Extraction(answers, 3, 1, 1)


@pytest.fixture
def stub_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of a model: a choice without adapter, and an extractor of rules."""
    choice = ModelChoice(
        base=BaseOptions(name="tiny", cache=Path("unused")),
        adapter=None,
        precision=Precision("cpu", "fp32", "none"),
        settings=ExtractorSettings(),
        card=None,
        base_digest="base-a",
        adapter_digest="none",
        digest="model-a",
    )
    monkeypatch.setattr(extract_room, "choose_model", lambda *_, **__: choice)
    monkeypatch.setattr(extractor, "Extractor", OfficerExtractor)


def test_a_run_that_finds_nothing_to_do_never_loads_torch(
    reports: Path, base_folder: Path, adapter_folder: Path
) -> None:
    asked = ["ingest", "reports", "--base", str(base_folder), "--adapter", str(adapter_folder), "--cache", "cache"]
    first = crimeetl(*asked)
    assert (first.exit_code, first.stdout.partition(",")[0]) == (0, "2 reports")
    shown, modules = in_a_fresh_process(*asked)
    assert shown.startswith("0 reports, 0 values, 2 skipped, 0 failed,")
    assert {"torch", "transformers", "llguidance", "peft"}.isdisjoint(modules)


@pytest.fixture
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A locked database is given up at once."""
    for name in ("connect", "connect_read_only", "must_be_usable"):
        monkeypatch.setattr(sql, name, partial(getattr(sql, name), patience_seconds=0))


@pytest.fixture
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two reports in a folder beside which the command runs."""
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / "a.txt").write_text("Officer Ann Lee met an adult.")
    (folder / "b.csv").write_text("text\nOfficer Bob Ray\n")
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def database(reports: Path, stub_model: None) -> Path:
    """What an ingest of the two reports wrote."""
    assert crimeetl("ingest", "reports").exit_code == 0
    return reports.parent / "crimeetl.duckdb"


def crimeetl(*arguments: str | Path, given: str | bytes | None = None) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], input=given)


def refused(exit_code: int, sentence: str, *arguments: str | Path, notices: str = "") -> None:
    """The command prints nothing but one error and ends with this status."""
    result = crimeetl(*arguments)
    assert (result.exit_code, result.stdout) == (exit_code, "")
    assert result.stderr == f"{notices}Error: {sentence}\n"


def in_a_fresh_process(*arguments: str) -> tuple[str, set[str]]:
    """What a command prints, and the modules that it loaded."""
    source = (
        "import sys\nfrom crimeetl.etl.cli import cli\n"
        "cli(sys.argv[1:], standalone_mode=False)\nprint(*sys.modules, file=sys.stderr)"
    )
    command = [sys.executable, "-P", "-c", source, *arguments]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    return shown.stdout, set(shown.stderr.split())


def timed_help(*command: str) -> tuple[float, str, set[str]]:
    """Seconds, text and loaded modules of a fresh process that shows a command's help."""
    started = time.perf_counter()
    shown, modules = in_a_fresh_process(*command, "--help")
    return time.perf_counter() - started, shown, modules


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)], ids=lambda command: " ".join(command))
def test_help_comes_at_once_and_loads_nothing_heavy(command: list[str]) -> None:
    seconds = []
    for _ in range(3):  # the machine may be busy with something else
        elapsed, text, modules = timed_help(*command)
        assert text.startswith("Usage: ")
        assert HEAVY.isdisjoint(modules)
        assert "crimeetl.etl.cli.main" in modules
        seconds.append(elapsed)
        if elapsed < 1:
            break
    assert min(seconds) < 1


def test_the_commands_are_those_of_the_design() -> None:
    assert set(COMMANDS) <= cli.commands.keys()


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_has_help_with_an_example(name: str) -> None:
    text = crimeetl(name, "--help").stdout
    purpose, _, rest = text.split("\n\n", 1)[1].partition("\n\n")
    assert re.fullmatch(r"  [A-Z].{20,}\.", purpose, re.DOTALL)
    assert rest.startswith(f"  Example:\n    crimeetl {name} ")


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(
    reports: Path, stub_model: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base_room, "token_counter", lambda name, cache: lambda text: len(text.split()))
    (reports / "c.txt").write_text("")
    result = crimeetl("ingest", "reports", "--dry-run")
    assert (result.exit_code, result.stdout) == (
        0,
        f"new       {reports}/a.txt, reports to extract: 1\n"
        f"new       {reports}/b.csv, reports to extract: 1\n"
        "          taken for a table of one row\n"
        "            text                            prose, for the model: Officer Bob Ray\n"
        f"failed    {reports}/c.txt: it is empty; fill it or take it away\n"
        "2 new, 0 changed, 0 pending, 0 unchanged, 1 failed, 0 missing; would extract 2 reports of 9 tokens; "
        "nothing was written\n",
    )
    assert not (reports.parent / "crimeetl.duckdb").exists()
    (reports / "c.txt").unlink()
    crimeetl("ingest", "reports")
    again = crimeetl("ingest", "reports", "--dry-run", "--json")
    assert json.loads(again.stdout)["files"][0] == {
        "path": f"{reports}/a.txt",
        "state": "unchanged",
        "reports": 0,
        "reasons": [],
        "taken_as": None,
    }


def test_every_choice_and_number_shows_its_default() -> None:
    silent = [
        f"{name} {option.opts[0]}"
        for name, command in cli.commands.items()
        for option in command.params
        if isinstance(option, click.Option)
        and not option.is_flag
        and option.default not in (None, click.core.UNSET)
        and not option.show_default
    ]
    assert silent == []


def test_without_a_command_the_help_is_shown() -> None:
    result = crimeetl()
    assert result.exit_code == 2
    assert [name for name in COMMANDS if not re.search(rf"\n  {name}  +\S", result.output)] == []


def test_the_version_is_that_of_the_package() -> None:
    assert crimeetl("--version").stdout == f"cli, version {version('crimeetl')}\n"


def test_train_without_labelled_data_is_wrong_usage_with_an_example() -> None:
    refused(2, NO_DATA, "train")
    assert "\n  crimeetl train labelled.jsonl --output my-adapter\n" in NO_DATA
    example = json.loads(NO_DATA.splitlines()[-1])
    assert example["entities"]["Officer_Name"][0] in example["text"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["ingest"],
        ["extract"],
        ["ingest", "x", "--limit", "0"],
        ["ingest", "x", "--quantize", "int4"],
        ["ingest", "x", "--dtype", "fp8"],
        ["ingest", "x", "--device", "tpu"],
        ["query", "select 1", "--format", "xml"],
        ["train", "x", "--recipe", "none"],
        ["train", "x", "--report-to", "all"],
        ["nonsense"],
        ["ingest", "x", "--nonsense"],
    ],
    ids=" ".join,
)
def test_what_click_refuses_is_wrong_usage(arguments: list[str]) -> None:
    result = crimeetl(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert re.search(r"\nError: .+\n$", result.stderr)


def test_paths_that_lead_to_no_report_are_wrong_usage(tmp_path: Path, stub_model: None) -> None:
    missing, empty, database = tmp_path / "missing", tmp_path / "empty", tmp_path / "x.duckdb"
    empty.mkdir()
    spelling = f"{missing} does not exist; check its spelling, or give another file or folder"
    nothing = f"there is no file to read in {empty}; give a file or a folder"
    refused(2, spelling, "ingest", missing, "--db", database)
    refused(2, nothing, "ingest", empty, "--db", database)
    refused(2, spelling, "extract", missing)
    refused(2, nothing, "extract", empty)
    assert not database.exists()


def test_a_schema_is_refused_with_all_its_mistakes(reports: Path) -> None:
    schema = reports.parent / "traffic.toml"
    schema.write_text(
        'name = "traffic stop"\ncolour = 1\n[[type]]\nname = "Driver"\nkind = "guess"\nmultiple = "no"\n'
        '[[type]]\nname = "1st"\nkind = "choice"\nchoices = ["one"]\nnormalise = "name"\n'
    )
    sentence = f"""{schema} is not a usable entity schema; correct these and run again:
  - unknown key 'colour'; a schema has name, extends and type
  - name must be a word of letters, digits and underscores, got 'traffic stop'
  - type Driver: kind must be one of span, integer, choice, got 'guess'
  - type Driver: multiple must be true or false, got 'no'
  - type 1st: name must be letters, digits and underscores and begin with a letter, got '1st'
  - type 1st: kind choice needs at least two different choices
  - type 1st: normalise must be one of text, person, age, date, time, badge, email, status, integer, got 'name'"""
    refused(2, sentence, "ingest", reports, "--schema", schema)
    refused(2, sentence, "extract", reports / "a.txt", "--schema", schema)
    sentence = "crimes is not a usable entity schema; correct these and run again:\n"
    sentence += "  - there is no such file, and the built-in schemas are crime, incident"
    refused(2, sentence, "ingest", reports, "--schema", "crimes")


def test_a_database_that_is_not_there_is_refused(reports: Path) -> None:
    sentence = "there is no such file; run `crimeetl ingest` first, or name another with --db"
    refused(1, f"cannot use the database crimeetl.duckdb: {sentence}", "query", "select 1")
    refused(1, f"cannot use the database other.duckdb: {sentence}", "query", "failures", "--db", "other.duckdb")


def test_a_file_that_is_no_database_of_ours_is_refused(reports: Path, stub_model: None) -> None:
    text, foreign = reports.parent / "notes.txt", reports.parent / "foreign.duckdb"
    text.write_text("Theft on Oak Street\n" * 1000)
    with duckdb.connect(foreign) as con:
        con.execute("create table run (a integer)")
    reasons = {
        text: "it is not a DuckDB file; name another with --db",
        foreign: "it is a DuckDB file of another program; name another with --db",
        reports.parent: "it is a folder; name a file with --db",
    }
    for path, reason in reasons.items():
        sentence = f"cannot use the database {path}: {reason}"
        refused(1, sentence, "query", "select 1", "--db", path)
        refused(1, sentence, "ingest", reports, "--db", path)
    in_no_folder = reports.parent / "no" / "x.duckdb"
    sentence = f"cannot use the database {in_no_folder}: the folder {in_no_folder.parent} does not exist; "
    refused(1, sentence + "create it first", "ingest", reports, "--db", in_no_folder)


def test_a_database_of_a_newer_version_is_refused(database: Path, reports: Path) -> None:
    with duckdb.connect(database) as con:
        con.execute("insert into schema_migration values (9999, '9999_more', 'x', now()::timestamp)")
    for arguments in (["query", "select 1"], ["ingest", "reports"]):
        refused(1, "cannot use the database crimeetl.duckdb: a newer crimeetl wrote it; upgrade crimeetl", *arguments)


@contextmanager
def held_by_another_process(database: Path) -> Iterator[int]:
    source = "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('open', flush=True); input()"
    arguments = [sys.executable, "-c", source, str(database)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        try:
            yield holder.pid
        finally:
            holder.communicate("\n")


def test_a_locked_database_names_the_process_that_holds_it(database: Path, no_patience: None) -> None:
    with held_by_another_process(database) as process_id:
        for arguments in (["query", "select 1"], ["ingest", "reports"]):
            result = crimeetl(*arguments)
            assert (result.exit_code, result.stdout) == (1, "")
            assert re.fullmatch(
                rf"Error: cannot use the database crimeetl\.duckdb: process {process_id} \(.*python.*\) has it open; "
                r"close that program or wait for it to end, and run again\n",
                result.stderr,
            )


def test_an_adapter_that_is_not_there_is_refused(reports: Path, base_folder: Path) -> None:
    adapter = reports.parent / "my-adapter"
    absent = f"cannot use the adapter {adapter}: there is no such folder; give the one that 'crimeetl train' wrote"
    for arguments in (["ingest", reports], ["extract", reports / "a.txt"]):
        refused(1, absent, *arguments, "--base", base_folder, "--adapter", adapter)
    adapter.mkdir()
    empty = f"cannot use the adapter {adapter}: it holds no adapter_model.safetensors; "
    empty += "give the folder that 'crimeetl train' wrote"
    refused(1, empty, "ingest", reports, "--base", base_folder, "--adapter", adapter)
    assert not (reports.parent / "crimeetl.duckdb").exists()


def test_a_base_that_is_not_there_is_refused(reports: Path) -> None:
    sentence = "cannot load the base model ./none: there is no such folder; "
    sentence += "give a folder, a hub name, or SmolLM2-135M-Instruct"
    refused(1, sentence, "ingest", reports, "--base", "./none")


def test_ingest_prints_what_it_did_and_notices_on_stderr(reports: Path, stub_model: None) -> None:
    result = crimeetl("ingest", "reports")
    assert result.exit_code == 0
    assert re.fullmatch(
        r"2 reports, 3 values, 0 skipped, 0 failed, \d+\.\d s; database crimeetl\.duckdb\n", result.stdout
    )
    assert result.stderr == NOTICE
    result = crimeetl("ingest", "reports", "--db", "crimeetl.duckdb")
    assert result.stdout.startswith("0 reports, 0 values, 2 skipped, 0 failed, ")
    result = crimeetl("ingest", "reports", "--force", "--limit", "1")
    assert result.stdout.startswith("1 reports, ")


def test_ingest_with_json_prints_one_object(reports: Path, stub_model: None) -> None:
    result = crimeetl("ingest", "reports", "--json")
    assert (result.exit_code, result.stderr) == (0, NOTICE)
    summary = json.loads(result.stdout)
    [(run_id,)] = duckdb.connect("crimeetl.duckdb").sql("select run_id from run").fetchall()
    assert summary.pop("seconds") > 0
    assert summary == {
        "run_id": run_id,
        "reports": 2,
        "values": 3,
        "skipped": 0,
        "failed": 0,
        "missing": 0,
        "is_interrupted": False,
        "remarks": [],
    }


def test_ingest_ends_with_3_when_some_documents_failed_and_says_where_to_look(reports: Path, stub_model: None) -> None:
    (reports / "c.txt").write_text("")
    (reports / "d.txt").write_text(UNANSWERABLE)
    result = crimeetl("ingest", "reports", "--db", "out.duckdb")
    assert result.exit_code == 3
    assert result.stdout.startswith("2 reports, 3 values, 0 skipped, 2 failed, ")
    assert result.stderr == NOTICE + "see what failed: crimeetl query failures --db out.duckdb\n"
    result = crimeetl("query", "failures", "--db", "out.duckdb", "--format", "json")
    assert [(Path(row["path"]).name, row["place"], row["error"]) for row in json.loads(result.stdout)] == [
        ("c.txt", None, "EmptyDocument"),
        ("d.txt", 0, "ExtractionFailed"),
    ]
    result = crimeetl("ingest", "reports", "--db", "out.duckdb", "--json")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["failed"] == 2


def test_ingest_reads_standard_input(reports: Path, stub_model: None) -> None:
    result = crimeetl("ingest", "-", "--json", given=b"Officer Cy Fox\r\n")
    assert json.loads(result.stdout)["reports"] == 1
    result = crimeetl("query", "select path, value, char_start from v_mention", "--format", "csv")
    assert result.stdout == "path,value,char_start\n-,Cy Fox,8\n"


def test_an_interrupted_ingest_ends_with_1_and_the_same_command_goes_on(
    reports: Path, stub_model: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(extractor, "Extractor", InterruptedExtractor)
        result = crimeetl("ingest", "reports")
    assert result.exit_code == 1
    assert result.stdout.startswith("1 reports, 2 values, 0 skipped, 0 failed, ")
    assert result.stderr == NOTICE + (
        "Error: interrupted; what was finished is stored, and the same command goes on from there\n"
    )
    result = crimeetl("ingest", "reports")
    assert result.exit_code == 0
    assert result.stdout.startswith("1 reports, 1 values, 1 skipped, 0 failed, ")


INTERRUPTED_PROGRAM = """
import signal, sys, time
from types import SimpleNamespace
from crimeetl.etl.cli import cli
from crimeetl.etl.cli.options import ModelOptions
from crimeetl.model.extraction import Extraction

class Slow:
    def batches(self, reports):
        for number, (key, _) in enumerate(reports):
            if number:
                print("waiting", file=sys.stderr, flush=True)
                time.sleep(60)
            yield [(key, Extraction((), 1, 1, 1))]

ModelOptions.choose = lambda self, schema: SimpleNamespace(digest="m", name="slow", extractor=lambda schema: Slow())
# As from a terminal, even if these tests are run under nohup or in the background of a script.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
cli()
"""


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda told: told.name)
def test_a_run_told_to_end_keeps_what_was_finished_and_is_interrupted(reports: Path, told: signal.Signals) -> None:
    arguments = [sys.executable, "-P", "-c", INTERRUPTED_PROGRAM, "ingest", "reports", "--json"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "waiting\n"
        process.send_signal(told)
        stdout, stderr = process.communicate(timeout=30)
    assert process.returncode == 1
    assert json.loads(stdout)["is_interrupted"] is True
    assert stderr == "Error: interrupted; what was finished is stored, and the same command goes on from there\n"
    with sql.connect_read_only(reports.parent / "crimeetl.duckdb") as con:
        assert sql.fetch(con, "select status, reports_done from run") == [("interrupted", 1)]
        assert sql.fetch(con, "select count(*) from extraction") == [(1,)]


def test_extract_prints_each_answer_with_its_place(reports: Path, stub_model: None) -> None:
    result = crimeetl("extract", "reports/a.txt")
    assert (result.exit_code, result.stderr) == (0, NOTICE)
    lines = dict(re.split(r"\s+", line, maxsplit=1) for line in result.stdout.splitlines())
    assert lines == {entity_type.name: "not stated" for entity_type in load_schema("crime").types} | {
        "Officer_Name": "'Ann Lee'  8-15  0.91",
        "Victim_AgeRange": "'Adult'  derived",
    }


def test_extract_with_json_prints_one_report_as_an_object_and_several_as_a_list(
    reports: Path, stub_model: None
) -> None:
    nothing: Mapping[str, list[object]] = {entity_type.name: [] for entity_type in load_schema("crime").types}
    officer = {"value": "Ann Lee", "char_start": 8, "char_end": 15, "confidence": 0.9123, "source": "model"}
    adult = {"value": "Adult", "char_start": None, "char_end": None, "confidence": None, "source": "model"}
    result = crimeetl("extract", "reports/a.txt", "--json")
    assert (result.exit_code, result.stderr) == (0, NOTICE)
    assert json.loads(result.stdout) == {**nothing, "Officer_Name": [officer], "Victim_AgeRange": [adult]}
    rows = reports / "rows.jsonl"
    rows.write_text('{"story": "Officer Ann Lee"}\n{"story": "none"}\n')
    result = crimeetl("extract", rows, "--text-column", "story", "--json")
    assert json.loads(result.stdout) == [{**nothing, "Officer_Name": [officer]}, nothing]
    result = crimeetl("extract", "-", "--json", given="Officer Ann Lee")
    assert json.loads(result.stdout) == {**nothing, "Officer_Name": [officer]}
    assert not (reports.parent / "crimeetl.duckdb").exists()


def test_extract_takes_one_file_that_can_be_read_and_answered(reports: Path, stub_model: None) -> None:
    sentence = f"{reports} is a folder; extract answers one file, ingest takes folders"
    refused(2, sentence, "extract", reports)
    (reports / "empty.txt").write_text("")
    refused(1, f"{reports}/empty.txt: it is empty; fill it or take it away", "extract", "reports/empty.txt")
    (reports / "d.txt").write_text(UNANSWERABLE)
    refused(1, "report: the grammar cannot hold it; shorten the report", "extract", "reports/d.txt", notices=NOTICE)


def test_extract_ends_with_3_and_names_the_rows_that_it_could_not_read(reports: Path, stub_model: None) -> None:
    (reports / "rows.csv").write_text("id,text\n1,  \n2,Officer Ann Lee\n")
    result = crimeetl("extract", "reports/rows.csv", "--json")
    assert result.exit_code == 3
    assert [mention["value"] for mention in json.loads(result.stdout)["Officer_Name"]] == ["Ann Lee"]
    problem = f"{reports}/rows.csv: line 2: the column text is empty; fill it or delete the line"
    assert result.stderr == f"{NOTICE}not read: {problem}\n"


def test_extract_says_what_is_too_long_and_which_options_fit_nothing(reports: Path, stub_model: None) -> None:
    (reports / "rows.csv").write_text(f"id,text\n1,{'long ' * 20}\n2,Officer Ann Lee\n")
    limits = ["--max-report-chars", "50", "--map", "Nature=Crime_Type"]
    result = crimeetl("extract", "reports/rows.csv", "--json", *limits)
    assert result.exit_code == 3
    assert [mention["value"] for mention in json.loads(result.stdout)["Officer_Name"]] == ["Ann Lee"]
    assert result.stderr == (
        "notice: --map: no table has a column Nature; --dry-run shows the headings that there are\n"
        f"{NOTICE}not read: {reports}/rows.csv: it holds 100 characters, more than 50; cut it, or raise "
        "--max-report-chars\n"
    )


def test_headings_that_cannot_be_used_are_refused_before_a_run_begins(reports: Path, stub_model: None) -> None:
    for command in (["ingest", "reports"], ["extract", "reports/a.txt"]):
        result = crimeetl(*command, "--headings", "nowhere.toml")
        assert result.exit_code == 2
        assert "the headings nowhere.toml cannot be read as UTF-8 text" in result.stderr
    assert not (reports.parent / "crimeetl.duckdb").exists()


VALUES = "select path.parse_filename() as file, value, char_start from v_mention order by all"
EXPECTED = [("a.txt", "Adult", None), ("a.txt", "Ann Lee", 8), ("b.csv", "Bob Ray", 8)]


def test_a_query_is_shown_as_a_table_csv_or_json(database: Path) -> None:
    assert crimeetl("query", VALUES).stdout == (
        "file   value    char_start\n"
        "-----  -------  ----------\n"
        "a.txt  Adult\n"
        "a.txt  Ann Lee           8\n"
        "b.csv  Bob Ray           8\n"
        "3 rows\n"
    )
    assert crimeetl("query", VALUES, "--format", "csv").stdout == (
        "file,value,char_start\na.txt,Adult,\na.txt,Ann Lee,8\nb.csv,Bob Ray,8\n"
    )
    result = crimeetl("query", VALUES, "--format", "json", "--limit", "2")
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == [
        {"file": "a.txt", "value": "Adult", "char_start": None},
        {"file": "a.txt", "value": "Ann Lee", "char_start": 8},
    ]


def test_a_query_writes_parquet_to_a_file_alone(database: Path) -> None:
    refused(2, "parquet is no text: name a file to write it to with --output", "query", VALUES, "--format", "parquet")
    result = crimeetl("query", VALUES, "--format", "parquet", "--output", "out.parquet")
    assert (result.exit_code, result.output) == (0, "")
    assert polars.read_parquet(io.BytesIO(Path("out.parquet").read_bytes())).rows() == EXPECTED
    assert Path("out.parquet").stat().st_mode & 0o777 == 0o600
    sentence = "cannot write no/out.csv: No such file or directory; name another file, or make room for it"
    refused(2, sentence, "query", VALUES, "--output", "no/out.csv")


def test_a_query_may_be_named_and_the_names_are_listed(database: Path) -> None:
    result = crimeetl("query", "reports_by_officer", "--format", "csv")
    assert result.stdout.splitlines()[1:] == ["Ann Lee,,1", "Bob Ray,,1"]
    result = crimeetl("query", "--db", "none.duckdb")
    assert (result.exit_code, result.stderr) == (0, "")
    listed = dict(re.split(r"\s{2,}", line, maxsplit=1) for line in result.stdout.splitlines())
    assert listed == {name: found.purpose for name, found in sql.statements("queries").items()}
    assert len(listed) >= 8


def test_a_query_that_fails_or_reaches_outside_says_why_in_one_line(database: Path) -> None:
    for query in ("from '/etc/passwd'", "copy run to 'out.csv'", "attach 'x.duckdb'", "delete from run", "selec 1"):
        result = crimeetl("query", query)
        assert (result.exit_code, result.stdout) == (1, "")
        assert re.fullmatch(r"Error: .+\n", result.stderr)
    assert {path.name for path in database.parent.iterdir()} == {"reports", "crimeetl.duckdb"}


def test_a_reader_that_has_had_enough_is_no_error(database: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-P", "-c", "from crimeetl.etl.cli import cli; cli()", "query", "from range(100000)"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 1


def test_evaluate_and_train_name_the_line_that_cannot_be_used(tmp_path: Path) -> None:
    path = tmp_path / "labelled.jsonl"
    path.write_text('{"id": "1", "text": "Officer Ann Lee", "entities": {"Officer_Name": ["Ann Lee"]}}\nrubbish\n')
    result = crimeetl("evaluate", path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"Error: {path}, line 2: ")


def test_evaluate_scores_each_file_and_tells_how_sure_a_difference_is(
    base_folder: Path, adapter_folder: Path, tmp_path: Path
) -> None:
    schema = tmp_path / "mine.toml"
    schema.write_text('name = "mine"\n[[type]]\nname = "Name"\n')
    for name in ("a", "b"):
        row = {"id": name, "text": f"Ann Lee saw {name}.", "entities": {"Name": ["Ann Lee"]}}
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(row) + "\n")
    mix = tmp_path / "both.toml"
    mix.write_text('[[source]]\ndata = "a.jsonl"\n[[source]]\ndata = "b.jsonl"\n')
    asked = ["evaluate", mix, "--schema", schema, "--base", base_folder, "--dtype", "fp32", "--adapter", "none"]
    result = crimeetl(*asked, "--against", adapter_folder, "--json")
    assert result.exit_code == 0, result.stderr
    figures = json.loads(result.stdout)
    assert list(figures) == ["evaluations", "against", "differences"]
    for scored in (figures["evaluations"], figures["against"]):
        assert [(one["source"], one["reports"]) for one in scored] == [("a.jsonl", 1), ("b.jsonl", 1), ("all", 2)]
    first, second = (
        scored[-1]["overall"]["as_stated"]["exact"]["f1"] for scored in (figures["evaluations"], figures["against"])
    )
    assert figures["differences"]["all"]["exact"]["f1"] == pytest.approx((first or 0) - (second or 0))
    table = crimeetl(*asked, "--against", adapter_folder).stdout
    for source in ("a.jsonl", "b.jsonl", "all"):
        assert len(re.findall(rf"(?m)^{re.escape(source)}: ", table)) == 2
    assert re.search(r"(?m)^F1 gained +exact +fuzzy +approximate +overlap$", table)
    refused = crimeetl(*asked, "--against", "shipped")
    assert refused.exit_code == 2
    assert f"no adapter comes with {base_folder}; give a folder instead, or leave it out" in refused.stderr
    found = tmp_path / "mistakes.csv"
    alone = json.loads(crimeetl(*asked, "--limit", "1", "--json", "--mistakes", found).stdout)
    with found.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for one in alone["evaluations"][:2]:
        fuzzy = one["overall"]["as_stated"]["fuzzy"]
        right = round((fuzzy["recall"] or 0) * fuzzy["gold"])
        own = [row for row in rows if row["source"] == one["source"]]
        assert sum(row["given"] != "" for row in own) == fuzzy["predicted"] - right
        assert sum(row["labelled"] != "" for row in own) == fuzzy["gold"] - right
    assert {row["source"] for row in rows} <= {"a.jsonl", "b.jsonl"}
    assert (list(alone), len(alone["evaluations"])) == (["evaluations"], 3)


def test_a_database_that_is_none_is_refused_before_the_model_is_looked_at(
    reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ModelOptions, "choose", lambda self, schema: pytest.fail("the model was looked at"))
    file = reports / "a.txt"
    refused(
        1,
        f"cannot use the database {file}: it is not a DuckDB file; name another with --db",
        "ingest",
        "reports",
        "--db",
        file,
    )


def test_a_file_of_mistakes_that_cannot_be_written_is_refused_before_anything_is_scored(tmp_path: Path) -> None:
    (tmp_path / "labelled.jsonl").write_text(json.dumps({"id": "1", "text": "Ann", "entities": {}}))
    nowhere = tmp_path / "nowhere"
    sentence = f"cannot write {nowhere}/m.csv: there is no folder {nowhere}; make it first"
    refused(2, sentence, "evaluate", tmp_path / "labelled.jsonl", "--mistakes", nowhere / "m.csv")


def test_made_up_reports_are_not_written_into_a_folder_that_is_not_there(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    sentence = f"cannot write {nowhere}/m.jsonl: there is no folder {nowhere}; make it first"
    refused(2, sentence, "synthesise", "--count", "1", "--out", nowhere / "m.jsonl")


def test_names_and_values_that_could_steer_a_terminal_are_harmless(
    reports: Path, stub_model: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base_room, "token_counter", lambda name, cache: len)
    (reports / "a.txt").rename(reports / "a\x1b[2Jb\n\u202ec.txt")
    (reports / "d\x9b.pdf").write_text("Officer Ann Lee")
    shown = crimeetl("ingest", "reports", "--dry-run").stdout
    assert f"new       {reports}/a [2Jb c.txt, reports to extract: 1\n" in shown
    as_json = crimeetl("ingest", "reports", "--dry-run", "--json").stdout
    (reports / "e.txt").write_text("Officer Ann\u202e Lee\x1b")
    values = crimeetl("extract", reports / "b.csv").stdout
    for text in (shown, as_json, values):
        assert not set(text) & set("\x1b\u202e\x9b")


def test_status_and_ingest_tell_people_what_to_do_next(
    reports: Path, stub_model: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    database = tmp_path / "a b.duckdb"
    next_steps = (
        f"look at the values and correct them: crimeetl review --db '{database}'\n"
        f"ask: crimeetl query offenses_by_type --db '{database}'; crimeetl query lists all questions\n"
    )
    assert "crimeetl review" not in crimeetl("ingest", "reports", "--db", database).stderr  # no terminal
    assert "crimeetl review" not in crimeetl("status", "--db", database).stderr
    capsys.readouterr()
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    for asked in (["ingest", "reports"], ["status"]):
        with pytest.raises(SystemExit):
            cli([*asked, "--db", str(database)])
        assert capsys.readouterr().err.endswith(next_steps)
    with pytest.raises(SystemExit):
        cli(["status", "--db", str(database), "--json"])
    assert capsys.readouterr().err == ""


def test_status_fits_a_terminal_unless_it_is_told_not_to(
    reports: Path, stub_model: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    database = tmp_path / "crime.duckdb"
    crimeetl("ingest", "reports", "--db", database)
    piped = crimeetl("status", "--db", database).stdout
    capsys.readouterr()
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("NO_COLOR", "1")
    for options, is_whole in ((["--wide"], True), ([], False)):
        with pytest.raises(SystemExit):
            cli(["status", "--db", str(database), *options])
        shown = capsys.readouterr()
        assert (shown.out == piped, shown.err == "") == (is_whole, is_whole)
    assert "left out to fit 60 columns: run_id, " in shown.err
