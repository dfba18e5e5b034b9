"""The engine is the one that the settings name, or the start says in one line why not."""

import pytest

from interview_service.engines import EngineUnusable, make_engine
from interview_service.engines.builtin import BuiltinEngine
from interview_service.settings import Settings


def test_the_builtin_engine_is_the_default() -> None:
    assert isinstance(make_engine(Settings()), BuiltinEngine)


@pytest.mark.parametrize("model", ["nobody:model", "openai:"])
def test_a_model_that_cannot_be_used_is_named(model: str) -> None:
    with pytest.raises(EngineUnusable) as refused:
        make_engine(Settings(interview_engine="agno", interview_model=model))
    assert repr(model) in str(refused.value)
    assert "\n" not in str(refused.value)
