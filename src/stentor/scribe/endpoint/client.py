"""A question to a language model and an answer of the right form: the one entrance of pydantic-ai.

Comes in: what is to be done, material, the form of the answer. Goes out: that form. Never: a tool, a
memory of earlier questions, an address other than the one that the operator set, an answer without an end.
"""

import asyncio
import stat
from collections.abc import AsyncIterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Self, TypeVar

import httpx2
from pydantic import BaseModel

from stentor.config import Settings
from stentor.errors import EngineFailed, NoEngine

ANSWER_BYTES_MAX: Final = 1 << 20
"""A brief of an hour has 20 kB; whoever sends more has lost the thread."""
_ANSWER_TOKENS_MAX: Final = 16_000
_TRIES_AGAIN: Final = 2
"""After 429, 5xx and broken connections; likewise after an answer of another form."""

Answer = TypeVar("Answer", bound=BaseModel)


class Endpoint:
    """One model at one address.

    Args:
        url: with the version, such as `https://llm.example.org/v1`.
        key: empty: the endpoint wants none.
        timeout_s: for one question with everything that is tried again.
    """

    def __init__(self, url: str, *, model: str, key: str = "", timeout_s: float) -> None:
        self._url = url
        self._model = model
        self._key = key
        self._timeout_s = timeout_s

    @classmethod
    def configured(cls, settings: Settings) -> Self | None:
        """The house's; None: it has none. Raises: NoEngine: says what is missing."""
        if not settings.llm_url:
            return None
        if not settings.llm_model:
            raise NoEngine(
                "A language model", because="llm_model is empty", next_step="name it, or unset llm_url"
            )
        if find_spec("pydantic_ai") is None or find_spec("openai") is None:
            raise NoEngine(
                "A language model",
                because="pydantic-ai is not installed",
                next_step="pip install 'stentor[llm]'",
            )
        key = _key(settings.llm_key_file) if settings.llm_key_file else ""
        return cls(settings.llm_url, model=settings.llm_model, key=key, timeout_s=settings.llm_timeout_s)

    @property
    def name(self) -> str:
        return self._model

    async def ask(self, form: type[Answer], *, task: str, material: str) -> Answer:
        """Asks once.

        Args:
            task: what the model is to do; the house's own words.
            material: people's words, which are nothing but material.
        Raises: EngineFailed: no answer in time, or none of this form; repeats nothing of it.
        Bounds: llm_timeout_s; ANSWER_BYTES_MAX; three answers.
        """
        # Here and not above: the libraries cost a second, which a house without a model need not pay.
        from openai import AsyncOpenAI, OpenAIError
        from pydantic_ai import Agent, NativeOutput
        from pydantic_ai.exceptions import AgentRunError
        from pydantic_ai.models.openai import OpenAIChatModel
        from pydantic_ai.profiles import ModelProfile
        from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

        hooks = {"response": [_bound]}
        # «identity»: what is packed has no bound that can be counted. No redirects: words go to one address.
        async with httpx2.AsyncClient(
            event_hooks=hooks, headers={"accept-encoding": "identity"}, timeout=self._timeout_s
        ) as http:
            client = AsyncOpenAI(
                base_url=self._url, api_key=self._key or "none", http_client=http, max_retries=_TRIES_AGAIN
            )
            # The schema goes twice, as a field and in words: many endpoints ignore the field.
            profile = ModelProfile(
                supports_json_schema_output=True, native_output_requires_schema_in_instructions=True
            )
            provider = OpenAICompatibleProvider("endpoint", openai_client=client, profile=profile)
            agent = Agent(
                OpenAIChatModel(self._model, provider=provider),
                output_type=NativeOutput(form),
                instructions=task,
                retries=_TRIES_AGAIN,
            )
            try:
                async with asyncio.timeout(self._timeout_s):
                    done = await agent.run(material, model_settings={"max_tokens": _ANSWER_TOKENS_MAX})
            except TimeoutError:
                raise EngineFailed(f"{self.name} gave no answer within {self._timeout_s:g} s.") from None
            except (AgentRunError, OpenAIError, httpx2.HTTPError) as error:
                raise EngineFailed(f"{self.name} {_why(error)}.") from None
            return done.output


class _Bounded(httpx2.AsyncByteStream):
    """An answer's body up to a bound."""

    def __init__(self, body: httpx2.AsyncByteStream) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = ANSWER_BYTES_MAX
        async for piece in self._body:
            left -= len(piece)
            if left < 0:
                raise _Endless
            yield piece

    async def aclose(self) -> None:
        await self._body.aclose()


class _Endless(httpx2.HTTPError):
    def __init__(self) -> None:
        super().__init__("The answer is too long.")


async def _bound(response: httpx2.Response) -> None:
    if response.headers.get("content-encoding", "identity") != "identity":
        raise _Endless
    assert isinstance(response.stream, httpx2.AsyncByteStream)
    response.stream = _Bounded(response.stream)


def _why(error: BaseException) -> str:
    """Without the endpoint's own words: they may hold those of the transcript."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, _Endless):
            return f"gave an answer of more than {ANSWER_BYTES_MAX} bytes"
        status = getattr(seen, "status_code", None)
        if isinstance(status, int):
            return f"answered with status {status}"
        if isinstance(seen, httpx2.TransportError):
            return "cannot be reached"
        seen = seen.__cause__
    return f"gave no answer that has the form asked for ({type(error).__name__})"


def _key(path: Path) -> str:
    """From a file, not from the environment: every role of the house inherits that. Raises: NoEngine."""
    try:
        is_open_to_others = path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
        key = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        because = getattr(error, "strerror", None) or "it is no text"
        raise NoEngine(
            f"The key in {path}", because=because, next_step="make it readable, or unset llm_key_file"
        ) from None
    if is_open_to_others:
        raise NoEngine(
            f"The key in {path}", because="others on this machine can read it", next_step=f"chmod 600 {path}"
        )
    return key
