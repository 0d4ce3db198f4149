"""The pages tell the truth: their commands parse, their blocks run, what they name is there."""

import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import click
import pytest
from click.testing import CliRunner
from stored import extraction_of, store_answers

from crimeetl import sql
from crimeetl.etl.cli import cli
from crimeetl.etl.output import run_query
from crimeetl.model import extract as extract_room
from crimeetl.model.labels.mixes import read_mix
from crimeetl.model.schema import load_schema
from crimeetl.model.schema.files import parse_schema

ROOT = Path(__file__).parent.parent
PAGES = [
    Path(name)
    for name in (
        "README.md", "CHANGELOG.md", "etl/README.md", "model/README.md", "sql/README.md", "tests/benchmarks/RESULTS.md",
    )
]  # fmt: skip
INCIDENT = load_schema("incident")
FORM = "tests/reports/port_maren/24-1188_domestic_assault.md"
ANSWERS = {
    ("/r/1.txt", "Burglary. Officer Ann Lee, Badge 42. Ray Doe, 9 Oak Street. March 4, 2025. closed"): {
        "Crime_Type": ["Burglary"],
        "Officer_Name": ["Officer Ann Lee"],
        "Officer_BadgeNumber": ["42"],
        "Victim_Name": ["Ray Doe"],
        "Location": ["9 Oak Street"],
        "Crime_Date": ["March 4, 2025"],
        "Crime_Status": ["closed"],
    },
    ("/r/2.txt", "Theft by someone from Ray Doe"): {"Crime_Type": ["Theft"], "Victim_Name": ["Ray Doe"]},
}


def text_of(page: Path) -> str:
    return (ROOT / page).read_text("utf-8")


def blocks(language: str) -> list[tuple[str, str]]:
    """Page and text of every fenced block of a language."""
    return [
        (f"{page} {number}", block)
        for page in PAGES
        for number, block in enumerate(re.findall(rf"^```{language}\n(.*?)^```$", text_of(page), re.S | re.M), start=1)
    ]


def named(language: str) -> dict[str, list[object]]:
    found = blocks(language)
    assert found
    return {"argvalues": [block for _, block in found], "ids": [name for name, _ in found]}


@pytest.fixture
def database(tmp_path: Path) -> Path:
    made = tmp_path / "crimeetl.duckdb"
    store_answers(made, INCIDENT, ANSWERS)
    return made


def test_the_readme_is_read_to_its_end() -> None:
    assert len(text_of(Path("README.md")).splitlines()) <= 140
    assert max(len(line) for page in PAGES for line in text_of(page).splitlines() if "|" not in line) <= 260


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", text_of(page)):
        path, _, heading = target.partition("#")
        linked = ROOT / page.parent / path if path else ROOT / page
        if not target.startswith("http"):
            assert linked.exists(), target
        if heading:
            headings = re.findall(r"^#+ (.+)$", linked.read_text("utf-8"), re.M)
            assert heading in [re.sub(r"[^\w-]", "", one.lower().replace(" ", "-")) for one in headings], target


def commands(block: str) -> Iterator[list[str]]:
    for line in block.splitlines():
        words = shlex.split(line, comments=True)
        if words:
            yield words


