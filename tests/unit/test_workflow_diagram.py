"""The documented diagram of states is the table of transitions, arrow for arrow."""

import re

import pytest

from interview_service.domain.workflow import FINAL, TABLE, State, Transition
from tests.documents import ARCHITECTURE

START = END = "[*]"
_ARROW = re.compile(r"(\S+) --> (\S+?)(?:: (\S+))?")

Arrow = tuple[str, str, str | None]


def arrows(markdown: str) -> list[Arrow]:
    """Return (from, to, label) of each arrow of the one state diagram in a text."""
    [diagram] = re.findall(r"```mermaid\nstateDiagram-v2\n(.*?)```", markdown, re.DOTALL)
    found = []
    for line in diagram.splitlines():
        match = _ARROW.fullmatch(line.strip())
        assert match, f"not an arrow: {line!r}"
        found.append((match[1], match[2], match[3]))
    return found


def expected() -> set[Arrow]:
    """Return the arrows of the table; CANCEL is told in words below the diagram."""
    return {
        (START, State.RECEIVED.value, None),
        *((state.value, END, None) for state in FINAL),
        *(
            (source.value, rule.target.value, transition.value)
            for transition, rule in TABLE.items()
            if transition is not Transition.CANCEL
            for source in rule.sources
        ),
    }


def sentence(pattern: str) -> re.Match[str]:
    text = " ".join(ARCHITECTURE.split())
    found = re.search(pattern, text)
    assert found, f"not documented: {pattern}"
    return found


def test_the_diagram_has_the_arrows_of_the_table_and_no_others() -> None:
    found = arrows(ARCHITECTURE)
    assert len(found) == len(set(found))
    assert set(found) == expected()


@pytest.mark.parametrize(
    ("line", "changed"),
    [
        ("    PENDING --> APPROVED: APPROVE\n", ""),
        ("    PENDING --> APPROVED: APPROVE\n", "    PENDING --> SCHEDULED: APPROVE\n"),
        ("    REJECTED --> [*]\n", "    REJECTED --> PENDING: MODIFY\n"),
    ],
)
def test_a_diagram_with_another_arrow_is_told_from_the_table(line: str, changed: str) -> None:
    assert line in ARCHITECTURE
    assert set(arrows(ARCHITECTURE.replace(line, changed))) != expected()


def test_what_is_said_of_cancel_is_what_the_table_says() -> None:
    sentence(r"CANCEL leads from every state that is not final to CANCELLED\.")
    rule = TABLE[Transition.CANCEL]
    assert set(rule.sources) == set(State) - FINAL
    assert rule.target is State.CANCELLED


def test_the_transitions_that_are_called_the_services_own_are_those_of_the_table() -> None:
    names = sentence(r"((?:[A-Z_]+, )+[A-Z_]+ and [A-Z_]+) are the service's own\.")[1]
    assert set(re.split(r", | and ", names)) == {
        transition.value for transition in Transition if transition.permission is None
    }
