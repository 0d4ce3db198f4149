"""From report texts to extractions: the one class that the rest of the system calls. Build it once, reuse it."""

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from torch import OutOfMemoryError

from crimeetl.etl.errors import BaseUnavailable, ExtractionFailed
from crimeetl.model.base import Base
from crimeetl.model.decode import AnswerGrammar, DecodedAnswer, ReportWords, Request, decode, occurrences, report_words
from crimeetl.model.extract.budget import Budget
from crimeetl.model.extract.calibrate import Calibration
from crimeetl.model.extract.card import check_template
from crimeetl.model.extract.choice import ModelChoice
from crimeetl.model.extract.served import load_served
from crimeetl.model.extract.windows import merge_windows, split_windows
from crimeetl.model.extraction import Answer, Extraction, Mention
from crimeetl.model.schema import EntitySchema, EntityType
from crimeetl.model.tree import ASKINGS, CONVERSATION, Asking, PromptTemplate, prompt_template, use_tree_attention

Key = TypeVar("Key")
LOOKAHEAD_REPORTS = 64  # sorted by length among themselves, so that batches hold reports alike and little padding
ANSWER_RESERVE_TOKENS = 4  # a question's share of the budget beyond its own tokens: most questions have no answer


@dataclass(frozen=True, slots=True)
class _Window:
    char_start: int
    text: str
    report_ids: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Reading(Generic[Key]):
    """One report on its way: usually a single window."""

    key: Key
    windows: list[_Window]

    @property
    def longest_tokens(self) -> int:
        """Of its windows' reports, the most."""
        return max(len(window.report_ids) for window in self.windows)