@pytest.mark.parametrize("block", **named("sh"))
def test_every_command_can_be_typed_as_it_stands(block: str, database: Path) -> None:
    for program, *arguments in commands(block):
        if program == "crimeetl":
            name, *rest = arguments
            context = cli.commands[name].make_context(name, list(rest))  # parsed, not run
            if name == "query" and context.params["sql_or_name"]:
                run_query(database, context.params["sql_or_name"])
        elif program == "make":
            assert re.search(rf"^{arguments[0]}:", text_of(Path("Makefile")), re.M)
        else:
            pytest.fail(f"what {program} does is not tested")


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_command_and_option_that_a_page_names_is_there(page: Path) -> None:
    prose = re.sub(r"^```.*?^```$", "", text_of(page), flags=re.S | re.M)
    options = {
        option for command in cli.commands.values() for p in command.params for option in (*p.opts, *p.secondary_opts)
    }
    foreign = {"--constraint", "--editable", "--no-sync", "--index-url", "--help", "--data"}
    script_command = r"`python (tests/\S+\.py)([^`]*)`"
    for option in re.findall(r"(?<=[`\s(])(--[a-z][\w-]*)", re.sub(script_command, "", prose)):
        assert option in options | foreign, option
    for name in re.findall(r"`crimeetl (\w+)", prose):
        assert name in cli.commands, name
    for script, arguments in re.findall(script_command, prose):
        for option in re.findall(r"--[a-z][\w-]*", arguments):
            assert f'add_argument("{option}"' in text_of(Path(script)), (script, option)
    for target in re.findall(r"`make ([\w-]+)", prose):
        assert re.search(rf"^{target}:", text_of(Path("Makefile")), re.M), target
    for test in re.findall(r"pytest (tests/[\w/.]+)", prose):
        assert (ROOT / test).exists(), test


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_query_and_view_that_a_page_names_is_there(page: Path) -> None:
    for name in re.findall(r"crimeetl query ([a-z]\w+)", text_of(page)):
        assert name in sql.statements("queries"), name
    for name in re.findall(r"\bv_\w+", text_of(page)):
        assert name in sql.statements("views"), name


@pytest.mark.parametrize("block", **named("toml"))
def test_every_toml_block_is_a_schema_or_a_mix(block: str, tmp_path: Path) -> None:
    if "type" in tomllib.loads(block):
        assert parse_schema(block, source="page").name == "traffic"
    else:
        (tmp_path / "mix.toml").write_text(block)
        trained, held = read_mix(tmp_path / "mix.toml")
        assert (len(trained), len(held)) == (2, 1)


@pytest.mark.parametrize("block", **named("json"))
def test_every_json_block_is_a_labelled_report(block: str) -> None:
    assert json.loads(block).keys() == {"id", "text", "entities"}


@pytest.mark.parametrize("block", **named("sql"))
def test_every_query_on_a_page_runs_and_finds_something(block: str, database: Path) -> None:
    assert run_query(database, block).height


