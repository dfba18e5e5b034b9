"""Mails are queued with what they tell of, and the worker sends them: at least once."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from interview_service import lifecycle
from interview_service.database.session import Database
from interview_service.domain.accounts import UserStatus
from interview_service.domain.mail import FAILED_KEPT, MAIL_LEASE, MailKind
from interview_service.domain.outbox import DELIVERY_PAUSES, DeliveryState
from interview_service.domain.roles import Role
from interview_service.domain.workflow import State
from interview_service.lifecycle import users
from interview_service.lifecycle.base import Actor
from interview_service.repository import Repository
from tests.callers import Caller
from tests.conftest import AppFactory, Hands
from tests.lives import TIME, take

from .mail_rooms import PASSWORD, PUBLIC_URL, Room, app_with_mail, token_in
from .mail_servers import PATIENCE, MailServer, Received, SilentServer
from .receivers import Receiver, answers

ADA, GRACE = "ada@example.com", "grace@example.com"
LATER = "2030-03-01T10:00:00.000Z"
ADMIN = Actor("tester", Role.ADMIN.permissions)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def room(database: Database, app_on: AppFactory, server: MailServer) -> Iterator[Room]:
    room = Room(database, app_with_mail(database, app_on), server)
    yield room
    room.worker.stop()


def invitation(room: Room, email: str = ADA) -> str:
    """Add a user, and return their id."""
    body = {"email": email, "name": "Ada", "role": "INTERVIEWER"}
    made = room.caller.post("/users", body)
    assert made.status_code == 201, made.json
    user_id: str = made.json["id"]
    return user_id


def event_of(mail: Received) -> tuple[str, Any]:
    """Return the method and the event of a mail's calendar file, which is in it twice."""
    calendar = Calendar.from_ical(mail.calendar)
    (attached,) = (p for p in mail.message.walk() if p.get_content_type() == "application/ics")
    assert attached.get_filename() == "interview.ics"
    assert attached.get_content() == mail.calendar.encode()
    (event,) = calendar.walk("VEVENT")
    (part,) = (p for p in mail.message.walk() if p.get_content_type() == "text/calendar")
    assert part.get_param("method") == calendar["METHOD"]
    return str(calendar["METHOD"]), event


# --- invitations


def test_who_is_added_is_mailed_a_link_that_sets_their_password(room: Room) -> None:
    invitation(room)
    (mail,) = room.mailed()
    assert (mail.recipient, mail.sender) == (ADA, "interviews@example.com")
    assert mail.message["Subject"] == "Your account for the interviews of acme"
    assert mail.message["From"] == "Interviews <interviews@example.com>"
    assert mail.message["To"] == ADA
    assert mail.message["Auto-Submitted"] == "auto-generated"
    body = {"token": token_in(mail), "password": PASSWORD}
    assert room.post("/auth/invitation", body).status_code == 204
    assert room.sign_in(ADA, PASSWORD) == 200
    assert room.post("/auth/invitation", body).status_code == 404
    assert (room.mailed(), room.rows()) == ([], [])


def test_a_new_invitation_is_mailed_and_its_answer_has_a_link_of_its_own(room: Room) -> None:
    user_id = invitation(room)
    room.mailed()
    answer = room.caller.post(f"/users/{user_id}/invitation")
    assert answer.status_code == 201
    (mail,) = room.mailed()
    assert token_in(mail) not in answer.json["url"]
    shown = answer.json["url"].partition("token=")[2]
    assert room.post("/auth/invitation", {"token": shown, "password": PASSWORD}).status_code == 204
    used = {"token": token_in(mail), "password": PASSWORD}
    assert room.post("/auth/invitation", used).status_code == 404


def test_nothing_that_a_mail_says_is_in_the_database(room: Room) -> None:
    invitation(room)
    (row,) = room.rows()
    assert (row.kind, row.state, row.attempt_count) == (
        MailKind.INVITATION,
        DeliveryState.PENDING,
        0,
    )
    assert room.column("SELECT COUNT(*) FROM links") == [0]
    (mail,) = room.mailed()
    token = token_in(mail)
    assert room.rows() == []
    assert token not in room.column("SELECT digest FROM links")


