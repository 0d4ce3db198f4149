from .interface import ingest_reports, open_extractor, query

__all__ = ["ingest_reports", "open_extractor", "query"]
