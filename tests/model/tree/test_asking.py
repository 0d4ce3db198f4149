"""Ways of asking: what is asked of a base, word for word, and how answers close."""

import json

import pytest
from transformers import PreTrainedTokenizerFast

from crimeetl.model.schema import EntityType, load_schema
from crimeetl.model.tree import ASKINGS, COMPACT, CONVERSATION, prompt_template

AGE = EntityType("Victim_Age", "Victim_Age", "span", (), True, "age")
OWN_WORDS = EntityType("Fault", "who is at fault", "span", (), True, "text", "the driver {to blame}")


def test_ways_of_asking_are_known_by_their_names() -> None:
    assert ASKINGS == {"conversation": CONVERSATION, "compact": COMPACT}


def test_a_compact_question_is_the_beginning_of_a_line(merging_tokenizer: PreTrainedTokenizerFast) -> None:
    template = prompt_template(merging_tokenizer, COMPACT)
    decode = merging_tokenizer.decode
    assert decode(template.prefix_ids(template.report_ids("Ann ran."))) == (
        "<|start|>system\nList what the report states, in its own words.<|end|>\n"
        "<|start|>user\nAnn ran.<|end|>\n<|start|>assistant\n"
    )
    assert template.turn_ids == ()
    assert decode(template.question_ids(AGE)) == "Victim age:"
    assert decode(template.question_ids(OWN_WORDS)) == "who is at fault (the driver {to blame}):"
    assert decode(template.answer_ids([])) == " []"
    assert decode(template.answer_ids(["Ann", 'the "Owl"'])) == ' ["Ann", "the \\"Owl\\""]'
    assert template.end_id not in template.answer_ids(["Ann"])


def test_the_conversation_asks_as_the_reference_does_and_knows_no_descriptions() -> None:
    assert CONVERSATION.question_text(OWN_WORDS) == " who is at fault in the text?"
    assert CONVERSATION.start_text(OWN_WORDS) == '{"Fault":'
    assert CONVERSATION.answer_text(["a"]) == ' ["a"]}'


@pytest.mark.parametrize("values", [[], ["Ann Lee"], ['a "b"\\\n\t\x00', "é 京 😀"]])
def test_an_answer_behind_its_start_is_whole_json(values: list[str]) -> None:
    assert json.loads(CONVERSATION.start_text(AGE) + CONVERSATION.answer_text(values)) == {"Victim_Age": values}
    assert json.loads(COMPACT.answer_text(values)) == values


def test_a_type_is_called_by_its_words() -> None:
    words = [entity_type.words for entity_type in load_schema("crime").types]
    assert words[:4] == ["Location", "Officer badge number", "Officer name", "Victim name"]
    assert (words[5], words[8], OWN_WORDS.words) == ("Victim age range", "Victim ceo", "who is at fault")


def test_the_digest_tells_the_ways_apart(byte_tokenizer: PreTrainedTokenizerFast) -> None:
    digests = {prompt_template(byte_tokenizer, asking).digest for asking in ASKINGS.values()}
    assert len(digests) == 2
