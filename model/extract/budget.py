"""How many tokens are decoded together, when memory turns out to be short."""

from dataclasses import dataclass, field

FITTING_BATCHES = 16  # after so many the former budget is tried again: what else held memory may be gone


@dataclass(slots=True)
class Budget:
    """Tokens of all trees of a batch: halved when a batch does not fit, doubled again when enough of them did."""

    most_tokens: int  # what the user asked for
    tokens: int = field(init=False)
    fitting: int = 0  # batches since it was last changed

    def __post_init__(self) -> None:
        self.tokens = self.most_tokens

    def halve(self) -> None:
        """A batch did not fit into memory."""
        self.tokens, self.fitting = max(1, self.tokens // 2), 0

    def fitted(self) -> None:
        """A batch fitted."""
        self.fitting += 1
        if self.tokens < self.most_tokens and self.fitting >= FITTING_BATCHES:
            self.tokens, self.fitting = min(2 * self.tokens, self.most_tokens), 0
