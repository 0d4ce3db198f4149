"""How reports are batched and cut. Free of torch."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractorSettings:
    """How reports are batched and cut."""

    batch_tokens: int = 4096
    """Tokens of all trees that are decoded together, padding included. On 2 cores 8,192 is no faster (90 log entries:
    31.7 s against 27.4 s) and takes 0.3 GB more."""
    max_answer_tokens: int = 200
    """An answer this long is ended there, and recorded as cut."""
    window_tokens: int = 2048
    """A report longer than this is read in overlapping windows."""
    overlap_tokens: int = 256
    """What two neighbouring windows share at most; at least half of it, so a value up to that long is whole in one."""
    min_confidence: float = 0.0
    """Values of a lower confidence are dropped."""
