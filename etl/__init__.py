"""Turns folders of crime reports into tables: what a notebook or a script needs of it.

    text  ── open_extractor ──▶ values with their offsets
    files ── ingest_reports ──▶ database ── query ──▶ a polars frame

Everything else stands in the rooms beside this file: readers, split, normalise, load, link, output, and ``ingest.py``,
which joins them.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
