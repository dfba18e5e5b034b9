"""No transcript costs more than a few times what an ordinary one of the same size does."""

import contextlib
import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterator

import pytest

import interview_service.transcripts as room
from interview_service.domain.transcript import Transcript, Turn
from interview_service.transcripts.anonymity import anonymised, masked
from interview_service.transcripts.candidate import candidate_speaker
from interview_service.transcripts.reading import TranscriptFormat, parse
from interview_service.transcripts.turns import TranscriptUnreadable

VTT, SRT, TXT = TranscriptFormat.WEBVTT, TranscriptFormat.SUBRIP, TranscriptFormat.PLAIN

UNITS = [
    " ", "\t", "\n", ".", "-", ":", "<", ">", "[", "(", "{", "*", "_", "a", "A", "1", "'", '"', "@",
    "&", "#", "|", ",", "—", "é", "明", "\u0301", "\u00a0", "- ", "a ", "1:", "1 ", "00:", "0:0",
    "a.", "a@", "a@b.", "<v", "<v ", "<v.", "<v a", "<c.", "<b>", "</b>", "[a", "[a]", "(a)", "**",
    "**a", ">> ", "--> ", "1 --> ", "00:00:01.000 --> ", "00:00:01.000 --> 00:00:02.000\n",
    "1\n00:00:01.000 --> 00:00:02.000\n", "a\n", "a\n\n", "a: ", "a:\n", "a: b\n", "A: b\n\n",
    "Ann Lee: b\n", "[0:01] A\n", "A  0:01\n", "1 minute ", "1 minute 1 second ", "&amp;", "&#1",
    "\\{", "{\\a", "NOTE\n\n", "Jane ", "Jane Smith", "J", "1 a\n", "«", "12/", "0-", "x.x-",
    "speaker ", "speaker 1\n", "Speaker 1:", '1 "a" (', "a (", "Ä", "ß",
]  # fmt: skip
LENGTH = 256 * 1024
GROWTH = 64


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    for found in pkgutil.iter_modules(room.__path__):
        module = importlib.import_module(f"{room.__name__}.{found.name}")
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern):
                yield f"{found.name}.{name}", value
            elif isinstance(value, tuple):
                for number, each in enumerate(value):
                    if isinstance(each, re.Pattern):
                        yield f"{found.name}.{name}[{number}]", each


PATTERNS = dict(patterns())


def cpu(work: Callable[[], object]) -> float:
    """Return the seconds of CPU that some work takes; a refusal is an end like any other."""
    begin = time.process_time()
    with contextlib.suppress(TranscriptUnreadable):
        work()
    return time.process_time() - begin


