"""Which bases are refused because they would read packed trees wrongly."""

from pathlib import Path
from typing import Any

from crimeetl.etl.errors import BaseUnavailable
from crimeetl.model.base.quiet import quiet
from crimeetl.model.tree import check_packable, check_reads_trees

NAME_ANOTHER = (
    "name another --base whose layers are full or sliding attention, such as a Llama, Qwen3, Mistral or Gemma 3"
)


def check_config(name: str, folder: Path) -> None:
    """Refuses a base by its ``config.json``; one without that file is left to be refused on loading.

    Raises:
        BaseUnavailable: it cannot read packed trees, or transformers cannot tell what it is.
    """
    if not (folder / "config.json").exists():
        return
    from transformers import AutoConfig

    with quiet():
        try:
            config = AutoConfig.from_pretrained(folder, local_files_only=True)
        except (OSError, ValueError) as error:
            raise BaseUnavailable(name, f"transformers cannot use its config.json ({error}); {NAME_ANOTHER}") from error
        try:
            check_packable(config)
        except ValueError as error:
            raise BaseUnavailable(name, f"{error}; {NAME_ANOTHER}") from error


def check_model(name: str, model: Any) -> None:
    """Refuses a loaded base of which some layer does not attend as a packed tree asks.

    Raises:
        BaseUnavailable: it cannot read packed trees.
    """
    with quiet():
        try:
            check_reads_trees(model)
        except ValueError as error:
            raise BaseUnavailable(name, f"{error}; {NAME_ANOTHER}") from error
