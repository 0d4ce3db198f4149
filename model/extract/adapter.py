"""Adapters: LoRA weights in a folder, with a card that says what made them and what they fit.

adapter_model.safetensors   the weights, bf16
adapter_config.json         PEFT's own description
card.json                   base, schema, chat template, precision, calibration, figures, versions
"""

import json
import math
from dataclasses import asdict, dataclass, replace
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from crimeetl.etl.errors import AdapterInvalid, WrongUsage
from crimeetl.model.base import DEFAULT_BASE, Base, import_bitsandbytes, quiet
from crimeetl.model.extract.calibrate import Calibration, PresenceThresholds, ThresholdEffect

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
        return AdapterCard(**{**stored, **lists})
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


def with_adapter(model: Any, folder: Path, **options: Any) -> Any:
    """A base's model with an adapter's weights beside its own.

    Args:
        options: as ``PeftModel.from_pretrained`` takes them.

    Raises:
        AdapterInvalid: PEFT cannot load it, or its weights are not all finite.
    """
    import_bitsandbytes()
    from peft import PeftModel

    with quiet():
        try:
            adapted = PeftModel.from_pretrained(model, str(folder), **options)
            weights = load_file(folder / WEIGHTS)
        except (ValueError, RuntimeError, OSError, SafetensorError) as error:
            raise AdapterInvalid(folder, f"PEFT cannot load it ({error}); train it again") from error
    if not all(tensor.isfinite().all() for tensor in weights.values()):
        raise AdapterInvalid(folder, f"its {WEIGHTS} holds NaN or infinity; train it again")
    return adapted


def apply_adapter(base: Base, folder: Path) -> Base:
    """The base with an adapter's weights, ready to extract.

    Merged into the base's own weights where these are not quantised, in fp32, so that decoding costs nothing more.

    Raises:
        AdapterInvalid: PEFT cannot load it, or its weights are not all finite.
    """
    model = with_adapter(base.model, folder)
    with quiet():
        if base.precision.quantization == "none":
            dtype = next(base.model.parameters()).dtype
            model = model.to(torch.float32).merge_and_unload().to(dtype)
        else:
            model = model.base_model.model
    model.eval()
    return replace(base, model=model)
