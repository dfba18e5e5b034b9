"""Transcripts over HTTP: who is taken for the candidate, and what was not sure."""

from typing import Any

from interview_service.domain.workflow import State
from interview_service.repository import Repository
from tests.callers import Caller
from tests.lives import interview_in

NAMED = "Ann Lee: Why Redis?\nJane Smith: For streams.\n"
NAMELESS = "Speaker 1: Why Redis?\nSpeaker 2: For streams, mostly.\n"


def put(
    caller: Caller, interview_id: str, text: str, query: str = "", kind: str = "text/plain"
) -> Any:
    return caller.call(
        "PUT",
        f"/interviews/{interview_id}/transcript{query}",
        data=text.encode(),
        content_type=kind,
    )


def test_the_candidate_is_found_by_the_name_on_the_record(
    caller: Caller, repository: Repository
) -> None:
    interview_id = interview_in(State.IN_PROGRESS, caller, repository, candidateName="Jane Smith")
    response = put(caller, interview_id, NAMED)
    assert response.status_code == 200, response.json
    assert response.json == {
        "interviewId": interview_id,
        "turns": [
            {"speaker": "Ann Lee", "text": "Why Redis?", "at": None},
            {"speaker": "Jane Smith", "text": "For streams.", "at": None},
        ],
        "candidateSpeaker": "Jane Smith",
        "warnings": [],
    }
    assert caller.get(f"/interviews/{interview_id}/transcript").json == response.json


def test_a_guess_is_a_warning_and_gives_way_to_what_is_told(
    caller: Caller, repository: Repository
) -> None:
    interview_id = interview_in(State.IN_PROGRESS, caller, repository)
    guessed = put(caller, interview_id, NAMELESS).json
    assert guessed["candidateSpeaker"] == "Speaker 2"
    assert len(guessed["warnings"]) == 1
    told = put(caller, interview_id, NAMELESS, "?candidateSpeaker=speaker%201").json
    assert (told["candidateSpeaker"], told["warnings"]) == ("Speaker 1", [])
    assert caller.get(f"/interviews/{interview_id}/transcript").json == told


def test_a_candidate_who_does_not_speak_is_refused_and_nothing_changes(
    caller: Caller, repository: Repository
) -> None:
    interview_id = interview_in(State.IN_PROGRESS, caller, repository)
    before = put(caller, interview_id, NAMED).json
    for response in (
        put(caller, interview_id, NAMELESS, "?candidateSpeaker=Bob"),
        caller.put(
            f"/interviews/{interview_id}/transcript",
            {"turns": [{"speaker": "Ann", "text": "Hi"}], "candidateSpeaker": "Bob"},
        ),
    ):
        assert response.status_code == 422
        assert "is not one of the speakers" in str(response.json["errors"])
    assert caller.get(f"/interviews/{interview_id}/transcript").json == before


def test_where_it_cannot_be_told_the_candidate_is_null(
    caller: Caller, repository: Repository
) -> None:
    interview_id = interview_in(State.IN_PROGRESS, caller, repository)
    cue = "WEBVTT\n\n00:01.000 --> 00:02.000\nHello there.\n"
    response = put(caller, interview_id, cue, kind="text/vtt")
    assert response.json["candidateSpeaker"] is None
    assert len(response.json["warnings"]) == 2
