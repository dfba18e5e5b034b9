"""How a provider is reached: Agno's model and its client, held to one request at a time.

Agno's model layer is used, and not its agents: an agent turns a provider's error into text, keeps
sessions, and sends telemetry wherever AGNO_TELEMETRY says so.
"""

import functools
import importlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from interview_service.engines.agno.answers import Answer

MAX_BODY = 4 * 1024 * 1024
"""Bytes of an HTTP answer that are read, where the provider's client lets us count them."""

_OPENAI_COMPATIBLE = ("openai-compatible", "openai-like")
_KEEP_BY_DEFAULT = ("OpenAIResponses", "GeminiInteractions")
"""Agno's classes for APIs that keep what they are sent unless told not to."""

_HOPELESS = {
    401: "check the API key",
    402: "check the account's billing",
    403: "check what the API key may do",
    404: "check the model's name and the base URL",
}
_CALLS = ("invoke", "ainvoke", "invoke_stream", "ainvoke_stream")
"""The methods of Agno's models that send a request."""

T = TypeVar("T")


class BudgetSpent(Exception):
    """The library would send another request where only one was allowed."""


class Budget:
    """Counts the requests that leave, and stops those that nobody allowed.

    A model that answers with calls of tools, which it has none of, is asked again and again by the
    library; each of these would be a request that is paid for.
    """

    def __init__(self) -> None:
        self._calls = 0
        self._requests = 0

    def allow_one(self) -> None:
        """Allow one request from now on, whatever was left before."""
        self._calls = self._requests = 1

    def call(self) -> None:
        """Count a call of the model.

        :raise BudgetSpent: none is left.
        """
        if self._calls < 1:
            raise BudgetSpent
        self._calls -= 1

    async def request(self, request: object) -> None:
        """Count an HTTP request, as a hook of the client that sends it.

        :raise BudgetSpent: none is left.
        """
        if self._requests < 1:
            raise BudgetSpent
        self._requests -= 1


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that gave no answer: why, in words that are safe to show."""

    reason: str
    is_final: bool = False
    may_be_the_schema: bool = False


def new_model(name: str, base_url: str | None, api_key: str | None, timeout: float) -> Any:
    """Return Agno's model, set to ask once and to keep nothing.

    :raise ValueError: the model cannot be used; the text says what to change.
    """
    model = _resolve(name, base_url)
    if base_url is not None:
        _set_base_url(model, name, base_url)
    if api_key is not None:
        if not hasattr(model, "api_key"):
            raise ValueError(f"{name!r} takes no API key")
        model.api_key = api_key
    if hasattr(model, "timeout"):
        model.timeout = timeout
    model.retries = 0
    model.retry_with_guidance_limit = 0
    if any(each.__name__ in _KEEP_BY_DEFAULT for each in type(model).__mro__):
        model.store = False
    return model


def response_format(model: Any, shape: "type[Answer[T]]") -> Any:
    """Return the strictest way to ask for `shape` that the provider has, as Agno's agents do."""
    if model.supports_native_structured_outputs:
        return shape
    if model.supports_json_schema_outputs:
        schema = {"name": shape.__name__, "schema": shape.model_json_schema()}
        return {"type": "json_schema", "json_schema": schema}
    return {"type": "json_object"}


def refusal_of(error: Exception, *, asked_for_schema: bool) -> Refusal:
    """Say what became of a request. Only statuses and class names: a text may quote the prompt."""
    chain = _causes(error)
    if any(isinstance(each, _BodyTooLarge) for each in chain):
        return Refusal(f"the server sent more than {MAX_BODY} bytes")
    if any(isinstance(each, BudgetSpent) for each in chain):
        return Refusal("the model called tools instead of answering")
    foreign = [each for each in chain if not type(each).__module__.startswith("agno.")]
    status = _status(foreign) if foreign else _status(chain)
    if status is None:
        name = type((foreign or chain)[0]).__name__
        return Refusal(f"the server gave no usable answer ({name})")
    reason = f"the server answered {status}"
    if status in _HOPELESS:
        return Refusal(f"{reason}: {_HOPELESS[status]}", is_final=True)
    if 300 <= status < 400:
        return Refusal(f"{reason}, a redirect: check the base URL", is_final=True)
    return Refusal(reason, may_be_the_schema=asked_for_schema and status in (400, 422, 501))


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


def new_client(model: Any, budget: Budget) -> Any:
    """Have the provider's client made, without retries of its own, redirects or endless answers.

    Requests are counted twice: where the model is called, which every provider has, and where they
    leave, which counts what a provider's own client would send besides.

    :return: its HTTP connections, to be closed; None for a provider without a client of this kind.
    :raise ValueError: the client cannot be made, for want of a key as a rule.
    """
    for name in _CALLS:
        setattr(model, name, _counted(getattr(model, name), budget))
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
    connections.event_hooks = {
        "request": [*hooks["request"], budget.request],
        "response": [*hooks["response"], _limit_body],
    }
    return connections


def _counted(call: Callable[..., Any], budget: Budget) -> Callable[..., Any]:
    @functools.wraps(call)
    def counted(*args: Any, **options: Any) -> Any:
        budget.call()
        return call(*args, **options)

    return counted


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
