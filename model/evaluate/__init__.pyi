from .comparing import compare_all
from .evaluation import calibrate, evaluate, labelled_schema
from .forced import answer_logits, pack_row, teacher_forced
from .mistakes import mistake_table
from .tables import evaluation_table

__all__ = [
    "answer_logits",
    "calibrate",
    "compare_all",
    "evaluate",
    "evaluation_table",
    "labelled_schema",
    "mistake_table",
    "pack_row",
    "teacher_forced",
]