@pytest.mark.parametrize("block", **named("python"))
def test_every_python_block_runs(
    block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a model that knows a few words."""

    class Knowing:
        def extract(self, texts: list[str]) -> list[object]:
            return [
                extraction_of(INCIDENT, text, {"Officer_Name": ["Officer Ann Lee"] if "Ann" in text else []})
                for text in texts
            ]

        def batches(self, reports: Iterator[tuple[object, str]]) -> Iterator[list[tuple[object, object]]]:
            for key, text in reports:
                crime = extraction_of(load_schema("crime"), text, {"Officer_Name": ["Officer Bo Ray"]})
                yield [(key, crime)]

    choice = SimpleNamespace(digest="m", name="knowing", extractor=lambda schema: Knowing())
    monkeypatch.setattr(extract_room, "choose_model", lambda *_, **__: choice)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "a.txt").write_text("Officer Bo Ray met nobody.")
    exec(compile(block, "page", "exec"), {})
    shown = capsys.readouterr().out
    assert "[('Officer_Name', 'Officer Ann Lee', 0, 15)]" in shown
    assert "Officer Bo Ray" in shown


def test_the_tree_in_the_readme_names_every_room_and_nothing_else() -> None:
    [tree] = re.findall(r"## Where things are\n\n```\n(.*?)```", text_of(Path("README.md")), re.S)
    listed = set(re.findall(r"((?:etl|model|sql|tests)/(?:[\w.]+/?)?)\s\s+\S", tree))
    rooms = {
        f"{path.parent.relative_to(ROOT)}/" for top in ("etl", "model") for path in (ROOT / top).glob("*/__init__.py")
    }
    assert rooms <= listed
    for name in listed:
        assert (ROOT / name).exists(), name
    for inner in re.findall(r"\b(\w+)/:? ", tree):
        assert list(ROOT.glob(f"**/{inner}")), inner
    for top in ("etl", "model"):
        for room in (path.parent for path in (ROOT / top).glob("*/*/__init__.py")):
            [line] = [line for line in tree.splitlines() if f"{top}/{room.parent.name}/" in line]
            assert f"{room.name}/" in line, room


def dictionary() -> dict[str, dict[str, str]]:
    """The columns of each view with their types, as the page has them."""
    page = text_of(Path("sql/README.md"))
    row = re.compile(r"^\| `(\w+)` \| ([A-Z]+(?:\[\])?) \| [^|]* \| [^|]+ \|$", re.M)
    common = dict(row.findall(page.split("## Dictionary")[1].split("###")[0]))
    found = {}
    for section in page.split("\n### ")[1:]:
        view, _, rest = section.partition("\n")
        also = re.search(r" Also ((?:`\w+`(?:, )?)+)\.", rest)
        shared = re.findall(r"`(\w+)`", also[1]) if also else []
        found[view] = {name: common[name] for name in shared} | dict(row.findall(rest))
    return found


def test_the_dictionary_has_every_column_of_the_public_views_with_its_type(database: Path) -> None:
    page = dictionary()
    with sql.connect_read_only(database) as con:
        inner = {"v_resolved_entity"} | {name for name in sql.statements("views") if "_current_" in name}
        public = sql.statements("views").keys() - inner - {n for n in sql.statements("views") if "pseudonymous" in n}
        real = {view: {name: str(kind) for name, kind, *_ in con.sql(f"describe {view}").fetchall()} for view in public}
    assert page == real


def test_the_diagram_draws_the_tables_with_the_keys_that_they_share(database: Path) -> None:
    page = text_of(Path("sql/README.md"))
    drawn = re.findall(r'^    (\w+) \|\|--o[{|] (\w+) : "(\w+)"$', page, re.M)
    with sql.connect_read_only(database) as con:
        tables = {
            name: set(con.table(name).columns) for (name,) in sql.fetch(con, "select table_name from duckdb_tables()")
        }
    for parent, child, key in drawn:
        assert key in tables[parent] & tables[child], (parent, child, key)
    own = re.findall(r"`(\w+)`", page[page.index("`schema_migration`") :].split(" are the database's own")[0])
    assert {name for parent, child, _ in drawn for name in (parent, child)} | set(own) == tables.keys()


def test_every_named_query_is_listed_with_what_it_answers() -> None:
    page = text_of(Path("sql/README.md"))
    for name, query in sql.statements("queries").items():
        assert f"| `{name}` | {query.purpose} |" in page


def test_every_command_is_named_on_a_page_and_every_command_has_help() -> None:
    told = "\n".join(map(text_of, PAGES))
    for name, command in cli.commands.items():
        assert re.search(rf"\bcrimeetl {name}\b", told), name
        assert isinstance(command, click.Command)
        assert command.help


def test_the_report_on_the_first_page_is_that_of_the_examples() -> None:
    page, report = text_of(Path("README.md")), text_of(Path(FORM))
    [shown] = re.findall(rf"`{FORM}`\n\n```\n(.*?)```", page, re.S)
    for line in shown.splitlines():
        assert line in report.splitlines()


@pytest.fixture
def pictured(tmp_path: Path) -> tuple[Path, list[list[str]]]:
    """A database with the values on the first page, and their rows as the page shows them."""
    [table] = re.findall(r"<!-- rows of the report above -->\n```\n(.*?)```", text_of(Path("README.md")), re.S)
    rows = [re.split(r"\s{2,}", line) for line in table.splitlines()[2:]]
    values: dict[str, list[str]] = {}
    for entity_type, value, *_ in rows:
        values.setdefault(entity_type, []).append(value)
    made = tmp_path / "pictured.duckdb"
    store_answers(made, load_schema("crime"), {(FORM, text_of(Path(FORM))): values})
    return made, rows


def test_the_rows_on_the_first_page_stand_in_the_report_and_read_as_shown(
    pictured: tuple[Path, list[list[str]]],
) -> None:
    made, rows = pictured
    found = run_query(made, "select entity_type, value, char_start, normalised from v_mention order by char_start")
    assert [[str(cell) for cell in row] for row in found.rows()] == [row[:4] for row in rows]


def test_the_query_on_the_first_page_prints_what_is_shown_below_it(
    pictured: tuple[Path, list[list[str]]],
) -> None:
    made, _ = pictured
    [(query, shown)] = re.findall(r"^```sql\n(.*?)^```\n```\n(.*?)^```$", text_of(Path("README.md")), re.S | re.M)
    printed = CliRunner().invoke(cli, ["query", query, "--db", str(made)])
    assert (printed.exit_code, printed.stdout) == (0, shown)
