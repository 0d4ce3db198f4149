"""The rows of a batch one after the other, so that nothing is computed for padding.

    rows    a b c .        line    a b c d e f g
            d e f g

Only attention looks across the tokens of a row: it alone takes them apart again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import torch
from torch import Tensor

from crimeetl.model.tree.packs import PAD


@dataclass(frozen=True, slots=True)
class Line:
    """Where the tokens of a line stand in their rows."""

    shape: tuple[int, int]  # rows and columns
    places: Tensor  # i64[N], row * columns + column, ascending
    lengths: list[int]  # tokens of each row

    @contextmanager
    def read(self) -> Iterator[None]:
        """Within, prepared models read this line: told so, not all of them would hand it on to their attention."""
        token = _LINE.set(self)
        try:
            yield
        finally:
            _LINE.reset(token)

    def spread(self, states: Tensor) -> Tensor:
        """float[B, H, Q, D] of float[1, H, N, D]; zeros on padding."""
        _, heads, _, size = states.shape
        rows, columns = self.shape
        spread = states.new_zeros((rows * columns, heads, size))
        spread[self.places] = states[0].transpose(0, 1)
        return spread.view(rows, columns, heads, size).transpose(1, 2)

    def gathered(self, states: Tensor) -> Tensor:
        """float[1, N, H, D] of float[B, H, Q, D]."""
        return states.transpose(1, 2).flatten(0, 1)[self.places][None]


def line_of(branch_ids: Tensor, device: torch.device) -> Line:
    """The line, on a device, of rows that end in padding.

    Args:
        branch_ids: i64[B, Q] with PAD where a row has ended; best on the CPU.
    """
    is_token = branch_ids != PAD
    rows, columns = branch_ids.shape
    places = is_token.flatten().nonzero()[:, 0].to(device)
    return Line((rows, columns), places, is_token.sum(dim=1).tolist())


_LINE: ContextVar[Line | None] = ContextVar("line", default=None)


def line_read() -> Line | None:
    """What is read just now; None where rows are padded."""
    return _LINE.get()
