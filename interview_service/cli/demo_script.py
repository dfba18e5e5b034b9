"""One interview from request to verdict, played over HTTP against a running service.

It is a client like any other and knows nothing of the service but its API.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

PATIENCE_SECONDS = 180.0
_POLL_SECONDS = 0.2

CARDS: Sequence[Mapping[str, Any]] = (
    {
        "ratings": (5, 4, 4),
        "recommendation": "HIRE",
        "summary": "Measures before she changes anything, and knows why each change helped.",
    },
    {
        "ratings": (4, 2, 3),
        "recommendation": "NO_HIRE",
        "summary": "Strong on her own code. I heard little about guiding others.",
    },
)
"""What interviewers hand in; the ratings go round the plan's criteria."""

DECISION = {
    "recommendation": "HIRE",
    "reason": "We talked it over: she has guided others, and we did not ask.",
}

REQUEST = {
    "candidateName": "Jane Smith",
    "candidateEmail": "jane@example.com",
    "position": "Senior Engineer",
    "level": "SENIOR",
    "skills": ["TypeScript", "React", "Node.js"],
    "jobDescription": "Build scalable platform services with modern tooling: TypeScript on both "
    "sides, React in the browser, Node.js behind it, PostgreSQL below.",
}

WORDS = """\
Interviewer: Thanks for coming. Tell me about the last thing you built with TypeScript.
Jane Smith: I led the move of our billing front end from JavaScript to TypeScript. We had 120,000 \
lines, so I turned on strict mode folder by folder and wrote a codemod for the boring part. \
Because the API types were generated from the OpenAPI document, the compiler found 43 places where \
we read a field that could be null.
Interviewer: How do you decide what to type strictly?
Jane Smith: At the edges I never trust the input, so I parse it with a schema and derive the type \
from that. Inside I prefer discriminated unions over optional fields, because an impossible state \
should not compile. The trade-off is more code at the boundary, and I think that is worth it.
Interviewer: Let us talk about React. A page renders slowly. What do you do?
Jane Smith: First I measure with the React profiler. In our case a context held the whole user, so \
every keystroke rendered 300 rows. I split the context, memoised the row component and virtualised \
the list, which brought the render from 180 milliseconds to 12.
Interviewer: And Node.js? What blocks an event loop?
Jane Smith: Anything synchronous that takes long: JSON of many megabytes, a pattern that \
backtracks, crypto. We had a report endpoint that parsed a 40 MB file, so I moved it to a worker \
thread and streamed the rest. Latency at the 99th percentile fell from 900 to 70 milliseconds.
Interviewer: Design a service that sends one million notifications an hour.
Jane Smith: I would put an outbox table beside the data, so that an event is written in the same \
transaction, and let workers read it in batches. For scalability I would partition by tenant so \
that one big customer cannot starve the others. The database model has one row per recipient \
with a unique key, therefore a retry does no harm.
Interviewer: Tell me about a conflict in your team.
Jane Smith: Two of us disagreed about a rewrite. I suggested that we write down what each plan \
costs and try the riskier part for two days. It failed, so we took the other way, and nobody lost \
face. I learned to make disagreements cheap to settle.
"""


class DemoFailed(Exception):
    """The demo cannot continue; the message says why."""


class Client:
    """Calls the API with a token."""

    def __init__(self, url: str, token: str) -> None:
        if not (token.isascii() and token.isprintable()):
            raise DemoFailed("this is not a token: it has characters that no token has")
        self._http = httpx.Client(
            base_url=f"{url.rstrip('/')}/api/v1",
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
            trust_env=False,
        )
        self._url = url

    def call(self, method: str, path: str, **kwargs: Any) -> Any:
        """Return the JSON body of a successful answer.

        :raise DemoFailed: there is no answer, or it is an error or not JSON.
        """
        try:
            response = self._http.request(method, path, **kwargs)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise DemoFailed(
                f"no service answers at {self._url} ({type(error).__name__}): start one with "
                "interview-service serve, or make run in a clone"
            ) from None
        try:
            body = response.json()
        except ValueError:
            raise DemoFailed(f"what answers at {self._url} is not Interview Service") from None
        if not response.is_success:
            raise DemoFailed(f"{method} {path} answered {response.status_code}: {_reason(body)}")
        return body


