from .adapter import (
    CARD,
    WEIGHTS,
    AdapterCard,
    adapter_folder,
    check_base,
    check_template,
    package_versions,
    read_card,
    with_adapter,
)
from .branches import DecodedAnswer
from .calibrate import ALL, Calibration, Outcome, PresenceThresholds, features, fit_calibration, fit_presence
from .choice import ModelChoice, choose_model
from .extractor import Extractor, base_template
from .grammar import AnswerGrammar, ReportWords, occurrences, report_words
from .settings import ExtractorSettings

__all__ = [
    "ALL",
    "CARD",
    "WEIGHTS",
    "AdapterCard",
    "AnswerGrammar",
    "Calibration",
    "DecodedAnswer",
    "Extractor",
    "ExtractorSettings",
    "ModelChoice",
    "Outcome",
    "PresenceThresholds",
    "ReportWords",
    "adapter_folder",
    "base_template",
    "check_base",
    "check_template",
    "choose_model",
    "features",
    "fit_calibration",
    "fit_presence",
    "occurrences",
    "package_versions",
    "read_card",
    "report_words",
    "with_adapter",
]
