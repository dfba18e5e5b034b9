"""The engine that asks a language model, any that Agno reaches.

Here are the attempts, the time limit and the judging of answers; what is asked stands in
`prompts`, how an answer is read in `answers`. Agno is imported when an engine is made, not before.

Agno's model layer is used, and not its agents: an agent turns a provider's error into text, keeps
sessions, and sends telemetry wherever AGNO_TELEMETRY says so.
"""

import asyncio
import importlib
import logging
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import urlsplit

from interview_service.domain.assessment import AssessmentResult
from interview_service.domain.interview import Brief
from interview_service.domain.plan import PlanStructure
from interview_service.domain.transcript import Transcript
from interview_service.engines import prompts
from interview_service.engines.base import Draft, EngineError, Provenance

if TYPE_CHECKING:
    from interview_service.engines.answers import Answer

MAX_BODY = 4 * 1024 * 1024
"""Bytes of an HTTP answer that are read, where the provider's client lets us count them."""

_GRACE = 5.0  # seconds for connections to close after the time limit
_MAX_REASON = 400
_OPENAI_COMPATIBLE = ("openai-compatible", "openai-like")
_KEEP_BY_DEFAULT = ("OpenAIResponses", "GeminiInteractions")
"""Agno's classes for APIs that keep what they are sent unless told not to."""

_HOPELESS = {
    401: "check the API key",
    402: "check the account's billing",
    403: "check what the API key may do",
    404: "check the model's name and the base URL",
}

T = TypeVar("T")


