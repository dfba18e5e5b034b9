"""A candidate with a word of their own in every text that there is, and where such words stand."""

from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, select

from interview_service import lifecycle
from interview_service.database.session import Database
from interview_service.domain.workflow import Transition
from interview_service.repository import Repository
from interview_service.webhooks.transport import Outcome

from .callers import Caller, details
from .lives import TIME, take, work

ALL = ("interview:*", "tenant:*", "candidate:*", "audit:*")
EMAIL = "markEmail@example.com"
HOOK = "https://ats.example.com/markCallback"


class Marks:
    """Words that stand nowhere else, each for one place in which something is written."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def new(self, place: str) -> str:
        """Return a word for a place."""
        word = f"mark{place}"
        self.made.append(word)
        return word

    def in_(self, value: Any, place: str) -> Any:
        """Return a value with a word of its own in the place of each text that is no key."""
        if isinstance(value, dict):
            return {
                key: each
                if key in ("criterion", "key", "group", "rating")
                else self.in_(each, f"{place}{key.title()}")
                for key, each in value.items()
            }
        if isinstance(value, list):
            return [self.in_(each, f"{place}{number}") for number, each in enumerate(value)]
        return self.new(place) if isinstance(value, str) else value


STRUCTURE: dict[str, Any] = {
    "duration": 30,
    "sections": [
        {
            "name": "",
            "duration": 30,
            "topics": [""],
            "questions": [{"text": "", "lookFor": [""], "followUps": [""], "criterion": "markkey"}],
        }
    ],
    "opening": [""],
    "closing": [""],
    "criteria": [
        {
            "key": "markkey",
            "group": "markgroup",
            "name": "",
            "anchors": {"1": "", "3": "", "5": ""},
        }
    ],
    "checks": [""],
    "notes": [""],
}


def live(caller: Caller, repository: Repository, marks: Marks) -> str:
    """Take an interview through its life with a word in each text that somebody can write."""
    new = marks.new
    marks.made += [EMAIL.partition("@")[0], "markCallback", "markkey", "markgroup"]
    body = details(
        candidateName=new("Name"),
        candidateEmail=EMAIL,
        jobDescription=new("Advert"),
        companyDescription=new("Company"),
        location=new("Location"),
        externalId=new("External"),
        callbackUrl=HOOK,
        scheduledAt=None,
    )
    interview_id: str = sent(caller, "POST", "/interviews", body, key="c")["id"]
    path = f"/interviews/{interview_id}"
    post = lifecycle.begin_delivery(repository, interview_id)
    assert post is not None
    lifecycle.record_delivery(repository, post, Outcome(500, 3, new("Answer"), new("Error")))
    assert work(repository, interview_id)
    take(caller, interview_id, Transition.MODIFY, reason=new("Wish"))
    assert work(repository, interview_id)
    message = {
        "messageId": "m1",
        "role": "ROLE_USER",
        "taskId": caller.get(path).json["runId"],
        "parts": [{"text": new("Message")}],
    }
    tell_agent(caller, message)
    assert work(repository, interview_id)
    sent(caller, "PUT", f"{path}/plan", {"structure": marks.in_(STRUCTURE, "Plan")})
    take_once(caller, interview_id, Transition.APPROVE, reason=new("Approval"))
    where = {"scheduledAt": TIME, "location": new("Place")}
    take(caller, interview_id, Transition.SCHEDULE, **where)
    take(caller, interview_id, Transition.START, reason=new("Start"))
    turns = [
        {"speaker": "Ada Interviewer", "text": new("Question"), "at": None},
        {"speaker": marks.made[4], "text": new("Words"), "at": "00:00:05"},
    ]
    sent(caller, "PUT", f"{path}/transcript", {"turns": turns})
    other = caller.other("acme", "interview:*", subject="other")
    for author, submitted in ((caller, True), (caller, True), (other, False)):
        number = f"{author.headers['Authorization'][-3:].title()}{len(marks.made)}"
        card = {
            "ratings": [
                {"criterion": "markkey", "rating": 4, "note": new(f"Note{len(marks.made)}")},
                {
                    "criterion": new(f"Own{number}"),
                    "rating": 2,
                    "name": new(f"OwnName{number}"),
                    "group": new(f"OwnGroup{number}"),
                },
            ],
            "recommendation": "HIRE",
            "summary": new(f"Summary{number}"),
            "submitted": submitted,
        }
        sent(author, "PUT", f"{path}/scorecards/me", card)
    take(caller, interview_id, Transition.COMPLETE, reason=new("Completion"))
    assert work(repository, interview_id)
    take(caller, interview_id, Transition.REJECT_ASSESSMENT, reason=new("Rejection"))
    assert work(repository, interview_id)
    verdict = {"recommendation": "HIRE", "reason": new("Verdict")}
    take(
        caller,
        interview_id,
        Transition.APPROVE_ASSESSMENT,
        reason=new("Last"),
        decision=verdict,
    )
    return interview_id


def sent(caller: Caller, method: str, path: str, body: Any, key: str | None = None) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    answer = caller.call(method, path, json=body, headers=headers)
    assert answer.status_code < 300, answer.json
    return answer.json


def take_once(caller: Caller, interview_id: str, name: Transition, **more: Any) -> None:
    """Take a transition by a request whose answer is kept."""
    path = f"/workflow/interviews/{interview_id}/transition"
    sent(caller, "POST", path, {"transition": name, **more}, key=name)


def tell_agent(caller: Caller, message: dict[str, Any]) -> None:
    request = {"configuration": {"returnImmediately": True}, "message": message}
    answer = caller.client.post(
        "/a2a/message:send", json=request, headers={**caller.headers, "A2A-Version": "1.0"}
    )
    assert answer.status_code == 200, answer.json


def raw(database: Database) -> str:
    """Return everything that stands in any column of any table, SQLite's own as well."""
    found = MetaData()
    with database.engine.connect() as connection:
        database.backend.name_tenant(connection, None, across=True)
        found.reflect(connection)
        parts = []
        for table in found.tables.values():
            for row in connection.execute(select(table)):
                parts += [
                    value.decode("latin-1") if isinstance(value, bytes) else str(value)
                    for value in row
                ]
    return "\n".join(parts)


def found_in(where: str, marks: Marks) -> set[str]:
    """Return the words that stand somewhere, in any case."""
    folded = where.casefold()
    return {each for each in marks.made if each.casefold() in folded}


def files_of(database: Database) -> str:
    """Return the bytes of SQLite's files after a checkpoint, as text."""
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    path = Path(str(database.engine.url.database))
    files = [path, path.with_name(f"{path.name}-wal")]
    return "\n".join(each.read_bytes().decode("latin-1") for each in files if each.exists())
