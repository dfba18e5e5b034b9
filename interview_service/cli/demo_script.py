"""One interview from request to verdict, played over HTTP against a running service.

It is a client like any other and knows nothing of the service but its API.
"""

import time
from typing import Any

import httpx
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

PATIENCE_SECONDS = 180.0
_POLL_SECONDS = 0.2
_BAR = 20

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


class _Client:
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


def play(url: str, token: str) -> None:
    """Play the interview and show each step in the terminal.

    :param url: of the service, without the API's path.
    :raise DemoFailed: the service does not answer, or answers with an error.
    """
    console = Console(highlight=False)
    client = _Client(url, token)
    interview = client.call("POST", "/interviews", json=REQUEST)
    _step(console, "Created", f"{interview['position']}, {', '.join(interview['skills'])}")
    _wait(console, client, interview, "approval", "The plan is being written")
    _show_plan(console, client.call("GET", f"/interviews/{interview['id']}/plan"))
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
    _take(console, client, interview, "COMPLETE", {})
    _wait(console, client, interview, "verdict", "The assessment is being written")
    _show_assessment(console, client.call("GET", f"/interviews/{interview['id']}/assessment"))
    _take(console, client, interview, "APPROVE_ASSESSMENT", {"reason": "We agree"})
    _show_history(
        console, client.call("GET", f"/workflow/interviews/{interview['id']}/history")["data"]
    )


def _step(console: Console, title: str, text: str) -> None:
    console.print(f"[bold green]✓[/] [bold]{escape(title)}[/]  {escape(text)}")


def _take(
    console: Console, client: _Client, interview: dict[str, Any], name: str, body: dict[str, Any]
) -> None:
    path = f"/workflow/interviews/{interview['id']}/transition"
    done = client.call("POST", path, json={"transition": name, **body})
    _step(console, name, f"{done['previousState']} → {done['newState']}")


def _wait(
    console: Console, client: _Client, interview: dict[str, Any], wanted: str, text: str
) -> None:
    """Poll the status until the interview waits for `wanted`, showing `text` meanwhile."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    with console.status(text) as shown:
        while True:
            status = client.call("GET", f"/interviews/{interview['runId']}/status")
            if status["waitingFor"] == wanted:
                break
            if status["error"]:
                shown.update(escape(f"{text}: {status['error']['message']}"))
            if time.monotonic() > deadline:
                reason = (status["error"] or {}).get("message", "is a worker running?")
                raise DemoFailed(f"still {status['workflowState']}: {reason}")
            time.sleep(_POLL_SECONDS)
    _step(console, text.split(" is being")[0] + " is ready", f"now {status['workflowState']}")


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


def _show_assessment(console: Console, assessment: dict[str, Any]) -> None:
    table = Table(title="Scores", title_justify="left")
    for heading in ("Criterion", "Score", "Quote"):
        table.add_column(heading)
    quotes = {item["criterion"]: item["quote"] for item in assessment["evidence"]}
    for group, scores in assessment["scores"].items():
        for criterion, score in scores.items():
            bar = "█" * (score * _BAR // 5)
            name = escape(f"{group}: {criterion.replace('_', ' ')}")
            quote = escape(quotes.get(criterion, ""))
            table.add_row(name, f"[cyan]{bar:<{_BAR}}[/] {score}", quote)
    console.print(table)
    title = f"{assessment['recommendation']}, {assessment['overallScore']} of 100"
    console.print(Panel(escape(assessment["summary"]), title=title, title_align="left"))


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
