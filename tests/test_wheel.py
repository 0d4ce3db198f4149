"""The built wheel, away from the checkout and its editable install."""

import json
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("etl", "model", "sql")
WITHOUT_NETWORK = ("Could not find a version", "Temporary failure", "Connection", "ConnectTimeout", "No matching")

# -I -S: neither the current folder nor any .pth file, so that the editable install's finder is never there.
START = """
import json, sys
sys.path[:0] = [sys.argv.pop(1)]
sys.path += json.loads(sys.argv.pop(1))
"""


def source_files() -> list[Path]:
    """What git has or would take, so that a build never sees leftovers of another."""
    wanted = [*PACKAGES, "pyproject.toml", "README.md", "LICENSE"]
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *wanted],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:  # an unpacked archive, say
        paths = [path for name in wanted for path in [ROOT / name, *(ROOT / name).rglob("*")]]
        return [path.relative_to(ROOT) for path in paths if path.is_file() and path.suffix != ".pyc"]
    return [Path(name) for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built once from a copy of the sources."""
    source, made = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in source_files():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, source / name)
    isolation = ["--no-isolation"] if has_setuptools() else []
    command = [sys.executable, "-P", "-m", "build", "--wheel", *isolation, "--outdir", str(made), str(source)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    log = built.stdout + built.stderr
    if built.returncode and not isolation and any(sign in log for sign in WITHOUT_NETWORK):
        pytest.skip("building needs setuptools 77 or newer, which is neither installed nor to be fetched")
    assert built.returncode == 0, log
    [path] = made.iterdir()
    return path


def has_setuptools() -> bool:
    try:
        return int(version("setuptools").split(".")[0]) >= 77
    except PackageNotFoundError:
        return False


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the unpacked wheel and nothing else."""
    target = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(target)]
    subprocess.run([*command, str(wheel)], check=True)
    return target


def run(installed: Path, source: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run Python on the installed wheel, with the libraries of this environment behind it."""
    libraries = list(dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib")))
    command = [sys.executable, "-I", "-S", "-c", START + source, str(installed), json.dumps(libraries)]
    return subprocess.run([*command, *map(str, arguments)], cwd=installed, capture_output=True, text=True, check=False)


def output(installed: Path, source: str, *arguments: str | Path) -> str:
    completed = run(installed, source, *arguments)
    assert completed.returncode == 0, completed.stderr
    return completed.stdout


ENTRY_POINT = """
from importlib.metadata import distribution
[command] = [point for point in distribution("crimeetl").entry_points if point.group == "console_scripts"]
assert command.name == "crimeetl"
command.load()()
"""


def test_the_wheel_holds_every_source_file_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    ours = {name.as_posix() for name in source_files() if name.parts[0] in PACKAGES and name.name != "README.md"}
    assert packed == {f"crimeetl/{name}" for name in ours}
    parts = ("etl", "etl/readers", "model", "sql")
    assert packed >= {f"crimeetl/{part}/__init__.py" for part in parts}
    assert packed >= {f"crimeetl/{package}/py.typed" for package in PACKAGES}
    assert packed >= {"crimeetl/model/schema/crime.toml", "crimeetl/model/schema/incident.toml"}
    for folder in ("migrations", "views", "queries", "checks", "statements"):
        assert any(name.startswith(f"crimeetl/sql/{folder}/") and name.endswith(".sql") for name in packed)


def test_the_wheel_claims_no_name_but_crimeetl_and_carries_its_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        [metadata] = [name for name in names if name.endswith(".dist-info/METADATA")]
        headers = archive.read(metadata).decode().split("\n\n")[0].splitlines()
    information = metadata.split("/")[0]
    assert {name.split("/")[0] for name in names} == {"crimeetl", information}
    assert f"{information}/licenses/LICENSE" in names
    assert {"Name: crimeetl", "License-Expression: Apache-2.0", "Requires-Python: >=3.11"} <= set(headers)


@pytest.mark.skipif(
    not any((ROOT / "model" / "adapters").glob("*/card.json")), reason="model/adapters holds no adapter yet"
)
def test_the_wheel_holds_the_adapter_whole(wheel: Path) -> None:
    adapters = [path for path in (ROOT / "model" / "adapters").rglob("*") if path.is_file()]
    with zipfile.ZipFile(wheel) as archive:
        for path in adapters:
            assert archive.read(f"crimeetl/{path.relative_to(ROOT).as_posix()}") == path.read_bytes()


def test_the_installed_command_runs(installed: Path) -> None:
    assert (installed / "bin" / "crimeetl").is_file() or (installed / "Scripts" / "crimeetl.exe").is_file()
    assert output(installed, ENTRY_POINT, "--version").endswith(f", version {version('crimeetl')}\n")
    shown = output(installed, ENTRY_POINT, "--help")
    assert shown.startswith("Usage: ")
    assert "\n  ingest " in shown
    refused = run(installed, ENTRY_POINT, "train")
    assert refused.returncode == 2
    assert refused.stderr.startswith("Error: give one or more labelled .jsonl files, for example\n")


def test_the_installed_package_is_the_one_that_runs(installed: Path) -> None:
    source = """
import crimeetl.etl.cli.main, crimeetl.model.schema.files, crimeetl.sql.connection
print(*(module.__file__ for name, module in sys.modules.items() if name.startswith("crimeetl.")), sep="\\n")
print(*(finder for finder in sys.meta_path if "editable" in repr(finder).lower()), sep="\\n")
"""
    files = output(installed, source).split()
    assert str(installed / "crimeetl" / "etl" / "cli" / "main.py") in files
    assert [path for path in files if not Path(path).is_relative_to(installed)] == []


def test_the_installed_package_reads_its_schemas_and_sql_and_creates_a_database(
    installed: Path, tmp_path: Path
) -> None:
    source = """
from pathlib import Path
from crimeetl import sql
from crimeetl.model.schema import load_schema
database = Path(sys.argv[1])
with sql.connect(database) as con:
    broken = {name: frame.height for name, frame in sql.run_checks(con).items() if frame.height}
    views = [con.table(name).fetchall() for name in sql.statements("views")]
print(json.dumps({
    "schemas": [len(load_schema(name).types) for name in ("crime", "incident")],
    "folders": {folder: len(sql.statements(folder)) for folder in
                ("migrations", "views", "queries", "checks", "statements")},
    "broken": broken,
    "rows": sum(map(len, views)),
}))
"""
    database = tmp_path / "crime.duckdb"
    assert json.loads(output(installed, source, database)) == {
        "schemas": [18, 29],
        "folders": {
            folder: len(list((ROOT / "sql" / folder).rglob("*.sql")))
            for folder in ("migrations", "views", "queries", "checks", "statements")
        },
        "broken": {},
        "rows": 0,
    }
    shown = output(installed, ENTRY_POINT, "query", "select count(*) as n from v_report", "--db", database)
    assert shown == "n\n-\n0\n1 row\n"