class Extractor:
    """Answers a schema's questions about reports with one loaded model."""

    def __init__(self, choice: ModelChoice, schema: EntitySchema) -> None:
        """Loads the model that was chosen.

        Raises:
            AdapterInvalid: PEFT cannot load it, its weights are not all finite, or it is for another chat template.
            BaseUnavailable: the base cannot be loaded, or its chat template cannot carry the questions.
        """
        base = load_served(choice)
        self.choice, self.settings = choice, choice.settings
        self.budget = Budget(choice.settings.batch_tokens)
        self.template = base_template(base, CONVERSATION if choice.card is None else ASKINGS[choice.card.asking])
        if choice.adapter is not None and choice.card is not None:
            check_template(choice.adapter, choice.card, base.name, self.template.digest)
        use_tree_attention(base.model)
        self.base = base
        self.grammar = AnswerGrammar(self.template, vocabulary_size=base.vocabulary_size)
        self._ask(schema)

    def _ask(self, schema: EntitySchema) -> None:
        card = self.choice.card
        presence = card.presence if card else None
        self.schema = schema
        self.asked_types = card.unknown_descriptions(schema.types) if card else list(schema.types)
        self.least_presence = [None if presence is None else presence.of(t.name) for t in schema.types]
        self.question_ids = [self.template.question_ids(entity_type) for entity_type in self.asked_types]

    def asking(self, schema: EntitySchema) -> "Extractor":
        """The same model with another schema's questions; the weights are shared."""
        other = copy(self)
        other._ask(schema)
        return other

    def answering_always(self) -> "Extractor":
        """The same model, which gives values to every question however unlikely they are; the weights are shared."""
        other = copy(self)
        other.least_presence = [0.0] * len(self.schema.types)
        return other

    @property
    def calibration(self) -> Calibration | None:
        """What confidences are computed with; None where the model has no adapter, or one that was not calibrated."""
        return self.choice.card.calibration if self.choice.card else None

    def extract(self, texts: Sequence[str]) -> list[Extraction]:
        """The extraction of each text, in order.

        Raises:
            ExtractionFailed: one of them cannot be answered.
        """
        found = {key: outcome for batch in self.batches(enumerate(texts)) for key, outcome in batch}
        extractions = []
        for key in range(len(texts)):
            outcome = found[key]
            if isinstance(outcome, ExtractionFailed):
                raise outcome
            extractions.append(outcome)
        return extractions

    def batches(self, reports: Iterable[tuple[Key, str]]) -> Iterator[list[tuple[Key, Extraction | ExtractionFailed]]]:
        """Extracts a stream of reports, batch by batch within the token budget.

        Reads ahead ``LOOKAHEAD_REPORTS`` at a time; within them the order is by length.
        """
        waiting: list[_Reading[Key]] = []
        for key, text in reports:
            try:
                waiting.append(_Reading(key, self._windows(text)))
            except ValueError as error:  # it is no text
                yield [(key, ExtractionFailed("report", str(error)))]
            if len(waiting) == LOOKAHEAD_REPORTS:
                yield from self._by_budget(waiting)
                waiting = []
        yield from self._by_budget(waiting)

    def request(self, text: str, report_ids: Sequence[int] | None = None) -> Request:
        """What decoding needs to answer all questions about a text that fits the model's window.

        Args:
            report_ids: the text's tokens, where they are known already.

        Raises:
            ValueError: the text is beyond what a grammar can hold.
        """
        words = report_words(text)
        return Request(
            prefix_ids=self.template.prefix_ids(self.template.report_ids(text) if report_ids is None else report_ids),
            question_ids=self.question_ids,
            matchers=self.grammar.matchers(words, self.schema.types),
            words=words,
            may_repeat=[entity_type.kind == "choice" for entity_type in self.schema.types],
            least_presence=self.least_presence,
        )

    def decode(self, requests: Sequence[Request]) -> list[list[DecodedAnswer]]:
        """The raw answers to each request's questions, all decoded together."""
        return decode(self.base.model, self.grammar, requests, max_answer_tokens=self.settings.max_answer_tokens)

    def _windows(self, text: str) -> list[_Window]:
        text.encode()  # half a surrogate pair is refused here, in words; the tokenizer's TypeError has none
        encoded = self.base.tokenizer(
            text, add_special_tokens=False, split_special_tokens=True, return_offsets_mapping=True, verbose=False
        )
        spans = encoded["offset_mapping"]
        parts = split_windows(
            text, spans, window_tokens=self.settings.window_tokens, overlap_tokens=self.settings.overlap_tokens
        )
        if len(parts) == 1:
            return [_Window(0, text, encoded["input_ids"])]
        return [_Window(a, text[a:b], self.template.report_ids(text[a:b])) for a, b in parts]

    def _by_budget(self, waiting: list[_Reading[Key]]) -> Iterator[list[tuple[Key, Extraction | ExtractionFailed]]]:
        waiting.sort(key=lambda reading: reading.longest_tokens)
        batch: list[_Reading[Key]] = []
        for reading in waiting:
            if batch and self._padded_tokens([*batch, reading]) > self.budget.tokens:
                yield self._extract_batch(batch)
                batch = []
            batch.append(reading)
        if batch:
            yield self._extract_batch(batch)

    def _padded_tokens(self, batch: Sequence[_Reading[Key]]) -> int:
        windows = sum(len(reading.windows) for reading in batch)
        return windows * self._tree_tokens(max(reading.longest_tokens for reading in batch))

    def _tree_tokens(self, report_tokens: int) -> int:
        fixed = self.template.fixed_tokens
        return fixed + report_tokens + sum(len(ids) + ANSWER_RESERVE_TOKENS for ids in self.question_ids)

    def _extract_batch(self, batch: Sequence[_Reading[Key]]) -> list[tuple[Key, Extraction | ExtractionFailed]]:
        windows = [(place, window) for place, reading in enumerate(batch) for window in reading.windows]
        at_once = max(1, self.budget.tokens // self._tree_tokens(max(r.longest_tokens for r in batch)))
        found: list[list[tuple[int, Extraction]]] = [[] for _ in batch]
        failed: dict[int, ExtractionFailed] = {}
        for start in range(0, len(windows), at_once):
            together = windows[start : start + at_once]
            for (place, window), outcome in zip(together, self._answer([w for _, w in together]), strict=True):
                if isinstance(outcome, ExtractionFailed):
                    failed[place] = outcome
                else:
                    found[place].append((window.char_start, outcome))
        return [
            (reading.key, failed[place] if place in failed else merge_windows(self.schema, found[place]))
            for place, reading in enumerate(batch)
        ]

    def _answer(self, windows: Sequence[_Window]) -> list[Extraction | ExtractionFailed]:
        """The extraction of each window; what does not fit into the device's memory together is done in halves."""
        requests = [self._request(window) for window in windows]  # large: no more at a time than are decoded together
        try:
            decoded = iter(self.decode([request for request in requests if isinstance(request, Request)]))
        except OutOfMemoryError:
            decoded = None  # the handler is left first: its traceback holds what fills the memory
        if decoded is None:
            return self._answer_in_halves(windows)
        self.budget.fitted()
        return [
            request if isinstance(request, ExtractionFailed) else self._extraction(window, request, next(decoded))
            for window, request in zip(windows, requests, strict=True)
        ]

    def _request(self, window: _Window) -> Request | ExtractionFailed:
        try:
            return self.request(window.text, window.report_ids)
        except ValueError as error:  # the text is beyond what a grammar can hold
            return ExtractionFailed("report", str(error))

    def _answer_in_halves(self, windows: Sequence[_Window]) -> list[Extraction | ExtractionFailed]:
        if len(windows) == 1:
            count = len(windows[0].report_ids)
            return [ExtractionFailed("report", f"its {count} tokens do not fit into the device's memory")]
        self.budget.halve()
        half = len(windows) // 2
        return self._answer(windows[:half]) + self._answer(windows[half:])

    def locate(self, request: Request, decoded: Sequence[DecodedAnswer]) -> tuple[Answer, ...]:
        """Raw answers with their values placed in the text they were decoded from, and their confidences."""
        return tuple(
            _locate(request.words, entity_type, answer, self.calibration)
            for entity_type, answer in zip(self.schema.types, decoded, strict=True)
        )

    def _extraction(self, window: _Window, request: Request, decoded: list[DecodedAnswer]) -> Extraction:
        answers = self.locate(request, decoded)
        if self.settings.min_confidence and self.calibration is not None:
            answers = tuple(_sure(answer, self.settings.min_confidence) for answer in answers)
        return Extraction(
            answers=answers,
            report_tokens=len(window.report_ids),
            answer_tokens=sum(answer.chosen_tokens for answer in decoded),
            window_count=1,
        )


def _locate(
    words: ReportWords, entity_type: EntityType, answer: DecodedAnswer, calibration: Calibration | None
) -> Answer:
    """Gives each decoded value its place in the report.

    The k-th time a value is given it is the k-th place where it stands as whole word chunks.
    """
    places: dict[str, list[int]] = {}
    mentions = []
    for place, value in enumerate(answer.values):
        start = None
        if entity_type.kind != "choice":
            start = places.setdefault(value.value, occurrences(words, value.value)).pop(0)
        mentions.append(
            Mention(
                value=value.value,
                char_start=start,
                char_end=None if start is None else start + len(value.value),
                confidence=None if calibration is None else calibration.confidence(entity_type.name, answer, place),
            )
        )
    return Answer(entity_type.name, tuple(mentions), answer.presence, answer.is_cut)


def _sure(answer: Answer, least: float) -> Answer:
    mentions = tuple(m for m in answer.mentions if m.confidence is not None and m.confidence >= least)
    return replace(answer, mentions=mentions)


def base_template(base: Base, asking: Asking) -> PromptTemplate:
    """The base's chat template, cut into the pieces of a way of asking.

    Raises:
        BaseUnavailable: it has none, or one that cannot carry the questions.
    """
    try:
        return prompt_template(base.tokenizer, asking)
    except ValueError as error:
        raise BaseUnavailable(base.name, f"{error}; choose an instruction-tuned base") from error
