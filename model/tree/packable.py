"""Which models read a packed tree as they read each of its branches alone.

Those whose tokens meet in attention only, full or within a sliding window, and have rotary positions. A layer that
mixes neighbouring columns, or keeps a state from column to column, would mix a question with the one packed before it.
"""

from typing import Any

import torch
from torch import nn

from crimeetl.model.tree.attention import ATTENTION, read_tree, tree_attention, use_tree_attention
from crimeetl.model.tree.packs import Branch, pack

KINDS = {"full_attention", "sliding_attention"}  # of layers, as transformers' configurations name them


def check_packable(config: Any) -> None:
    """Refuses a model by its configuration alone, before its weights are read.

    Args:
        config: a transformers configuration.

    Raises:
        ValueError: why its model cannot read packed trees.
    """
    from transformers import MODEL_FOR_CAUSAL_LM_MAPPING

    if config.is_encoder_decoder:
        raise ValueError("it is an encoder-decoder")
    if type(config) not in MODEL_FOR_CAUSAL_LM_MAPPING:
        raise ValueError(f"transformers has no causal language model of its type {config.model_type}")
    model_class, text = MODEL_FOR_CAUSAL_LM_MAPPING[type(config)], config.get_text_config()
    others = sorted(set(getattr(text, "layer_types", None) or []) - KINDS)
    if others:
        raise ValueError(f"it has layers of the kind {' and '.join(others)}, which cannot read a packed tree")
    if model_class._is_stateful:
        raise ValueError("it keeps a state from token to token, which would mix the questions of a packed tree")
    if not model_class._can_set_attn_implementation():
        raise ValueError("its attention is its own and not transformers' interface, so it takes no packed tree")
    if not getattr(text, "rope_parameters", None):
        raise ValueError("its positions are not rotary, which a packed tree needs")


@torch.inference_mode()
def check_reads_trees(model: Any) -> None:
    """Has a model read a very small tree, to see that each of its layers attends under the tree's mask.

    The model's attention is afterwards what it was before.

    Raises:
        ValueError: why it cannot read packed trees.
    """
    reached: set[nn.Module] = set()

    def recorded(module: nn.Module, *arguments: Any, **options: Any) -> Any:
        reached.add(module)
        return tree_attention(module, *arguments, **options)

    from transformers import AttentionInterface

    config, before = model.config.get_text_config(), model.config._attn_implementation
    use_tree_attention(model)
    AttentionInterface.register(ATTENTION, recorded)
    try:
        read_tree(model, pack([0, 0], [Branch([0]), Branch([0])]).to(model.device))
    except Exception as error:  # models of transformers raise nothing narrower
        raise ValueError(f"it cannot read a packed tree ({error})") from error
    finally:
        AttentionInterface.register(ATTENTION, tree_attention)
        model.set_attn_implementation(before)
    if len(reached) < config.num_hidden_layers:
        raise ValueError(f"only {len(reached)} of its {config.num_hidden_layers} layers attend to a packed tree")
