"""Which model answers: what the user named, decided and checked but not yet loaded."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from crimeetl.model.base import BaseOptions, Precision, base_folder, decide_precision, weights_digest
from crimeetl.model.extract.adapter import AdapterCard, check_base, read_card
from crimeetl.model.extract.settings import ExtractorSettings
from crimeetl.model.schema import EntitySchema


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChoice:
    """Which model answers: what the user named, decided and checked but not yet loaded."""

    base: BaseOptions
    adapter: Path | None
    precision: Precision
    settings: ExtractorSettings
    card: AdapterCard | None
    digest: str  # equal digest, equal answers but for rounding: base, adapter, precision and what cuts a report

    @property
    def name(self) -> str:
        """For people."""
        adapter = f" + {self.adapter.name}" if self.adapter else ""
        return f"{self.base.name}{adapter} ({self.precision})"

    def notices(self, schema: EntitySchema) -> list[str]:
        """What the user should know before trusting the answers."""
        if self.card is None:
            return [f"no adapter for {self.base.name}: answers of an untrained base are poor; see 'crimeetl train'"]
        notices = []
        trained = Precision(self.precision.device, self.card.dtype, self.card.quantization)
        if trained != self.precision:
            notices.append(f"the adapter was trained and calibrated in {trained}, and runs in {self.precision}")
        unknown = [t.name for t in schema.types if t.name not in self.card.entity_types]
        if unknown:
            notices.append(f"the adapter was not trained on {', '.join(unknown)}: expect less of these")
        return notices


def choose_model(base: BaseOptions, adapter: Path | None, *, settings: ExtractorSettings | None = None) -> ModelChoice:
    """Checks what the user named, fetching the base on first use, without loading its weights.

    Raises:
        WrongUsage: the device is not there.
        BaseUnavailable: the base is not here and cannot be fetched.
        AdapterInvalid: the adapter is broken or for another base.
    """
    precision = decide_precision(base)
    base_digest = weights_digest(base_folder(base.name, cache=base.cache))
    settings = settings or ExtractorSettings()
    card = None if adapter is None else read_card(adapter)
    if adapter is not None and card is not None:
        check_base(adapter, card, base.name, base_digest)
    adapter_digest = "none" if adapter is None else weights_digest(adapter)
    fitted = None if card is None else (card.calibration, card.presence)
    cuts = (settings.max_answer_tokens, settings.window_tokens, settings.overlap_tokens, settings.min_confidence)
    identity = f"{base_digest} {adapter_digest} {fitted} {precision.dtype} {precision.quantization} {cuts}"
    digest = hashlib.sha256(identity.encode()).hexdigest()[:32]
    return ModelChoice(base=base, adapter=adapter, precision=precision, settings=settings, card=card, digest=digest)
