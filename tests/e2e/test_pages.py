"""People's errands on the pages, in a real browser that can reach this machine and nothing else."""

from collections.abc import Iterator

import httpx
import pytest
from axe_selenium_python import Axe
from selenium.webdriver.common.by import By

from tests.e2e.conftest import Service, Starter, until
from tests.integration.receivers import Receiver, answers
from tests.pages.browsing import Browser, browsing
from tests.pages.team import (
    ADVERT,
    EMAIL,
    PASSWORD,
    ZOOM,
    add,
    found,
    held,
    reached,
    set_up_code,
    take,
)

LOOKS = [(1280, False), (1280, True), (390, False), (390, True)]


@pytest.fixture
def browser() -> Iterator[Browser]:
    with browsing() as opened:
        yield opened


@pytest.fixture
def serve(service: Starter) -> Service:
    return service("serve", WEBHOOK_ALLOW_PRIVATE="true")


@pytest.fixture
def ada(serve: Service, browser: Browser) -> Iterator[Browser]:
    """The first administrator, signed in; no page complains or asks for anything elsewhere."""
    found(serve)
    browser.at(serve.base)
    browser.look(1280)
    sign_in(browser)
    yield browser
    assert_calm(browser)


def sign_in(browser: Browser, email: str = EMAIL, password: str = PASSWORD) -> None:
    browser.go("/sign-in")
    browser.type(email=email, password=password)
    browser.press("Sign in")
    browser.find(".menu")


def assert_calm(browser: Browser) -> None:
    """Every request went to the service, and the console has nothing to say."""
    outside = [url for url in browser.requested() if not url.startswith((browser.base, "data:"))]
    assert outside == []
    assert browser.complaints() == []


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (390, True), (390, False)])
def test_a_newcomer_sets_up_adds_an_interview_and_approves_its_plan(
    serve: Service, width: int, scripts: bool
) -> None:
    with browsing(scripts=scripts) as browser:
        browser.at(serve.base)
        browser.look(width)
        browser.go(f"/setup?code={set_up_code(serve)}")
        browser.type(tenant="acme", name="Ada Byron", email=EMAIL, password=PASSWORD)
        browser.press("Begin")
        browser.reads("No interviews yet")
        browser.press("Add an interview")
        browser.type(
            candidateName="Jane Smith",
            candidateEmail="jane@example.com",
            position="Senior Engineer",
            level="SENIOR",
            skills="TypeScript, React, Node.js",
            jobDescription=ADVERT,
        )
        browser.press("Add the interview")
        browser.reads("The plan waits for approval")
        browser.press("Read the plan")
        browser.reads("Look for")
        browser.press("Approve the plan")
        browser.reads("A time has to be found")
        assert_calm(browser)


def test_an_interview_is_judged_by_a_card_and_a_transcript(serve: Service, ada: Browser) -> None:
    with serve.client() as client:
        interview = held(client)
    ada.go(f"/interviews/{interview}/scorecard")
    ada.driver.find_element(By.CSS_SELECTOR, "fieldset.rating input[value='4']").click()
    ada.find("textarea[name^='note-']").send_keys("Drew the queue first.")
    told = ada.find("[data-autosaved]")
    until(lambda: told.text == "Saved as a draft", "the card to be saved")
    ada.go(f"/interviews/{interview}/scorecard")
    assert ada.find("textarea[name^='note-']").get_attribute("value") == "Drew the queue first."
    ada.type(recommendation="HIRE", summary="Sound.")
    ada.press("Hand it in")
    ada.reads("You handed this in on")
    ada.press("Add a transcript")
    ada.find("input[type=file]").send_keys(str(ZOOM))
    ada.press("Keep the transcript")
    ada.reads("The transcript is kept.")
    ada.press("Mark it as held")
    ada.reads("A decision is due")
    ada.press("Read the assessment")
    ada.reads("What was covered")
    assert "Drew the queue first." in ada.text()
    ada.driver.find_element(By.CSS_SELECTOR, "input[name=decision][value=HIRE]").click()
    ada.press("Decide")
    ada.reads("This interview is closed")
    with serve.client() as client:
        assert client.get(f"/interviews/{interview}").json()["decision"] == "HIRE"


