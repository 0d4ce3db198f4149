from .connection import connect, connect_read_only, migrate, migrations, must_be_usable, run_checks
from .files import Folder, Statement, statement, statements
from .opening import NO_DOWNLOADS, PATIENCE_SECONDS, fetch, owner_only, transaction, utc_now

__all__ = [
    "NO_DOWNLOADS",
    "PATIENCE_SECONDS",
    "Folder",
    "Statement",
    "connect",
    "connect_read_only",
    "fetch",
    "migrate",
    "migrations",
    "must_be_usable",
    "owner_only",
    "run_checks",
    "statement",
    "statements",
    "transaction",
    "utc_now",
]
