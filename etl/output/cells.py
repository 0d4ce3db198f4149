"""One value as text, or as JSON can hold it."""

import json
import math
from datetime import date, datetime, time
from decimal import Decimal

LIST_SEPARATOR = "; "
FORMULA = r"(?s)^([=+\-@\t\r].)"  # what a spreadsheet takes for the beginning of one; a mark alone is none


def cell_text(cell: object) -> str:
    """One value as text; NULL is empty."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, list):
        return LIST_SEPARATOR.join(map(cell_text, cell))
    if isinstance(cell, dict):
        return json.dumps(json_value(cell), ensure_ascii=False)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def json_value(cell: object) -> object:
    """A value as JSON can hold it; dates and times in ISO 8601, NaN and infinities as null."""
    if isinstance(cell, dict):
        return {key: json_value(value) for key, value in cell.items()}
    if isinstance(cell, list):
        return [json_value(value) for value in cell]
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else None
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, Decimal):
        return float(cell)
    return cell if cell is None or isinstance(cell, bool | int | str) else cell_text(cell)
