from .adapter import with_adapter
from .calibrate import ALL, Calibration, Outcome, PresenceThresholds, features, fit_calibration, fit_presence
from .card import (
    CARD,
    WEIGHTS,
    AdapterCard,
    adapter_folder,
    check_base,
    check_template,
    package_versions,
    read_card,
)
from .choice import ModelChoice, choose_model
from .extractor import Extractor, base_template
from .settings import ExtractorSettings

__all__ = [
    "ALL",
    "CARD",
    "WEIGHTS",
    "AdapterCard",
    "Calibration",
    "Extractor",
    "ExtractorSettings",
    "ModelChoice",
    "Outcome",
    "PresenceThresholds",
    "adapter_folder",
    "base_template",
    "check_base",
    "check_template",
    "choose_model",
    "features",
    "fit_calibration",
    "fit_presence",
    "package_versions",
    "read_card",
    "with_adapter",
]
