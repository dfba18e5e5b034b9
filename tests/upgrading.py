"""An upgrade in a process of its own, which loads no more of the tests than this file."""

from multiprocessing.synchronize import Barrier

from sqlalchemy.engine import URL

from interview_service.database import schema
from interview_service.database.engine import make_engine

PATIENCE_SECONDS = 60


def upgrade_at_once(url: URL, barrier: Barrier) -> None:
    """Upgrade a database as soon as the other processes are ready to do so too."""
    engine = make_engine(url)
    barrier.wait(PATIENCE_SECONDS)
    schema.upgrade(engine)
    engine.dispose()
