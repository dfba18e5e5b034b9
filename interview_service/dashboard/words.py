"""The words that people read in place of the service's own names."""

import re
from collections.abc import Mapping

from interview_service.domain.accounts import UserStatus
from interview_service.domain.assessment import CoverageStatus, Recommendation
from interview_service.domain.completeness import MissingItem
from interview_service.domain.interview import Level
from interview_service.domain.judging import Basis
from interview_service.domain.lists import Order
from interview_service.domain.outbox import Delivery, DeliveryState
from interview_service.domain.roles import Role
from interview_service.domain.scorecard import Agreement
from interview_service.domain.workflow import Event, State, Transition, WaitingFor

_WORDS: Mapping[str, str] = {
    State.RECEIVED: "Received",
    State.VALIDATING_SKILLS: "Being checked",
    State.INFO_NEEDED: "Information needed",
    State.GENERATING_PLAN: "Plan in the making",
    State.PENDING: "Plan to approve",
    State.APPROVED: "Plan approved",
    State.REJECTED: "Rejected",
    State.SCHEDULED: "Scheduled",
    State.IN_PROGRESS: "In progress",
    State.COMPLETED: "Interview held",
    State.ASSESSMENT_PENDING: "To be decided",
    State.ASSESSMENT_APPROVED: "Decided",
    State.CANCELLED: "Cancelled",
    Transition.VALIDATE: "Checking began",
    Transition.REQUEST_INFO: "Information asked for",
    Transition.COMPLETE_INFO: "Information completed",
    Transition.GENERATE_PLAN: "Plan begun",
    Transition.PLAN_READY: "Plan ready",
    Transition.APPROVE: "Plan approved",
    Transition.REJECT: "Rejected",
    Transition.MODIFY: "Another plan asked for",
    Transition.SCHEDULE: "Scheduled",
    Transition.START: "Interview started",
    Transition.NO_SHOW: "Candidate did not come",
    Transition.COMPLETE: "Interview held",
    Transition.ASSESSMENT_READY: "Assessment ready",
    Transition.APPROVE_ASSESSMENT: "Decided",
    Transition.REJECT_ASSESSMENT: "Another assessment asked for",
    Transition.CANCEL: "Cancelled",
    Level.JUNIOR: "Junior",
    Level.MID: "Mid-level",
    Level.SENIOR: "Senior",
    Level.LEAD: "Lead",
    Level.PRINCIPAL: "Principal",
    Role.ADMIN: "Administrator",
    Role.RECRUITER: "Recruiter",
    Role.INTERVIEWER: "Interviewer",
    Role.VIEWER: "Viewer",
    UserStatus.INVITED: "Invited",
    UserStatus.ACTIVE: "Active",
    UserStatus.DISABLED: "Disabled",
    Recommendation.STRONG_HIRE: "Hire, strongly",
    Recommendation.HIRE: "Hire",
    Recommendation.NO_HIRE: "Do not hire",
    Recommendation.STRONG_NO_HIRE: "Do not hire, strongly",
    Recommendation.NO_DECISION: "No recommendation",
    CoverageStatus.ANSWERED: "Answered",
    CoverageStatus.ASKED_NOT_ANSWERED: "Asked, not answered",
    CoverageStatus.NOT_ASKED: "Not asked",
    CoverageStatus.UNCLEAR: "Unclear",
    Agreement.UNANIMOUS: "All recommend the same",
    Agreement.MIXED: "They differ in strength",
    Agreement.SPLIT: "Some for hiring, some against",
}

DELIVERIES: Mapping[DeliveryState, tuple[str, str]] = {
    DeliveryState.PENDING: ("On its way", "service"),
    DeliveryState.DELIVERED: ("Delivered", "good"),
    DeliveryState.DEAD: ("Given up", "bad"),
}
"""How a delivery stands: its words, and its shape."""

EVENTS: list[tuple[str, str]] = [
    (Event.RECEIVED, "Interview added"),
    (Event.INFO_NEEDED, "Information needed"),
    (Event.INFO_COMPLETED, "Information completed"),
    (Event.PLAN_GENERATED, "Plan ready"),
    (Event.APPROVED, "Plan approved"),
    (Event.REJECTED, "Rejected"),
    (Event.SCHEDULED, "Scheduled"),
    (Event.RESCHEDULED, "Moved to another time or place"),
    (Event.NO_SHOW, "Candidate did not come"),
    (Event.STARTED, "Interview started"),
    (Event.COMPLETED, "Interview held"),
    (Event.SCORECARD_SUBMITTED, "Scorecard handed in"),
    (Event.ASSESSMENT_READY, "Assessment ready"),
    (Event.ASSESSMENT_APPROVED, "Decided"),
    (Event.ASSESSMENT_REJECTED, "Another assessment asked for"),
    (Event.CANCELLED, "Cancelled"),
    (Event.CANDIDATE_ERASED, "Candidate’s data erased"),
    (Event.DELETED, "Interview removed"),
]
"""What the events that a webhook tells of are called."""

