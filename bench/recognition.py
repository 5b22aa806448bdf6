"""How many words each engine hears wrongly and what that costs: on the debate and on human speech.

    python bench/recognition.py [--models moonshine-tiny-en,whisper-tiny.en,whisper-base]

All sound is cut by our own voice activity, as captions and transcript cut it. The debate is two synthetic
voices, clean, once without and once with hints (its title and names). The prompts are one human speaker on a
telephone.
Cost: CPU seconds per second of sound that the engine was given.
"""

import argparse
import json
import subprocess
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

import prompts
from stage_house import Result, report
from stentor.config import Settings
from stentor.formats.voice import VoicePacket
from stentor.limits import OPUS_FRAME_SAMPLES, OPUS_FRAMES_PER_CHUNK
from stentor.process import give_way
from stentor.rehearsal.opus_file import speech_of
from stentor.scribe.speech import engines
from stentor.scribe.speech.activity import FRAME_SAMPLES, VoiceActivity, loaded
from stentor.scribe.speech.cutting import spans_of
from stentor.scribe.speech.decoding import heard
from stentor.scribe.speech.plausible import is_plausible
from stentor.scribe.speech.port import HEARING_RATE_HZ, Recogniser, Samples
from stentor.scribe.speech.weights import SILERO_VAD
from word_errors import Errors, word_errors

ROOT = Path(__file__).resolve().parent.parent
DEBATE = ROOT / "src" / "stentor" / "data" / "debate"
HINTS = ("Should our city make its buses free?", "Tallinn", "Maya", "Daniel")
SETTINGS = Settings(data_dir=ROOT / "build" / "recognition")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--models", default="moonshine-tiny-en,whisper-tiny.en,whisper-base")
    arguments = parser.parse_args()
    give_way(nice=10)
    voices = {name: utterances(name) for name in ("Maya", "Daniel")}
    truth = {name: said(name) for name in voices}
    people = human()
    results: list[Result] = []
    for model in arguments.models.split(","):
        engine = recogniser(model)
        for label, hints in (("debate", ()), ("debate, with hints", HINTS)):
            found = [understood(engine, voices[name], hints) for name in voices]
            errors = sum(
                (word_errors(truth[name], text) for name, (text, _) in zip(voices, found, strict=True)),
                Errors(0, 0),
            )
            results.append((f"{model}: {label}, words wrong", errors.percent, "%", ""))
        sounds = [sound for name in voices for sound in voices[name]]
        cost = sum(cost_s for _, cost_s in found) / seconds(sounds)
        results.append((f"{model}: debate, CPU per second of sound", cost, "s", ""))
        results += on_prompts(model, engine, people)
    report("recognition", results)


def on_prompts(model: str, engine: Recogniser, people: Sequence[tuple[list[Samples], str]]) -> list[Result]:
    if not people:
        return []
    found = [(*understood(engine, sounds, ()), text) for sounds, text in people]
    errors = sum((word_errors(text, heard) for heard, _, text in found), Errors(0, 0))
    cost = sum(cost_s for _, cost_s, _ in found) / seconds(sound for sounds, _ in people for sound in sounds)
    return [
        (f"{model}: {len(people)} human prompts, words wrong", errors.percent, "%", ""),
        (f"{model}: {len(people)} human prompts, CPU per second of sound", cost, "s", ""),
    ]


def understood(engine: Recogniser, sounds: Sequence[Samples], hints: Sequence[str]) -> tuple[str, float]:
    """What the engine understood, without what it cannot have heard; and its CPU seconds."""
    texts, begin_s = [], time.process_time()
    for sound in sounds:
        found = engine.recognise(sound, hints=hints)
        if is_plausible(found, length_ms=1000 * len(sound) // HEARING_RATE_HZ):
            texts.append(found.text)
    return " ".join(texts), time.process_time() - begin_s


def utterances(name: str) -> list[Samples]:
    """What one voice of the debate says."""
    packets = speech_of(DEBATE / f"{name.lower()}.opus").packets
    starts = range(0, len(packets), OPUS_FRAMES_PER_CHUNK)
    chunks = (
        (
            number,
            [
                VoicePacket(at * OPUS_FRAME_SAMPLES, packet)
                for at, packet in enumerate(packets[start : start + OPUS_FRAMES_PER_CHUNK])
            ],
        )
        for number, start in enumerate(starts)
    )
    return cut(np.concatenate([samples for _, samples in heard(chunks)]))


def cut(sound: Samples) -> list[Samples]:
    whole = sound[: len(sound) // FRAME_SAMPLES * FRAME_SAMPLES]
    activity = VoiceActivity(loaded(engines.model_folder(SILERO_VAD, SETTINGS)))
    return [
        whole[span.first * FRAME_SAMPLES : (span.last + 1) * FRAME_SAMPLES]
        for span in spans_of(activity.feed(whole))
    ]


def said(name: str) -> str:
    """Without the back-channel, which is no word."""
    turns = json.loads((DEBATE / "truth.json").read_text())
    return " ".join(text for who, _, _, text in turns if who == name and text != "Mm hmm.")


def recogniser(model: str) -> Recogniser:
    engine = engines.MOONSHINE if model.startswith("moonshine") else engines.WHISPER
    return engines.loaded(engines.chosen(engine, model, language="en"), SETTINGS)


def human() -> list[tuple[list[Samples], str]]:
    try:
        return [(cut(sound), text) for sound, text in prompts.prompts()]
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"# no human prompts: {error}")
        return []


def seconds(sounds: Iterable[Samples]) -> float:
    return sum(len(sound) for sound in sounds) / HEARING_RATE_HZ


if __name__ == "__main__":
    main()
