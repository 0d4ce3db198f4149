"""Who may import whom, which modules are pure, and that every error is drawn, picklable and documented."""

import ast
import importlib
import pickle
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crimeetl.etl import errors
from crimeetl.etl.errors import CrimeEtlError, DocumentFailed

ROOT = Path(__file__).parent.parent
PACKAGES = ("etl", "model", "sql")
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
}
ROOMS = {name: path.parent for name, path in MODULES.items() if path.name == "__init__.py" and name != "model"}
# What a face offers, by room: the file that each name stands in.
FACES = {
    room: {
        alias.name: node.module or ""
        for node in ast.parse((folder / "__init__.pyi").read_text("utf-8")).body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    for room, folder in ROOMS.items()
}
# Values in, values out: no file, no database, no environment and no clock.
PURE = [
    "etl.documents",
    "etl.errors",
    "etl.link.clusters",
    "etl.link.names",
    "etl.link.officers",
    "etl.link.places",
    *sorted(name for name in MODULES if name.startswith("etl.normalise.")),
    "etl.split.boundaries",
    "etl.split.entries",
    "etl.split.incidents",
    "etl.split.keys",
    "etl.split.kinds",
    "etl.split.lists",
    "etl.split.pages",
    *sorted(name for name in MODULES if name.startswith("etl.tables.")),
    "model.decode.grammar",
    "model.extract.windows",
    "model.extraction",
    "model.schema.files",
    "model.schema.types",
    "model.sentinels",
    "model.tree.asking",
    "model.tree.attention",
    "model.tree.line",
    "model.tree.packs",
    "model.tree.prompt",
]
IMPURE_LIBRARIES = {"duckdb", "os", "io", "time", "random", "socket", "subprocess", "sys", "shutil", "tempfile"}
READS_ITS_OWN_FILES = {"model.schema.files": "load_schema", "etl.normalise.nibrs": "code_patterns"}  # there alone
FREE_OF_TORCH = ["etl", "sql", "model.schema", "model.extraction", "model.sentinels"]
HEAVY = {"torch", "transformers", "datasets", "peft", "trl", "llguidance", "safetensors"}


def syntax(name: str) -> ast.Module:
    return ast.parse(MODULES[name].read_text("utf-8"))


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def imports(node: ast.AST, *, everywhere: bool = True) -> Iterator[str]:
    """Every module that is imported and every ``module.name`` that is taken from one, wherever it stands.

    Args:
        everywhere: false for what importing the module itself runs: no function body, no ``if TYPE_CHECKING``.
    """
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, f"relative import of {child.module}"
            yield from (f"{child.module}.{alias.name}" for alias in child.names)
        elif everywhere or not (isinstance(child, ast.FunctionDef) or is_type_checking(child)):
            yield from imports(child, everywhere=everywhere)


def own_imports(name: str, *, everywhere: bool = True) -> set[str]:
    """The modules of ours that a module imports, without the ``crimeetl.``; of a face, the files behind it."""
    found = set()
    for imported in imports(syntax(name), everywhere=everywhere):
        if imported.split(".")[0] == "crimeetl":
            path = imported.removeprefix("crimeetl.")
            room, _, taken = path.rpartition(".")
            if path in MODULES:
                found.add(path)
            elif taken in FACES.get(room, {}):
                found.add(f"{room}.{FACES[room][taken] or taken}")
            else:
                found.add(room)
    assert found <= MODULES.keys(), (name, found - MODULES.keys())
    return found


def test_all_three_packages_are_looked_at() -> None:
    assert {name.split(".")[0] for name in MODULES} == set(PACKAGES)
    assert {"etl.ingest", "etl.readers.pages.pdf", "model.tree.packs", "sql", *PURE} <= MODULES.keys()
    assert own_imports("etl.ingest") >= {"etl.load.runs", "etl.readers.reader", "model.extraction"}


@pytest.mark.parametrize("name", MODULES)
def test_nobody_reaches_past_the_face_of_a_room(name: str) -> None:
    own = MODULES[name].parent
    for imported in imports(syntax(name)):
        path = imported.removeprefix("crimeetl.")
        room, _, taken = path.rpartition(".")
        module = path if path in MODULES else room
        is_offered = module in ROOMS or taken in FACES.get(room, {})
        if imported.startswith("crimeetl.") and module in MODULES and not is_offered:
            folder = MODULES[module].parent
            is_of_a_package = folder.parent == ROOT and folder.name != "sql"
            assert is_of_a_package or folder == own or folder in own.parents, f"{name} imports {module}"


@pytest.mark.parametrize("room", ROOMS)
def test_a_face_says_what_the_room_is_and_offers_names_that_are_there(room: str) -> None:
    face = importlib.import_module(f"crimeetl.{room}")
    assert re.match(r"\S.{20,}", face.__doc__ or "")
    assert set(face.__all__) == FACES[room].keys()
    for name in face.__all__:
        assert getattr(face, name) is not None
    stub = ast.parse((ROOMS[room] / "__init__.pyi").read_text("utf-8"))
    [listed] = [node.value for node in stub.body if isinstance(node, ast.Assign)]
    assert sorted(ast.literal_eval(listed)) == sorted(FACES[room])


def test_what_a_face_offers_is_used_outside_its_room() -> None:
    used: dict[str, set[str]] = {room: set() for room in ROOMS}
    for name, path in MODULES.items():
        for imported in imports(syntax(name)):
            room, _, taken = imported.removeprefix("crimeetl.").rpartition(".")
            if room in ROOMS and ROOMS[room] not in (path.parent, *path.parent.parents):
                used[room].add(taken)
    # Named in pyproject.toml, for users, and taken as attributes of the module.
    interface = {"etl.cli": {"cli"}, "etl": set(FACES["etl"]), "sql": set(FACES["sql"])}
    unused = {room: FACES[room].keys() - used[room] - interface.get(room, set()) for room in ROOMS}
    assert {room: names for room, names in unused.items() if names} == {}


def test_no_face_imports_torch() -> None:
    rooms = "\n".join(f"import crimeetl.{room}" for room in ROOMS)
    shown = f"import sys\n{rooms}\nprint(*sorted({HEAVY | {'polars', 'duckdb'}!r} & sys.modules.keys()))"
    found = subprocess.run([sys.executable, "-P", "-c", shown], capture_output=True, text=True, check=True)
    assert found.stdout == "\n"


def test_no_room_has_more_than_twelve_files_and_no_file_more_than_400_lines() -> None:
    files = {str(folder): len([p for p in folder.glob("*.py") if p.name != "__init__.py"]) for folder in ROOMS.values()}
    assert {folder: count for folder, count in files.items() if count > 12} == {}
    lengths = {name: len(path.read_text("utf-8").splitlines()) for name, path in MODULES.items()}
    assert {name: length for name, length in lengths.items() if length > 400} == {}


LONG_FUNCTIONS = {"etl.cli.ingest.ingest": "its options, its help and the imports that wait are two thirds of it"}


def test_no_function_has_more_than_fifty_lines_without_a_word_why() -> None:
    lengths = {
        f"{name}.{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for name in MODULES
        for node in ast.walk(syntax(name))
        if isinstance(node, ast.FunctionDef)
    }
    assert {name for name, length in lengths.items() if length > 50} == LONG_FUNCTIONS.keys()


@pytest.mark.parametrize("name", [name for name in MODULES if not name.startswith("etl")])
def test_model_and_sql_import_nothing_of_ours_but_themselves_and_the_errors(name: str) -> None:
    package = name.split(".")[0]
    others = {other for other in own_imports(name) if other.split(".")[0] != package}
    assert others <= {"etl.errors"}


@pytest.mark.parametrize("name", MODULES)
def test_no_module_imports_a_folder_by_its_bare_name(name: str) -> None:
    assert {imported.split(".")[0] for imported in imports(syntax(name))}.isdisjoint(PACKAGES)


def test_the_errors_are_a_leaf_and_nothing_imports_the_command_line() -> None:
    assert own_imports("etl.errors") == set()
    for name in MODULES:
        is_outside = not name.startswith("etl.cli")
        assert not (is_outside and [own for own in own_imports(name) if own.startswith("etl.cli")]), name


def test_no_stage_looks_back() -> None:
    stages = ["etl.readers", "etl.split", "etl.normalise", "etl.load", "etl.ingest", "etl.cli"]
    for number, stage in enumerate(stages):
        for name in (name for name in MODULES if f"{name}.".startswith(f"{stage}.")):
            for later in stages[number + 1 :]:
                assert not [own for own in own_imports(name) if f"{own}.".startswith(f"{later}.")], (name, later)
    for name in (name for name in MODULES if name.startswith("etl.output.")):
        assert not [own for own in own_imports(name) if own.startswith(tuple(f"{stage}." for stage in stages))], name


@pytest.mark.parametrize("name", PURE)
def test_a_pure_module_imports_no_database_no_system_and_no_clock(name: str) -> None:
    imported = {path.split(".")[0] for path in imports(syntax(name))}
    assert imported.isdisjoint(IMPURE_LIBRARIES - ({"io"} if name in READS_ITS_OWN_FILES else set()))


@pytest.mark.parametrize("name", PURE)
def test_a_pure_module_reads_no_file_and_no_clock(name: str) -> None:
    tree = syntax(name)
    if name in READS_ITS_OWN_FILES:
        tree.body = [
            node
            for node in tree.body
            if not (isinstance(node, ast.FunctionDef) and node.name == READS_ITS_OWN_FILES[name])
        ]
    called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    reads = r"open|print|input|.*\.(open|read_text|read_bytes|write_text|write_bytes|now|utcnow|today)"
    assert {function for function in called if re.fullmatch(reads, function)} == set()
    assert {path for path in imports(tree) if path.startswith("pathlib.")} <= (
        {"pathlib.Path"} if name in READS_ITS_OWN_FILES else set()
    )


@pytest.mark.parametrize("name", PURE)
def test_a_pure_module_imports_only_pure_ones_of_ours(name: str) -> None:
    assert own_imports(name) <= set(PURE)


def test_the_database_and_the_pipeline_load_without_torch() -> None:
    # etl.cli imports the model inside its commands.
    waiting = [name for name in MODULES if name.startswith(tuple(FREE_OF_TORCH))]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += own_imports(name, everywhere=False)
    loaded = {path.split(".")[0] for name in seen for path in imports(syntax(name), everywhere=False)}
    assert "polars" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_after_importing_every_module_the_bare_folder_names_are_not_modules() -> None:
    for name in MODULES:
        importlib.import_module(f"crimeetl.{name}")
    assert set(PACKAGES).isdisjoint(sys.modules)
    assert {f"crimeetl.{name}" for name in MODULES} <= sys.modules.keys()


def error_classes() -> list[type[CrimeEtlError]]:
    return [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, CrimeEtlError)]


