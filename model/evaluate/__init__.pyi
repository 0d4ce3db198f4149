from .comparing import compare_all, difference
from .evaluation import evaluate, labelled_schema
from .forced import answer_logits, pack_row, teacher_forced
from .measuring import Measured, calibrate, measure
from .mistakes import mistake_table
from .tables import evaluation_table

__all__ = [
    "Measured",
    "answer_logits",
    "calibrate",
    "compare_all",
    "difference",
    "evaluate",
    "evaluation_table",
    "labelled_schema",
    "measure",
    "mistake_table",
    "pack_row",
    "teacher_forced",
]
