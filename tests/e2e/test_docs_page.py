"""The documentation's page in a real browser, which can reach this machine and nothing else."""

import json
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service as Driver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.conftest import do_without
from tests.e2e.conftest import PATIENCE_SECONDS, Starter, run

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--window-size=1300,2000",
)


@pytest.fixture
def browser() -> Iterator[webdriver.Chrome]:
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        reason = "no chromium and chromedriver: on Debian, packages chromium and chromium-driver"
        do_without(reason)
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    for flag in FLAGS:
        options.add_argument(flag)
    browser = webdriver.Chrome(options=options, service=Driver(driver))
    yield browser
    browser.quit()


def find(browser: webdriver.Chrome, selector: str) -> WebElement:
    """Return an element as soon as it can be seen."""

    def seen(driver: Any) -> WebElement | None:
        shown = driver.find_elements(By.CSS_SELECTOR, selector)
        return next((each for each in shown if each.is_displayed()), None)

    found: WebElement = WebDriverWait(browser, PATIENCE_SECONDS).until(seen)
    return found


def requested(browser: webdriver.Chrome) -> set[str]:
    """Return every URL that the page asked for."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return {
        message["params"]["request"]["url"]
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
    }


def test_a_call_can_be_tried_from_the_page_without_internet(
    service: Starter, browser: webdriver.Chrome
) -> None:
    web = service("web")
    token = run(
        web.folder, "token", "--tenant", "acme", "--subject", "me", settings=web.settings
    ).stdout.strip()
    browser.get(f"{web.base}/api/docs")
    find(browser, ".btn.authorize").click()
    find(browser, ".auth-container input").send_keys(token)
    find(browser, ".auth-btn-wrapper .authorize").click()
    find(browser, ".btn-done").click()
    operation = "#operations-interviews-createInterview"
    find(browser, f"{operation} .opblock-summary-control").click()
    find(browser, f"{operation} .execute").click()
    status = find(browser, f"{operation} .live-responses-table .response .response-col_status")
    assert status.text.split()[0] == "201"
    answer = find(browser, f"{operation} .live-responses-table .highlight-code")
    assert '"workflowState": "RECEIVED"' in answer.text
    with web.client() as client:
        assert client.get("/interviews").json()["meta"]["total"] == 1
    outside = [url for url in requested(browser) if not url.startswith((web.base, "data:"))]
    assert outside == []
    complaints = [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
    assert complaints == []
