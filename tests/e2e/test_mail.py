"""Mail by real processes: a worker that is killed while it sends, and people's errands on pages."""

import re
import sqlite3
from contextlib import closing

import pytest
from selenium.webdriver.common.by import By

from tests.e2e.conftest import Service, Starter, until
from tests.e2e.test_pages import assert_calm, shut_out
from tests.integration.mail_servers import MailServer, Received
from tests.pages.browsing import Browser, browsing
from tests.pages.team import EMAIL, PASSWORD, found

MAIL_FROM = "Interviews <interviews@example.com>"
NEW_PASSWORD = "a lighthouse at noon"


def test_a_mail_whose_worker_is_killed_while_it_sends_is_sent_by_the_next(
    service: Starter,
) -> None:
    with MailServer() as server:
        mail = {"SMTP_URL": server.url, "MAIL_FROM": MAIL_FROM}
        web = service("web", **mail)
        worker = service("worker", **mail)
        deaths = iter([worker])

        def die(received: Received) -> None:
            for each in deaths:
                each.kill()  # the mail is here, and nobody will note it

        server.on_mail = die
        with web.client("acme", "user:*", "interview:*") as client:
            body = {"email": EMAIL, "name": "Ada", "role": "INTERVIEWER"}
            assert client.post("/users", json=body).status_code == 201
        until(lambda: server.mails, "the first mail")
        until(lambda: not worker.processes(), "the worker to be gone")
        assert "PUBLIC_URL is not set: links in mails begin with http://localhost" in worker.errors
        assert _column(web, "SELECT state FROM mails") == ["PENDING"]
        _column(web, "UPDATE mails SET due_at = 0")  # as if its lease had run out
        service("worker", **mail)
        until(lambda: not _column(web, "SELECT id FROM mails"), "the mail to be noted as sent")
        first, second = server.mails
        assert first.message["Message-ID"] == second.message["Message-ID"]
        assert first.text != second.text  # each has a link of its own


def _sign_in(browser: Browser, password: str = PASSWORD) -> None:
    browser.go("/sign-in")
    browser.type(email=EMAIL, password=password)
    browser.press("Sign in")
    browser.find(".menu")


def _column(service: Service, statement: str) -> list[str]:
    file = service.folder / "instance" / "interviews.db"
    with closing(sqlite3.connect(file)) as connection, connection:
        return [row[0] for row in connection.execute(statement)]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_forgotten_password_is_mended_by_mail_and_mails_are_chosen(
    service: Starter, scripts: bool
) -> None:
    with MailServer() as server, browsing(scripts=scripts) as browser:
        serve = service("serve", SMTP_URL=server.url, MAIL_FROM=MAIL_FROM)
        found(serve)
        browser.at(serve.base)
        browser.look(1280 if scripts else 390)
        browser.go("/sign-in")
        browser.press("Forgotten your password?")
        browser.type(email=EMAIL)
        browser.press("Mail me a link")
        browser.reads("a link is on its way to it")
        until(lambda: server.to(EMAIL), "the mail")
        link = re.search(r"/invitation\?token=[\w-]+", server.to(EMAIL)[0].text)
        assert link is not None
        browser.go(link[0])
        browser.reads("Hello, Ada Byron")
        browser.type(password=NEW_PASSWORD)
        browser.press("Set the password")
        browser.reads("Your password is set.")
        _sign_in(browser, password=NEW_PASSWORD)
        browser.go("/account")
        browser.driver.find_element(By.NAME, "reminders").click()
        browser.press("Save what you are mailed")
        browser.reads("Saved.")
        ticked = [
            each.is_selected()
            for each in browser.driver.find_elements(By.CSS_SELECTOR, "[type=checkbox]")
        ]
        assert ticked == [True, False]
        assert_calm(browser)


def test_no_page_about_mail_shuts_anybody_out(service: Starter) -> None:
    with MailServer(replies={"RCPT": "550 5.1.1 No such mailbox"}) as server:
        serve = service("serve", SMTP_URL=server.url, MAIL_FROM=MAIL_FROM)
        found(serve)
        with browsing() as browser:
            browser.at(serve.base)
            browser.look(1280)
            faults = [
                each for path in ("/sign-in", "/forgotten") for each in shut_out(browser, path)
            ]
            _sign_in(browser)
            browser.go("/team")
            browser.type(name="Grace Hopper", email="grace@example.com", role="INTERVIEWER")
            browser.press("Make an invitation")
            browser.reads("is mailed a link of their own")
            until(lambda: server.refused, "the invitation to be refused")
            until(lambda: "DEAD" in _column(serve, "SELECT state FROM mails"), "it to be given up")
            faults += [each for path in ("/team", "/account") for each in shut_out(browser, path)]
            browser.go("/team")
            browser.reads("The invitation could not be mailed")
            assert faults == [], "\n".join(faults)
            assert_calm(browser)
