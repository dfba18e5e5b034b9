"""An engine in processes of its own: whatever it does costs one answer, and the pool recovers."""

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from interview_service.domain.interview import Brief, Level
from interview_service.domain.transcript import Transcript, Turn
from interview_service.engines.base import Draft, EngineError, Provenance
from interview_service.engines.builtin import BuiltinEngine
from interview_service.engines.isolated import IsolatedEngine, Limits
from tests.engines import GoodEngine, plan_of

PATIENCE_SECONDS = 60
MIB = 1024 * 1024
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a limit of Linux")


class Behaving(GoodEngine):
    """Does what the position of the brief says; else answers with its process id."""

    def plan(self, brief: Brief, feedback: Sequence[str] = ()) -> Draft:  # type: ignore[type-arg]
        verb, _, amount = brief.position.partition(" ")
        if verb == "burn":
            while True:
                pass
        if verb == "hang":
            signal.pause()
        if verb == "allocate":
            wanted = int(amount) * MIB
            kept = bytearray(wanted)
            assert len(kept) == wanted
        if verb == "nest":
            kept_for_ever: list[bytes] = []
            while True:
                kept_for_ever.append(bytes(MIB))
        if verb == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if verb == "leave":
            os._exit(0)
        if verb == "exit":
            sys.exit(3)
        if verb == "fail":
            raise ValueError("a secret of the brief")
        if verb == "refuse":
            raise EngineError("No sound plan")
        return Draft(plan_of(brief, feedback), Provenance(str(os.getpid())))


def brief(position: str = "work") -> Brief:
    return Brief(position=position, level=Level.MID, skills=("Python",))


@pytest.fixture
def engine() -> Iterator[IsolatedEngine]:
    engine = IsolatedEngine(
        Behaving, processes=1, limits=Limits(seconds=1.0), preload=[Behaving.__module__]
    )
    yield engine
    engine.stop()


def process_of(engine: IsolatedEngine) -> str:
    """Return the id of the process that does the next piece of work."""
    return engine.plan(brief()).provenance.engine


def test_one_process_does_one_piece_of_work_after_the_other(engine: IsolatedEngine) -> None:
    first = process_of(engine)
    assert first != str(os.getpid())
    assert [process_of(engine) for _ in range(3)] == [first] * 3


def test_drafts_and_wishes_cross_over_whole(engine: IsolatedEngine) -> None:
    wishes = ("Shorter", "Über 1 million \N{SNOWMAN}")
    plan = engine.plan(brief(), wishes).result
    assert plan == plan_of(brief(), wishes)
    said = Transcript((Turn("Candidate", "I did.", None),))
    draft = engine.assess(brief(), plan, said, wishes)
    assert draft == GoodEngine().assess(brief(), plan, said, wishes)


@pytest.mark.parametrize(
    ("position", "told"),
    [
        ("burn", "The plan was not done within 1 seconds"),
        ("hang", "The plan was not done within 1 seconds"),
        ("die", "The process that worked on the plan ended before it was done"),
        ("leave", "The process that worked on the plan ended before it was done"),
        ("exit", "The process that worked on the plan ended before it was done"),
        ("fail", "The engine failed"),
        ("refuse", "No sound plan"),
        pytest.param("allocate 300", "The engine needed more than 256 MiB of memory", marks=linux),
        pytest.param("nest", "The engine needed more than 256 MiB of memory", marks=linux),
    ],
)
def test_what_goes_wrong_is_told_and_the_next_piece_of_work_is_done_by_another_process(
    engine: IsolatedEngine, position: str, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = process_of(engine)
    with pytest.raises(EngineError) as raised:
        engine.plan(brief(position))
    assert str(raised.value) == told
    assert process_of(engine) != before
    with pytest.raises(ProcessLookupError):
        os.kill(int(before), 0)
    assert "secret" not in caplog.text


def test_memory_within_the_limit_is_to_be_had(engine: IsolatedEngine) -> None:
    assert engine.plan(brief("allocate 100"))
    assert engine.plan(brief("allocate 100"))


def test_work_that_hangs_holds_up_nobody_elses() -> None:
    engine = IsolatedEngine(
        Behaving, processes=2, limits=Limits(seconds=30.0), preload=[Behaving.__module__]
    )
    engine.start()
    with ThreadPoolExecutor(1) as pool:
        try:
            hanging = pool.submit(engine.plan, brief("hang"))
            assert len({process_of(engine) for _ in range(5)}) <= 2
            assert not hanging.done()
        finally:
            engine.stop()
        assert isinstance(hanging.exception(PATIENCE_SECONDS), EngineError)


def test_the_builtin_engine_answers_as_it_does_in_the_same_process() -> None:
    engine = IsolatedEngine(BuiltinEngine, processes=1)
    try:
        wishes = ("More about testing",)
        assert engine.plan(brief(), wishes).result == BuiltinEngine().plan(brief(), wishes).result
    finally:
        engine.stop()
