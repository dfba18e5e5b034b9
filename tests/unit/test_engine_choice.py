"""The engine is the one that the settings name, or the start says in one line why not."""

import subprocess
import sys

import pytest

from interview_service.domain.interview import Brief, Level
from interview_service.engines import EngineUnusable, make_engine
from interview_service.engines.isolated import IsolatedEngine
from interview_service.settings import Settings


def test_the_builtin_engine_in_processes_of_its_own_is_the_default() -> None:
    engine = make_engine(Settings(worker_threads=1))
    assert isinstance(engine, IsolatedEngine)
    brief = Brief(position="Engineer", level=Level.SENIOR, skills=("Python",))
    try:
        assert engine.plan(brief).provenance.engine == "builtin"
    finally:
        engine.stop()


def test_what_the_fork_server_imports_has_read_the_tables() -> None:
    asked = (
        "from interview_service.engines.builtin import loaded, work\n"
        "print(work.works.cache_info().currsize)"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"


@pytest.mark.parametrize("model", ["nobody:model", "openai:"])
def test_a_model_that_cannot_be_used_is_named(model: str) -> None:
    with pytest.raises(EngineUnusable) as refused:
        make_engine(Settings(interview_engine="agno", interview_model=model))
    assert repr(model) in str(refused.value)
    assert "\n" not in str(refused.value)
