"""Looking at the pages with headless Chromium, which reaches this machine and nothing else."""

import base64
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import (
    StaleElementReferenceException,
    TimeoutException,
    WebDriverException,
)
from selenium.webdriver.chrome.service import Service as Driver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.conftest import do_without
from tests.e2e.conftest import PATIENCE_SECONDS

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


@contextmanager
def browsing(*, scripts: bool = True) -> Iterator["Browser"]:
    """Open a browser, without JavaScript where `scripts` is false."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        do_without("no chromium and chromedriver: on Debian, packages chromium, chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    if not scripts:
        prefs = {"profile.managed_default_content_settings.javascript": 2}
        options.add_experimental_option("prefs", prefs)
    for flag in FLAGS:
        options.add_argument(flag)
    opened = webdriver.Chrome(options=options, service=Driver(driver))
    try:
        yield Browser(opened)
    finally:
        opened.quit()


class Browser:
    """A browser and the few things that people do with one."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver
        self.base = ""

    def at(self, base: str) -> "Browser":
        """Take a service's address as where paths begin."""
        self.base = base
        return self

    def go(self, path: str) -> None:
        """Open a page."""
        self.driver.get(self.base + path)

    def look(self, width: int, height: int = 900, *, dark: bool = False) -> None:
        """Have a window of a size in pixels, and colours as somebody has set them."""
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600},
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})

    def find(self, selector: str) -> WebElement:
        """Return an element as soon as it can be seen."""

        def seen(driver: Any) -> WebElement | None:
            shown = driver.find_elements(By.CSS_SELECTOR, selector)
            return next((each for each in shown if each.is_displayed()), None)

        waiting = WebDriverWait(self.driver, PATIENCE_SECONDS)
        element: WebElement = waiting.until(seen, f"waited in vain for {selector}")
        return element

    def button(self, text: str) -> WebElement:
        """Return a button, or a link that looks like one, by what is on it."""
        path = (
            "//*[self::button or self::a or self::summary]"
            f"[normalize-space()='{text}' or @aria-label='{text}']"
        )

        def seen(driver: Any) -> WebElement | None:
            shown = driver.find_elements(By.XPATH, path)
            return next((each for each in shown if each.is_displayed()), None)

        waiting = WebDriverWait(self.driver, PATIENCE_SECONDS)
        element: WebElement = waiting.until(seen, f"waited in vain for the button {text}")
        return element

    def press(self, text: str) -> None:
        """Press a button."""

        def pressed() -> None:
            button = self.button(text)
            # The bar at the top of a page covers what is scrolled to its edge, as people do not.
            self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
            button.click()

        self._again_where_anew(pressed)

    def _again_where_anew(self, work: Callable[[], None]) -> None:
        """Do something, again where the page became another before it was done."""

        def done(driver: Any) -> bool:
            try:
                work()
            except StaleElementReferenceException:
                return False
            except WebDriverException as error:
                # What Chromium's own error is when the page goes between finding and clicking.
                if "does not belong to the document" not in str(error.msg):
                    raise
                return False
            return True

        WebDriverWait(self.driver, PATIENCE_SECONDS).until(done)

    def type(self, **fields: str) -> None:
        """Type into fields, by their names."""
        for name, text in fields.items():
            self._again_where_anew(partial(self._type, name, text))

    def _type(self, name: str, text: str) -> None:
        field = self.find(f"[name='{name}']")
        if field.tag_name == "select":
            field.find_element(By.CSS_SELECTOR, f"option[value='{text}']").click()
        else:
            field.clear()
            field.send_keys(text)

    def text(self) -> str:
        """Return what can be read on the page."""
        return self.find("main").text

    def reads(self, text: str) -> None:
        """Wait until a text can be read on the page."""
        # The page may be another one by the time that its text is read.
        waiting = WebDriverWait(
            self.driver, PATIENCE_SECONDS, ignored_exceptions=[WebDriverException]
        )
        try:
            waiting.until(lambda _: text in self.text())
        except TimeoutException:
            pytest.fail(f"waited in vain for {text!r} at {self.driver.current_url}: {self.text()}")

    def reads_anywhere(self, text: str) -> None:
        """Wait until a text can be read on a page that is no page of the dashboard."""
        waiting = WebDriverWait(
            self.driver, PATIENCE_SECONDS, ignored_exceptions=[WebDriverException]
        )
        waiting.until(lambda _: text in self.find("body").text, f"waited in vain for {text!r}")

    def requested(self) -> set[str]:
        """Return every URL that was asked for since this was called last."""
        log = self.driver.get_log("performance")
        messages = [json.loads(entry["message"])["message"] for entry in log]
        return {
            message["params"]["request"]["url"]
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
        }

    def complaints(self) -> list[str]:
        """Return what the console says is wrong."""
        log = self.driver.get_log("browser")
        return [entry["message"] for entry in log if entry["level"] == "SEVERE"]

    def picture(self, file: Path) -> None:
        """Write the whole page as a picture."""
        size = self.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        shot = self.driver.execute_cdp_cmd(
            "Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip}
        )
        file.write_bytes(base64.b64decode(shot["data"]))
