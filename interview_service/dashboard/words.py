"""The words that people read in place of the service's own names."""

from collections.abc import Mapping

from interview_service.domain.accounts import UserStatus
from interview_service.domain.assessment import CoverageStatus, Recommendation
from interview_service.domain.interview import Level
from interview_service.domain.judging import Basis
from interview_service.domain.outbox import Delivery, DeliveryState
from interview_service.domain.roles import Role
from interview_service.domain.scorecard import Agreement
from interview_service.domain.workflow import State, Transition, WaitingFor

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

ROLES: Mapping[Role, str] = {
    Role.ADMIN: "everything, the team and the settings included",
    Role.RECRUITER: "all of interviews, and candidates' data out",
    Role.INTERVIEWER: "reads and runs interviews, writes scorecards",
    Role.VIEWER: "reads interviews",
}

LEVELS = [(each.value, _WORDS[each]) for each in Level]
ROLE_CHOICES = [(each.value, f"{_WORDS[each]}: {ROLES[each]}") for each in Role]
RECOMMENDATIONS = [(each.value, _WORDS[each]) for each in Recommendation]
DECISIONS = [
    (each.value, _WORDS[each]) for each in Recommendation if each is not Recommendation.NO_DECISION
]

BASES: Mapping[str, str] = {
    Basis.SCORECARDS: "Of the scorecards that were handed in",
    Basis.MODEL: "Drafted by a language model",
    Basis.TRANSCRIPT: "Of the transcript: nobody has been rated yet",
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
        "The plan waits for approval",
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
    "added": "The interview is taken in. Its plan is being written.",
    "known": "There is an interview with this reference already: this is it.",
    "saved": "Saved.",
    "deleted": "The interview and everything about its candidate is removed.",
    "approve": "The plan is approved.",
    "reject": "Rejected.",
    "modify": "Understood: another plan is being written.",
    "schedule": "Scheduled.",
    "start": "The interview has started.",
    "no_show": "Noted. Find another time when you can.",
    "complete": "The interview is marked as held.",
    "complete_info": "Thank you: the plan is being written now.",
    "approve_assessment": "Decided.",
    "reject_assessment": "Understood: another assessment will be made.",
    "cancel": "The interview is cancelled.",
    "retry": "The service tries again now.",
    "transcript": "The transcript is kept.",
    "redeliver": "The event is sent again.",
    "user-changed": "The change is saved.",
    "user-removed": "They are removed and signed out everywhere.",
    "revoked": "The key is revoked. It is refused everywhere within half a minute.",
    "settings": "The settings are saved.",
    "test": "The test is on its way.",
    "password": "Your password is changed. Your other sessions have ended.",
    "forgotten": "If this email address has an account, a link is on its way to it. It works once, "
    "for an hour.",
    "welcome": "Your password is set. Sign in with it.",
    "signed-out": "You are signed out.",
    "card-saved": "Your draft is saved. Nobody else sees it.",
    "card-handed-in": "Your scorecard is handed in.",
    "card-removed": "Your scorecard is removed.",
    "erased": "The candidate's data is erased.",
}
"""What a page says was done, by the `said` of its address."""

_ACTIONS: Mapping[str, str] = {
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
    return _ACTIONS.get(action) or f"{done} {kind}".replace("_", " ")


def state_class(value: str) -> str:
    """Return which shape and colour a state has."""
    return _CLASSES.get(value, "")
