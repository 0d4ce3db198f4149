"""Families of models: a branch in the tree reads what it reads alone, or the family is refused."""

from dataclasses import dataclass
from typing import Any

import pytest
import torch
import transformers
from torch import Tensor
from transformers import AutoModelForCausalLM

from crimeetl.model.decode.memory import BatchReader
from crimeetl.model.tree import (
    PAD,
    Branch,
    attention,
    check_packable,
    check_reads_trees,
    collate,
    pack,
    packs,
    read_tree,
    use_tree_attention,
)

PREFIXES = [list(range(10, 19)), list(range(30, 44))]
BRANCHES = [
    [Branch([20], [21, 22, 23, 24, 25]), Branch([30, 31], [32]), Branch([40, 41, 42, 43, 44, 45, 46])],
    [Branch([50, 51, 52], [53, 54]), Branch([60], [])],
]
WINDOW = 4  # shorter than every report
ENDLESS = 200
SIZES: dict[str, Any] = {
    "vocab_size": 100,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 256,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
HEADS_OF_8 = {key: value for key, value in SIZES.items() if key != "head_dim"}  # where it follows from the others
LAYER_TYPES = ["sliding_attention", "full_attention"] * 2
EXPERTS = {"num_local_experts": 4, "num_experts_per_tok": 2}
LONGROPE = {
    "rope_type": "longrope",
    "rope_theta": 1e4,
    "short_factor": [1.0, 1.1, 1.2, 1.3],
    "long_factor": [1.0, 2.0, 3.0, 4.0],
}
FULL: dict[str, tuple[str, dict[str, Any]]] = {
    "Llama": ("Llama", SIZES),
    "Qwen2": ("Qwen2", HEADS_OF_8),
    "Qwen3": ("Qwen3", SIZES),
    "Phi-3": ("Phi3", SIZES),
    "Phi-3, short of where LongRoPE begins": (
        "Phi3",
        SIZES | {"original_max_position_embeddings": 64, "rope_parameters": LONGROPE},
    ),
    "SmolLM3": ("SmolLM3", SIZES),
    "OLMo 2": ("Olmo2", SIZES),
    "Granite": ("Granite", SIZES | {"logits_scaling": 2.0, "embedding_multiplier": 3.0, "attention_multiplier": 0.2}),
    "Mistral": ("Mistral", SIZES | {"sliding_window": None}),
    "StableLM": ("StableLm", HEADS_OF_8),
    "DeepSeek-V3": (
        "DeepseekV3",  # values of another size than keys
        SIZES
        | {"num_key_value_heads": 4, "q_lora_rank": 16, "kv_lora_rank": 16, "qk_rope_head_dim": 8}
        | {"qk_nope_head_dim": 8, "v_head_dim": 12, "n_routed_experts": 4, "num_experts_per_tok": 2}
        | {"moe_intermediate_size": 16, "n_group": 1, "topk_group": 1},
    ),
}
SLIDING: dict[str, tuple[str, dict[str, Any]]] = {
    "Mistral": ("Mistral", SIZES),
    "Phi-3": ("Phi3", SIZES),
    "Qwen2": ("Qwen2", HEADS_OF_8 | {"use_sliding_window": True, "max_window_layers": 2}),
    "OLMo 3": ("Olmo3", SIZES),
    "Mixtral": ("Mixtral", SIZES | EXPERTS),
    "PhiMoE": ("Phimoe", SIZES | EXPERTS),  # tells its attention of no window: it slides by its mask alone
    "Gemma 2": (
        "Gemma2",
        SIZES | {"attn_logit_softcapping": 2.0, "final_logit_softcapping": 3.0, "query_pre_attn_scalar": 8},
    ),
    "Gemma 3": ("Gemma3Text", SIZES | {"layer_types": LAYER_TYPES, "query_pre_attn_scalar": 8}),
    "Gemma 3n": (
        "Gemma3nText",  # its last two layers read the keys of those before
        SIZES
        | {"layer_types": LAYER_TYPES, "num_kv_shared_layers": 2, "activation_sparsity_pattern": [0.0] * 4}
        | {"vocab_size_per_layer_input": 100, "hidden_size_per_layer_input": 8, "laurel_rank": 4},
    ),
    "gpt-oss": ("GptOss", SIZES | EXPERTS),
    "Command R7B": ("Cohere2", SIZES | {"layer_types": LAYER_TYPES}),
}
FAMILIES = FULL | {
    f"{name}, sliding": (config, settings | {"sliding_window": WINDOW}) for name, (config, settings) in SLIDING.items()
}


@dataclass(frozen=True, slots=True)
class Family:
    expected: list[list[Tensor]]  # of each report and branch: its own tokens' logits alone, by the model as it comes
    model: Any  # prepared for trees


def config_of(name: str, settings: dict[str, Any]) -> Any:
    return getattr(transformers, f"{name}Config")(**settings)


def model_of(config: Any) -> Any:
    """Random weights, fp32, larger than at a start: no layer is without effect."""
    torch.manual_seed(5)
    model = AutoModelForCausalLM.from_config(config).float().eval()
    with torch.no_grad():
        for name, weights in model.named_parameters():
            if weights.ndim > 1:
                weights.normal_(std=0.15)
            elif name.endswith("sinks"):
                weights.normal_()
    return model


def alone(model: Any) -> list[list[Tensor]]:
    with torch.inference_mode():
        return [
            [
                model(torch.tensor([[*prefix, *b.question_ids, *b.answer_ids]])).logits[0, len(prefix) :]
                for b in branches
            ]
            for prefix, branches in zip(PREFIXES, BRANCHES, strict=True)
        ]


@pytest.fixture(scope="module", params=FAMILIES)
def family(request: pytest.FixtureRequest) -> Family:
    name, settings = FAMILIES[request.param]
    model = model_of(config_of(name, settings))
    own = "eager" if name in ("Gemma2", "GptOss") else "sdpa"
    assert model.config._attn_implementation == own
    expected = alone(model)
    check_packable(model.config)
    check_reads_trees(model)
    assert model.config._attn_implementation == own
    use_tree_attention(model)
    return Family(expected, model)


def assert_same(found: Tensor, expected: Tensor) -> None:
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=0)


