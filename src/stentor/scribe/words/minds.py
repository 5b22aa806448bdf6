"""Which engines write the brief: what the settings name, and always the extractive one."""

from collections.abc import Sequence

import structlog

from stentor.config import Settings
from stentor.errors import NoEngine
from stentor.scribe.brief.extractive import Extractive
from stentor.scribe.brief.port import Briefer
from stentor.scribe.speech.engines import model_folder
from stentor.scribe.speech.weights import MINILM

log = structlog.get_logger()


def briefers(settings: Settings) -> Sequence[Briefer]:
    """By preference. Bounds: reads the sentence model's weights once, 23 MB."""
    try:
        model = model_folder(MINILM, settings)
    except NoEngine as error:
        log.info("briefs compare sentences by their words", because=error.because)
        model = None
    return (Extractive(model),)
