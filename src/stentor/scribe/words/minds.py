"""Which engines write the brief and translate: what the settings name, and always the extractive one."""

from collections.abc import Sequence

import structlog

from stentor.config import Settings
from stentor.errors import NoEngine
from stentor.scribe.brief.extractive import Extractive
from stentor.scribe.brief.port import Briefer, Translator
from stentor.scribe.endpoint.briefer import ModelBriefer
from stentor.scribe.endpoint.client import Endpoint
from stentor.scribe.endpoint.translator import ModelTranslator
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
    try:
        endpoint = Endpoint.configured(settings)
    except NoEngine as error:
        log.warning("no language model: nothing is sent or translated", because=error.detail)
        endpoint = None
    if endpoint is None:
        return (Extractive(model),)
    by_model = ModelBriefer(
        endpoint,
        request_chars=settings.llm_request_chars,
        requests_max=settings.llm_requests_max,
        brief_s=settings.llm_brief_s,
    )
    return (by_model, Extractive(model))


def translator(settings: Settings) -> Translator | None:
    """None: the house has none, or it lacks something, which `briefers` has said."""
    try:
        endpoint = Endpoint.configured(settings)
    except NoEngine:
        return None
    if endpoint is None:
        return None
    return ModelTranslator(endpoint, request_chars=settings.llm_request_chars)
