from .attention import read_tree, use_tree_attention
from .packs import IGNORED, PAD, Branch, TreePack, collate, pack, tree_blocks, tree_mask
from .prompt import TEXT_TURN, PromptTemplate, prompt_template

__all__ = [
    "IGNORED",
    "PAD",
    "TEXT_TURN",
    "Branch",
    "PromptTemplate",
    "TreePack",
    "collate",
    "pack",
    "prompt_template",
    "read_tree",
    "tree_blocks",
    "tree_mask",
    "use_tree_attention",
]
