"""A model with the keys and values of all it has read of a batch."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from transformers import Cache
from transformers.cache_utils import DynamicLayer

from crimeetl.model.tree import PAD, branch_places, tree_blocks


class _PreallocatedLayer(DynamicLayer):  # type: ignore[misc]
    """One layer's keys and values, grown by half when full instead of copied at every step."""

    keys: Tensor  # [B, G, capacity, D]
    values: Tensor

    def lazy_initialization(self, key_states: Tensor, value_states: Tensor) -> None:
        self.length = 0
        super().lazy_initialization(key_states, value_states)

    def update(self, key_states: Tensor, value_states: Tensor, *_: Any, **__: Any) -> tuple[Tensor, Tensor]:
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        end = self.length + key_states.shape[2]
        if self.length == 0 or end > self.keys.shape[2]:
            self.keys = self._grown(self.keys, key_states, end)
            self.values = self._grown(self.values, value_states, end)
        self.keys[:, :, self.length : end] = key_states
        self.values[:, :, self.length : end] = value_states
        self.length = end
        return self.keys[:, :, :end], self.values[:, :, :end]

    def _grown(self, old: Tensor, new: Tensor, end: int) -> Tensor:
        rows, heads, _, size = new.shape
        grown = new.new_empty((rows, heads, end + max(64, end // 2), size))
        if self.length:
            grown[:, :, : self.length] = old[:, :, : self.length]
        return grown

    def get_seq_length(self) -> int:
        return self.length if self.is_initialized else 0

    def keep_rows(self, rows: Tensor) -> None:
        if self.is_initialized:  # layers that read the keys of another one never are
            self.keys, self.values = self.keys[rows], self.values[rows]


class BatchReader:
    """A model with the keys and values of all it has read of the current batch."""

    def __init__(self, model: Any) -> None:
        self.model, self.device = model, model.device
        layers = model.config.get_text_config().num_hidden_layers
        self.cache = Cache(layers=[_PreallocatedLayer() for _ in range(layers)])
        self.branch_ids: Tensor | None = None  # i64[B, T so far]
        self.position_ids: Tensor | None = None  # i64[B, T so far]
        self.block_columns = 0  # of the last block

    def read(self, token_ids: Tensor, branch_ids: Tensor, position_ids: Tensor, at: Tensor) -> Tensor:
        """Reads a block of columns after those read before.

        Args:
            token_ids, branch_ids, position_ids: i64[B, columns].
            at: i64[2, N], row and column of N places of the block, row by row and ascending.

        Returns:
            f32[N, V], the logits there, as the model itself makes them: some scale or cap what their head gives.
        """
        is_wanted = torch.zeros(token_ids.shape, dtype=torch.bool)
        is_wanted[at[0], at[1]] = True
        assert torch.equal(is_wanted.nonzero().T, at)
        is_first = self.branch_ids is None
        self.branch_ids = self._joined(self.branch_ids, branch_ids)
        self.position_ids = self._joined(self.position_ids, position_ids)
        self.block_columns = token_ids.shape[1]
        output = self.model(
            input_ids=token_ids.to(self.device),
            attention_mask=branch_places(self.branch_ids, self.position_ids),
            position_ids=position_ids.to(self.device),
            past_key_values=self.cache,
            use_cache=True,
            logits_to_keep=is_wanted.to(self.device),
            blocks=tree_blocks(self.branch_ids) if is_first else None,
        )
        logits: Tensor = output.logits
        return logits.float()

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
