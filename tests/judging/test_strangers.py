"""What strangers to the rules write is read as people read it."""

from collections.abc import Iterable
from typing import Any

import pytest

from .strangers import Figure, chains, fairness, faults_of, on_kits, wishes


def below(share: float, figures: Iterable[Figure]) -> list[Figure]:
    """Return the sets of which less than a share is read right."""
    return [each for each in figures if each.right < share * each.of]


def test_wishes_are_read_as_a_person_reads_them() -> None:
    assert below(0.92, wishes()) == []


@pytest.mark.parametrize("chain", chains(), ids=lambda chain: " / ".join(chain["wishes"]))
def test_a_kit_has_in_the_end_what_a_chain_of_wishes_asks_for(chain: dict[str, Any]) -> None:
    assert faults_of(chain) == []


def test_kits_come_out_as_a_person_would_have_them() -> None:
    assert below(0.95, on_kits()) == []


def test_lines_about_candidates_are_told_from_harmless_ones() -> None:
    assert below(0.98, fairness()) == []