_EVENTS = dict(EVENTS)

ROLES: Mapping[Role, str] = {
    Role.ADMIN: "everything, the team and the settings included",
    Role.RECRUITER: "all of interviews, and handing out candidates’ data",
    Role.INTERVIEWER: "reads and runs interviews, writes scorecards",
    Role.VIEWER: "reads interviews",
}

ORDERS: list[tuple[str, str]] = [
    (Order.NEWEST, "Newest first"),
    (Order.OLDEST, "Oldest first"),
    (Order.EARLIEST, "Earliest appointment first"),
    (Order.LATEST, "Latest appointment first"),
    (Order.LAST_UPDATED, "Last changed first"),
    (Order.FIRST_UPDATED, "Longest unchanged first"),
    (Order.HIGHEST_SCORE, "Highest score first"),
]
"""What each order of a list is called."""

LEVELS = [(each.value, _WORDS[each]) for each in Level]
ROLE_CHOICES = [(each.value, _WORDS[each]) for each in Role]
RECOMMENDATIONS = [(each.value, _WORDS[each]) for each in Recommendation]
DECISIONS = [
    (each.value, _WORDS[each]) for each in Recommendation if each is not Recommendation.NO_DECISION
]

NOT_TEXT = "This is no text file. Save the transcript as WebVTT, SubRip or plain text (UTF-8)."

BASES: Mapping[str, str] = {
    Basis.SCORECARDS: "From the scorecards that were handed in",
    Basis.MODEL: "Drafted by a language model",
    Basis.TRANSCRIPT: "From the transcript: nobody has been rated yet",
}
"""Whose the numbers of an assessment are."""

_CLASSES: Mapping[str, str] = {
    State.RECEIVED: "service",
    State.VALIDATING_SKILLS: "service",
    State.GENERATING_PLAN: "service",
    State.INFO_NEEDED: "person",
    State.PENDING: "person",
    State.APPROVED: "person",
    State.COMPLETED: "person",
    State.ASSESSMENT_PENDING: "person",
    State.SCHEDULED: "soon",
    State.IN_PROGRESS: "soon",
    State.ASSESSMENT_APPROVED: "good",
    State.REJECTED: "bad",
    State.CANCELLED: "bad",
    UserStatus.ACTIVE: "good",
    UserStatus.INVITED: "person",
    UserStatus.DISABLED: "bad",
    CoverageStatus.ANSWERED: "good",
    CoverageStatus.ASKED_NOT_ANSWERED: "person",
    CoverageStatus.UNCLEAR: "person",
    CoverageStatus.NOT_ASKED: "bad",
}

WAITING: Mapping[WaitingFor, tuple[str, str]] = {
    WaitingFor.INFO: (
        "Information is missing",
        "Answer the questions below; then the plan is made.",
    ),
    WaitingFor.PLAN: (
        "The plan is being written",
        "This takes a few seconds with the built-in engine, longer with a language model. The page "
        "shows it as soon as it is there.",
    ),
    WaitingFor.APPROVAL: (
        "The plan is waiting for approval",
        "Read it, then approve it, or say what should be different.",
    ),
    WaitingFor.SCHEDULE: (
        "A time has to be found",
        "Schedule the interview, or start it right away.",
    ),
    WaitingFor.START: ("The interview is scheduled", "Start it when everybody is there."),
    WaitingFor.COMPLETION: (
        "The interview is under way",
        "Note what you hear. Mark it as held when it is over.",
    ),
    WaitingFor.EVIDENCE: (
        "The assessment needs evidence",
        "Upload a transcript, or hand in a scorecard.",
    ),
    WaitingFor.ASSESSMENT: (
        "The evidence is being gathered",
        "The page shows the assessment as soon as it is there.",
    ),
    WaitingFor.VERDICT: (
        "A decision is due",
        "Read the assessment and decide, or ask for another one.",
    ),
}

SAID: Mapping[str, str] = {
    "added": "The interview is added. Its plan is being written.",
    "known": "There is an interview with this reference already: this is it.",
    "saved": "Saved.",
    "deleted": "The interview and everything about its candidate is removed.",
    "approve": "The plan is approved.",
    "reject": "Rejected.",
    "plan-edited": "The plan is saved. It still has to be approved.",
    "modify": "Understood: another plan is being written.",
    "schedule": "Scheduled.",
    "start": "The interview has started.",
    "no_show": "Noted. Find another time when you can.",
    "complete": "The interview is marked as held.",
    "complete_info": "Thank you: the plan is being written now.",
    "approve_assessment": "Decided.",
    "decided": "The decision is taken.",
    "reject_assessment": "Understood: another assessment will be made.",
    "cancel": "The interview is cancelled.",
    "retry": "The service tries again now.",
    "transcript": "The transcript is added.",
    "redeliver": "The event is sent again.",
    "user-changed": "The change is saved.",
    "user-removed": "They are removed and signed out everywhere.",
    "revoked": "The key is revoked. It is refused everywhere within half a minute.",
    "settings": "The settings are saved.",
    "password": "Your password is changed. Your other sessions have ended.",
    "forgotten": "If this email address has an account, a link is on its way to it. It works once, "
    "for an hour.",
    "welcome": "Your password is set. Sign in with it.",
    "joined": "Your password is set, and you are signed in.",
    "signed-out": "You are signed out.",
    "card-saved": "Your draft is saved. Nobody else sees it.",
    "card-handed-in": "Your scorecard is handed in.",
    "card-removed": "Your scorecard is removed.",
    "erased": "The candidate’s data is erased.",
}
"""What a page says was done, by the `said` of its address."""