class AgnoEngine:
    """Drafts plans and assessments with a language model.

    :param model: `provider:model_id` as Agno names them (`openai:…`, `anthropic:…`, `ollama:…`);
        `openai:` with a base URL, or `openai-compatible:`, speaks the chat completions protocol.
    :param base_url: where the provider is, instead of its usual place.
    :param api_key: instead of the provider's own environment variable.
    :param timeout_seconds: limit of one call of `plan` or `assess`, over all its attempts.
    :param attempts: how many answers may be asked for in one call, failed requests included.
    :param make_boundary: makes the unguessable token that fences data in, anew for each call.
    :raise ValueError: the model cannot be used; the text says what to change.
    """

    def __init__(
        self,
        model: str,
        base_url: str | None,
        api_key: str | None,
        timeout_seconds: float,
        attempts: int = 2,
        make_boundary: Callable[[], str] = secrets.token_hex,
    ) -> None:
        if attempts < 1 or timeout_seconds <= 0:
            raise ValueError("attempts must be 1 or more, and the time limit over 0 seconds")
        self._model = model
        self._base_url = base_url or None
        self._api_key = api_key or None
        self._timeout = timeout_seconds
        self._attempts = attempts
        self._make_boundary = make_boundary
        self._takes_schema = True
        _new_client(self._new_model())  # what is wrong with the settings shows here

    def plan(self, brief: Brief, feedback: str | None = None) -> Draft[PlanStructure]:
        """Draft a plan; `feedback` is what a person wants changed from the one before.

        :raise EngineError: no sound plan could be had.
        """
        from interview_service.engines.answers import PlanAnswer

        return self._draft(
            _Task(
                noun="plan",
                prompt=prompts.for_plan(brief, feedback, self._make_boundary()),
                shape=PlanAnswer,
                faults=PlanStructure.faults,
                words=lambda plan: [section.name.casefold() for section in plan.sections],
            )
        )

    def assess(
        self,
        brief: Brief,
        plan: PlanStructure,
        transcript: Transcript,
        feedback: str | None = None,
    ) -> Draft[AssessmentResult]:
        """Draft an assessment; `feedback` is what a person found wrong with the one before.

        :raise EngineError: no sound assessment could be had.
        """
        from interview_service.engines.answers import AssessmentAnswer

        return self._draft(
            _Task(
                noun="assessment",
                prompt=prompts.for_assessment(
                    brief, plan, transcript, feedback, self._make_boundary()
                ),
                shape=AssessmentAnswer,
                faults=lambda result: [
                    *result.faults(transcript),
                    *_misattributed(result, transcript),
                ],
                words=_criteria,
            )
        )

    def _draft(self, task: "_Task[T]") -> Draft[T]:
        """Run the attempts in a thread of their own, and wait no longer than the time limit.

        A loop that is cancelled closes its connections; the thread is for what cannot be
        cancelled, such as a name look-up that hangs.
        """
        outcome: Future[Draft[T]] = Future()
        record = _Record()

        def work() -> None:
            try:
                outcome.set_result(asyncio.run(self._attempt_in_time(task, record)))
            except BaseException as error:  # noqa: BLE001 (handed to the caller's thread)
                outcome.set_exception(error)

        threading.Thread(target=work, name="agno-engine", daemon=True).start()
        try:
            return outcome.result(timeout=self._timeout + _GRACE)
        except TimeoutError:
            raise self._late(task, record) from None

    async def _attempt_in_time(self, task: "_Task[T]", record: "_Record") -> Draft[T]:
        model = self._new_model()
        connections = _new_client(model)
        try:
            async with asyncio.timeout(self._timeout):
                return await self._attempt(model, task, record)
        except TimeoutError:
            raise self._late(task, record) from None
        finally:
            if connections is not None:
                await connections.aclose()

    async def _attempt(self, model: Any, task: "_Task[T]", record: "_Record") -> Draft[T]:
        started = time.monotonic()
        takes_schema = self._takes_schema
        follow_up: list[tuple[str, str]] = []
        for attempt in range(1, self._attempts + 1):
            record.attempts = attempt
            answer = await _ask(model, task, follow_up, takes_schema, record)
            if isinstance(answer, _Refusal):
                record.reasons.append(answer.reason)
                if answer.is_final:
                    break
                takes_schema = takes_schema and not answer.may_be_the_schema
                continue
            self._takes_schema = takes_schema
            judged = task.judge(answer)
            if not judged.faults:
                assert judged.result is not None
                return Draft(judged.result, self._provenance(record, started))
            record.reasons.append(judged.reason)
            follow_up = [
                ("assistant", answer[: prompts.MAX_ECHO] or "(nothing)"),
                ("user", prompts.correction(judged.faults)),
            ]
        raise EngineError(
            f"no sound {task.noun} after {_times(record.attempts, 'attempt')}: {record.summary()}"
        )

    def _late(self, task: "_Task[T]", record: "_Record") -> EngineError:
        text = f"no sound {task.noun} within {self._timeout:g} seconds"
        if record.reasons:
            text += f", in attempt {record.attempts}; before that: {record.summary()}"
        return EngineError(text)

    def _provenance(self, record: "_Record", started: float) -> Provenance:
        return Provenance(
            engine="agno",
            model=self._model,
            attempts=record.attempts,
            input_tokens=record.input_tokens or None,
            output_tokens=record.output_tokens or None,
            duration_ms=round((time.monotonic() - started) * 1000),
        )

    def _new_model(self) -> Any:
        """Return Agno's model, set to ask once and to keep nothing."""
        model = _resolve(self._model, self._base_url)
        if self._base_url is not None:
            _set_base_url(model, self._model, self._base_url)
        if self._api_key is not None:
            if not hasattr(model, "api_key"):
                raise ValueError(f"{self._model!r} takes no API key")
            model.api_key = self._api_key
        if hasattr(model, "timeout"):
            model.timeout = self._timeout
        model.retries = 0
        model.retry_with_guidance_limit = 0
        if any(each.__name__ in _KEEP_BY_DEFAULT for each in type(model).__mro__):
            model.store = False
        return model


@dataclass(slots=True)
class _Record:
    """What happened so far in one call."""

    attempts: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    reasons: list[str] = field(default_factory=list)

    def summary(self) -> str:
        counts = Counter(self.reasons)
        return "; ".join(
            reason if count == 1 else f"{reason} ({count} times)"
            for reason, count in counts.items()
        )


@dataclass(frozen=True, slots=True)
class _Refusal:
    """A request that gave no answer: why, in words that are safe to show."""

    reason: str
    is_final: bool = False
    may_be_the_schema: bool = False