ARGUMENTS: dict[str, tuple[tuple[object, ...], str]] = {
    "CrimeEtlError": (("it broke; run again",), "it broke; run again"),
    "WrongUsage": (("give a {file}",), "give a {file}"),
    "SchemaInvalid": (
        (Path("a.toml"), ["one", "two"]),
        "a.toml is not a usable entity schema; correct these and run again:\n  - one\n  - two",
    ),
    "LabelledDataInvalid": ((Path("a.jsonl"), 3, "no text"), "a.jsonl, line 3: no text"),
    "BaseUnavailable": (("tiny", "fetch it"), "cannot load the base model tiny: fetch it"),
    "AdapterInvalid": ((Path("a"), "train it"), "cannot use the adapter a: train it"),
    "TrainingInterrupted": ((25, "use --resume"), "training stopped after step 25; use --resume"),
    "DatabaseUnusable": ((Path("a.duckdb"), "close it"), "cannot use the database a.duckdb: close it"),
    "QueryFailed": (("no table {x}",), "no table {x}"),
}
ARGUMENTS |= dict.fromkeys(
    ("DocumentFailed", "UnreadableDocument", "UnknownFormat", "EmptyDocument", "NeedsOcr", "ExtractionFailed"),
    (("/r/{0}.txt", "it is a {scan}"), "/r/{0}.txt: it is a {scan}"),
)