@pytest.mark.parametrize("change", ["disabled", "removed", "password set"])
def test_an_invitation_that_waits_is_not_mailed_once_it_is_of_no_use(
    room: Room, change: str
) -> None:
    user_id = invitation(room)
    if change == "disabled":
        disabled = users.UserChange(status=UserStatus.DISABLED)
        users.update_user(room.repository, user_id, disabled, ADMIN)
    elif change == "removed":
        users.delete_user(room.repository, user_id, ADMIN)
    else:
        link = users.invite(room.repository, user_id, ADMIN, mailed=False)
        body = {"token": link.token, "password": PASSWORD}
        assert room.post("/auth/invitation", body).status_code == 204
    assert room.mailed() == []


# --- tries, and what becomes of them


def test_a_mail_that_is_put_off_is_tried_again_as_webhooks_are_and_then_given_up(
    room: Room, hands: Hands
) -> None:
    invitation(room)
    room.server.replies["RCPT"] = "450 4.2.1 Try again later"
    for number, pause in enumerate(DELIVERY_PAUSES, 1):
        assert room.mailed() == []
        (row,) = room.rows()
        assert (row.state, row.attempt_count, row.failure_count) == (
            DeliveryState.PENDING,
            number,
            number,
        )
        assert row.error == "The recipient was refused: 4.2.1 Try again later"
        assert row.due_at == hands.moment + pause
        hands.forward(seconds=pause.total_seconds() - 0.001)
        room.mailed()
        assert room.server.refused == number
        hands.forward(seconds=0.001)
    room.mailed()
    (row,) = room.rows()
    assert (row.state, row.due_at, row.status) == (DeliveryState.DEAD, None, 450)
    hands.forward(days=1)
    room.mailed()
    assert room.server.refused == len(DELIVERY_PAUSES) + 1


def test_a_mail_that_was_put_off_arrives_with_a_link_that_works(room: Room, hands: Hands) -> None:
    invitation(room)
    room.server.replies["DATA"] = "452 4.3.1 Full"
    assert room.mailed() == []
    del room.server.replies["DATA"]
    hands.forward(seconds=5)
    (mail,) = room.mailed()
    body = {"token": token_in(mail), "password": PASSWORD}
    assert room.post("/auth/invitation", body).status_code == 204
    assert room.column("SELECT COUNT(*) FROM links") == [0]


def test_a_mail_that_is_refused_is_given_up_at_once_and_a_new_one_is_tried(room: Room) -> None:
    user_id = invitation(room)
    room.server.replies["RCPT"] = "550 5.1.1 No such mailbox"
    room.mailed()
    (row,) = room.rows()
    assert (row.state, row.status, row.error) == (
        DeliveryState.DEAD,
        550,
        "The recipient was refused: 5.1.1 No such mailbox",
    )
    room.server.replies.clear()
    assert room.mailed() == []
    room.caller.post(f"/users/{user_id}/invitation")
    assert len(room.mailed()) == 1
    assert room.rows() == []


def test_what_was_given_up_is_forgotten_after_a_month(room: Room, hands: Hands) -> None:
    invitation(room)
    room.server.replies["RCPT"] = "550 5.1.1 No such mailbox"
    room.mailed()
    hands.moment += FAILED_KEPT
    room.worker.tidy()
    assert len(room.rows()) == 1
    hands.forward(seconds=1)
    room.worker.tidy()
    assert room.rows() == []


def test_a_worker_that_dies_while_it_sends_leaves_the_mail_to_another(
    room: Room, hands: Hands
) -> None:
    """It was handed over and not recorded: it goes out again, as the same message."""
    invitation(room)
    (row,) = room.rows()
    letter = lifecycle.begin_mail(room.repository, row.id)
    assert letter is not None
    writer, transport = room.worker._mailer._writer, room.worker._mailer._transport  # type: ignore[union-attr]
    transport.send(writer.message(letter))
    assert len(room.server.mails) == 1
    assert room.mailed() == []
    hands.moment += MAIL_LEASE
    other = room.new_worker()
    other.sweep()
    other.stop()
    first, second = room.server.mails
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert token_in(first) != token_in(second)
    lifecycle.record_mail(room.repository, letter, _refused())
    assert room.rows() == []


def _refused() -> Any:
    from interview_service.domain.mail import MailOutcome, Result

    return MailOutcome(Result.REFUSED, 550, "late")


