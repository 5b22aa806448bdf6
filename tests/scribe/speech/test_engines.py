"""A setting and a language name an engine, or the reason why there is none."""

from pathlib import Path

import pytest

from stentor.config import Settings
from stentor.errors import NoEngine
from stentor.scribe.speech import engines
from stentor.scribe.speech.weights import MOONSHINE_TINY_EN, WHISPER_BASE, WHISPER_TINY_EN


def settings(**changes: object) -> Settings:
    return Settings(**changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("language", "changes", "engine", "model"),
    [
        ("en", {}, "moonshine", MOONSHINE_TINY_EN),
        ("en-GB", {}, "moonshine", MOONSHINE_TINY_EN),
        ("fr", {}, "whisper", WHISPER_BASE),
        ("en", {"captions_engine": "whisper"}, "whisper", WHISPER_TINY_EN),
        ("en", {"captions_model": "whisper-base"}, "whisper", WHISPER_BASE),
        ("de", {"captions_model": "/models/de"}, "whisper", Path("/models/de")),
    ],
)
def test_captions_choose_by_setting_and_language(
    language: str, changes: dict[str, object], engine: str, model: object
) -> None:
    choice = engines.for_captions(settings(**changes), language=language)
    assert (choice.engine, choice.model) == (engine, model)
    assert choice.language == language.partition("-")[0]


def test_auto_is_moonshine_for_english_where_there_is_one() -> None:
    assert engines.automatic("en-GB", model="", has_moonshine=True) == "moonshine"
    assert engines.automatic("en-GB", model="", has_moonshine=False) == "whisper"
    assert engines.automatic("en", model="whisper-base", has_moonshine=True) == "whisper"
    assert engines.automatic("fr", model="", has_moonshine=True) == "whisper"


@pytest.mark.parametrize(
    ("language", "changes", "because"),
    [
        ("en", {"captions_engine": "off"}, "captions_engine is off"),
        ("fr", {"captions_engine": "moonshine"}, "hears en, not fr"),
        ("fr", {"captions_model": "whisper-tiny.en"}, "hears en, not fr"),
    ],
)
def test_what_cannot_be_is_said_with_the_next_step(
    language: str, changes: dict[str, object], because: str
) -> None:
    with pytest.raises(NoEngine, match=f"{because}.*Next step"):
        engines.for_captions(settings(**changes), language=language)


def test_a_directory_that_is_not_there_is_known_before_it_is_loaded(tmp_path: Path) -> None:
    wanted = settings(captions_model=str(tmp_path / "none"))
    choice = engines.for_captions(wanted, language="de")
    with pytest.raises(NoEngine, match="no such directory"):
        engines.require_installed(choice, wanted)


def test_a_directory_without_a_model_is_an_error_of_ours(tmp_path: Path) -> None:
    wanted = settings(speech_models_dir=tmp_path)
    (tmp_path / "moonshine-tiny-en").mkdir()
    choice = engines.for_captions(wanted, language="en")
    with pytest.raises(NoEngine, match=r"encoder_model\.ort"):
        engines.loaded(choice, wanted)
