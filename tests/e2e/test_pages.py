"""People's errands on the pages, in a real browser that can reach this machine and nothing else.

A team's service and its administrator's browser are shared by the errands: wide, narrow, and narrow
without JavaScript.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from axe_selenium_python import Axe
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.e2e.conftest import Service, Starter, until
from tests.integration.receivers import Receiver, answers
from tests.pages.browsing import Browser, browsing
from tests.pages.team import ADVERT, EMAIL, PASSWORD, ZOOM, add, card, held, reached, take

LEAVING = """
const leaving = new Event("beforeunload", { cancelable: true });
dispatchEvent(leaving);
return leaving.defaultPrevented;
"""
LOOKS = [(1280, False), (1280, True), (390, False), (390, True)]


@dataclass(frozen=True)
class Team:
    """A team's service, and its first administrator's browser, signed in."""

    service: Service
    browser: Browser
    width: int
    scripts: bool


@pytest.fixture(
    scope="module",
    params=[(1280, True), (390, True), (390, False)],
    ids=["wide", "narrow", "narrow without scripts"],
)
def team(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Team]:
    """A team whose first administrator came by the link that the service prints."""
    width, scripts = request.param
    starter = Starter(tmp_path_factory.mktemp("team"))
    try:
        service = starter("serve", WEBHOOK_ALLOW_PRIVATE="true", WEB_CONCURRENCY="1")
        link = re.search(r"The first user  http://localhost:\d+(/setup\?code=\S+)", service.output)
        assert link is not None, service.output
        with browsing(scripts=scripts) as browser:
            browser.at(service.base)
            browser.look(width)
            browser.go(link[1])
            browser.type(tenant="acme", name="Ada Byron", email=EMAIL, password=PASSWORD)
            browser.press("Begin")
            browser.reads("No interviews yet")
            yield Team(service, browser, width, scripts)
    finally:
        starter.close()


@pytest.fixture
def ada(team: Team) -> Iterator[Browser]:
    """The administrator at the list; no page complains or asks for anything elsewhere."""
    team.browser.go("/interviews")
    yield team.browser
    assert_calm(team.browser)


def assert_calm(browser: Browser) -> None:
    """Every request went to the service, and the console has nothing to say."""
    outside = [url for url in browser.requested() if not url.startswith((browser.base, "data:"))]
    assert outside == []
    assert browser.complaints() == []


def test_a_newcomer_adds_an_interview_and_approves_its_plan(ada: Browser) -> None:
    ada.press("Add an interview")
    ada.type(
        candidateName="Jane Smith",
        candidateEmail="jane@example.com",
        position="Senior Engineer",
        level="SENIOR",
        skills="TypeScript, React, Node.js",
        jobDescription=ADVERT,
    )
    ada.press("Add the interview")
    ada.reads("The plan is waiting for approval")
    ada.press("Read the plan")
    ada.reads("Look for")
    ada.press("Approve the plan")
    ada.reads("A time has to be found")


def test_a_plan_is_edited_by_hand(team: Team, ada: Browser) -> None:
    with team.service.client() as client:
        interview = add(client, "Kim Lee")
    ada.go(f"/interviews/{interview}/plan")
    ada.press("Edit the plan")
    asked = "#section-0 fieldset.asked"
    count = len(ada.driver.find_elements(By.CSS_SELECTOR, asked))
    ada.press("Add a question")
    ada.press(f"Remove question {count + 1} of Technical Assessment")
    until(lambda: len(ada.driver.find_elements(By.CSS_SELECTOR, asked)) == count, "it to be gone")
    ada.press("Add a question")
    ada.type(**{f"s0q{count}-text": "What did you learn from it?"})
    second = ada.find("#question-0-1 textarea").get_attribute("value")
    ada.find("button[value=up-question-0-1]").send_keys(Keys.ENTER)
    until(lambda: is_value(ada, "#question-0-0 textarea", second), "the second to be the first")
    ada.type(**{"s0q0-text": "Do you have children?"})
    if team.scripts:
        assert ada.driver.execute_script(LEAVING), "what was typed would be left behind unasked"
    ada.press("Save the plan")
    ada.reads("Nobody may be asked about family and pregnancy: “Do you have children?”")
    assert all("422" in each for each in ada.complaints())  # that it is refused is as it should be
    ada.type(**{"s0q0-text": "Which change of yours would you take back?"})
    ada.press("Save the plan")
    ada.reads("The plan is saved.")
    ada.press("Print the kit")
    ada.reads_anywhere("Which change of yours would you take back?")


def is_value(browser: Browser, selector: str, value: str | None) -> bool:
    """Tell whether a field has a value, while the page may be becoming another."""
    try:
        return browser.find(selector).get_attribute("value") == value
    except StaleElementReferenceException:
        return False


def test_an_interview_is_judged_by_a_card_and_a_transcript(team: Team, ada: Browser) -> None:
    with team.service.client() as client:
        interview = held(client)
    ada.go(f"/interviews/{interview}/plan")
    ada.press("Print the kit")
    kit = ada.driver.current_window_handle
    ada.reads_anywhere("Rating")
    ada.driver.switch_to.new_window("window")
    ada.look(team.width)
    ada.go(f"/interviews/{interview}/scorecard")
    ada.driver.find_element(By.CSS_SELECTOR, "fieldset.rating input[value='4']").click()
    ada.find("textarea[name^='note-']").send_keys("Drew the queue first.")
    if team.scripts:
        told = ada.find("[data-autosaved]")
        until(lambda: told.text == "Saved as a draft", "the card to be saved")
    else:
        ada.press("Save the draft")
        ada.reads("Your draft is saved.")
    ada.go(f"/interviews/{interview}/scorecard")
    assert ada.find("textarea[name^='note-']").get_attribute("value") == "Drew the queue first."
    if team.scripts:
        ada.find("textarea[name=summary]").send_keys("Typed just before.")
        ada.press("History")
        ada.press("Scorecard")
        ada.reads("All in all")
        assert ada.find("textarea[name=summary]").get_attribute("value") == "Typed just before."
    ada.type(recommendation="HIRE", summary="Sound.")
    ada.press("Hand it in")
    ada.reads("You handed this in on")
    ada.press("Add a transcript")
    ada.find("input[type=file]").send_keys(str(ZOOM))
    ada.press("Add the transcript")
    ada.reads("The transcript is added.")
    ada.press("Mark it as held")
    ada.reads("A decision is due")
    ada.press("Read the assessment")
    ada.reads("What was covered")
    assert "Drew the queue first." in ada.text()
    ada.driver.find_element(By.CSS_SELECTOR, "input[name=decision][value=HIRE]").click()
    ada.press("Decide")
    ada.reads("This interview is closed")
    with team.service.client() as client:
        assert client.get(f"/interviews/{interview}").json()["decision"] == "HIRE"
    ada.driver.close()
    ada.driver.switch_to.window(kit)


def test_three_candidates_are_compared_without_names_and_one_is_chosen(
    team: Team, ada: Browser
) -> None:
    names = ("Mei Tanaka", "Noor Rahman", "Ole Berg")
    with team.service.client() as client:
        interviews = [held(client, name, position="Data Analyst") for name in names]
        for interview, rating in zip(interviews, (3, 5, 2), strict=True):
            card(client, interview, rating)
            take(client, interview, "COMPLETE")
            reached(client, interview, "ASSESSMENT_PENDING")
    ada.go(f"/interviews/{interviews[0]}/assessment")
    ada.press("Compare the candidates for Data Analyst")
    ada.reads("3 candidates side by side")
    ada.press("Hide names")
    ada.reads("Candidate 3")
    assert not any(name in ada.text() for name in names)
    chosen = f"form:has([name=decided][value='{interviews[1]}'])"
    ada.find(f"details:has([name=decided][value='{interviews[1]}']) > summary").click()
    ada.find(f"{chosen} [value=STRONG_HIRE]").click()
    ada.find(f"{chosen} button").click()
    ada.reads("The decision is taken.")
    assert not any(name in ada.text() for name in names)
    with team.service.client() as client:
        decisions = [client.get(f"/interviews/{each}").json()["decision"] for each in interviews]
    assert decisions == [None, "STRONG_HIRE", None]


def test_a_colleague_is_invited_and_comes_in(team: Team, ada: Browser) -> None:
    ada.press("Team")
    ada.type(name="Grace Hopper", email="grace@example.com", role="INTERVIEWER")
    ada.press("Make an invitation")
    link = ada.find("#secret").get_attribute("value")
    assert link is not None
    with browsing(scripts=team.scripts) as grace:
        grace.at(team.service.base)
        grace.look(390)
        grace.go("/invitation?" + link.partition("?")[2])
        grace.reads("Hello, Grace Hopper")
        grace.type(password="a lighthouse at noon")
        grace.press("Set the password")
        grace.reads("Your password is set, and you are signed in.")
        grace.find(".menu")
        assert grace.driver.find_elements(By.LINK_TEXT, "Team") == []
        assert_calm(grace)


def test_a_key_is_made_and_its_use_is_seen(team: Team, ada: Browser) -> None:
    ada.press("API keys")
    ada.type(name="ats")
    ada.press("Make the key")
    key = ada.find("#secret").get_attribute("value")
    assert key is not None
    ada.press("Back to the keys")
    ada.reads("never")
    base = team.service.base
    answer = httpx.get(f"{base}/api/v1/interviews", headers={"X-API-Key": key})
    assert answer.status_code == 200
    ada.press("API keys")
    assert "never" not in ada.find("tbody").text
    ada.press("Revoke")
    ada.press("Revoke ats")
    ada.reads("No keys yet")
    gone = httpx.get(f"{base}/api/v1/users", headers={"X-API-Key": key})
    assert gone.status_code in (401, 403)


def test_a_webhook_is_set_tested_and_sent_again(team: Team, ada: Browser) -> None:
    with Receiver(answers(500)) as receiver:
        ada.press("Settings")
        ada.type(webhookUrl=receiver.url())
        ada.press("Save")
        ada.reads("The settings are saved.")
        ada.press("Send a test")
        ada.reads("It answered 500")
        with team.service.client() as client:
            interview = add(client)
        ada.go(f"/interviews/{interview}")
        ada.press("History")
        ada.reads("answered 500")
        before = len(receiver.requests)
        ada.press("Send it again")
        until(lambda: len(receiver.requests) > before, "the event to be sent again")
        ada.press("Settings")
        ada.find("[name=webhookUrl]").clear()
        ada.press("Save")
        ada.reads("The settings are saved.")


def test_a_candidate_is_erased(team: Team, ada: Browser) -> None:
    with team.service.client() as client:
        interviews = [add(client, "Vera Novak", position=each) for each in ("Nurse", "Midwife")]
    ada.go(f"/interviews/{interviews[0]}")
    ada.reads("Other interviews of this candidate")
    ada.press("The candidate’s data")
    ada.press("Erase this candidate’s data")
    ada.reads("This cannot be undone.")
    ada.type(confirmation="Vera Novak")
    ada.press("Erase the data")
    ada.reads("The candidate’s data is erased.")
    assert "Vera" not in ada.text()
    with team.service.client() as client:
        erased = [client.get(f"/interviews/{each}").json() for each in interviews]
    assert [each["candidateName"] for each in erased] == [None, None]


def test_a_list_is_ordered_filtered_and_gone_through(team: Team, ada: Browser) -> None:
    with team.service.client() as client:
        for number in range(22):
            client.post("/a2a/interview", json={"candidateName": f"Candidate {number:02}"})
    ada.go("/interviews")  # a list that was empty has nothing to look for
    ada.type(q="candidate", sort="createdAt")
    if team.scripts:
        until(lambda: "Candidate 00" in ada.text(), "the order to hold at once")
    else:
        ada.press("Show")
    ada.reads("Candidate 00")
    ada.reads("22 interviews of")
    ada.press("Next page")
    ada.reads("Candidate 21")
    ada.press("First page")
    ada.reads("Candidate 00")
    ada.press("Filters")
    ada.type(level="SENIOR")
    ada.press("Apply the filters")
    ada.reads("Nothing matches")
    ada.press("Show all interviews")
    ada.find("tbody")


@pytest.mark.parametrize("team", [(1280, True)], indirect=True, ids=["every look"])
def test_no_page_shuts_anybody_out(team: Team, ada: Browser) -> None:
    with team.service.client() as client:
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
        "/interviews?level=SENIOR&createdFrom=never",
        "/interviews/new",
        f"/interviews/{pending}",
        f"/interviews/{pending}/edit",
        f"/interviews/{pending}/plan",
        f"/interviews/{pending}/plan/edit",
        f"/interviews/{pending}/erase",
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
    for path in ("/sign-in", "/setup?code=gone", "/invitation?token=gone", "/nowhere"):
        faults += shut_out(ada, path)
    ada.complaints()  # that the last three are not found is as it should be
    assert faults == [], "\n".join(faults)


def shut_out(browser: Browser, path: str) -> list[str]:
    """Return what axe finds serious on a page, wide and narrow, light and dark."""
    faults = []
    browser.go(path)
    axe = Axe(browser.driver)
    axe.inject()
    for width, dark in LOOKS:
        browser.look(width, dark=dark)
        overflow = browser.driver.execute_script(
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if overflow > 0:
            faults.append(f"{path} at {width}: {overflow} pixels too wide")
        for each in axe.run()["violations"]:
            if each["impact"] in ("serious", "critical"):
                where = [node["target"] for node in each["nodes"]][:3]
                faults.append(f"{path} at {width}, dark: {dark}: {each['id']} {where}")
    return faults