ACTIONS: Mapping[str, str] = {
    "session.begin": "signed in",
    "session.end": "signed out",
    "session.fail": "failed to sign in",
    "session.end_on_reuse": "was signed out: a refresh token was used twice",
    "user.create": "added a person",
    "user.update": "changed a person",
    "user.delete": "removed a person",
    "user.invite": "made an invitation",
    "user.set_password": "set a password",
    "api_key.create": "made an API key",
    "api_key.revoke": "revoked an API key",
    "tenant.set_up": "set the team up",
    "user.forget_password": "asked for a new password",
    "tenant.update": "changed the settings",
    "tenant.rotate_webhook_secret": "made a new webhook secret",
    "tenant.test_webhook": "tested the webhook",
    "interview.create": "added an interview",
    "interview.update": "changed an interview",
    "interview.delete": "removed an interview",
    "interview.complete_info": "supplied what was missing",
    "interview.replace_plan": "edited a plan",
    "interview.approve": "approved a plan",
    "interview.modify": "asked for another plan",
    "interview.reject": "rejected an interview",
    "interview.schedule": "scheduled an interview",
    "interview.start": "started an interview",
    "interview.no_show": "noted that the candidate did not come",
    "interview.complete": "marked an interview as held",
    "interview.put_transcript": "added a transcript",
    "interview.approve_assessment": "decided",
    "interview.reject_assessment": "asked for another assessment",
    "interview.cancel": "cancelled an interview",
    "interview.retry": "had the service try again",
    "interview.redeliver": "had an event sent again",
    "interview.set_push_config": "had an agent notified of an interview",
    "interview.delete_push_config": "stopped notifying an agent of an interview",
    "scorecard.submit": "handed in a scorecard",
    "scorecard.withdraw": "withdrew a scorecard",
    "scorecard.delete": "removed a scorecard",
    "candidate.export": "handed out a candidate’s data",
    "candidate.erase": "erased a candidate’s data",
}

_PERMISSIONS: Mapping[str, str] = {
    "interview:create": "Add interviews",
    "interview:read": "Read interviews",
    "interview:update": "Change and run interviews",
    "interview:approve": "Approve plans, and decide",
    "interview:score": "Write scorecards",
    "interview:delete": "Remove interviews",
    "tenant:read": "Read the settings",
    "tenant:update": "Change the settings",
    "user:read": "Read who is in the team",
    "user:manage": "Manage the team",
    "key:manage": "Manage API keys",
    "audit:read": "Read the audit log",
    "candidate:export": "Hand out candidates’ data",
    "candidate:erase": "Erase candidates’ data",
}


def words(value: str | None) -> str:
    """Return what people read in place of a name of the service."""
    if value is None:
        return "–"
    return _WORDS.get(value) or value.replace("_", " ").capitalize()


def transition_words(value: Transition) -> str:
    """Return what happened to an interview."""
    return _WORDS[value]


def delivery_words(delivery: Delivery) -> tuple[str, str]:
    """Return how a delivery stands, and its shape."""
    if delivery.state is DeliveryState.PENDING and delivery.failure_count:
        return "Failing, tried again", "person"
    return DELIVERIES[delivery.state]


def action_words(action: str) -> str:
    """Return what somebody did, of the audit log."""
    kind, _, done = action.partition(".")
    return ACTIONS.get(action) or f"{done} {kind}".replace("_", " ")


def permission_words(permission: str) -> str:
    """Return what a permission lets one do; a wildcard, as it is written."""
    return _PERMISSIONS.get(permission, permission)


def field_words(name: str) -> str:
    """Return a field of the API as people read it: `candidateName` as `candidate name`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def event_words(event: str) -> str:
    """Return what an event tells of, by its name in a webhook: `interview.received`."""
    return _EVENTS.get(event.partition(".")[2], event)


def question_words(item: MissingItem) -> str:
    """Return what to ask for a missing field, of people who see levels by their words."""
    if item.field == "level":
        *others, last = (label for _, label in LEVELS)
        return f"Which level is the position: {', '.join(others)} or {last}?"
    return item.question


def state_class(value: str) -> str:
    """Return which shape and colour a state has."""
    return _CLASSES.get(value, "")