def test_every_error_has_arguments_here() -> None:
    assert [error.__name__ for error in error_classes()] == list(ARGUMENTS)


@pytest.mark.parametrize("error_class", error_classes(), ids=lambda error_class: error_class.__name__)
def test_every_error_survives_pickling_with_its_text(error_class: type[CrimeEtlError]) -> None:
    arguments, text = ARGUMENTS[error_class.__name__]
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        restored = pickle.loads(pickle.dumps(error_class(*arguments), protocol))
        assert type(restored) is error_class
        assert restored.args == arguments
        assert str(restored) == text
        assert not isinstance(restored, DocumentFailed) or (restored.path, restored.reason) == arguments


def test_the_tree_in_the_docstring_is_the_tree_of_the_classes_with_their_exit_statuses() -> None:
    drawn: dict[str, tuple[str | None, int | None]] = {}
    above: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        if match := re.match(r"    ((?:[│ ]   )*(?:[├└]── )?)([A-Z]\w+)\s+(?:exit (\d))?", line):
            depth, name, status = len(match[1]) // 4, match[2], match[3]
            above[depth:] = [name]
            drawn[name] = (above[depth - 1] if depth else None, int(status) if status else None)
    documents = [error for error in error_classes() if issubclass(error, DocumentFailed)]
    assert drawn == {
        error.__name__: (
            None if error is CrimeEtlError else error.__mro__[1].__name__,
            None if error in documents else error.exit_status,
        )
        for error in error_classes()
    }
    assert {error.exit_status for error in documents} == {1}


def test_no_module_defines_an_error_of_ours_outside_errors() -> None:
    for name in MODULES:
        importlib.import_module(f"crimeetl.{name}")
    waiting, found = [CrimeEtlError], set()
    while waiting:
        error = waiting.pop()
        waiting += error.__subclasses__()
        found.add(error)
    ours = {error for error in found if error.__module__.startswith("crimeetl.")}
    assert ours == set(error_classes())