def assert_each_branch_as_if_alone(family: Family, logits: Tensor, report: int) -> None:
    at = len(PREFIXES[report])
    for expected in family.expected[report]:
        assert_same(logits[at : at + len(expected)], expected)
        at += len(expected)


@pytest.mark.parametrize("report", [0, 1])
def test_a_branch_in_the_tree_gives_the_same_logits_as_alone(family: Family, report: int) -> None:
    with torch.inference_mode():
        logits = read_tree(family.model, pack(PREFIXES[report], BRANCHES[report]))
    assert_each_branch_as_if_alone(family, logits[0], report)


@pytest.mark.parametrize("block_tokens", [72, 3], ids=["in one block", "in blocks"])
@pytest.mark.parametrize("explicit_bytes", [4096, 12], ids=["explicitly", "by the fused kernel"])
def test_so_it_does_batched_and_padded(
    family: Family, monkeypatch: pytest.MonkeyPatch, block_tokens: int, explicit_bytes: int
) -> None:
    monkeypatch.setattr(packs, "BLOCK_TOKENS", block_tokens)
    monkeypatch.setattr(attention, "EXPLICIT_BYTES", explicit_bytes)
    monkeypatch.setattr(attention, "STRIDE_TOKENS", 5)
    tree = collate([pack(*parts) for parts in zip(PREFIXES, BRANCHES, strict=True)], pad_id=0)
    with torch.inference_mode():
        logits = read_tree(family.model, tree)
    assert logits.isfinite().all()
    for report in (0, 1):
        assert_each_branch_as_if_alone(family, logits[report], report)


@torch.inference_mode()
def test_so_it_does_while_decoding(family: Family) -> None:
    """The reports and questions first; then a token of each answer at a time; at last the longest answer's report."""
    questions = [[Branch(b.question_ids) for b in branches] for branches in BRANCHES]
    tree = collate([pack(*parts) for parts in zip(PREFIXES, questions, strict=True)], pad_id=0)
    reader = BatchReader(family.model)
    at = (tree.branch_ids > 0).nonzero().T
    logits = reader.read(tree.token_ids, tree.branch_ids, tree.position_ids, at)
    read = dict.fromkeys([(row, number) for row in (0, 1) for number in range(1, len(BRANCHES[row]) + 1)], 0)
    for found, (row, column) in zip(logits, at.T.tolist(), strict=True):
        number = int(tree.branch_ids[row, column])
        assert_same(found, family.expected[row][number - 1][read[row, number]])
        read[row, number] += 1
    rows = [0, 1]
    for step in range(5):
        if step == 3:
            reader.keep_rows([0])
            rows = [0]
        asked = [(row, number) for row in rows for number, b in enumerate(BRANCHES[row], 1) if step < len(b.answer_ids)]
        fed: list[list[tuple[int, int, int]]] = [[] for _ in rows]  # token, branch, position
        at = torch.tensor([(row, 0) for row, _ in asked]).T
        for place, (row, number) in enumerate(asked):
            at[1, place] = len(fed[row])
            fed[row].append(
                (BRANCHES[row][number - 1].answer_ids[step], number, len(PREFIXES[row]) + read[row, number])
            )
        width = max(map(len, fed))
        block = torch.tensor([row + [(0, PAD, 0)] * (width - len(row)) for row in fed])
        for found, (row, number) in zip(reader.read(*block.unbind(dim=2), at), asked, strict=True):
            assert_same(found, family.expected[row][number - 1][read[row, number]])
            read[row, number] += 1
    assert read == {(0, 1): 6, (0, 2): 3, (0, 3): 7, (1, 1): 5, (1, 2): 1}


