"""A database with the answers of a model that does not exist, to review."""

from pathlib import Path

import pytest
from stored import store_answers

from crimeetl.model.schema import load_schema

TEXT = "Ofc. Lee saw Ann Moe and Bo Ray at 5 Oak Street.\r\nNothing was <stolen>."
OTHER = "Theft from Cy Fox."


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "crime.duckdb"
    found = {
        ("/reports/a.txt", TEXT): {
            "Officer_Name": ["Ofc. Lee"],
            "Victim_Name": ["Ann Moe", "Street"],
            "Location": ["5 Oak Street"],
        },
        ("/reports/b.txt", OTHER): {"Crime_Type": ["Theft"], "Victim_Name": ["Cy Fox"]},
    }
    store_answers(path, load_schema("crime"), found)
    return path
