"""Who is taken for the candidate, and names that are kept from an engine."""

import pytest

from interview_service.domain.transcript import Transcript, Turn
from interview_service.transcripts.anonymity import anonymised, masked
from interview_service.transcripts.candidate import (
    CandidateGuess,
    SpeakerNotFound,
    candidate_speaker,
)


def talk(*lines: tuple[str, str]) -> Transcript:
    return Transcript(tuple(Turn(speaker, text) for speaker, text in lines))


def guess(*speakers: str, name: str | None = "Jane Smith") -> CandidateGuess:
    return candidate_speaker(talk(*((speaker, "Words.") for speaker in speakers)), name)


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Jane Smith", "Jane Smith"),
        ("JANE SMITH", "Jane Smith"),
        ("Smith, Jane", "Jane Smith"),
        ("Smith Jane", "Jane Smith"),
        ("Jane Smith | Acme Inc.", "Jane Smith"),
        ("Jane Smith (she/her)", "Jane Smith"),
        ("Jane (External)", "Jane Smith"),
        ("Dr. Jane Smith", "Jane Smith"),
        ("Jane Smith, PhD", "Jane Smith"),
        ("Jane Smith", "Jane Marie Smith"),
        ("Jane's iPhone", "Jane Smith"),
        ("Jane’s iPhone", "Jane Smith"),
        ("Janes iPhone", "Jane Smith"),
        ("iPhone von Jane", "Jane Smith"),
        ("iPad de Jane", "Jane Smith"),
        ("JANE-LAPTOP", "Jane Smith"),
        ("janes-MacBook-Pro", "Jane Smith"),
        ("JaneSmith", "Jane Smith"),
        ("janesmith92", "Jane Smith"),
        ("smith.jane", "Jane Smith"),
        ("jane_smith", "Jane Smith"),
        ("jane.smith@example.com", "Jane Smith"),
        ("jsmith", "Jane Smith"),
        ("jsmith@example.com", "Jane Smith"),
        ("J. Smith", "Jane Smith"),
        ("Jane S.", "Jane Smith"),
        ("Smith", "Jane Smith"),
        ("Lukasz Zielinski", "Łukasz Zieliński"),
        ("Łukasz", "Lukasz Zielinski"),
        ("Soren Kjaer", "Søren Kjær"),
        ("Soeren Kjaer", "Søren Kjær"),
        ("Mueller, Joerg", "Jörg Müller"),
        ("Jorg Muller", "Jörg Müller"),
        ("Jörg Müller", "Joerg Mueller"),
        ("Anna Gross", "Anna Groß"),
        ("Thorgerdur", "Þorgerður Jónsdóttir"),
        ("Djordje Petrovic", "Đorđe Petrović"),
        ("Dorde Petrovic", "Đorđe Petrović"),
        ("Ivan Petrov", "Иван Петров"),
        ("Петров Иван", "Ivan Petrov"),
        ("Giorgos Nikolaou", "Γιώργος Νικολάου"),
        ("OBrien", "Pat O'Brien"),
        ("Pat O’Brien", "Pat O'Brien"),
        ("José", "Jose\u0301 Diaz"),
        ("王小明", "王 小明"),
    ],
)
def test_a_name_is_found_in_whatever_spelling(label: str, name: str) -> None:
    assert guess("Ann Lee", label, name=name) == CandidateGuess(label, certain=True)


@pytest.mark.parametrize(
    ("other", "candidate"),
    [
        ("Interviewer", "Candidate"),
        ("Recruiter", "Applicant 1"),
        ("Personalerin", "Bewerberin"),
        ("Recruteuse", "Candidate"),
        ("Entrevistador", "Candidato"),
        ("Q", "A"),
        ("I", "B"),
        ("Frage", "Antwort"),
    ],
)
def test_roles_say_who_the_candidate_is(other: str, candidate: str) -> None:
    assert guess(other, candidate) == CandidateGuess(candidate, certain=True)


def test_a_speaker_who_is_told_is_the_candidate_and_must_speak() -> None:
    transcript = talk(("Ann Lee", "Hi"), ("Jane Smith", "Ho"))
    assert candidate_speaker(transcript, "Jane Smith", " ann  lee").speaker == "Ann Lee"
    with pytest.raises(SpeakerNotFound, match="“Bob” is not one of the speakers: Ann Lee, Jane"):
        candidate_speaker(transcript, "Jane Smith", "Bob")


def test_a_guess_says_that_it_is_one() -> None:
    transcript = talk(("Speaker 1", "Why Redis?"), ("Speaker 2", "For streams, mostly."))
    found = candidate_speaker(transcript, "Jane Smith")
    assert (found.speaker, found.certain) == ("Speaker 2", False)
    assert found.warning is not None
    assert "by a guess" in found.warning
    same_first_name = guess("Ann Lee", "Jane Miller")
    assert (same_first_name.speaker, same_first_name.certain) == ("Jane Miller", False)


@pytest.mark.parametrize(
    "speakers",
    [
        ["Unknown"],
        ["Speaker 1"],
        ["Speaker 1", "Speaker 2"],
        ["Interviewer", "Recruiter"],
        ["Candidate 1", "Candidate 2"],
        ["Jane", "Smith"],
    ],
)
def test_where_it_cannot_be_told_nobody_is_the_candidate(speakers: list[str]) -> None:
    found = guess(*speakers)
    assert (found.speaker, found.certain) == (None, False)
    assert found.warning


def test_without_a_candidate_nobody_is_called_one() -> None:
    transcript = talk(("Speaker 1", "Same."), ("Speaker 2", "Same."), ("Interviewer", "So?"))
    names = [turn.speaker for turn in anonymised(transcript, None, "speaker 2").transcript.turns]
    assert names == ["Interviewer", "Candidate", "Interviewer 2"]
    alike = talk(("Speaker 1", "Same."), ("Speaker 2", "Same."))
    names = [turn.speaker for turn in anonymised(alike, None).transcript.turns]
    assert names == ["Speaker", "Speaker 2"]


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("Bo Li, Li and Bo", "Bo Li", "Candidate, Candidate and Candidate"),
        ("Li wrote it, li did not", "Bo Li", "Candidate wrote it, li did not"),
        ("Do you? I asked Do.", "An Do", "Do you? I asked Candidate."),
        ("Anna Gross, Groß, GROSS", "Anna Groß", "Candidate, Candidate, Candidate"),
        ("Mueller, Müller, Muller", "Jörg Müller", "Candidate, Candidate, Candidate"),
        ("Frau Müller hier", "Jörg Mueller", "Frau Candidate hier"),
        ("Lukasz and ŁUKASZ", "Łukasz Zieliński", "Candidate and Candidate"),
        ("Jane's and Smith’s", "Jane Smith", "Candidate's and Candidate’s"),
        ("Janes Projekt", "Jane Smith", "Candidates Projekt"),
        ("J. Smith, Jane S., Smith, Jane", "Jane Smith", "Candidate, Candidate., Candidate"),
        ("smith.jane and JaneSmith", "Jane Smith", "Candidate and Candidate"),
        ("Иван Петров, Ivan", "Иван Петров", "Candidate, Candidate"),
        ("सुनील जी", "सुनील शर्मा", "Candidate जी"),
        ("json and js", "Jane Smith", "json and js"),
    ],
)
def test_names_are_masked_in_whatever_spelling(text: str, name: str, expected: str) -> None:
    assert masked(text, name) == expected