def _reason(body: Any) -> str:
    message = body.get("message") if isinstance(body, dict) else None
    return str(message or body)


def play(url: str, token: str, interviewers: Mapping[str, str], pages: str | None) -> None:
    """Play the interview and show each step in the terminal.

    :param url: of the service, without the API's path.
    :param interviewers: tokens of those who hand in a scorecard, by their subjects.
    :param pages: where people see its pages; None where they are left out.
    :raise DemoFailed: the service does not answer, or answers with an error.
    """
    console = Console(highlight=False)
    client = Client(url, token)
    request = {**REQUEST, "interviewers": list(interviewers)}
    interview = client.call("POST", "/interviews", json=request)
    _step(console, "Created", f"{interview['position']}, {', '.join(interview['skills'])}")
    _wait(console, client, interview, "approval", "The plan is being written")
    plan = client.call("GET", f"/interviews/{interview['id']}/plan")
    _show_plan(console, plan)
    for name, body in (
        ("APPROVE", {"reason": "Looks good"}),
        ("SCHEDULE", {"scheduledAt": "2030-02-01T10:00:00.000Z"}),
        ("START", {}),
    ):
        _take(console, client, interview, name, body)
    client.call(
        "PUT",
        f"/interviews/{interview['id']}/transcript",
        content=WORDS,
        headers={"Content-Type": "text/plain"},
    )
    _step(console, "Transcript sent", f"{len(WORDS.splitlines())} turns")
    for number, (subject, text) in enumerate(interviewers.items()):
        _hand_in(console, Client(url, text), interview, plan, subject, CARDS[number % len(CARDS)])
    _take(console, client, interview, "COMPLETE", {})
    _wait(console, client, interview, "verdict", "The assessment is being written")
    assessment = _with_quotes(console, client, interview)
    cards = client.call("GET", f"/interviews/{interview['id']}/scorecards")["data"]
    _show_scores(console, assessment, cards)
    _show_coverage(console, assessment)
    _take(console, client, interview, "APPROVE_ASSESSMENT", {"decision": DECISION})
    decided = client.call("GET", f"/interviews/{interview['id']}/assessment")["decision"]
    _step(
        console, "Decided", f"{decided['recommendation']} by {decided['by']}: {decided['reason']}"
    )
    _show_history(
        console, client.call("GET", f"/workflow/interviews/{interview['id']}/history")["data"]
    )
    if pages is not None:
        console.print(f"The pages show it at\n{pages}/interviews/{interview['id']}", soft_wrap=True)


def _step(console: Console, title: str, text: str) -> None:
    console.print(f"[bold green]✓[/] [bold]{escape(title)}[/]  {escape(text)}")


def _take(
    console: Console, client: Client, interview: dict[str, Any], name: str, body: dict[str, Any]
) -> None:
    path = f"/workflow/interviews/{interview['id']}/transition"
    done = client.call("POST", path, json={"transition": name, **body})
    _step(console, name, f"{done['previousState']} → {done['newState']}")


def _hand_in(
    console: Console,
    client: Client,
    interview: dict[str, Any],
    plan: dict[str, Any],
    subject: str,
    card: Mapping[str, Any],
) -> None:
    """Hand in a scorecard: a rating for each of the plan's criteria."""
    ratings = card["ratings"]
    body = {
        **card,
        "ratings": [
            {"criterion": each["key"], "rating": ratings[number % len(ratings)]}
            for number, each in enumerate(plan["structure"]["criteria"])
        ],
        "submitted": True,
    }
    client.call("PUT", f"/interviews/{interview['id']}/scorecards/me", json=body)
    _step(console, "Scorecard", f"{subject}: {card['recommendation']}")


def _wait(
    console: Console, client: Client, interview: dict[str, Any], wanted: str, text: str
) -> None:
    """Wait until the interview waits for `wanted`, showing `text` meanwhile."""
    path = f"/interviews/{interview['runId']}/status"
    status = poll(
        console, client, interview, path, lambda found: found["waitingFor"] == wanted, text
    )
    _step(console, text.split(" is being")[0] + " is ready", f"now {status['workflowState']}")


