"""What strangers to the rules write is read as people read it."""

from typing import Any

import pytest

from .strangers import Figure, chains, fairness, faults_of, on_kits, wishes


@pytest.mark.parametrize("figure", list(wishes()), ids=lambda figure: figure.name)
def test_wishes_are_read_as_a_person_reads_them(figure: Figure) -> None:
    assert figure.right >= 0.92 * figure.of, figure.wrong


@pytest.mark.parametrize("chain", chains(), ids=lambda chain: " / ".join(chain["wishes"]))
def test_a_kit_has_in_the_end_what_a_chain_of_wishes_asks_for(chain: dict[str, Any]) -> None:
    assert faults_of(chain) == []


@pytest.mark.parametrize("figure", list(on_kits()), ids=lambda figure: figure.name)
def test_kits_come_out_as_a_person_would_have_them(figure: Figure) -> None:
    assert figure.right >= 0.95 * figure.of, figure.wrong


@pytest.mark.parametrize("figure", list(fairness()), ids=lambda figure: figure.name)
def test_lines_about_candidates_are_told_from_harmless_ones(figure: Figure) -> None:
    assert figure.right >= 0.98 * figure.of, figure.wrong
