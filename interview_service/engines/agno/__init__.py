"""The engine that asks a language model, any that Agno reaches.

Here are the attempts, the time limit and the judging of answers; what is asked stands in
`prompts`, how an answer is read in `answers`, how a provider is reached in `provider`. Agno is
imported when an engine is made, not before.
"""

import asyncio
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from interview_service.domain.assessment import AssessmentDraft
from interview_service.domain.interview import Brief
from interview_service.domain.plan import PlanStructure
from interview_service.domain.transcript import Transcript
from interview_service.engines.agno import prompts
from interview_service.engines.agno.judging import (
    Assessor,
    ModelAnswer,
    plan_faults,
    words_of_plan,
)
from interview_service.engines.agno.provider import (
    Budget,
    Refusal,
    new_client,
    new_model,
    refusal_of,
    response_format,
)
from interview_service.engines.base import Draft, EngineError, Provenance
from interview_service.engines.builtin.binder import binder_of

if TYPE_CHECKING:
    from interview_service.engines.agno.answers import Answer

_GRACE = 5.0  # seconds for connections to close after the time limit
_MAX_REASON = 400

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
        new_client(self._new_model(), Budget())  # what is wrong with the settings shows here

    def plan(self, brief: Brief, feedback: Sequence[str] = ()) -> Draft[PlanStructure]:
        """Draft a plan; `feedback` is what people wanted changed so far, oldest first.

        :raise EngineError: no sound plan could be had.
        """
        from interview_service.engines.agno.answers import PlanAnswer

        return self._draft(
            _Task(
                noun="plan",
                prompt=prompts.for_plan(brief, feedback, self._make_boundary()),
                shape=PlanAnswer,
                faults=plan_faults,
                words=words_of_plan,
            )
        )

    def assess(
        self,
        brief: Brief,
        plan: PlanStructure,
        transcript: Transcript,
        feedback: Sequence[str] = (),
    ) -> Draft[AssessmentDraft]:
        """Draft an assessment; `feedback` is what people found wrong so far, oldest first.

        Coverage and quotes are the builtin binder's, with the quotes that the model adds.

        :raise EngineError: no sound assessment could be had.
        """
        from interview_service.engines.agno.answers import AssessmentAnswer

        assessor = Assessor(plan, transcript, binder_of(brief, plan, transcript, feedback))
        boundary = self._make_boundary()
        answered = self._draft(
            _Task(
                noun="assessment",
                prompt=prompts.for_assessment(brief, plan, assessor.shown, feedback, boundary),
                shape=AssessmentAnswer,
                faults=assessor.faults,
                words=ModelAnswer.words,
            )
        )
        return Draft(assessor.draft_of(answered.result), answered.provenance)

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
        budget = Budget()
        connections = new_client(model, budget)
        try:
            async with asyncio.timeout(self._timeout):
                return await self._attempt(model, budget, task, record)
        except TimeoutError:
            raise self._late(task, record) from None
        finally:
            if connections is not None:
                await connections.aclose()

    async def _attempt(
        self, model: Any, budget: Budget, task: "_Task[T]", record: "_Record"
    ) -> Draft[T]:
        started = time.monotonic()
        takes_schema = self._takes_schema
        follow_up: list[tuple[str, str]] = []
        for attempt in range(1, self._attempts + 1):
            record.attempts = attempt
            budget.allow_one()
            answer = await _ask(model, task, follow_up, takes_schema, record)
            if isinstance(answer, Refusal):
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
        return new_model(self._model, self._base_url, self._api_key, self._timeout)


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
        from interview_service.engines.agno.answers import Unreadable, read

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
) -> str | Refusal:
    """Ask once; return the model's text, or why there is none."""
    from agno.models.message import Message

    turns = [("system", task.prompt.system), ("user", task.prompt.user), *follow_up]
    asked = response_format(model, task.shape) if takes_schema else None
    try:
        response = await model.aresponse(
            messages=[Message(role=role, content=content) for role, content in turns],
            response_format=asked,
        )
    except Exception as error:  # noqa: BLE001 (each provider raises its own)
        return refusal_of(error, asked_for_schema=asked is not None)
    usage = response.response_usage
    if usage is not None:
        record.input_tokens += usage.input_tokens or 0
        record.output_tokens += usage.output_tokens or 0
    return str(response.content or "").encode(errors="replace").decode()  # no lone surrogates


def _wordless(text: str, words: list[str]) -> str:
    """Take a model's own words, which may quote a candidate, out of a text for people."""
    for word in sorted(set(words), key=len, reverse=True):
        text = text.replace(repr(word), "…")
    return text


def _clipped(text: str) -> str:
    return text if len(text) <= _MAX_REASON else text[: _MAX_REASON - 1] + "…"


def _times(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