def test_a_colleague_is_invited_and_signs_in(serve: Service, ada: Browser) -> None:
    ada.press("Team")
    ada.type(name="Grace Hopper", email="grace@example.com", role="INTERVIEWER")
    ada.press("Make an invitation")
    link = ada.find("#secret").get_attribute("value")
    assert link is not None
    with browsing() as grace:
        grace.at(serve.base)
        grace.look(390)
        grace.go("/invitation?" + link.partition("?")[2])
        grace.reads("Hello, Grace Hopper")
        grace.type(password="a lighthouse at noon")
        grace.press("Set the password")
        grace.reads("Your password is set.")
        grace.type(email="grace@example.com", password="a lighthouse at noon")
        grace.press("Sign in")
        grace.reads("No interviews yet")
        assert grace.driver.find_elements(By.LINK_TEXT, "Team") == []
        assert_calm(grace)


def test_a_key_is_made_and_its_use_is_seen(serve: Service, ada: Browser) -> None:
    ada.press("API keys")
    ada.type(name="ats")
    ada.press("Make the key")
    key = ada.find("#secret").get_attribute("value")
    assert key is not None
    ada.press("Back to the keys")
    ada.reads("never")
    answer = httpx.get(f"{serve.base}/api/v1/interviews", headers={"X-API-Key": key})
    assert answer.status_code == 200
    ada.press("API keys")
    assert "never" not in ada.find("tbody").text
    ada.press("Revoke")
    ada.press("Revoke ats")
    ada.reads("No keys yet")
    gone = httpx.get(f"{serve.base}/api/v1/users", headers={"X-API-Key": key})
    assert gone.status_code in (401, 403)


def test_a_webhook_is_set_tested_and_sent_again(serve: Service, ada: Browser) -> None:
    with Receiver(answers(500)) as receiver:
        ada.press("Settings")
        ada.type(webhookUrl=receiver.url())
        ada.press("Save")
        ada.reads("The settings are saved.")
        ada.press("Send a test")
        ada.reads("It answered 500")
        with serve.client() as client:
            interview = add(client)
        ada.go(f"/interviews/{interview}/history")
        ada.reads("answered 500")
        before = len(receiver.requests)
        ada.press("Send it again")
        ada.reads("The event is sent again.")
        until(lambda: len(receiver.requests) > before, "the event to be sent again")


def test_no_page_shuts_anybody_out(serve: Service, ada: Browser) -> None:
    with serve.client() as client:
        pending = add(client, "Kim Lee")
        going = held(client)
        client.put(
            f"/interviews/{going}/transcript",
            content=ZOOM.read_bytes(),
            headers={"Content-Type": "text/vtt"},
        )
        take(client, going, "COMPLETE")
        reached(client, going, "ASSESSMENT_PENDING")
    paths = [
        "/interviews",
        "/interviews?q=nobody",
        "/interviews/new",
        f"/interviews/{pending}",
        f"/interviews/{pending}/edit",
        f"/interviews/{pending}/plan",
        f"/interviews/{pending}/kit",
        f"/interviews/{going}/scorecard",
        f"/interviews/{going}/transcript",
        f"/interviews/{going}/assessment",
        f"/interviews/{going}/history",
        f"/interviews/{going}/compare",
        "/team",
        "/api-keys",
        "/settings",
        "/audit",
        "/account",
    ]
    faults = [fault for path in paths for fault in shut_out(ada, path)]
    ada.press("Ada Byron")
    ada.press("Sign out")
    for path in ("/sign-in", "/setup?code=gone", "/invitation?token=gone"):
        faults += shut_out(ada, path)
    ada.complaints()  # that the last two are not found is as it should be
    assert faults == [], "\n".join(faults)


def shut_out(browser: Browser, path: str) -> list[str]:
    """Return what axe finds serious on a page, wide and narrow, light and dark."""
    faults = []
    for width, dark in LOOKS:
        browser.look(width, dark=dark)
        browser.go(path)
        overflow = browser.driver.execute_script(
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if overflow > 0:
            faults.append(f"{path} at {width}: {overflow} pixels too wide")
        axe = Axe(browser.driver)
        axe.inject()
        for each in axe.run()["violations"]:
            if each["impact"] in ("serious", "critical"):
                where = [node["target"] for node in each["nodes"]][:3]
                faults.append(f"{path} at {width}, dark: {dark}: {each['id']} {where}")
    return faults
