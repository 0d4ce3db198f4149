"""The database: opening it, bringing it up to date, and every SQL statement by name.

migrations/NNNN_*.sql   the tables; each is applied once and recorded in the same transaction
views/v_*.sql           the current state; created anew whenever one of them has changed
queries/*.sql           questions that ``crimeetl query NAME`` answers
checks/*.sql            queries that return no row while the stored rows are sound
statements/*.sql        what the tool itself runs
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
