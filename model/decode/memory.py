"""A model with the keys and values of all it has read of a batch."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import pad
from transformers import Cache
from transformers.cache_utils import DynamicLayer

from crimeetl.model.tree import PAD, Line, branch_places, line_of, tree_blocks


class _RowsLayer(DynamicLayer):  # type: ignore[misc]
    """One layer's keys and values by row, taken from a line; grown by half when full instead of copied each time."""

    keys: Tensor  # [B, G, capacity, D]; zeros where nothing was read
    values: Tensor
    line: Line  # of what comes next
    length = 0

    def update(self, key_states: Tensor, value_states: Tensor, *_: Any, **__: Any) -> tuple[Tensor, Tensor]:
        rows, columns = self.line.shape
        start, self.length = self.length, self.length + columns
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
            self.keys, self.values = (
                states.new_zeros((rows, states.shape[1], columns, states.shape[3]))
                for states in (key_states, value_states)
            )
        elif self.length > self.keys.shape[2]:
            self.keys, self.values = (
                _in_rows([states[:, :, :start]], _room(self.length)) for states in (self.keys, self.values)
            )
        row, column = self.line.places // columns, self.line.places % columns + start
        self.keys[row, :, column] = key_states[0].transpose(0, 1)
        self.values[row, :, column] = value_states[0].transpose(0, 1)
        return self.keys[:, :, : self.length], self.values[:, :, : self.length]

    def take(self, others: "Sequence[_RowsLayer]") -> None:
        """Adds their rows after its own; they keep nothing."""
        layers = [self, *others]
        self.length = max(layer.length for layer in layers)
        if self.is_initialized:  # layers that read the keys of another one never are
            self.keys = _in_rows([layer.keys for layer in layers], _room(self.length))
            self.values = _in_rows([layer.values for layer in layers], _room(self.length))
        for layer in others:
            layer.reset()

    def get_seq_length(self) -> int:
        return self.length

    def keep_rows(self, rows: Tensor) -> None:
        if self.is_initialized:
            self.keys, self.values = self.keys[rows], self.values[rows]


def _room(length: int) -> int:
    return length + max(64, length // 2)


def _in_rows(parts: Sequence[Tensor], columns: int) -> Tensor:
    """float[sum of B, G, columns, D] of some float[B, G, T, D]; zeros behind each."""
    _, groups, _, size = parts[0].shape
    filled = parts[0].new_zeros((sum(map(len, parts)), groups, columns, size))
    for rows, part in zip(torch.split(filled, [len(part) for part in parts]), parts, strict=True):
        rows[:, :, : part.shape[2]] = part
    return filled


class BatchReader:
    """A model with the keys and values of all it has read of the current batch."""

    def __init__(self, model: Any) -> None:
        self.model, self.device = model, model.device
        layers = model.config.get_text_config().num_hidden_layers
        self.cache = Cache(layers=[_RowsLayer() for _ in range(layers)])
        self.branch_ids: Tensor | None = None  # i64[B, T so far]
        self.position_ids: Tensor | None = None  # i64[B, T so far]
        self.block_columns = 0  # of the last block

    def read(self, token_ids: Tensor, branch_ids: Tensor, position_ids: Tensor, at: Tensor) -> Tensor:
        """Reads a block of columns after those read before.

        Args:
            token_ids, branch_ids, position_ids: i64[B, columns]; padding is not computed.
            at: i64[2, L], row and column of L places of the block.

        Returns:
            float[L, V], the logits there, as the model itself makes them: some scale or cap what their head gives.
        """
        is_first = self.branch_ids is None
        self.branch_ids = self._joined(self.branch_ids, branch_ids)
        self.position_ids = self._joined(self.position_ids, position_ids)
        self.block_columns = token_ids.shape[1]
        is_token = branch_ids != PAD
        in_line = is_token.flatten().cumsum(dim=0).view(is_token.shape) - 1
        line = line_of(branch_ids, self.device)
        for layer in self.cache.layers:
            layer.line = line
        with line.read():
            output = self.model(
                input_ids=token_ids[is_token][None].to(self.device),
                attention_mask=branch_places(self.branch_ids, self.position_ids),
                position_ids=position_ids[is_token][None].to(self.device),
                past_key_values=self.cache,
                use_cache=True,
                logits_to_keep=in_line[at[0], at[1]].to(self.device),
                blocks=tree_blocks(self.branch_ids) if is_first else None,
            )
        logits: Tensor = output.logits[0]
        return logits

    def _joined(self, old: Tensor | None, new: Tensor) -> Tensor:
        new = new.to(self.device)
        return new if old is None else torch.cat([old, new], dim=1)

    def forget(self, *, rows: Tensor, columns: Tensor) -> None:
        """Masks N tokens of the last block from all that is read later."""
        assert self.branch_ids is not None
        start = self.branch_ids.shape[1] - self.block_columns
        self.branch_ids[rows.to(self.device), start + columns.to(self.device)] = PAD

    def keep_rows(self, rows: Sequence[int]) -> None:
        """Forgets the reports whose answers are whole."""
        index = torch.tensor(rows, device=self.device)
        for layer in self.cache.layers:
            layer.keep_rows(index)
        assert self.branch_ids is not None and self.position_ids is not None
        self.branch_ids, self.position_ids = self.branch_ids[index], self.position_ids[index]


def joined(readers: Sequence[BatchReader]) -> BatchReader:
    """The first of several readers of whole trees, with the rows of the others after its own; they keep nothing."""
    first, *others = readers
    if others:
        for layer, *layers in zip(*(reader.cache.layers for reader in readers), strict=True):
            layer.take(layers)
        first.branch_ids = _padded([reader.branch_ids for reader in readers], PAD)
        first.position_ids = _padded([reader.position_ids for reader in readers], 0)
    return first


def _padded(parts: Sequence[Tensor | None], fill: int) -> Tensor:
    """i64[sum of B, longest T] of some i64[B, T]."""
    known = [part for part in parts if part is not None]
    width = max(part.shape[1] for part in known)
    return torch.cat([pad(part, (0, width - part.shape[1]), value=fill) for part in known])