def test_two_workers_send_a_mail_once(room: Room) -> None:
    invitation(room)
    other = room.new_worker()
    room.server.on_mail = lambda mail: other.sweep()  # while the first one hands it over
    assert len(room.mailed()) == 1
    other.stop()


def test_a_mail_that_was_put_off_before_the_clock_went_back_is_sent(
    room: Room, hands: Hands
) -> None:
    invitation(room)
    hands.back(days=3)
    assert len(room.mailed()) == 1


def test_tenants_take_turns(room: Room) -> None:
    for number in range(3):
        invitation(room, f"ada{number}@example.com")
    stranger = room.caller.other("globex", "interview:*", "user:*")
    body = {"email": GRACE, "name": "Grace", "role": "VIEWER"}
    assert stranger.post("/users", body).status_code == 201
    order = [mail.recipient for mail in room.mailed()]
    assert order.index(GRACE) <= 1


# --- appointments


def test_an_interviewer_is_mailed_the_appointment(room: Room) -> None:
    room.user(ADA)
    interview_id = room.interview(State.SCHEDULED, ADA, "not-a-user", "nobody@example.com")
    (mail,) = room.mailed()
    assert mail.recipient == ADA
    when = "1 February 2030, 10:00 (UTC)"
    assert mail.message["Subject"] == f"Interview on {when}: Senior Engineer"
    assert f"When: {when}, 60 minutes" in mail.text
    assert "Candidate: Jane Smith" in mail.text
    assert f"{PUBLIC_URL}/interviews/{interview_id}" in mail.text
    assert "jane@example.com" not in mail.raw.decode()
    method, event = event_of(mail)
    own = room.caller.get(f"/interviews/{interview_id}/calendar.ics").data
    (shown,) = Calendar.from_ical(own).walk("VEVENT")
    assert method == "REQUEST"
    for name in ("UID", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY"):
        assert event[name].to_ical() == shown[name].to_ical()
    assert (str(event["ORGANIZER"]), str(event["ATTENDEE"])) == (
        "mailto:interviews@example.com",
        f"mailto:{ADA}",
    )
    assert room.mailed() == []


def test_an_appointment_moves_and_is_called_off(room: Room) -> None:
    room.user(ADA)
    interview_id = room.interview(State.SCHEDULED, ADA)
    (first,) = room.mailed()
    take(room.caller, interview_id, "SCHEDULE", scheduledAt=LATER, location="Room 1")
    (second,) = room.mailed()
    take(room.caller, interview_id, "CANCEL", reason="Jane Smith withdrew")
    (third,) = room.mailed()
    events = [event_of(mail) for mail in (first, second, third)]
    assert [method for method, _ in events] == ["REQUEST", "REQUEST", "CANCEL"]
    assert len({str(event["UID"]) for _, event in events}) == 1
    sequences = [event["SEQUENCE"] for _, event in events]
    assert sequences == sorted(set(sequences))
    assert "Where: Room 1" in second.text
    assert second.message["Subject"].startswith("Changed: interview on 1 March 2030, 10:00")
    assert third.message["Subject"] == "Cancelled: interview on 1 March 2030, 10:00 (UTC)"
    assert events[2][1]["DTSTART"].dt == datetime.fromisoformat(LATER)
    assert "Jane" not in third.raw.decode()
    assert "Jane" not in third.text + third.html + third.calendar
    assert (room.mailed(), room.rows()) == ([], [])


def test_an_appointment_that_comes_with_the_approval_or_moves_by_put_is_mailed(
    room: Room,
) -> None:
    room.user(ADA)
    interview_id = room.interview(State.APPROVED, ADA, scheduledAt=TIME)
    (asked,) = room.mailed()
    moved = room.caller.put(f"/interviews/{interview_id}", {"scheduledAt": LATER})
    assert moved.json["workflowState"] == "SCHEDULED"
    (again,) = room.mailed()
    starts = [event_of(mail)[1]["DTSTART"].dt for mail in (asked, again)]
    assert starts == [datetime.fromisoformat(TIME), datetime.fromisoformat(LATER)]


def test_times_are_told_in_the_tenants_time_zone(room: Room) -> None:
    room.user(ADA)
    assert room.caller.put("/tenant/settings", {"timeZone": "Asia/Tokyo"}).status_code == 200
    room.interview(State.SCHEDULED, ADA)
    (mail,) = room.mailed()
    assert "When: 1 February 2030, 19:00 (Asia/Tokyo), 60 minutes" in mail.text
    assert event_of(mail)[1]["DTSTART"].dt == datetime.fromisoformat(TIME)


def test_changes_that_move_nothing_are_not_mailed(room: Room) -> None:
    room.user(ADA)
    interview_id = room.interview(State.SCHEDULED, ADA)
    room.mailed()
    take(room.caller, interview_id, "SCHEDULE", scheduledAt=TIME)
    path = f"/interviews/{interview_id}"
    assert room.caller.put(path, {"companyName": "Acme"}).status_code == 200
    take(room.caller, interview_id, "START")
    assert room.mailed() == []


def test_several_changes_before_a_mail_goes_out_are_one_mail(room: Room) -> None:
    room.user(ADA)
    interview_id = room.interview(State.SCHEDULED, ADA)
    take(room.caller, interview_id, "SCHEDULE", scheduledAt=LATER)
    (mail,) = room.mailed()
    assert event_of(mail)[1]["DTSTART"].dt == datetime.fromisoformat(LATER)


def test_an_appointment_nobody_was_told_of_is_not_called_off(room: Room) -> None:
    room.user(ADA)
    interview_id = room.interview(State.SCHEDULED, ADA)
    take(room.caller, interview_id, "CANCEL")
    assert (room.mailed(), room.rows()) == ([], [])


@pytest.mark.parametrize(
    "how", ["NO_SHOW", "NO_SHOW after START", "deleted", "erased", "erased after START"]
)
def test_an_appointment_ends_with(room: Room, how: str) -> None:
    room.user(ADA)
    interview_id = room.interview(State.SCHEDULED, ADA)
    (asked,) = room.mailed()
    if how == "deleted":
        assert room.caller.delete(f"/interviews/{interview_id}").status_code == 204
    else:
        if "START" in how:
            take(room.caller, interview_id, "START")
        if "erased" in how:
            erased = room.caller.delete(f"/interviews/{interview_id}/candidate-data")
            assert erased.status_code == 204
        else:
            take(room.caller, interview_id, "NO_SHOW")
    (off,) = room.mailed()
    method, event = event_of(off)
    before = event_of(asked)[1]
    assert (method, event["UID"], event["DTSTART"].dt) == (
        "CANCEL",
        before["UID"],
        before["DTSTART"].dt,
    )
    assert event["SEQUENCE"] > before["SEQUENCE"]
    assert "Jane" not in off.raw.decode() + off.text + off.html + off.calendar
    assert (room.mailed(), room.rows()) == ([], [])


def test_interviewers_who_are_added_and_removed_are_told_and_nobody_else(room: Room) -> None:
    room.user(ADA)
    grace = room.user(GRACE, "Grace")
    interview_id = room.interview(State.SCHEDULED, ADA)
    room.mailed()
    path = f"/interviews/{interview_id}"
    room.caller.put(path, {"interviewers": ["ADA@example.com", grace.id]})
    (added,) = room.mailed()
    assert (added.recipient, event_of(added)[0]) == (GRACE, "REQUEST")
    room.caller.put(path, {"interviewers": [GRACE]})
    (removed,) = room.mailed()
    assert (removed.recipient, event_of(removed)[0]) == (ADA, "CANCEL")
    assert "you are not expected any more" in removed.text
    room.caller.put(path, {"interviewers": [GRACE, ADA]})
    (back,) = room.mailed()
    assert (back.recipient, event_of(back)[0]) == (ADA, "REQUEST")
    assert event_of(back)[1]["SEQUENCE"] > event_of(removed)[1]["SEQUENCE"]


def test_another_tenants_user_and_a_disabled_one_are_mailed_nothing(room: Room) -> None:
    room.user(ADA, tenant="globex")
    grace = room.user(GRACE, "Grace")
    disabled = users.UserChange(status=UserStatus.DISABLED)
    users.update_user(room.repository, grace.id, disabled, ADMIN)
    room.interview(State.SCHEDULED, ADA, GRACE)
    assert (room.mailed(), room.rows()) == ([], [])


def test_who_wants_no_appointments_is_mailed_none(room: Room) -> None:
    room.user(ADA)
    wishes(room, ADA, appointments=False)
    room.interview(State.SCHEDULED, ADA)
    assert room.mailed() == []
    wishes(room, ADA, appointments=True)
    other = room.interview(State.SCHEDULED, ADA)
    assert len(room.mailed()) == 1
    wishes(room, ADA, appointments=False)
    take(room.caller, other, "SCHEDULE", scheduledAt=LATER)
    assert room.mailed() == []


def wishes(room: Room, email: str, **mail: bool) -> None:
    body = {"email": email, "password": PASSWORD}
    token = room.post("/auth/login", body).json["accessToken"]
    headers = {"Authorization": f"Bearer {token}"}
    answer = room.caller.put("/auth/me", {"mail": mail}, headers=headers)
    assert answer.status_code == 200
    shown = room.caller.get("/auth/me", headers=headers).json["user"]["mail"]
    assert {**shown, **mail} == shown


def test_an_appointment_that_moves_while_it_is_mailed_is_mailed_again_afterwards(
    room: Room,
) -> None:
    room.user(ADA)
    interview_id = room.interview(State.SCHEDULED, ADA)
    moved = iter([LATER])

    def move(mail: Received) -> None:
        for time in moved:
            take(room.caller, interview_id, "SCHEDULE", scheduledAt=time)
            other = room.new_worker()
            other.sweep()  # it has to wait for the one that is on its way
            other.stop()

    room.server.on_mail = move
    (first,) = room.mailed()
    (second,) = room.mailed()
    starts = [event_of(mail)[1]["DTSTART"].dt for mail in (first, second)]
    assert starts == [datetime.fromisoformat(TIME), datetime.fromisoformat(LATER)]


# --- reminders


def test_a_missing_scorecard_is_reminded_of_once_a_day_after_the_interview(
    room: Room, hands: Hands
) -> None:
    room.user(ADA)
    interview_id = room.interview(State.COMPLETED, ADA, "not-a-user")
    room.mailed()
    hands.forward(hours=23, minutes=59)
    assert room.mailed() == []
    hands.forward(minutes=1)
    (mail,) = room.mailed()
    assert mail.recipient == ADA
    assert mail.message["Subject"] == (
        "Your scorecard is missing: interview of 1 February 2030, 10:00 (UTC): Senior Engineer"
    )
    assert f"{PUBLIC_URL}/interviews/{interview_id}" in mail.text
    hands.forward(days=3)
    room.caller.put(f"/interviews/{interview_id}", {"interviewers": [ADA, "another"]})
    hands.forward(days=3)
    assert room.mailed() == []


@pytest.mark.parametrize(
    "what", ["card", "verdict", "cancelled", "deleted", "erased", "wish", "removed", "disabled"]
)
def test_nobody_is_reminded_who_need_not_be(room: Room, hands: Hands, what: str) -> None:
    ada = room.user(ADA)
    state = State.ASSESSMENT_PENDING if what == "verdict" else State.COMPLETED
    interview_id = room.interview(state, ADA)
    path = f"/interviews/{interview_id}"
    if what == "card":
        card = {"ratings": [], "recommendation": "HIRE", "submitted": True}
        mine = room.caller.other("acme", "interview:*", subject=ada.id)
        headers = {"Authorization": f"Bearer {_access(room, ADA)}"}
        assert mine.put(f"{path}/scorecards/me", card, headers=headers).status_code == 200
    elif what == "verdict":
        decision = {"recommendation": "HIRE"}
        take(room.caller, interview_id, "APPROVE_ASSESSMENT", decision=decision)
    elif what == "cancelled":
        take(room.caller, interview_id, "CANCEL")
    elif what == "deleted":
        room.caller.delete(path)
    elif what == "erased":
        assert room.caller.delete(f"{path}/candidate-data").status_code == 204
    elif what == "wish":
        wishes(room, ADA, reminders=False)
    elif what == "removed":
        room.caller.put(path, {"interviewers": []})
    else:
        disabled = users.UserChange(status=UserStatus.DISABLED)
        users.update_user(room.repository, ada.id, disabled, ADMIN)
    hands.forward(days=1)
    room.mailed()
    assert [m for m in room.server.mails if "scorecard" in m.message["Subject"]] == []


def _access(room: Room, email: str) -> str:
    body = {"email": email, "password": PASSWORD}
    token: str = room.post("/auth/login", body).json["accessToken"]
    return token


def test_an_interviewer_who_is_added_after_the_interview_is_reminded_a_day_later(
    room: Room, hands: Hands
) -> None:
    room.user(ADA)
    interview_id = room.interview(State.COMPLETED)
    hands.forward(hours=12)
    room.caller.put(f"/interviews/{interview_id}", {"interviewers": [ADA]})
    hands.forward(hours=23)
    assert room.mailed() == []
    hands.forward(hours=1)
    assert len(room.mailed()) == 1


# --- a mail server that hangs


def test_a_mail_server_that_hangs_holds_one_thread_and_no_webhook(
    room: Room, app_on: AppFactory
) -> None:
    with SilentServer() as silent, Receiver(answers(204)) as receiver:
        for number in range(3):
            invitation(room, f"ada{number}@example.com")
        other = room.new_worker(silent.url)
        threads = [
            threading.Thread(target=loop, daemon=True)
            for loop in (other.keep_polling, other.keep_mailing)
        ]
        for each in threads:
            each.start()
        assert silent.connected.wait(PATIENCE)
        client = Caller(app_on(room.database, webhook_allow_private=True), "globex")
        client.create(callbackUrl=receiver.url())
        receiver.wait_for_requests(1)
        assert silent.connections == 1
        silent.hang_up()
        other.stop()
        for each in threads:
            each.join(PATIENCE)
            assert not each.is_alive()


# --- without mail


def test_without_a_mail_server_nothing_is_queued(
    database: Database, app_on: AppFactory, server: MailServer
) -> None:
    room = Room(database, app_on(database), server)
    room.repository = Repository(database, "acme")
    invitation(room)
    room.user(GRACE)
    interview_id = room.interview(State.COMPLETED, GRACE)
    room.caller.delete(f"/interviews/{interview_id}")
    assert room.rows() == []
    room.worker.stop()


def test_what_is_typed_changes_nothing_but_the_words_of_a_mail(room: Room) -> None:
    wicked = "Eve\r\nBcc: eve@evil.example\u2028X-Evil: 1\u202e<script>alert(1)</script>"
    room.user(ADA, wicked.replace("\r\n", " "))
    interview_id = room.interview(
        State.SCHEDULED,
        ADA,
        candidateName=wicked,
        position=f"Engineer\r\nBcc: eve@evil.example\u2028 {'é' * 100} \u202etxt",
        location="Room\r\nATTENDEE:mailto:eve@evil.example",
    )
    (mail,) = room.mailed()
    assert set(mail.message.keys()) == {
        *("Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted"),
        *("MIME-Version", "Content-Type"),
    }
    subject = str(mail.message["Subject"])
    assert subject.isprintable()
    assert len(subject) <= 150
    assert not any(each in subject for each in "\r\n\u2028\u202e")
    assert max(map(len, mail.raw.split(b"\r\n"))) <= 998
    assert mail.raw.isascii()
    assert b"\n" not in mail.raw.replace(b"\r\n", b"")
    assert "<script>" not in mail.html
    assert "&lt;script&gt;" in mail.html
    _, event = event_of(mail)
    assert str(event["ATTENDEE"]) == f"mailto:{ADA}"
    assert {each.recipient for each in room.server.mails} == {ADA}
    assert interview_id in mail.text


def test_a_mail_has_nothing_to_be_fetched_and_no_email_in_its_subject(room: Room) -> None:
    room.user(ADA)
    room.interview(State.SCHEDULED, ADA, position="Engineer, jane@EXAMPLE.com")
    (mail,) = room.mailed()
    assert mail.message["Subject"] == "Interview on 1 February 2030, 10:00 (UTC)"
    assert "src=" not in mail.html
    assert "<link" not in mail.html
    assert "url(" not in mail.html
    assert "<style" not in mail.html


def test_an_address_in_a_domain_beyond_ascii_is_mailed_in_every_servers_letters(room: Room) -> None:
    room.user("ada@bücher.example")
    room.interview(State.SCHEDULED, "ada@bücher.example")
    (mail,) = room.mailed()
    assert mail.recipient == mail.message["To"] == "ada@xn--bcher-kva.example"
    assert str(event_of(mail)[1]["ATTENDEE"]) == "mailto:ada@xn--bcher-kva.example"


def test_a_day_is_the_longest_that_a_mail_waits() -> None:
    from interview_service.domain.mail import LONGEST_WAIT, REMINDER_PAUSE

    assert REMINDER_PAUSE < LONGEST_WAIT < timedelta(days=2)
