"""Lists: their older stretches are counted, so that pages far down are quick to find."""

from datetime import timedelta

from interview_service.domain.clock import clock
from interview_service.lifecycle.base import one_transaction
from interview_service.repository import Repository

LIST_AGE = timedelta(minutes=1)  # no transaction that adds an interview lasts as long
LIST_BLOCKS = 50  # blocks that one transaction closes
LIST_PARTS = 50


@one_transaction
def count_list(repository: Repository, part: int) -> bool:
    """Count older stretches of a tenant's list, so that pages far down are quick to find.

    :param part: a number that grows from call to call: each recounts another part of the blocks.
    :return: whether there is more to count.
    """
    closed = repository.lists.close_blocks(clock.now() - LIST_AGE, most=LIST_BLOCKS)
    repository.lists.recount_blocks(part, LIST_PARTS)
    return closed == LIST_BLOCKS
