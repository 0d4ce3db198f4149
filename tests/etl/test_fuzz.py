"""Anything at all through readers, split and normalise: never an exception that is not ours, never a changed value."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from crimeetl.etl.errors import DocumentFailed
from crimeetl.etl.normalise import normalise
from crimeetl.etl.normalise.values import normalise_value
from crimeetl.etl.readers import CONTAINER_SUFFIXES, DocumentReader, ReaderLimits, is_unicode
from crimeetl.etl.readers.formats import SUFFIX_MEDIA_TYPES
from crimeetl.etl.split import split
from crimeetl.etl.split.boundaries import report_spans
from crimeetl.etl.split.reports import Split
from crimeetl.model.extraction import Answer, Extraction, Mention
from crimeetl.model.schema import EntityType, load_schema

INCIDENT = load_schema("incident")
NORMALISERS = sorted({entity_type.normaliser for entity_type in INCIDENT.types} | {"integer"})
FEW = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
MANY = settings(FEW, max_examples=300)

# What formats are made of, so that chance gets past their first bytes.
PIECES = [
    b"%PDF-1.7\n", b"1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n",
    b"2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\n",
    b"3 0 obj\n<</Type/Page/Parent 2 0 R/Contents 4 0 R>>\nendobj\n", b"stream\n", b"endstream\nendobj\n",
    b"trailer<</Root 1 0 R>>\n", b"startxref\n9\n%%EOF", b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06",
    b"\xd0\xcf\x11\xe0", b"<html><body>", b"<table><tr><td>", b"</td></tr></table>", b"<div hidden>", b"<pre>\n",
    b"&#xd800;", b"</", b"<!--", b"<meta charset=utf-7>", b"<meta charset=base64>",
    b"<?xml version='1.0' encoding='undefined'?>", b"</tr></table>", b"Subject: Robbery\n",
    b"Content-Type: multipart/mixed; boundary=M\n\n--M\n", b"Content-Transfer-Encoding: base64\n\n",
    b"Content-Type: text/html; charset=punycode\n\n", b"=?utf-8?q?=C3?=", b"From a Sat Mar  4 23:15:00 2023\nA: b\n\n",
    b"text,id\n", b'"', b",", b";", b"\t", b'{"text": "', b'\\ud800"}\n', b"[[[[", b"1e999", b"\n", b"\r", b"\x0c",
    b"-----\n", b"Case Number: 1\n", b"Page 1 of 2\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\x00", b"\xff", b"caf\xe9",
    "é\u2028\u202e".encode(),
]  # fmt: skip
CONTENT = st.one_of(
    st.binary(max_size=300),
    st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=20)), max_size=12).map(b"".join),
)


@pytest.fixture(scope="module")
def documents() -> Iterator[DocumentReader]:
    with DocumentReader(limits=ReaderLimits(file_bytes=1024**2)) as reader:
        yield reader


def parts_of(documents: DocumentReader, path: str) -> list[tuple[str, Split]]:
    """The documents of one file as text, and the reports in each; failures of ours are passed over."""
    found = []
    for inner in documents.expand(path):
        try:
            document = documents.read(inner)
            found.append((document.text, split(document)))
        except DocumentFailed as failure:
            assert failure.reason
    return found


def assert_sound(text: str, parts: Split) -> None:
    assert is_unicode(text)
    starts = [report.document_char_start for report in parts.reports]
    assert starts == sorted(set(starts))
    for report in parts.reports:
        assert report.text.strip()
        assert is_unicode(report.text)
        assert [page.char_start for page in report.pages[:1]] in ([], [0])


@pytest.mark.parametrize("suffix", ["", ".xyz", *SUFFIX_MEDIA_TYPES, *CONTAINER_SUFFIXES])
@FEW
@given(content=CONTENT)
def test_any_bytes_are_reports_or_a_failure(
    suffix: str, content: bytes, tmp_path: Path, documents: DocumentReader
) -> None:
    path = tmp_path / f"file{suffix}"
    path.write_bytes(content)
    for text, parts in parts_of(documents, path.as_posix()):
        assert_sound(text, parts)
        if suffix in (".txt", ".md") and len(parts.reports) == 1:
            assert parts.reports[0].text == text


@pytest.mark.filterwarnings("ignore:Duplicate name")
@FEW
@given(
    files=st.lists(st.tuples(st.text(max_size=12), CONTENT), max_size=4),
    flaws=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=3),
)
def test_any_damaged_archive_is_files_or_a_failure(
    files: list[tuple[str, bytes]], flaws: list[tuple[int, int]], tmp_path: Path, documents: DocumentReader
) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            if is_unicode(name):
                file = zipfile.ZipInfo("x")
                file.filename = name
                archive.writestr(file, content)
    encoded = bytearray(buffer.getvalue())
    for position, byte in flaws:
        encoded[position % len(encoded)] = byte
    path = tmp_path / "a.zip"
    path.write_bytes(encoded)
    paths = documents.expand(path.as_posix())
    assert all(inner.isprintable() for inner in paths)
    for text, parts in parts_of(documents, path.as_posix()):
        assert_sound(text, parts)


@MANY
@given(text=st.text())
@example(text="text\n" * 3 + '"')
def test_any_text_is_parted_without_a_letter_lost(text: str) -> None:
    spans = report_spans(text)
    assert all(start <= end for start, end in spans)
    kept = "".join(text[start:end] for start, end in spans)
    assert [c for c in kept if c.isalnum()] == [c for c in text if c.isalnum()]


VALUES = st.one_of(
    st.text(),
    st.lists(
        st.sampled_from(
            ["Officer", "Mr.", "Jr.", "35", "#0451", "N/A", "1200 block of", "Oak St", "&", ",", " ", "-", "/", "II",
             ":", "between", "2315 hours", "March", "03/04/2025", "31", "9" * 20, "٣", "²", "½", "and", "\0", "\n"]
        ),
        max_size=8,
    ).map(" ".join),
)  # fmt: skip


@pytest.mark.parametrize("normaliser", NORMALISERS)
@FEW
@given(value=VALUES)
def test_any_value_is_normalised_to_text_or_nothing(normaliser: str, value: str) -> None:
    normalised = normalise_value(value, normaliser)  # type: ignore[arg-type]
    assert normalised is None or isinstance(normalised, str)


@MANY
@given(values=st.lists(st.tuples(st.sampled_from(INCIDENT.types), st.lists(VALUES, max_size=3)), max_size=6))
def test_any_answers_are_normalised_and_kept_as_they_are(values: list[tuple[EntityType, list[str]]]) -> None:
    found = dict(values)
    answers = tuple(
        Answer(
            entity_type.name,
            tuple(Mention(value, 0, len(value), 0.5) for value in found.get(entity_type, ())),
            0.5,
            False,
        )
        for entity_type in INCIDENT.types
    )
    extraction = Extraction(answers, 10, 5, 1)
    normalise(extraction, "e", INCIDENT)
    given_values = {entity_type.name: found.get(entity_type, []) for entity_type in INCIDENT.types}
    assert {a.entity_type: [m.value for m in a.mentions] for a in extraction.answers} == given_values
