from .asking import ASKINGS, COMPACT, CONVERSATION, TEXT_TURN, Asking
from .attention import branch_places, read_tree, use_tree_attention
from .line import Line, line_of
from .packable import check_packable, check_reads_trees
from .packs import IGNORED, PAD, Branch, TreePack, collate, pack, tree_blocks
from .prompt import PromptTemplate, prompt_template

__all__ = [
    "ASKINGS",
    "COMPACT",
    "CONVERSATION",
    "IGNORED",
    "PAD",
    "TEXT_TURN",
    "Asking",
    "Branch",
    "Line",
    "PromptTemplate",
    "TreePack",
    "branch_places",
    "check_packable",
    "check_reads_trees",
    "collate",
    "line_of",
    "pack",
    "prompt_template",
    "read_tree",
    "tree_blocks",
    "use_tree_attention",
]