@dataclass(frozen=True, slots=True)
class _Judged(Generic[T]):
    """An answer as read: `faults` are for the model, `reason` is safe to show to people."""

    result: T | None
    faults: list[str]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Task(Generic[T]):
    """What one call asks for.

    :param faults: what is wrong with a result.
    :param words: the model's own words that may stand in those faults.
    """

    noun: str
    prompt: prompts.Prompt
    shape: "type[Answer[T]]"
    faults: Callable[[T], list[str]]
    words: Callable[[T], list[str]]

    def judge(self, answer: str) -> _Judged[T]:
        from interview_service.engines.answers import Unreadable, read

        try:
            result = read(answer, self.shape)
        except Unreadable as error:
            return _Judged(None, error.faults, _clipped("; ".join(error.faults)))
        faults = self.faults(result)
        return _Judged(result, faults, _clipped(_wordless("; ".join(faults), self.words(result))))


async def _ask(
    model: Any,
    task: _Task[T],
    follow_up: list[tuple[str, str]],
    takes_schema: bool,
    record: _Record,
) -> str | _Refusal:
    """Ask once; return the model's text, or why there is none."""
    from agno.models.message import Message

    turns = [("system", task.prompt.system), ("user", task.prompt.user), *follow_up]
    asked = _response_format(model, task.shape) if takes_schema else None
    try:
        response = await model.aresponse(
            messages=[Message(role=role, content=content) for role, content in turns],
            response_format=asked,
        )
    except Exception as error:  # noqa: BLE001 (each provider raises its own)
        return _refusal(error, asked_for_schema=asked is not None)
    usage = response.response_usage
    if usage is not None:
        record.input_tokens += usage.input_tokens or 0
        record.output_tokens += usage.output_tokens or 0
    return str(response.content or "").encode(errors="replace").decode()  # no lone surrogates


def _response_format(model: Any, shape: "type[Answer[T]]") -> Any:
    """Return the strictest way to ask for `shape` that the provider has, as Agno's agents do."""
    if model.supports_native_structured_outputs:
        return shape
    if model.supports_json_schema_outputs:
        schema = {"name": shape.__name__, "schema": shape.model_json_schema()}
        return {"type": "json_schema", "json_schema": schema}
    return {"type": "json_object"}


def _refusal(error: Exception, *, asked_for_schema: bool) -> _Refusal:
    """Say what became of a request. Only statuses and class names: a text may quote the prompt."""
    chain = _causes(error)
    if any(isinstance(each, _BodyTooLarge) for each in chain):
        return _Refusal(f"the server sent more than {MAX_BODY} bytes")
    foreign = [each for each in chain if not type(each).__module__.startswith("agno.")]
    status = _status(foreign) if foreign else _status(chain)
    if status is None:
        name = type((foreign or chain)[0]).__name__
        return _Refusal(f"the server gave no usable answer ({name})")
    reason = f"the server answered {status}"
    if status in _HOPELESS:
        return _Refusal(f"{reason}: {_HOPELESS[status]}", is_final=True)
    if 300 <= status < 400:
        return _Refusal(f"{reason}, a redirect: check the base URL", is_final=True)
    return _Refusal(reason, may_be_the_schema=asked_for_schema and status in (400, 422, 501))


def _causes(error: BaseException) -> list[BaseException]:
    """Return an error and what led to it; Agno makes some errors the cause of themselves."""
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain:
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    return chain


def _status(chain: list[BaseException]) -> int | None:
    statuses = (getattr(each, "status_code", None) for each in chain)
    return next((each for each in statuses if isinstance(each, int) and each >= 300), None)


def _misattributed(result: AssessmentResult, transcript: Transcript) -> list[str]:
    """Refuse an interviewer's words as evidence of what the candidate can do."""
    return [
        f"the quote for {item.criterion!r} is from turn {item.turn}, where an interviewer speaks"
        for item in result.evidence
        if 0 <= item.turn < len(transcript.turns)
        and transcript.turns[item.turn].speaker.startswith("Interviewer")
    ]


