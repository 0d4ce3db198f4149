"""Adapters: LoRA weights in a folder, with a card that says what made them and what they fit. Free of torch.

adapter_model.safetensors   the weights, bf16
adapter_config.json         PEFT's own description
card.json                   base, schema, way of asking, precision, calibration, figures, versions
"""

import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from typing import Any

from crimeetl.etl.errors import AdapterInvalid, WrongUsage
from crimeetl.model.base import DEFAULT_BASE
from crimeetl.model.extract.calibrate import Calibration, PresenceThresholds, ThresholdEffect
from crimeetl.model.schema import EntityType
from crimeetl.model.tree import ASKINGS, CONVERSATION

CARD = "card.json"
WEIGHTS = "adapter_model.safetensors"
SHIPPED, NO_ADAPTER = "shipped", "none"  # in place of a folder
PACKAGES = ("crimeetl", "torch", "transformers", "peft", "trl", "bitsandbytes", "llguidance")


@dataclass(frozen=True, slots=True)
class AdapterCard:
    """What made an adapter, and what it may be used with."""

    base_name: str
    base_digest: str
    template_digest: str
    schema_name: str
    schema_digest: str
    entity_types: tuple[str, ...]
    dtype: str
    quantization: str
    settings: dict[str, Any]  # of the training run
    training: dict[str, Any]  # reports, answers, what the data check counted
    validation: dict[str, float]  # loss, token accuracy, perplexity
    versions: dict[str, str]
    calibration: Calibration | None
    presence: PresenceThresholds | None
    curve: tuple[dict[str, float], ...]  # what training and validation gave on the way
    data_curve: tuple[dict[str, float], ...] = ()  # what trainings on a part of the reports gave, and on all
    calibrated_quantization: str | None = None  # what confidences were fitted in; None: as it was trained
    asking: str = CONVERSATION.name  # the way of asking; cards from before there were two have none
    descriptions: dict[str, str] = field(default_factory=dict)  # of the entity types, as they were trained

    def unknown_descriptions(self, entity_types: Iterable[EntityType]) -> list[EntityType]:
        """The types as they are to be asked: without the descriptions that the adapter knows by the types' names."""
        return [
            replace(t, description="") if self.descriptions.get(t.name) == t.description else t for t in entity_types
        ]

    def write(self, folder: Path) -> None:
        """Puts the card into the adapter's folder."""
        (folder / CARD).write_text(json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n", "utf-8")


def read_card(folder: Path) -> AdapterCard:
    """The card of an adapter folder.

    Raises:
        AdapterInvalid: the folder is no adapter of ours, or its card holds numbers that cannot be.
    """
    if not folder.is_dir():
        raise AdapterInvalid(folder, "there is no such folder; give the one that 'crimeetl train' wrote")
    if not (folder / WEIGHTS).is_file():
        raise AdapterInvalid(folder, f"it holds no {WEIGHTS}; give the folder that 'crimeetl train' wrote")
    try:
        stored = json.loads((folder / CARD).read_text("utf-8"), parse_float=_finite, parse_constant=_finite)
        if stored["calibration"]:
            calibration = stored["calibration"]
            stored["calibration"] = Calibration(**{**calibration, "weights": tuple(calibration["weights"])})
        if stored["presence"]:
            presence = stored["presence"]
            effects = tuple(ThresholdEffect(**effect) for effect in presence["effects"])
            stored["presence"] = PresenceThresholds(**{**presence, "effects": effects})
        lists = {name: tuple(stored[name]) for name in ("entity_types", "curve")}
        lists["data_curve"] = tuple(stored.get("data_curve", ()))  # cards from before there was one
        card = AdapterCard(**{**stored, **lists})
        if card.asking not in ASKINGS:
            raise ValueError(f"it asks in the way {card.asking!r}; this version knows {', '.join(ASKINGS)}")
        return card
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise AdapterInvalid(folder, f"its {CARD} cannot be read ({error}); train it again") from error


def _finite(number: str) -> float:
    """One of a card's numbers; NaN and infinity, which Python's JSON admits, would make every confidence the same."""
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(f"it holds {number}, which is no finite number")
    return value


def package_versions() -> dict[str, str]:
    """The versions of the packages that shape an adapter."""
    return {package: version(package) for package in PACKAGES}


def shipped_adapter(base_name: str) -> Path | None:
    """The adapter that comes with crimeetl for a base, if there is one."""
    folder = Path(str(resources.files("crimeetl.model") / "adapters" / base_name.lower()))
    return folder if base_name == DEFAULT_BASE and folder.is_dir() else None


def adapter_folder(named: str | None, base_name: str) -> Path | None:
    """The folder of the adapter that a user names: its path, "shipped" or "none". None takes what comes with the base.

    Returns:
        None where there is to be no adapter, or none comes with the base.

    Raises:
        WrongUsage: the shipped one is asked for, and none comes with this base.
    """
    if named == NO_ADAPTER:
        return None
    if named is not None and named != SHIPPED:
        return Path(named)
    shipped = shipped_adapter(base_name)
    if named == SHIPPED and shipped is None:
        raise WrongUsage(f"no adapter comes with {base_name}; give a folder instead, or leave it out")
    return shipped


def check_base(folder: Path, card: AdapterCard, base_name: str, base_digest: str) -> None:
    """Refuses an adapter for other weights.

    Raises:
        AdapterInvalid: with the base it was made for.
    """
    if card.base_digest != base_digest:
        sentence = f"it was trained for {card.base_name}, not for {base_name} as it is here; give its own with --base"
        raise AdapterInvalid(folder, sentence)


def check_template(folder: Path, card: AdapterCard, base_name: str, template_digest: str) -> None:
    """Refuses an adapter for another chat template.

    Raises:
        AdapterInvalid: the base asks in other words than those the adapter was trained on.
    """
    if card.template_digest != template_digest:
        sentence = f"the chat template of {base_name} is not the one it was trained with; restore it or train again"
        raise AdapterInvalid(folder, sentence)
