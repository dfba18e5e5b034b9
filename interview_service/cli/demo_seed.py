"""Thirty interviews of a small team, in every state that lasts, put in over HTTP.

Each has an externalId of its own: what is there already stays as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from rich.console import Console

from interview_service.cli.demo_script import Client, poll

UNREACHABLE = "https://ats.example.invalid/hooks/interviews"


@dataclass(frozen=True, slots=True)
class Position:
    """A job that candidates are interviewed for.

    :param answers: what candidates say; they take turns with them.
    """

    title: str
    level: str
    skills: tuple[str, ...]
    advert: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seed:
    """A candidate, and how far their interview has come.

    :param until: the state that it is left in.
    :param days: of its appointment, from today on.
    :param hour: of its appointment, UTC.
    :param cards: ratings and recommendations, an interviewer each; the last may be a draft.
    :param reason: why it was rejected, cancelled or decided, or what the plan should be like.
    """

    name: str
    position: str
    until: str
    days: int = 0
    hour: int = 10
    place: str | None = None
    cards: tuple[tuple[tuple[int, ...], str, str], ...] = ()
    decision: str | None = None
    reason: str | None = None
    callback: str | None = None


POSITIONS: Mapping[str, Position] = {
    "backend": Position(
        "Backend Engineer",
        "SENIOR",
        ("Python", "PostgreSQL", "API design", "Code review"),
        "You build and run the booking services of forty ferry lines in Python and PostgreSQL, "
        "design the APIs that partners use, review the work of three colleagues and are on call "
        "one week in six.",
        (
            "Our nightly import locked the bookings table for eleven minutes. I measured it, split "
            "the import into batches of five hundred rows and added the index that the foreign key "
            "lacked. The lock went down to under a second.",
            "I write the contract first and let two partners comment on it, because a field that "
            "is out there stays for years. Once I had to keep a misspelt name for four years.",
            "I read the tests of a change before its code. When I disagree I ask what would break, "
            "and twice I was the one who was wrong.",
        ),
    ),
    "design": Position(
        "Product Designer",
        "MID",
        ("User research", "Prototyping", "Accessibility", "Design systems"),
        "You design how travellers book, change and pay for a crossing: you talk to passengers, "
        "draw and test prototypes, look after our design system, and make sure that everybody can "
        "use what we ship.",
        (
            "I sat in the terminal for two mornings and asked people to book on my phone. Five of "
            "eight took the vehicle for a passenger, so we asked for the vehicle first.",
            "I test with a screen reader before I hand anything over. Our date picker could not be "
            "used with a keyboard, so I replaced it with three plain fields.",
        ),
    ),
    "nurse": Position(
        "Ward Nurse",
        "MID",
        ("Patient care", "Medication safety", "Documentation", "Working in shifts"),
        "You care for twenty-two patients of a surgical ward together with two colleagues, prepare "
        "and give medication, document what you observe, and hand over to the next shift.",
        (
            "A patient's pulse went up after surgery while everything else was normal. I stayed, "
            "measured again after ten minutes, and called the doctor; it was a bleed.",
            "I read the name on the wrist band aloud and let the patient say the date of birth. If "
            "I am interrupted I begin again.",
        ),
    ),
    "sales": Position(
        "Key Account Manager",
        "LEAD",
        ("Negotiation", "Forecasting", "Customer relations"),
        "You look after our twelve largest freight customers, negotiate their yearly contracts, "
        "forecast their volumes, and bring what they need back to the people who plan the routes.",
        (
            "A customer wanted to leave over delays. I brought the planner to the meeting, and we "
            "moved two departures. They signed for three years.",
            "I forecast by customer and write down why. When I was wrong by a third I found that I "
            "had believed one optimistic call.",
        ),
    ),
    "data": Position(
        "Data Analyst",
        "JUNIOR",
        ("SQL", "Statistics", "Visualisation"),
        "You answer the questions of operations and sales with data: you write SQL against our "
        "warehouse, check what you find, and draw the few charts that people look at each week.",
        (
            "Cancellations seemed to double in May. I found that a new code was counted twice, "
            "corrected the query and added a check that compares it with the ledger.",
            "I show the number of cases beside each percentage, because eight of ten is not eighty "
            "percent of anything.",
        ),
    ),
    "mate": Position(
        "Chief Mate",
        "SENIOR",
        ("Navigation", "Cargo planning", "Safety drills", "Leading a crew"),
        "You are the second in command of a car ferry with a crew of eighteen: you plan and secure "
        "the cargo, stand the navigational watch, and lead the drills. A valid certificate of "
        "competency is required.",
        (
            "We had forty lorries for thirty-six places. I weighed the axles, moved the two "
            "heaviest to the centre line and left four behind; the master backed me.",
            "After a drill that went badly I asked the youngest first what they had not "
            "understood. Next time we were down from nine minutes to five.",
        ),
    ),
}

_GOOD = ((5, 4, 4), "STRONG_HIRE", "Concrete, honest about mistakes, and asks before assuming.")
_SOUND = ((4, 4, 3), "HIRE", "Sound all round; would learn the rest with us.")
_TORN = ((3, 2, 4), "NO_HIRE", "Good examples, but each was somebody else's idea.")
_POOR = ((2, 2, 1), "STRONG_NO_HIRE", "Could not say what they had done themselves.")

SEEDS: Sequence[Seed] = (
    Seed("Amina Diallo", "backend", "ASSESSMENT_PENDING", -1, cards=(_GOOD, _TORN)),
    Seed("Bruno Keller", "backend", "ASSESSMENT_PENDING", -2, cards=(_SOUND, _SOUND)),
    Seed(
        "Chloé Martin", "backend", "ASSESSMENT_APPROVED", -6, cards=(_GOOD, _SOUND), decision="HIRE"
    ),
    Seed(
        *("Dmitri Volkov", "backend", "ASSESSMENT_APPROVED", -8),
        cards=(_TORN, _POOR),
        decision="NO_HIRE",
        reason="Little of his own in what he told us; we wish him well.",
    ),
    Seed("Elif Yılmaz", "backend", "SCHEDULED", 0, 15, "https://meet.example.com/elif"),
    Seed("Farid Haddad", "backend", "SCHEDULED", 1, 9, "Room 4"),
    Seed("Greta Lindqvist", "backend", "PENDING"),
    Seed("Hugo Fernández", "design", "ASSESSMENT_PENDING", -1, cards=(_SOUND, _TORN)),
    Seed(
        "Inês Carvalho",
        "design",
        "ASSESSMENT_APPROVED",
        -4,
        cards=(_GOOD, _GOOD),
        decision="STRONG_HIRE",
    ),
    Seed("Jonas Weber", "design", "IN_PROGRESS", 0, cards=(_SOUND,)),
    Seed("Katya Orlova", "design", "SCHEDULED", 2, 13, "Studio"),
    Seed("Liam O’Connor", "design", "CANCELLED", reason="Took another offer."),
    Seed("Mei Tanaka", "design", "PENDING", reason="More about accessibility, less about tools."),
    Seed("Noor Rahman", "nurse", "SCHEDULED", 7, 8, "Ward 3, meeting room"),
    Seed("Ole Berg", "nurse", "SCHEDULED", 8, 14, "Ward 3, meeting room"),
    Seed("Priya Nair", "nurse", "COMPLETED", -1),
    Seed("Quentin Dubois", "nurse", "APPROVED"),
    Seed("Rosa Delgado", "nurse", "ASSESSMENT_PENDING", -3, cards=(_GOOD, _SOUND)),
    Seed("Samuel Okafor", "nurse", "REJECTED", reason="The ward was closed for the summer."),
    Seed("Tove Nilsson", "sales", "APPROVED"),
    Seed("Umar Siddiqui", "sales", "IN_PROGRESS", 0),
    Seed("Vera Novak", "sales", "SCHEDULED", 9, 11, callback=UNREACHABLE),
    Seed("William Chen", "sales", "CANCELLED", reason="The position was withdrawn."),
    Seed("Xiomara Reyes", "data", "PENDING"),
    Seed("Yusuf Demir", "data", "ASSESSMENT_APPROVED", -5, cards=(_SOUND, _TORN), decision="HIRE"),
    Seed("Zuzana Horváth", "data", "COMPLETED", -2),
    Seed("Anders Holm", "mate", "PENDING"),
    Seed("Beatriz Costa", "mate", "APPROVED", reason="Storm: the ferry did not run."),
    Seed("Cormac Byrne", "mate", "INFO_NEEDED"),
    Seed("Daria Kowalska", "data", "INFO_NEEDED"),
)


def play(url: str, token: str, interviewers: Mapping[str, str], pages: str | None) -> None:
    """Put the interviews in, and say so.

    :param url: of the service, without the API's path.
    :param interviewers: tokens of those who hand in a scorecard, by their subjects.
    :param pages: where people see the pages; None where they are left out.
    :raise DemoFailed: the service does not answer, or answers with an error.
    """
    console = Console(highlight=False)
    judges = {subject: Client(url, each) for subject, each in interviewers.items()}
    seeding = _Seeding(console, Client(url, token), judges)
    made = sum(seeding.put_in(number, each) for number, each in enumerate(SEEDS, start=1))
    console.print(f"{made} interviews were put in; {len(SEEDS) - made} were there already.")
    if pages is not None:
        console.print(f"The pages show them at\n{pages}/interviews", soft_wrap=True)


class _Seeding:
    """What putting interviews in takes.

    :param interviewers: those who hand in scorecards, by their subjects.
    """

    def __init__(
        self, console: Console, client: Client, interviewers: Mapping[str, Client]
    ) -> None:
        self._console = console
        self._client = client
        self._interviewers = interviewers
        self._first: dict[str, str] = {}  # an interview whose plan others of its position take

    def put_in(self, number: int, seed: Seed) -> bool:
        """Put an interview in, and bring it to its state; False where it was there already."""
        reference = f"demo-{number:02}"
        known = self._client.call("GET", "/interviews", params={"externalId": reference})["data"]
        if known:
            if known[0]["workflowState"] != "INFO_NEEDED":
                self._first.setdefault(seed.position, known[0]["id"])
            return False
        if seed.until == "INFO_NEEDED":
            self._take_in(reference, seed)
        else:
            self._bring(self._created(reference, seed), seed)
        return True

    def _take_in(self, reference: str, seed: Seed) -> None:
        """Put in what an applicant tracking system knows so far."""
        position = POSITIONS[seed.position]
        body = {"externalId": reference, "candidateName": seed.name, "position": position.title}
        self._client.call("POST", "/a2a/interview", json=body)

    def _created(self, reference: str, seed: Seed) -> dict[str, Any]:
        position = POSITIONS[seed.position]
        body = {
            "externalId": reference,
            "candidateName": seed.name,
            "candidateEmail": f"{reference}@example.com",
            "position": position.title,
            "level": position.level,
            "skills": list(position.skills),
            "jobDescription": position.advert,
            "companyName": "Forty Ferries",
            "interviewers": list(self._interviewers),
            "callbackUrl": seed.callback,
            "planFromInterviewId": self._first.get(seed.position),
        }
        given = {name: value for name, value in body.items() if value is not None}
        made: dict[str, Any] = self._client.call("POST", "/interviews", json=given)
        self._first.setdefault(seed.position, made["id"])
        self._wait(made, "approval", f"The plan for {seed.name} is being written")
        return made

    def _bring(self, interview: dict[str, Any], seed: Seed) -> None:
        """Take the transitions that lead to the state that an interview is left in."""
        if seed.until == "PENDING":
            if seed.reason is not None:
                self._take(interview, "MODIFY", reason=seed.reason)
                self._wait(interview, "approval", "The plan is being written again")
            return
        if seed.until == "REJECTED":
            self._take(interview, "REJECT", reason=seed.reason)
            return
        self._take(interview, "APPROVE")
        if seed.until == "CANCELLED":
            self._take(interview, "CANCEL", reason=seed.reason)
        elif seed.until == "APPROVED":
            if seed.reason is not None:
                self._take(interview, "SCHEDULE", scheduledAt=_moment(-1, seed.hour))
                self._take(interview, "NO_SHOW", reason=seed.reason)
        else:
            self._meet(interview, seed)

    def _meet(self, interview: dict[str, Any], seed: Seed) -> None:
        """Schedule an interview, and hold and judge it as far as it has come."""
        appointment = {"scheduledAt": _moment(seed.days, seed.hour), "durationMinutes": 60}
        place = {} if seed.place is None else {"location": seed.place}
        self._take(interview, "SCHEDULE", **appointment, **place)
        if seed.until == "SCHEDULED":
            return
        self._take(interview, "START")
        is_judged = seed.until.startswith("ASSESSMENT")
        plan = self._client.call("GET", f"/interviews/{interview['id']}/plan")["structure"]
        if is_judged:
            self._client.call(
                "PUT",
                f"/interviews/{interview['id']}/transcript",
                content=_words(plan, seed),
                headers={"Content-Type": "text/plain"},
            )
        for (_, interviewer), card in zip(self._interviewers.items(), seed.cards, strict=False):
            self._write(interviewer, interview, plan, card, is_handed_in=is_judged)
        if seed.until == "IN_PROGRESS":
            return
        self._take(interview, "COMPLETE")
        if is_judged:
            self._wait(interview, "verdict", f"The assessment of {seed.name} is being made")
        if seed.decision is not None:
            decision = {"recommendation": seed.decision, "reason": seed.reason}
            given = {name: value for name, value in decision.items() if value is not None}
            self._take(interview, "APPROVE_ASSESSMENT", decision=given)

    def _take(self, interview: dict[str, Any], name: str, **more: Any) -> None:
        path = f"/workflow/interviews/{interview['id']}/transition"
        self._client.call("POST", path, json={"transition": name, **more})

    def _wait(self, interview: dict[str, Any], wanted: str, text: str) -> None:
        path = f"/interviews/{interview['runId']}/status"
        poll(
            self._console,
            self._client,
            interview,
            path,
            lambda found: found["waitingFor"] == wanted,
            text,
        )

    def _write(
        self,
        interviewer: Client,
        interview: dict[str, Any],
        plan: dict[str, Any],
        card: tuple[tuple[int, ...], str, str],
        *,
        is_handed_in: bool,
    ) -> None:
        """Write an interviewer's scorecard: a rating for each of the plan's criteria."""
        ratings, recommendation, summary = card
        body = {
            "ratings": [
                {"criterion": each["key"], "rating": ratings[number % len(ratings)]}
                for number, each in enumerate(plan["criteria"])
            ],
            "recommendation": recommendation,
            "summary": summary,
            "submitted": is_handed_in,
        }
        interviewer.call("PUT", f"/interviews/{interview['id']}/scorecards/me", json=body)


def _moment(days: int, hour: int) -> str:
    """Return an hour of a day, counted from today, as the API has it."""
    today = datetime.now(UTC).replace(hour=hour, minute=0, second=0, microsecond=0)
    return (today + timedelta(days=days)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _words(plan: dict[str, Any], seed: Seed) -> str:
    """Return what was said: the plan's questions, most of them answered."""
    answers = POSITIONS[seed.position].answers
    questions = [each["text"] for section in plan["sections"] for each in section["questions"]]
    lines = [f"Interviewer: Thank you for coming, {seed.name}."]
    for question, answer in zip(questions, answers, strict=False):
        lines += [f"Interviewer: {question}", f"{seed.name}: {answer}"]
    lines += [f"Interviewer: What would you like to ask us, {seed.name}?"]
    lines += [f"{seed.name}: How long do people stay with you, and why do they leave?"]
    return "\n".join(lines) + "\n"
