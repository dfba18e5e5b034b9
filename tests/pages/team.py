"""A team that uses the pages in tests: an administrator, and interviews in their states."""

from pathlib import Path
from typing import Any

import httpx

from interview_service.database.engine import make_engine
from interview_service.database.session import Database
from interview_service.lifecycle import set_up
from interview_service.lifecycle.sessions import Origin
from interview_service.repository import Repository
from interview_service.repository.directory import Directory
from interview_service.settings.databases import database_url
from tests.callers import details
from tests.e2e.conftest import Service, until

EMAIL, PASSWORD = "ada@example.com", "a quiet harbour town"
ZOOM = Path(__file__).parents[1] / "data" / "transcripts" / "formats" / "zoom.vtt"
ADVERT = (
    "We run the booking platform of forty ferry lines. You design and build its services in "
    "TypeScript and PostgreSQL, review the work of four colleagues, and are on call one week in "
    "six. You have led the redesign of a system that was in use, and can explain a trade-off to "
    "people who do not write software."
)


def directory_of(folder: Path) -> Directory:
    """Return the directory of a service that runs in a folder."""
    database = Database(make_engine(database_url("", folder / "instance")))
    return Directory(database, lambda tenant: Repository(database, tenant))


def set_up_code(service: Service) -> str:
    """Return a code that makes the first user."""
    code = set_up.new_set_up_code(directory_of(service.folder))
    assert code is not None
    return code


def found(service: Service, tenant: str = "acme") -> None:
    """Make the first administrator."""
    directory = directory_of(service.folder)
    code = set_up.new_set_up_code(directory)
    assert code is not None
    set_up.set_up(directory, code, tenant, EMAIL, "Ada Byron", PASSWORD, Origin("127.0.0.1", None))


def reached(client: httpx.Client, interview: str, *states: str) -> dict[str, Any]:
    """Wait until an interview is in one of the states, and return it."""

    def there() -> dict[str, Any] | None:
        record: dict[str, Any] = client.get(f"/interviews/{interview}").json()
        return record if record["workflowState"] in states else None

    record: dict[str, Any] = until(there, f"an interview to be {' or '.join(states)}")
    return record


def take(client: httpx.Client, interview: str, transition: str, **more: Any) -> None:
    """Take a transition."""
    answer = client.post(
        f"/workflow/interviews/{interview}/transition", json={"transition": transition, **more}
    )
    assert answer.status_code == 200, answer.text


def add(client: httpx.Client, name: str = "Jane Smith", **changes: Any) -> str:
    """Add an interview that is not scheduled, and return its id when its plan is there."""
    body = details(
        candidateName=name,
        candidateEmail=f"{name.split()[0].lower()}@example.com",
        jobDescription=ADVERT,
        scheduledAt=...,
        **changes,
    )
    answer = client.post("/interviews", json=body)
    assert answer.status_code == 201, answer.text
    interview: str = answer.json()["id"]
    reached(client, interview, "PENDING")
    return interview


def held(client: httpx.Client, name: str = "Jane Smith", **changes: Any) -> str:
    """Add an interview that is in progress, and return its id."""
    interview = add(client, name, **changes)
    take(client, interview, "APPROVE")
    take(client, interview, "START")
    return interview


def card(client: httpx.Client, interview: str, rating: int) -> None:
    """Hand in a scorecard that rates everything the same."""
    criteria = client.get(f"/interviews/{interview}/plan").json()["structure"]["criteria"]
    body = {
        "ratings": [{"criterion": each["key"], "rating": rating} for each in criteria],
        "recommendation": "HIRE" if rating > 2 else "NO_HIRE",
        "submitted": True,
    }
    answer = client.put(f"/interviews/{interview}/scorecards/me", json=body)
    assert answer.status_code == 200, answer.text