@pytest.mark.parametrize("name", SLIDING)
def test_the_windows_of_these_families_matter_to_these_reports(name: str) -> None:
    config, settings = SLIDING[name]
    narrow, endless = (alone(model_of(config_of(config, settings | {"sliding_window": w}))) for w in (WINDOW, ENDLESS))
    for one, other in zip([x for row in narrow for x in row], [x for row in endless for x in row], strict=True):
        assert (one - other).abs().max() > 1e-3


# ---- refused


def refusal(config: Any) -> str:
    with pytest.raises(ValueError) as caught:
        check_packable(config)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "settings", "kinds"),
    [
        ("Mamba", {}, "linear_attention"),
        ("Mamba2", {}, "linear_attention"),
        ("FalconMamba", {}, "linear_attention"),
        ("Jamba", {}, "linear_attention"),
        ("Bamba", {}, "linear_attention"),
        ("RecurrentGemma", {}, "linear_attention"),
        ("Qwen3Next", {}, "linear_attention"),
        ("Zamba2", {}, "hybrid and linear_attention"),
        ("FalconH1", {}, "hybrid"),
        ("Lfm2", {"layer_types": ["conv", "full_attention"], "num_hidden_layers": 2}, "conv"),
        ("Llama4Text", {}, "chunked_attention"),
        ("DeepseekV32", {}, "indexed_attention"),
    ],
)
def test_layers_of_another_kind_are_refused(name: str, settings: dict[str, Any], kinds: str) -> None:
    reason = f"it has layers of the kind {kinds}, which cannot read a packed tree"
    assert refusal(config_of(name, settings)) == reason


def test_so_are_they_within_a_model_that_also_sees() -> None:
    assert refusal(config_of("Llama4", {})) == (
        "it has layers of the kind chunked_attention, which cannot read a packed tree"
    )


@pytest.mark.parametrize("name", ["Rwkv", "xLSTM"])
def test_a_state_from_token_to_token_is_refused(name: str) -> None:
    assert refusal(config_of(name, {})) == (
        "it keeps a state from token to token, which would mix the questions of a packed tree"
    )


@pytest.mark.parametrize("name", ["Bloom", "Mpt", "Falcon", "GPTJ"])
def test_attention_that_takes_no_tree_is_refused(name: str) -> None:
    assert refusal(config_of(name, {})) == (
        "its attention is its own and not transformers' interface, so it takes no packed tree"
    )


@pytest.mark.parametrize("name", ["GPT2", "OPT", "Bert"])
def test_positions_that_are_not_rotary_are_refused(name: str) -> None:
    assert refusal(config_of(name, {})) == "its positions are not rotary, which a packed tree needs"


@pytest.mark.parametrize("name", ["T5", "Bart"])
def test_an_encoder_decoder_is_refused(name: str) -> None:
    assert refusal(config_of(name, {})) == "it is an encoder-decoder"


def test_what_is_no_language_model_is_refused() -> None:
    assert refusal(config_of("ViT", {})) == "transformers has no causal language model of its type vit"


def refusal_of(model: Any) -> str:
    with pytest.raises(ValueError) as caught:
        check_reads_trees(model)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("Gemma3Text", SIZES | {"layer_types": LAYER_TYPES, "use_bidirectional_attention": True}),
        ("Llama", SIZES | {"is_causal": False}),
    ],
)
def test_a_model_that_reads_ahead_is_refused(name: str, settings: dict[str, Any]) -> None:
    model = model_of(config_of(name, settings))
    assert refusal_of(model) == "it cannot read a packed tree (its layers read from right to left too)"
    assert model.config._attn_implementation == "sdpa"


def test_a_layer_that_does_not_attend_is_refused() -> None:
    model = model_of(config_of("Llama", SIZES))
    model.model.layers[2].self_attn.forward = lambda hidden_states, **_: (hidden_states, None)
    assert refusal_of(model) == "only 3 of its 4 layers attend to a packed tree"


def test_a_layer_that_asks_for_what_trees_have_not_is_refused() -> None:
    model = model_of(config_of("Llama", SIZES))
    layer = model.model.layers[1].self_attn
    attend = layer.forward
    layer.forward = lambda **options: attend(**options, position_bias=torch.zeros(1))
    assert refusal_of(model) == (
        "it cannot read a packed tree (LlamaAttention asks for position_bias, which attention over trees has not)"
    )
