"""What each mail says: a subject, and a body as plain text and as HTML, of the same words.

What people have typed (names, positions, places) comes into a mail as one line of printable text,
and into its HTML escaped. No subject has a candidate's name or email in it.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from zoneinfo import ZoneInfo

from interview_service.appointments import cancellation_of, request_of
from interview_service.domain.accounts import invitation_url
from interview_service.domain.clock import clock
from interview_service.domain.interview import Interview
from interview_service.domain.mail import (
    Letter,
    MailKind,
    PasswordLink,
    Scheduled,
    ScorecardMissing,
    Withdrawn,
)

POLICY = SMTP.clone(cte_type="7bit")
"""Not every server takes bytes beyond ASCII."""

MAX_SUBJECT = 150
MAX_LINE = 500

_CONTROLS = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")
_JOINERS = ("\u200c", "\u200d")
"""Parts of words in Persian and of emoji."""

_BODY = "margin:0;padding:24px;font:16px/1.5 sans-serif;color:#1d2433;background:#ffffff"
_BUTTON = (
    "display:inline-block;padding:10px 18px;border-radius:6px;background:#1f4fd8;color:#ffffff;"
    "text-decoration:none"
)
_SMALL = "font-size:13px;color:#4a5468"


@dataclass(frozen=True, slots=True)
class _Body:
    """What a mail says.

    :param facts: a name and a value each.
    :param link: what it leads to, and its URL.
    :param closing: what follows the link.
    """

    subject: str
    opening: Sequence[str]
    facts: Sequence[tuple[str, str]] = ()
    link: tuple[str, str] | None = None
    closing: Sequence[str] = ()
    calendar: tuple[str, bytes] | None = None


class MessageWriter:
    """Writes the mails of one service.

    :param sender: who they come from.
    :param public_url: where the world sees the service, without a slash at its end.
    :param has_pages: whether there are pages for people that a mail can lead to.
    """

    def __init__(self, sender: Address, public_url: str, *, has_pages: bool) -> None:
        self._sender = sender
        self._public_url = public_url
        self._has_pages = has_pages

    def test(self, address: str) -> EmailMessage:
        """Return a mail that shows that mails arrive."""
        opening = [
            "This is a test: Interview Service can send you mail.",
            f"It was sent by hand, from the service at {self._public_url}.",
        ]
        return self._message(
            mailbox(address), "test", _Body("A test by Interview Service", opening)
        )

    def message(self, letter: Letter) -> EmailMessage:
        """Return a mail, the same one each time that it is tried: but for a link, which is new."""
        body = self._body(letter)
        name = f"{letter.mail_id}.{letter.revision}"
        return self._message(mailbox(letter.address), name, body)

    def _body(self, letter: Letter) -> _Body:
        zone = ZoneInfo(letter.zone)
        match letter.content:
            case PasswordLink() as link:
                return self._with_link(letter, link, zone)
            case Scheduled() as scheduled:
                return self._scheduled(letter, scheduled, zone)
            case Withdrawn() as withdrawn:
                return self._withdrawn(letter, withdrawn, zone)
            case ScorecardMissing(interview):
                return self._reminder(letter, interview, zone)

    def _with_link(self, letter: Letter, link: PasswordLink, zone: ZoneInfo) -> _Body:
        team = letter.tenant_id
        until = f"The link works once, until {_moment(link.expires_at, zone)}."
        if letter.kind is MailKind.INVITATION:
            subject = f"Your account for the interviews of {team}"
            asked = f"You are invited to the interviews of the team {team}."
            ignore = "If you do not expect this, you need not do anything."
        else:
            subject = f"A new password for the interviews of {team}"
            asked = f"Somebody asked for a new password for your account in the team {team}."
            ignore = "If it was not you, you need not do anything: your password stays as it is."
        return _Body(
            subject,
            [_hello(letter), asked],
            link=("Choose a password", invitation_url(self._public_url, link.token)),
            closing=[until, ignore],
        )

    def _scheduled(self, letter: Letter, scheduled: Scheduled, zone: ZoneInfo) -> _Body:
        interview, slot = scheduled.interview, scheduled.slot
        when = _moment(slot.starts_at, zone)
        moved = "Changed: interview" if scheduled.moved else "Interview"
        calendar = request_of(
            interview, organizer=self._sender.addr_spec, attendee=mailbox(letter.address)
        )
        return _Body(
            _about(f"{moved} on {when}", interview),
            [
                _hello(letter),
                "The appointment of an interview that you hold has changed."
                if scheduled.moved
                else "You are asked to hold an interview.",
            ],
            [
                ("When", f"{when}, {slot.minutes} minutes"),
                *_facts(interview),
                *([("Where", interview.location)] if interview.location else []),
            ],
            self._page_of(interview.id),
            _ONE_CAN_TURN_IT_OFF if self._has_pages else (),
            ("REQUEST", calendar),
        )

    def _withdrawn(self, letter: Letter, withdrawn: Withdrawn, zone: ZoneInfo) -> _Body:
        when = _moment(withdrawn.slot.starts_at, zone)
        if withdrawn.takes_place:
            why = "Others hold this interview now; you are not expected any more."
        else:
            why = "This interview is called off. If another time is found, you are mailed it."
        calendar = cancellation_of(
            withdrawn.interview_id,
            withdrawn.slot,
            at=clock.now(),
            organizer=self._sender.addr_spec,
            attendee=mailbox(letter.address),
        )
        return _Body(
            f"Cancelled: interview on {when}",
            [_hello(letter), why],
            [("When", when)],
            closing=_ONE_CAN_TURN_IT_OFF if self._has_pages else (),
            calendar=("CANCEL", calendar),
        )

    def _reminder(self, letter: Letter, interview: Interview, zone: ZoneInfo) -> _Body:
        on = f" of {_moment(interview.scheduled_at, zone)}" if interview.scheduled_at else ""
        return _Body(
            _about(f"Your scorecard is missing: interview{on}", interview),
            [
                _hello(letter),
                "An interview that you held is over, and your scorecard is missing. Write it while "
                "you remember what you saw.",
            ],
            _facts(interview),
            self._page_of(interview.id),
            _ONE_CAN_TURN_IT_OFF if self._has_pages else (),
        )

    def _page_of(self, interview_id: str) -> tuple[str, str] | None:
        if not self._has_pages:
            return None
        return "Open the interview", f"{self._public_url}/interviews/{interview_id}"

    def _message(self, address: str, name: str, body: _Body) -> EmailMessage:
        """Return a body as a message, under a Message-ID that its name makes.

        :param name: of what is said, so that a mail that is sent twice shows as the same one.
        """
        now = clock.now()
        message = EmailMessage(policy=POLICY)
        message["Subject"] = line(body.subject, MAX_SUBJECT)
        message["From"] = self._sender
        message["To"] = address
        message["Date"] = format_datetime(now)
        unique = name if name != "test" else f"test.{now.timestamp():.3f}"
        message["Message-ID"] = f"<{unique}@{self._sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(_text(body))
        message.add_alternative(_html(body), subtype="html")
        if body.calendar is not None:
            method, calendar = body.calendar
            params = {"method": method, "name": "interview.ics"}
            message.add_alternative(calendar.decode(), subtype="calendar", params=params)
            message.add_attachment(
                calendar, maintype="application", subtype="ics", filename="interview.ics"
            )
        return message


def mailbox(address: str) -> str:
    """Return an address with its domain in the letters that every mail server takes (IDNA)."""
    name, _, domain = address.rpartition("@")
    try:
        return f"{name}@{domain.encode('idna').decode()}"
    except UnicodeError:
        return address


_ONE_CAN_TURN_IT_OFF = ("You choose under “Your account” which of these mails you get.",)


def line(text: str, most: int = MAX_LINE) -> str:
    """Return a text as one line that shows what it says: no control, no hidden change of direction.

    :param most: characters; a text that is longer ends in an ellipsis.
    """
    shown = "".join(
        " " if unicodedata.category(each) in _CONTROLS and each not in _JOINERS else each
        for each in text
    )
    shown = " ".join(shown.split())
    return shown if len(shown) <= most else shown[: most - 1].rstrip() + "…"


def _hello(letter: Letter) -> str:
    return f"Hello {letter.name},"


def _about(what: str, interview: Interview) -> str:
    """Return a subject with the position; without it where somebody wrote the candidate into it."""
    position = interview.position
    if not position:
        return what
    private = (interview.candidate_email, interview.candidate_name)
    if any(each and each.casefold() in position.casefold() for each in private):
        return what
    return f"{what}: {position}"


def _facts(interview: Interview) -> list[tuple[str, str]]:
    named = (("Candidate", interview.candidate_name), ("Position", interview.position))
    return [(name, value) for name, value in named if value]


def _moment(at: datetime, zone: ZoneInfo) -> str:
    there = at.astimezone(zone)
    return f"{there.day} {there:%B %Y, %H:%M} ({zone.key})"


def _text(body: _Body) -> str:
    paragraphs = [line(each) for each in body.opening]
    if body.facts:
        paragraphs.append("\n".join(f"{name}: {line(value)}" for name, value in body.facts))
    if body.link is not None:
        paragraphs.append(f"{body.link[0]}:\n{body.link[1]}")
    paragraphs += [line(each) for each in body.closing]
    return "\n\n".join(paragraphs) + "\n"


def _html(body: _Body) -> str:
    """Return a body as a page with its style in its elements, and nothing to be fetched."""
    parts = [f"<p>{escape(line(each))}</p>" for each in body.opening]
    if body.facts:
        rows = [f"<b>{name}</b> {escape(line(value))}" for name, value in body.facts]
        parts.append("<p>" + "<br>\n".join(rows) + "</p>")
    if body.link is not None:
        words, url = body.link
        parts.append(f'<p><a href="{escape(url)}" style="{_BUTTON}">{escape(words)}</a></p>')
        parts.append(f'<p style="{_SMALL}">{escape(url)}</p>')
    parts += [f'<p style="{_SMALL}">{escape(line(each))}</p>' for each in body.closing]
    title = escape(line(body.subject, MAX_SUBJECT))
    head = f'<head><meta charset="utf-8"><title>{title}</title></head>'
    content = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="en">\n{head}\n'
        f'<body style="{_BODY}">\n{content}\n</body>\n</html>\n'
    )
