"""Which model answers: what the user named, decided and checked but not yet loaded."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from crimeetl.model.base import BaseOptions, Precision, base_digest, decide_precision, known_digest
from crimeetl.model.extract.card import AdapterCard, check_base, read_card
from crimeetl.model.extract.settings import ExtractorSettings
from crimeetl.model.schema import EntitySchema
from crimeetl.model.tree import CONVERSATION

if TYPE_CHECKING:
    from crimeetl.model.extract.extractor import Extractor


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChoice:
    """Which model answers: what the user named, decided and checked but not yet loaded."""

    base: BaseOptions
    adapter: Path | None
    precision: Precision
    settings: ExtractorSettings
    card: AdapterCard | None
    base_digest: str
    adapter_digest: str
    digest: str  # equal digest, equal answers but for rounding: base, adapter, precision and what cuts a report

    @property
    def name(self) -> str:
        """For people."""
        adapter = f" + {self.adapter.name}" if self.adapter else ""
        return f"{self.base.name}{adapter} ({self.precision})"

    def extractor(self, schema: EntitySchema) -> "Extractor":
        """The model itself, and torch with it: ask for it where there is something to extract.

        Raises:
            AdapterInvalid, BaseUnavailable: as ``Extractor`` does.
        """
        from crimeetl.model.extract.extractor import Extractor

        return Extractor(self, schema)

    def notices(self, schema: EntitySchema) -> list[str]:
        """What the user should know before trusting the answers."""
        if self.card is None:
            return [f"no adapter for {self.base.name}: answers of an untrained base are poor; see 'crimeetl train'"]
        notices = []
        quantization = self.card.calibrated_quantization or self.card.quantization
        calibrated = Precision(self.precision.device, self.card.dtype, quantization)
        if calibrated != self.precision:
            notices.append(f"the adapter's confidences were fitted in {calibrated}, and it runs in {self.precision}")
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
    digest_of_base = base_digest(base)
    settings = settings or ExtractorSettings()
    card = None if adapter is None else read_card(adapter)
    if adapter is not None and card is not None:
        check_base(adapter, card, base.name, digest_of_base)
    precision = decide_precision(base, is_proved_in_int8=card is not None and card.calibrated_quantization == "int8")
    adapter_digest = "none" if adapter is None else known_digest(adapter, cache=base.cache)
    fitted: tuple[object, ...] | None = None if card is None else (card.calibration, card.presence)
    if card is not None and card.asking != CONVERSATION.name:
        fitted = (card.calibration, card.presence, card.asking, card.descriptions)
    cuts = (settings.max_answer_tokens, settings.window_tokens, settings.overlap_tokens, settings.min_confidence)
    identity = f"{digest_of_base} {adapter_digest} {fitted} {precision.dtype} {precision.quantization} {cuts}"
    digest = hashlib.sha256(identity.encode()).hexdigest()[:32]
    return ModelChoice(
        base=base,
        adapter=adapter,
        precision=precision,
        settings=settings,
        card=card,
        base_digest=digest_of_base,
        adapter_digest=adapter_digest,
        digest=digest,
    )
