"""`make screenshots`: a picture of every page, wide and narrow, light and dark."""

import sys
import tempfile
from datetime import timedelta
from pathlib import Path

import httpx
import jwt

from interview_service.domain.clock import clock
from tests.e2e.conftest import Service, Starter, until
from tests.pages.browsing import Browser, browsing
from tests.pages.team import EMAIL, PASSWORD, ZOOM, add, found, held, reached, set_up_code, take

SIZES = {"desktop": 1280, "phone": 390}


def pictures(folder: Path, only: list[str]) -> None:
    """Write the pictures into a folder.

    :param only: parts of their names; all where it is empty.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, browsing() as browser:
        starter = Starter(Path(place))
        try:
            service = starter("serve", WEBHOOK_ALLOW_PRIVATE="true")
            browser.at(service.base)
            show(browser, folder, only, {"set-up": f"/setup?code={set_up_code(service)}"})
            found(service)
            pages = {"sign-in": "/sign-in", "error": "/invitation?token=gone"}
            show(browser, folder, only, pages)
            browser.go("/sign-in")
            browser.type(email=EMAIL, password=PASSWORD)
            browser.press("Sign in")
            show(browser, folder, only, {"empty": "/interviews"})
            with service.client() as client:
                client.put("/tenant/settings", json={"webhookUrl": f"{service.base}/nowhere"})
                for number in range(14):
                    add(client, f"{NAMES[number]} Example", position=POSITIONS[number % 3])
                booked = held(client, "Ida Moreau")
                take(client, booked, "NO_SHOW")
                take(client, booked, "SCHEDULE", scheduledAt="2026-02-01T10:00:00Z")
                judged = held(client, "Jane Smith")
                words = {"Content-Type": "text/vtt"}
                client.put(
                    f"/interviews/{judged}/transcript", content=ZOOM.read_bytes(), headers=words
                )
                for subject, rating, advice in (("grace", 4, "HIRE"), ("linus", 2, "NO_HIRE")):
                    hand_in(service, client, judged, subject, rating, advice)
                take(client, judged, "COMPLETE")
                reached(client, judged, "ASSESSMENT_PENDING")
                until(
                    lambda: client.get(f"/interviews/{judged}/assessment").json()["coverage"],
                    "the evidence",
                )
                pending = client.get("/interviews?state=PENDING").json()["data"][0]["id"]
                lacking = client.post("/a2a/interview", json={"candidateName": "Kim Example"})
                lacking_id = lacking.json()["interviewId"]
            show(
                browser,
                folder,
                only,
                {
                    "interviews": "/interviews",
                    "nothing-found": "/interviews?q=zzzz",
                    "interview-new": "/interviews/new",
                    "interview-lacking": f"/interviews/{lacking_id}",
                    "interview-completing": f"/interviews/{lacking_id}/edit",
                    "interview": f"/interviews/{pending}",
                    "interview-scheduled": f"/interviews/{booked}",
                    "plan": f"/interviews/{pending}/plan",
                    "plan-edit": f"/interviews/{pending}/plan/edit",
                    "kit": f"/interviews/{pending}/kit",
                    "erase": f"/interviews/{pending}/erase",
                    "transcript-empty": f"/interviews/{booked}/transcript",
                    "transcript": f"/interviews/{judged}/transcript",
                    "scorecard": f"/interviews/{judged}/scorecard",
                    "assessment": f"/interviews/{judged}/assessment",
                    "compare": f"/interviews/{judged}/compare",
                    "history": f"/interviews/{judged}/history",
                    "team": "/team",
                    "api-keys": "/api-keys",
                    "settings": "/settings",
                    "audit": "/audit",
                    "account": "/account",
                },
            )
        finally:
            starter.close()


NAMES = [
    "Amina",
    "Bruno",
    "Chloe",
    "Dmitri",
    "Elif",
    "Farid",
    "Greta",
    "Hugo",
    "Ines",
    "Jonas",
    "Katya",
    "Liam",
    "Mei",
    "Noor",
]
POSITIONS = ("Senior Engineer", "Product Designer", "Ward Nurse")


def hand_in(
    service: Service, client: httpx.Client, interview: str, subject: str, rating: int, advice: str
) -> None:
    """Hand in a scorecard in the name of somebody."""
    criteria = client.get(f"/interviews/{interview}/plan").json()["structure"]["criteria"]
    keys = [each["key"] for each in criteria] or ["technical_assessment"]
    secret = (service.folder / "instance" / "jwt-secret").read_text()
    claims = {
        "sub": subject,
        "tenantId": "acme",
        "permissions": ["interview:*"],
        "exp": clock.now() + timedelta(hours=1),
    }
    card = {
        "ratings": [
            {"criterion": key, "rating": max(1, rating - number % 2), "note": NOTE}
            for number, key in enumerate(keys)
        ],
        "recommendation": advice,
        "summary": "Explains trade-offs well; has not run anything this large yet.",
        "submitted": True,
    }
    answer = client.put(
        f"/interviews/{interview}/scorecards/me",
        json=card,
        headers={"Authorization": f"Bearer {jwt.encode(claims, secret, 'HS256')}"},
    )
    assert answer.status_code == 200, answer.text


NOTE = "Drew the queue first, then asked what happens when it is full."


def show(browser: Browser, folder: Path, only: list[str], pages: dict[str, str]) -> None:
    """Write pictures of pages, by name."""
    for name, path in pages.items():
        if only and not any(part in name for part in only):
            continue
        for size, width in SIZES.items():
            for dark in (False, True):
                browser.look(width, dark=dark)
                browser.go(path)
                browser.picture(folder / f"{name}-{size}-{'dark' if dark else 'light'}.png")


if __name__ == "__main__":
    pictures(Path(sys.argv[1]), sys.argv[2:])
