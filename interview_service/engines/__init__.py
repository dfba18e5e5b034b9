"""Who writes plans and assessments: the protocol (`base`), `builtin` inside `isolated`, `agno`."""

from interview_service.engines.base import Engine
from interview_service.settings import Settings


class EngineUnusable(Exception):
    """The engine that the settings name cannot be used; the text says why, in one line."""


def make_engine(settings: Settings) -> Engine:
    """Return the engine that the settings name; only that one is imported.

    :raise EngineUnusable: its extra is not installed, or its model is not known.
    """
    if settings.interview_engine == "builtin":
        from interview_service.engines.builtin import BuiltinEngine
        from interview_service.engines.isolated import IsolatedEngine

        return IsolatedEngine(
            BuiltinEngine,
            processes=settings.worker_threads,
            preload=[f"{BuiltinEngine.__module__}.loaded"],
        )
    from interview_service.engines.agno import AgnoEngine

    try:
        return AgnoEngine(
            settings.interview_model,
            base_url=settings.interview_model_url or None,
            api_key=settings.interview_model_key or None,
            timeout_seconds=settings.engine_timeout,
            attempts=settings.engine_attempts,
        )
    except (ValueError, ImportError) as error:
        raise EngineUnusable(str(error)) from None
