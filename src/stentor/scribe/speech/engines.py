"""Which engine hears: a setting and a language in, a recogniser with its weights out.

Comes in: the settings' names. Goes out: a choice, which costs nothing and can be shown by `stentor doctor`,
and the engine itself. Never: an engine that was not asked for in place of one that is missing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from stentor.config import Settings
from stentor.errors import NoEngine
from stentor.scribe.speech.moonshine import Moonshine
from stentor.scribe.speech.port import Recogniser
from stentor.scribe.speech.weights import (
    INSTALL,
    MOONSHINE_TINY_EN,
    WHISPER_BASE,
    WHISPER_TINY_EN,
    Weights,
    folder_of,
    is_there,
    named,
    own_folder,
)
from stentor.scribe.speech.whisper import Whisper

AUTO = "auto"
MOONSHINE = "moonshine"
WHISPER = "whisper"
_ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Choice:
    """An engine, the model that it loads, the language that it listens for.

    Args:
        model: one that is known by its hashes, or a directory that the operator has named.
    """

    engine: str
    model: Weights | Path
    language: str

    @property
    def label(self) -> str:
        return self.model.name


def for_captions(settings: Settings, *, language: str) -> Choice:
    """Who makes live captions: for English moonshine where it is installed, else whisper.

    Raises: NoEngine: switched off, or the engine does not know the language.
    """
    engine: str = settings.captions_engine
    if engine == "off":
        raise NoEngine("Captions", because="captions_engine is off", next_step="set it to auto")
    if engine == AUTO:
        has_moonshine = is_there(MOONSHINE_TINY_EN, own=settings.speech_models_dir)
        engine = automatic(language, model=settings.captions_model, has_moonshine=has_moonshine)
    return chosen(engine, settings.captions_model, language=language)


def for_transcript(settings: Settings, *, language: str) -> Choice:
    """Who makes the transcript, which may take its time: whisper, the better ear.

    Raises: NoEngine: switched off, or the engine does not know the language.
    """
    engine: str = settings.transcript_engine
    if engine == "off":
        raise NoEngine("The transcript", because="transcript_engine is off", next_step="set it to auto")
    return chosen(WHISPER if engine == AUTO else engine, settings.transcript_model, language=language)


def automatic(language: str, *, model: str, has_moonshine: bool) -> str:
    """What `auto` means for captions. Moonshine's package has no wheel for every machine."""
    return MOONSHINE if primary(language) == _ENGLISH and not model and has_moonshine else WHISPER


def chosen(engine: str, model: str, *, language: str) -> Choice:
    """What the settings' words mean. Raises: NoEngine: the model does not know the language.

    Args:
        model: a name from `weights.py`, a directory, or empty for the engine's own.
    """
    found = _default(engine, language) if not model else named(model) or Path(model).expanduser()
    if isinstance(found, Weights) and found.languages and primary(language) not in found.languages:
        raise NoEngine(
            f"The model {found.name}",
            because=f"it hears {', '.join(found.languages)}, not {language}",
            next_step="choose whisper-base, or a directory with a model of that language",
        )
    return Choice(engine, found, primary(language))


def loaded(choice: Choice, settings: Settings) -> Recogniser:
    """The engine, ready to hear. Raises: NoEngine, EngineFailed. Bounds: a second; blocks."""
    build = _BUILDERS.get(choice.engine)
    if build is None:
        known = ", ".join(_BUILDERS)
        raise NoEngine(f"The engine {choice.engine}", because="it is unknown", next_step=f"one of {known}")
    return build(model_folder(choice.model, settings), choice)


def model_folder(model: Weights | Path, settings: Settings) -> Path:
    """Where a model lies, checked. Raises: NoEngine."""
    if isinstance(model, Path):
        return own_folder(model)
    return folder_of(model, own=settings.speech_models_dir, made=settings.models_dir)


def require_installed(choice: Choice, settings: Settings) -> None:
    """What can be known without loading anything. Raises: NoEngine."""
    if isinstance(choice.model, Path):
        own_folder(choice.model)
    elif not is_there(choice.model, own=settings.speech_models_dir):
        raise NoEngine(f"The model {choice.label}", because="it is not installed", next_step=INSTALL)


def primary(language: str) -> str:
    """`en-GB` → `en`."""
    return language.partition("-")[0].lower()


def _default(engine: str, language: str) -> Weights:
    if engine == MOONSHINE:
        return MOONSHINE_TINY_EN
    return WHISPER_TINY_EN if primary(language) == _ENGLISH else WHISPER_BASE


def _moonshine(folder: Path, _choice: Choice) -> Recogniser:
    return Moonshine(folder)


def _whisper(folder: Path, choice: Choice) -> Recogniser:
    return Whisper(folder, model=choice.label, language=choice.language)


_BUILDERS: Mapping[str, Callable[[Path, Choice], Recogniser]] = {MOONSHINE: _moonshine, WHISPER: _whisper}