def _criteria(result: AssessmentResult) -> list[str]:
    scored = [criterion for group in result.scores.values() for criterion in group]
    return [*scored, *(item.criterion for item in result.evidence)]


def _wordless(text: str, words: list[str]) -> str:
    """Take a model's own words, which may quote a candidate, out of a text for people."""
    for word in sorted(set(words), key=len, reverse=True):
        text = text.replace(repr(word), "…")
    return text


def _clipped(text: str) -> str:
    return text if len(text) <= _MAX_REASON else text[: _MAX_REASON - 1] + "…"


def _times(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _resolve(name: str, base_url: str | None) -> Any:
    provider, colon, model_id = (part.strip() for part in name.partition(":"))
    provider = provider.lower()
    if not (provider and colon and model_id):
        raise ValueError(f"the model must be provider:model_id, such as openai:gpt-5, not {name!r}")
    try:
        from agno.models.utils import get_model
    except ImportError:
        raise ValueError(
            "the agno engine is not installed: pip install 'interview-service[agno]'"
        ) from None
    logging.getLogger("agno").setLevel(logging.CRITICAL)  # its errors quote what a server said
    try:
        if provider in _OPENAI_COMPATIBLE or (provider == "openai" and base_url is not None):
            from agno.models.openai.like import OpenAILike

            if base_url is None:
                raise ValueError(f"{provider} needs a base URL")
            return OpenAILike(id=model_id)
        return get_model(f"{provider}:{model_id}")
    except (ImportError, ValueError) as error:
        raise ValueError(f"the model {name!r} cannot be used: {error}") from None


def _set_base_url(model: Any, name: str, base_url: str) -> None:
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("the model's base URL must be an http(s) URL")
    if parts.username or parts.password:
        raise ValueError("the model's base URL must hold no user or password: set the API key")
    for attribute in ("base_url", "host", "azure_endpoint", "endpoint", "api_base"):
        if hasattr(model, attribute):
            setattr(model, attribute, base_url)
            return
    if not hasattr(model, "client_params"):
        raise ValueError(f"{name!r} takes no base URL")
    model.client_params = {**(model.client_params or {}), "base_url": base_url}


def _new_client(model: Any) -> Any:
    """Have the provider's client made, without retries of its own, redirects or endless answers.

    :return: its HTTP connections, to be closed; None for a provider without a client of this kind.
    :raise ValueError: the client cannot be made, for want of a key as a rule.
    """
    if not hasattr(model, "get_async_client"):
        return None
    try:
        client = model.get_async_client()
    except Exception as error:  # noqa: BLE001 (each provider raises its own)
        raise ValueError(f"the model cannot be used: {error}") from None
    if _lacks_a_key(client):
        raise ValueError("the model cannot be used: ANTHROPIC_API_KEY not set")
    if hasattr(client, "max_retries"):
        client.max_retries = 0
    connections: Any = getattr(client, "_client", None)  # no SDK has a public name for it
    if not hasattr(connections, "event_hooks"):
        return None
    connections.follow_redirects = False
    hooks = connections.event_hooks
    connections.event_hooks = {**hooks, "response": [*hooks["response"], _limit_body]}
    return connections


def _lacks_a_key(client: Any) -> bool:
    """Tell whether this is Anthropic's client without a key, which is made all the same."""
    means = ("api_key", "auth_token", "credentials")
    return hasattr(client, "auth_token") and not any(getattr(client, each, None) for each in means)


class _BodyTooLarge(Exception):
    """An HTTP answer has more than MAX_BODY bytes."""


async def _limit_body(response: Any) -> None:
    """Cut an HTTP answer (of httpx, or of httpx2, its successor) off at MAX_BODY bytes."""
    library = importlib.import_module(type(response).__module__.partition(".")[0])
    whole = response.stream

    class LimitedStream(library.AsyncByteStream):  # type: ignore[misc, name-defined]
        async def __aiter__(self) -> Any:
            size = 0
            async for chunk in whole:
                size += len(chunk)
                if size > MAX_BODY:
                    raise _BodyTooLarge
                yield chunk

        async def aclose(self) -> None:
            await whole.aclose()

    response.stream = LimitedStream()