def worst(unit: str, length: int) -> str:
    return (unit * (length // len(unit) + 1))[:length]


def test_the_room_has_patterns_to_look_at() -> None:
    assert len(PATTERNS) > 20


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_reads_its_worst_in_linear_time(name: str) -> None:
    """Of 64 times the text, a quadratic pattern would make 4,096 times the work."""
    pattern = PATTERNS[name]
    probes: dict[str, float] = {}
    for unit in UNITS:
        for end in ("", "!"):
            text = worst(unit, LENGTH // GROWTH) + end
            probes[unit + end] = cpu(lambda text=text: pattern.sub("", text))  # type: ignore[misc]
            assert probes[unit + end] < 0.1, f"{name} on {unit!r}"
    slowest = max(probes, key=lambda unit: probes[unit])
    end = "!" if slowest not in UNITS else ""
    text = worst(slowest.removesuffix(end), LENGTH) + end
    taken = cpu(lambda: pattern.sub("", text))
    assert taken < 4 * GROWTH * max(probes[slowest], 0.001), f"{name} on {slowest!r}: {taken:.2f} s"
    pattern.match(text)
    pattern.fullmatch(text)


def ordinary(format: TranscriptFormat, length: int) -> str:
    lines = ["WEBVTT\n\n"] if format is VTT else []
    size = number = 0
    while size < length - 120:
        speaker = ("Ann Lee", "Jane Smith")[number % 2]
        at = f"{number // 3600:02d}:{number // 60 % 60:02d}:{number % 60:02d}"
        if format is TXT:
            line = f"[{at}] {speaker}: I built a queue.\n"
        else:
            line = f"{number}\n{at}.000 --> {at}.900\n{speaker}: I built a queue.\n\n"
        lines.append(line)
        size += len(line)
        number += 1
    return "".join(lines)


HEADS = {
    VTT: "WEBVTT\n\n00:01.000 --> 00:02.000\n",
    SRT: "1\n00:00:01,000 --> 00:00:02,000\n",
    TXT: "Ann Lee: a\n",
}
SHARE = 16
PROBE = LENGTH // SHARE


def file_of(unit: str, format: TranscriptFormat, length: int) -> bytes:
    units = (length - len(HEADS[format]) - 16) // len(unit.encode())
    return (HEADS[format] + unit * units + "!").encode()


@pytest.mark.parametrize("format", TranscriptFormat)
def test_no_file_costs_many_times_what_an_ordinary_one_does(format: TranscriptFormat) -> None:
    """Every kind is tried small, and the worst of them at sixteen times the size.

    What grows as the square of the text would cost sixteen times more there than is allowed small.
    """
    fair = min(cpu(lambda: parse(ordinary(format, PROBE).encode(), format)) for _ in range(9))
    taken = {
        unit: cpu(lambda unit=unit: parse(file_of(unit, format, PROBE), format))  # type: ignore[misc]
        for unit in UNITS
    }
    worst_unit = max(taken, key=lambda unit: taken[unit])
    # in turns, so that a machine which became slow meanwhile is slow for both
    turns = [
        (
            cpu(lambda: parse(file_of(worst_unit, format, PROBE), format)),
            cpu(lambda: parse(ordinary(format, PROBE).encode(), format)),
        )
        for _ in range(5)
    ]
    again = min(worst for worst, _ in turns)
    fair = max(fair, min(plain for _, plain in turns))
    assert again < 15 * fair, (worst_unit, again, fair)
    whole = cpu(lambda: parse(file_of(worst_unit, format, LENGTH), format))
    assert whole < SHARE * 30 * fair, (worst_unit, whole, fair)


def test_names_are_masked_at_one_cost_whatever_the_text() -> None:
    name = "Jane Bo O'Smith"
    fair = min(cpu(lambda: masked(ordinary(TXT, PROBE), name)) for _ in range(9))
    taken = {
        unit: cpu(lambda unit=unit: masked(worst(unit, PROBE), name))  # type: ignore[misc]
        for unit in [*UNITS, "Jane Bo ", "Jane Bo O'", "Jane\t\t\t\t", "jane.bo@"]
    }
    worst_unit = max(taken, key=lambda unit: taken[unit])
    again = min(cpu(lambda: masked(worst(worst_unit, PROBE), name)) for _ in range(3))
    assert again < 12 * fair, (worst_unit, again, fair)
    whole = cpu(lambda: masked(worst(worst_unit, LENGTH), name))
    assert whole < SHARE * 20 * fair, (worst_unit, whole, fair)


def test_thousands_of_speakers_cost_little_more_than_two() -> None:
    two = Transcript(
        tuple(
            Turn(("Ann Lee", "Jane Smith")[at % 2], "Jane Lee 5 Jane Lee.") for at in range(20_000)
        )
    )
    many = Transcript(
        tuple(Turn(f"Jane Lee {at}{'x' * 20}", "Jane Lee 5.") for at in range(20_000))
    )
    for work in (
        lambda transcript: anonymised(transcript, "Jane Smith"),
        lambda transcript: candidate_speaker(transcript, "Jane Smith"),
    ):
        fair = cpu(lambda work=work: work(two))  # type: ignore[misc]
        taken = cpu(lambda work=work: work(many))  # type: ignore[misc]
        assert taken < max(40 * fair, 4.0)
