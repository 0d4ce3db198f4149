"""A model of Llama 3 8B's shape with random weights: QLoRA training, extraction in bf16 and in NF4, peak memory.

python tests/benchmarks/large.py [--shape 8b|tiny] [--reports 225] [--folder build/large]

Nothing is fetched but the embedded base, whose tokenizer is used; 8b needs 17 GB of disk and a CUDA device with 24 GB.
What random weights answer means nothing, so answers are cut at the length that gold answers have on average. Made-up
forms stand for the reference reports: a row has about as many tokens. ``tiny`` tries the script itself on any machine.
"""

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from platformdirs import user_cache_path
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

from crimeetl.model.base import DEFAULT_BASE, BaseOptions, base_folder
from crimeetl.model.extract import Extractor, choose_model
from crimeetl.model.extract.choice import ExtractorSettings
from crimeetl.model.schema import load_schema
from crimeetl.model.synthesise import synthesise
from crimeetl.model.train import RECIPES, TrainSettings, train
from crimeetl.model.train.curve import LOG

SEED = 23
ANSWER_TOKENS = 8
EXTRACTED = 128  # reports
SHAPES = {
    "8b": LlamaConfig(
        vocab_size=128_256,
        hidden_size=4096,
        intermediate_size=14_336,
        num_hidden_layers=32,
        num_attention_heads=32,
        num_key_value_heads=8,
        max_position_embeddings=8192,
        rope_theta=500_000.0,
        tie_word_embeddings=False,
    ),
    "tiny": LlamaConfig(
        vocab_size=49_152,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=8192,
        tie_word_embeddings=False,
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shape", choices=list(SHAPES), default="8b")
    parser.add_argument("--reports", type=int, default=225)
    parser.add_argument("--folder", type=Path, default=Path("build/large"))
    asked = parser.parse_args()
    base = asked.folder / asked.shape
    if not (base / "config.json").exists():
        make_base(base, SHAPES[asked.shape])
    schema = load_schema("crime")
    reports = list(synthesise(asked.reports, seed=SEED, schema=schema, styles=["markdown_form", "plain_form"]))
    labelled = asked.folder / "reports.jsonl"
    labelled.write_text("".join(f"{report.as_json()}\n" for report in reports), "utf-8")
    train_once(base, labelled, asked.folder / f"adapter-{time.time_ns()}")
    for quantization in ("none", "nf4"):
        extract_once(base, [report.text for report in reports[:EXTRACTED]], quantization)


def make_base(folder: Path, config: LlamaConfig) -> None:
    """Random weights in bf16, made on the device, with the embedded base's tokenizer."""
    torch.manual_seed(SEED)
    with torch.device(device()):
        model = LlamaForCausalLM(config).to(torch.bfloat16)
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(base_folder(DEFAULT_BASE, cache=cache())).save_pretrained(folder)


def train_once(base: Path, labelled: Path, output: Path) -> None:
    """The reference recipe, one epoch, a report a forward pass."""
    reset_peak()
    settings = TrainSettings(
        data=(labelled,),
        schema=load_schema("crime"),
        base=BaseOptions(name=str(base), quantization="nf4", cache=cache()),
        recipe=RECIPES["llama3-8b"],
        validation_share=0.0,
        checkpoint_steps=10**6,
        output=output,
    )
    train(settings, tell=lambda line: print(line.splitlines()[0]))
    log = [json.loads(line) for line in (output / LOG).read_text("utf-8").splitlines()]
    [whole] = [line for line in log if "train_runtime" in line]
    print(f"training: {whole['train_runtime']:.1f} s, {whole['train_samples_per_second']:.2f} reports/s, {peak()}")


def extract_once(base: Path, texts: Sequence[str], quantization: str) -> None:
    """All questions of all reports, after a few to warm up."""
    choice = choose_model(
        BaseOptions(name=str(base), device="auto", quantization=quantization, dtype="auto", cache=cache()),
        None,
        settings=ExtractorSettings(batch_tokens=32_768, max_answer_tokens=ANSWER_TOKENS),
    )
    extractor = Extractor(choice, load_schema("crime"))
    extractor.extract(texts[:8])
    reset_peak()
    started = time.perf_counter()
    found = extractor.extract(texts)
    seconds = time.perf_counter() - started
    tokens = sum(extraction.report_tokens + extraction.answer_tokens for extraction in found)
    print(f"extraction, {choice.precision}: {len(texts) / seconds:.2f} reports/s, {tokens} tokens, {peak()}")


def cache() -> Path:
    return user_cache_path("crimeetl", appauthor=False)


def device() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"


def reset_peak() -> None:
    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()


def peak() -> str:
    """Of the device's memory."""
    if not torch.cuda.is_available():
        return "no device memory to measure"
    return f"{torch.cuda.max_memory_allocated() / 1e9:.1f} GB at most"


if __name__ == "__main__":
    main()
