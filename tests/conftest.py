"""A byte tokenizer and a two-layer random model: all of the model path in milliseconds, without weights."""

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # no test may reach for the hub

import copy
from pathlib import Path

import pytest
import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from crimeetl.model.base import import_bitsandbytes, weights_digest
from crimeetl.model.decode import AnswerGrammar
from crimeetl.model.extract import AdapterCard, Calibration, PresenceThresholds
from crimeetl.model.tree import CONVERSATION, PromptTemplate, prompt_template, use_tree_attention

import_bitsandbytes()  # before PEFT imports it with its side effects
from peft import LoraConfig, get_peft_model  # noqa: E402

torch.set_num_threads(1)  # the tiny models are too small to share out

PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
CHAT_TEMPLATE = (
    "{% for message in messages %}<|start|>{{ message['role'] }}\n{{ message['content'] }}<|end|>\n{% endfor %}"
)


# What makes real tokenizers hard: tokens that begin an answer, end a value, or hold several chunks of a report.
MERGES = [
    ("Ġ", "["), ("Ġ[", '"'), ("Ġ[", "]"), ("Ġ[]", "}"), ('"', "]"), ('"]', "}"), ('"', ","), ("Ġ", '"'), ("A", "n"),
    ("An", "n"), ("Ann", '"'), ("Ġ", "L"), ("ĠL", "e"), ("3", "5"), ("Ġ", "35"), ("o", "n"), ("\\", "n"),
]  # fmt: skip


def tokenizer_of(merges: list[tuple[str, str]]) -> PreTrainedTokenizerFast:
    pieces = [*sorted(pre_tokenizers.ByteLevel.alphabet()), *("".join(pair) for pair in merges)]
    tokenizer = Tokenizer(models.BPE(vocab={piece: i for i, piece in enumerate(pieces)}, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken("<|start|>", special=True), AddedToken("<|end|>", special=True)])
    wrapped = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|end|>", pad_token="<|end|>")
    wrapped.chat_template = CHAT_TEMPLATE
    return wrapped


def model_of(vocabulary_size: int) -> LlamaForCausalLM:
    torch.manual_seed(7)
    config = LlamaConfig(
        vocab_size=vocabulary_size,
        hidden_size=48,
        intermediate_size=96,
        num_hidden_layers=2,
        num_attention_heads=6,
        num_key_value_heads=2,
        max_position_embeddings=2048,
        tie_word_embeddings=True,
    )
    return LlamaForCausalLM(config).eval()


@pytest.fixture(scope="session")
def byte_tokenizer() -> PreTrainedTokenizerFast:
    """One token a byte, and the chat template's two control tokens."""
    return tokenizer_of([])


@pytest.fixture(scope="session")
def merging_tokenizer() -> PreTrainedTokenizerFast:
    """The byte tokenizer and a few longer tokens."""
    return tokenizer_of(MERGES)


@pytest.fixture(scope="session")
def tiny_model(byte_tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    """Random weights, fp32, grouped queries like the real bases."""
    return model_of(len(byte_tokenizer))


@pytest.fixture(scope="session")
def tree_model(tiny_model: LlamaForCausalLM) -> LlamaForCausalLM:
    """The tiny model, reading packed trees."""
    model = copy.deepcopy(tiny_model)
    use_tree_attention(model)
    return model


@pytest.fixture(scope="session")
def merging_model(merging_tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    """A model for the merging tokenizer, with logits for 13 tokens that the tokenizer does not have."""
    model = model_of(len(merging_tokenizer) + 13)
    use_tree_attention(model)
    return model


@pytest.fixture(scope="session")
def template(byte_tokenizer: PreTrainedTokenizerFast) -> PromptTemplate:
    return prompt_template(byte_tokenizer, CONVERSATION)


@pytest.fixture(scope="session")
def grammar(byte_tokenizer: PreTrainedTokenizerFast, template: PromptTemplate) -> AnswerGrammar:
    return AnswerGrammar(template, vocabulary_size=len(byte_tokenizer))


@pytest.fixture(scope="session")
def base_folder(
    tiny_model: LlamaForCausalLM,
    byte_tokenizer: PreTrainedTokenizerFast,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """The tiny model and its tokenizer as a base on disk."""
    folder = tmp_path_factory.mktemp("base")
    tiny_model.save_pretrained(folder)
    byte_tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def adapter_folder(base_folder: Path, template: PromptTemplate, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random adapter for that base, as `crimeetl train` writes one."""
    folder = tmp_path_factory.mktemp("adapter")
    torch.manual_seed(11)
    config = LoraConfig(r=4, lora_alpha=8, target_modules=PROJECTIONS, task_type="CAUSAL_LM")
    model = get_peft_model(LlamaForCausalLM.from_pretrained(base_folder), config)
    with torch.no_grad():
        for name, weights in model.named_parameters():
            if "lora_B" in name:  # zeros in a new adapter
                weights.normal_(std=0.1)
    config.base_model_name_or_path = None
    model.save_pretrained(folder)
    AdapterCard(
        base_name="tiny",
        base_digest=weights_digest(base_folder),
        template_digest=template.digest,
        schema_name="mine",
        schema_digest="0" * 32,
        entity_types=("Name", "Age"),
        dtype="fp32",
        quantization="none",
        settings={"epochs": 1},
        training={"reports": 3, "left_out": {"Age": 1}},
        validation={"loss": 0.5},
        versions={"torch": "2.13"},
        calibration=Calibration((0.5, 1.0, -0.25, 2.0, 0.0, 0.5, -0.5), 0.75, value_count=12, right_count=9),
        presence=PresenceThresholds(0.5, {}),
        curve=({"step": 10, "loss": 0.75}, {"step": 10, "eval_loss": 0.5}),
    ).write(folder)
    return folder
