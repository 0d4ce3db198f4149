from .branches import DecodedAnswer
from .decode import Request, decode
from .grammar import AnswerGrammar, ReportWords, occurrences, report_words

__all__ = [
    "AnswerGrammar",
    "DecodedAnswer",
    "ReportWords",
    "Request",
    "decode",
    "occurrences",
    "report_words",
]
