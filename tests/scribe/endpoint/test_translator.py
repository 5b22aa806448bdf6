"""As many translations as texts, each under its own number."""

import re

import pytest

from model_server import Asked, Say, model_server, written
from stentor.errors import EngineFailed
from stentor.scribe.endpoint.client import Endpoint
from stentor.scribe.endpoint.translator import BATCH_TEXTS_MAX, ModelTranslator, batches


def numbered(asked: Asked) -> list[tuple[int, str]]:
    return [(int(number), text) for number, text in re.findall(r"^\[(\d+)\] (.*)$", asked.material, re.M)]


def sentences(pairs: list[tuple[int, str]]) -> str:
    return written({"sentences": [{"number": number, "text": text} for number, text in pairs]})


def shouted(asked: Asked) -> str:
    return sentences([(number, text.upper()) for number, text in numbered(asked)])


async def translated(say: Say, texts: list[str]) -> list[str]:
    async with model_server(say) as server:
        translator = ModelTranslator(Endpoint(server.url, model="tiny", timeout_s=10), request_chars=9_000)
        return await translator.translate(texts, source="en", target="fr")


async def test_many_texts_come_back_in_their_order() -> None:
    texts = [f"Sentence {number}." for number in range(BATCH_TEXTS_MAX * 2 + 1)]
    assert await translated(shouted, texts) == [text.upper() for text in texts]


async def test_an_answer_in_another_order_with_too_many_is_sorted_out() -> None:
    def muddled(asked: Asked) -> str:
        return sentences([(9, "nobody's"), (2, "deux"), (1, "un"), (1, "once more"), (0, "zero")])

    assert await translated(muddled, ["one", "two"]) == ["un", "deux"]


async def test_what_is_left_out_is_asked_once_more_and_then_has_none() -> None:
    def forgetful(asked: Asked) -> str:
        return sentences([(number, text.upper()) for number, text in numbered(asked) if text != "b"][:2])

    assert await translated(forgetful, ["a", "b", "c", "d"]) == ["A", "", "C", "D"]


async def test_an_engine_that_translates_nothing_has_failed() -> None:
    with pytest.raises(EngineFailed, match="none of 2 sentences"):
        await translated(lambda _: sentences([]), ["a", "b"])


def test_a_long_text_is_a_batch_of_its_own() -> None:
    assert [list(batch) for batch in batches(["aa", "b" * 20, "cc", "dd"], chars=5)] == [
        ["aa"],
        ["b" * 20],
        ["cc", "dd"],
    ]
    assert list(batches([], chars=5)) == []
