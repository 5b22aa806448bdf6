"""Settings of speech and language: captions, transcripts, an own model. A part of `config.Settings`."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel

from stentor.config_table import setting


class WordsSettings(BaseModel):
    """What is made of what was said."""

    # ── speech ──
    captions_engine: Literal["auto", "off", "moonshine", "whisper"] = setting(
        "auto",
        "engine",
        "Live captions. auto: moonshine for English if it is installed, else whisper.",
    )
    captions_model: str = setting(
        "",
        "model",
        "whisper-tiny.en, whisper-base, or a directory with a faster-whisper model. Empty: the engine's own.",
    )
    transcript_engine: Literal["auto", "off", "whisper", "moonshine"] = setting(
        "auto",
        "engine",
        "The transcript, made behind the Space. auto: whisper; none when it is not installed.",
    )
    transcript_model: str = setting(
        "",
        "model",
        "whisper-tiny.en, whisper-base, or a directory of one's own. Empty: tiny.en for English, else base.",
    )
    speech_models_dir: Path | None = setting(
        None,
        "directory",
        "Models of speech, a folder each, looked into before the packages of the extra [speech].",
    )

    # ── a language model of one's own choice ──
    llm_url: str = setting(
        "",
        "URL",
        "An OpenAI-compatible endpoint that writes briefs and translates, such as http://127.0.0.1:11434/v1. "
        "It is sent transcripts and speakers' names. Empty: nothing is sent, briefs are extractive.",
        pattern=r"^(https?://[^\s/]+(/\S*)?)?$",
    )
    llm_model: str = setting("", "model", "As the endpoint names it. Needed with llm_url.")
    llm_key_file: Path | None = setting(
        None, "file", "The endpoint's key, readable by this user only. Empty: it wants none."
    )
    llm_timeout_s: float = setting(
        180.0,
        "s",
        "An answer that takes longer is given up; then the extractive brief stays. Small machines are slow.",
        ge=1,
        le=3600,
    )
    llm_request_chars: int = setting(
        24_000,
        "characters",
        "Of a transcript in one request; four are about a token, and the answer needs room as well.",
        ge=1_000,
        le=2_000_000,
    )
    llm_brief_s: float = setting(
        900.0,
        "s",
        "A model's whole brief; after that the extractive one, which is there at once, stays.",
        ge=1,
        le=86_400,
    )
    llm_requests_max: int = setting(
        40,
        "requests",
        "For one brief: what a talk without end may cost. Of a longer one the extractive brief stays.",
        ge=2,
        le=1_000,
    )
