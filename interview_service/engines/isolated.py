"""An engine that works in processes of its own, under limits, so that nothing it does can harm the
rest of the service: input that makes it run for ever or fill the memory costs one answer.

Its processes are started by a fork server, a small process without threads that has loaded the
engine already; so one that had to be killed is replaced within milliseconds. What passes between
them and this process goes through pipes that nobody else holds.
"""

import logging
import os
import queue
import resource
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from typing import TypeVar, cast

from interview_service.domain.assessment import AssessmentDraft
from interview_service.domain.interview import Brief
from interview_service.domain.plan import PlanStructure
from interview_service.domain.transcript import Transcript
from interview_service.engines.base import Draft, Engine, EngineError

log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one plan or assessment may cost.

    :param seconds: wall clock, from the moment that a process takes it up.
    :param cpu_seconds: processor time; kept on Linux.
    :param memory_bytes: memory beyond what the process has at its start; kept on Linux.
    """

    seconds: float = 10.0
    cpu_seconds: int = 10
    memory_bytes: int = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Plan:
    brief: Brief
    feedback: tuple[str, ...]

    def done_by(self, engine: Engine) -> Draft[PlanStructure]:
        return engine.plan(self.brief, self.feedback)


@dataclass(frozen=True, slots=True)
class _Assess:
    brief: Brief
    plan: PlanStructure
    transcript: Transcript
    feedback: tuple[str, ...]

    def done_by(self, engine: Engine) -> Draft[AssessmentDraft]:
        return engine.assess(self.brief, self.plan, self.transcript, self.feedback)


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why there is no draft: `text` is safe to show; `defect` is for the log."""

    text: str
    defect: str | None = None


class IsolatedEngine:
    """Has an engine plan and assess in a pool of processes.

    :param make: makes the engine, in each process; importable by its name.
    :param processes: how many plans and assessments may be under way at the same time.
    :param preload: modules that the fork server loads once for all its processes.
    """

    def __init__(
        self,
        make: Callable[[], Engine],
        *,
        processes: int,
        limits: Limits | None = None,
        preload: Sequence[str] = (),
    ) -> None:
        self._make = make
        self._processes = processes
        self._limits = limits or Limits()
        self._context = get_context("forkserver")
        self._preload = [__name__, *preload]
        self._idle: queue.LifoQueue[_Child] = queue.LifoQueue()
        self._lock = threading.Lock()
        self._children: set[_Child] = set()
        self._started = self._stopped = False

    def start(self) -> None:
        """Start the processes, unless they were started before."""
        with self._lock:
            if self._started:
                return
            self._started = True
            self._context.set_forkserver_preload(self._preload)
            for _ in range(self._processes):
                self._idle.put(self._new_child())

    def stop(self) -> None:
        """End the processes; work that they have in hand is lost."""
        with self._lock:
            self._stopped = True
            for child in self._children:
                child.kill()

    def plan(self, brief: Brief, feedback: Sequence[str] = ()) -> Draft[PlanStructure]:
        """Draft a plan.

        :raise EngineError: the engine raised it, failed, or went beyond a limit.
        """
        return self._ask(_Plan(brief, tuple(feedback)).done_by, "plan")

    def assess(
        self,
        brief: Brief,
        plan: PlanStructure,
        transcript: Transcript,
        feedback: Sequence[str] = (),
    ) -> Draft[AssessmentDraft]:
        """Draft an assessment.

        :raise EngineError: the engine raised it, failed, or went beyond a limit.
        """
        return self._ask(_Assess(brief, plan, transcript, tuple(feedback)).done_by, "assessment")

    def _ask(self, task: Callable[[Engine], Draft[T]], noun: str) -> Draft[T]:
        self.start()
        child = self._idle.get()
        try:
            answer = child.answer(task, self._limits.seconds)
        except TimeoutError:
            answer = _Failure(f"The {noun} was not done within {self._limits.seconds:g} seconds")
        except (EOFError, OSError):
            answer = _Failure(f"The process that worked on the {noun} ended before it was done")
        except BaseException:
            self._replace(child)
            raise
        if isinstance(answer, _Failure):
            # A process that failed is not trusted with the next one: it may be out of memory.
            self._replace(child)
            if answer.defect is not None:
                log.error("the engine failed: %s", answer.defect)
            raise EngineError(answer.text)
        self._idle.put(child)
        return cast(Draft[T], answer)

    def _replace(self, child: "_Child") -> None:
        with self._lock:
            child.kill()
            self._children.discard(child)
            if not self._stopped:
                self._idle.put(self._new_child())

    def _new_child(self) -> "_Child":
        ours, theirs = self._context.Pipe()
        process = self._context.Process(
            target=_serve, args=(theirs, self._make, self._limits), name="engine", daemon=True
        )
        process.start()
        theirs.close()
        child = _Child(process, ours)
        self._children.add(child)
        return child


class _Child:
    """A process of the pool, as this process sees it."""

    def __init__(
        self, process: ForkServerProcess, connection: "Connection[object, object]"
    ) -> None:
        self._process = process
        self._connection = connection
        self._is_ready = False

    def answer(self, task: Callable[[Engine], object], seconds: float) -> object:
        """Return what the process makes of a task.

        :raise TimeoutError: it takes too long.
        :raise EOFError: it ended.
        """
        if not self._is_ready:  # the time that a start takes is not the task's
            self._receive(_START_SECONDS)
            self._is_ready = True
        self._connection.send(task)
        return self._receive(seconds)

    def _receive(self, seconds: float) -> object:
        if not self._connection.poll(seconds):
            raise TimeoutError
        return self._connection.recv()

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()
        self._connection.close()
        self._process.join()


_START_SECONDS = 60.0


def _serve(
    connection: "Connection[object, object]", make: Callable[[], Engine], limits: Limits
) -> None:
    """Work on one task after the other, in a process of the pool, until the parent has gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C in the terminal is for the parent
    engine = make()
    if sys.platform.startswith("linux"):
        _limit_memory(limits.memory_bytes)
    connection.send(None)
    while True:
        try:
            task = cast(Callable[[Engine], object], connection.recv())
        except (EOFError, OSError):
            return
        # Should the parent die meanwhile, nobody else ends a task that runs for ever.
        signal.setitimer(signal.ITIMER_REAL, limits.seconds + 1)
        if sys.platform.startswith("linux"):
            _limit_cpu(limits.cpu_seconds)
        answer = _outcome(task, engine, limits)
        signal.setitimer(signal.ITIMER_REAL, 0)
        try:
            connection.send(answer)
        except OSError:
            return


def _outcome(task: Callable[[Engine], object], engine: Engine, limits: Limits) -> object:
    try:
        return task(engine)
    except EngineError as error:
        return _Failure(str(error))
    except MemoryError:
        return _Failure(f"The engine needed more than {limits.memory_bytes >> 20} MiB of memory")
    except Exception as error:  # noqa: BLE001 (told to the parent, which logs it)
        at = error.__traceback__
        while at is not None and at.tb_next is not None:
            at = at.tb_next
        where = "" if at is None else f" at {at.tb_frame.f_code.co_filename}:{at.tb_lineno}"
        # Without its text, which may quote what a brief or transcript holds.
        return _Failure("The engine failed", f"{type(error).__name__}{where}")


def _limit_memory(beyond: int) -> None:
    pages = int(open("/proc/self/statm").read().split()[0])  # noqa: SIM115 (one read)
    most = pages * os.sysconf("SC_PAGE_SIZE") + beyond
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_cpu(seconds: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard < 0 else min(soft, hard), hard))