def _with_quotes(console: Console, client: Client, interview: dict[str, Any]) -> dict[str, Any]:
    """Return the assessment, once the candidate's words have been read for it."""
    path = f"/interviews/{interview['id']}/assessment"
    text = "The transcript is being read"
    return poll(console, client, interview, path, lambda found: bool(found["coverage"]), text)


def poll(
    console: Console,
    client: Client,
    interview: dict[str, Any],
    path: str,
    is_there: Callable[[dict[str, Any]], bool],
    text: str,
) -> dict[str, Any]:
    """Ask again and again until an answer is what is waited for; return it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    with console.status(text) as shown:
        while True:
            found: dict[str, Any] = client.call("GET", path)
            if is_there(found):
                return found
            status = client.call("GET", f"/interviews/{interview['runId']}/status")
            if status["error"]:
                shown.update(escape(f"{text}: {status['error']['message']}"))
            if time.monotonic() > deadline:
                reason = (status["error"] or {}).get("message", "is a worker running?")
                raise DemoFailed(f"still {status['workflowState']}: {reason}")
            time.sleep(_POLL_SECONDS)


def _show_plan(console: Console, plan: dict[str, Any]) -> None:
    structure = plan["structure"]
    table = Table(title=f"Plan, {structure['duration']} minutes", title_justify="left")
    for heading in ("Section", "Minutes", "Topics", "First question"):
        table.add_column(heading, justify="right" if heading == "Minutes" else "left")
    for section in structure["sections"]:
        questions = section.get("questions") or [{"text": ""}]
        table.add_row(
            escape(section["name"]),
            str(section["duration"]),
            escape("\n".join(section["topics"])),
            escape(questions[0]["text"]),
        )
    console.print(table)


def _show_scores(console: Console, assessment: dict[str, Any], cards: list[dict[str, Any]]) -> None:
    """Show the scorecards side by side, and what they say together."""
    table = Table(title="Scores, people's own", title_justify="left")
    table.add_column("Criterion")
    for each in cards:
        table.add_column(escape(each["interviewerName"] or each["interviewer"]), justify="right")
    table.add_column("Together", justify="right")
    names = {each["criterion"]: each["name"] for each in assessment["coverage"]}
    given = [{each["criterion"]: each["rating"] for each in card["ratings"]} for card in cards]
    for scores in assessment["scores"].values():
        for criterion, score in scores.items():
            ratings = [str(each.get(criterion) or "–") for each in given]
            name = escape(names.get(criterion, criterion))
            table.add_row(name, *ratings, f"[bold cyan]{score}[/]")
    table.add_section()
    table.add_row("Recommends", *(each["recommendation"] for each in cards), "")
    console.print(table)
    title = f"{assessment['recommendation']}, {assessment['overallScore']} of 100"
    if assessment["agreement"]:
        title += f", {assessment['agreement']}"
    console.print(Panel(escape(assessment["summary"]), title=title, title_align="left"))


def _show_coverage(console: Console, assessment: dict[str, Any]) -> None:
    """Show what the candidate said about each criterion; nothing of it is judged."""
    table = Table(title="Evidence, the candidate's own words", title_justify="left")
    for heading in ("Criterion", "Coverage", "Quote, or what to ask next"):
        table.add_column(heading)
    quotes: dict[str, str] = {}
    for item in assessment["evidence"]:
        quotes.setdefault(item["criterion"], item["quote"])
    for each in assessment["coverage"]:
        words = quotes.get(each["criterion"]) or each["followUp"] or ""
        coverage = each["status"].replace("_", " ").lower()
        table.add_row(escape(each["name"]), coverage, escape(words))
    console.print(table)


def _show_history(console: Console, entries: list[dict[str, Any]]) -> None:
    table = Table(title="History", title_justify="left")
    for heading in ("Transition", "To", "By", "When"):
        table.add_column(heading)
    for entry in entries:
        time_of_day = entry["timestamp"].partition("T")[2]
        table.add_row(
            entry["transition"], entry["newState"], escape(entry["triggeredBy"]), time_of_day
        )
    console.print(table)
