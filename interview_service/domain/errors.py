"""What can go wrong, in the domain's words. `api/errors.py` turns each into an HTTP answer."""

from collections.abc import Mapping, Sequence

from interview_service.domain.limits import PUSH_CONFIGS
from interview_service.domain.workflow import State, Transition


class InterviewServiceError(Exception):
    """The root of everything that this service raises on purpose."""


class NotFoundError(InterviewServiceError):
    """Nothing of that id exists for this tenant."""

    message = "Not found"

    def __init__(self) -> None:
        super().__init__(self.message)


class InterviewNotFound(NotFoundError):
    """No such interview for this tenant."""

    message = "Interview not found"


class ScorecardNotFound(NotFoundError):
    """This person has no scorecard of this interview."""

    message = "Scorecard not found"


class DeliveryNotFound(NotFoundError):
    """No such delivery of this interview."""

    message = "Delivery not found"


class PushConfigNotFound(NotFoundError):
    """No such push notification configuration of this interview."""

    message = "Push notification configuration not found"


class WebhookTestNotFound(NotFoundError):
    """The tenant's last test of its webhook is another one."""

    message = "Webhook test not found"


class PlanNotAvailable(InterviewServiceError):
    """The interview has no plan that can be read yet."""

    def __init__(self, state: State) -> None:
        super().__init__(f"Interview plan not available: workflowState is {state}")


class AssessmentNotAvailable(InterviewServiceError):
    """The interview has no assessment that can be read yet."""

    def __init__(self, state: State) -> None:
        super().__init__(f"Interview assessment not available: workflowState is {state}")


class TranscriptNotAvailable(InterviewServiceError):
    """The interview has no transcript yet."""

    def __init__(self, state: State) -> None:
        super().__init__(f"Interview transcript not available: workflowState is {state}")


class NotScheduled(InterviewServiceError):
    """The interview has no time at which it takes place."""

    def __init__(self, state: State) -> None:
        super().__init__(f"Interview has no scheduledAt: workflowState is {state}")


class PermissionMissing(InterviewServiceError):
    """The caller's token lacks a permission."""

    def __init__(self, required: str) -> None:
        super().__init__(f"Insufficient permissions. Required: {required}")


class KeysCannotJudge(InterviewServiceError):
    """The caller is a program with an API key, and only people judge."""

    def __init__(self) -> None:
        super().__init__("API keys cannot hand in scorecards: only people judge")


class ServiceTransition(InterviewServiceError):
    """The transition is one that only the service itself makes."""

    def __init__(self, transition: Transition) -> None:
        super().__init__(f"Transition {transition} is made by the service only")


class Conflict(InterviewServiceError):
    """The request is sound, and the record's present state does not allow it."""


class TransitionNotAllowed(Conflict):
    """The table of transitions does not allow this one here."""

    def __init__(self, asked: str, state: State, allowed: Sequence[Transition]) -> None:
        names = ", ".join(allowed) if allowed else "none"
        super().__init__(
            f"{asked} is not allowed: workflowState is {state}. Allowed transitions: {names}"
        )


class FieldsFixed(Conflict):
    """A field cannot change any more in this state."""

    def __init__(self, fields: Sequence[str], state: State) -> None:
        super().__init__(f"Cannot change {', '.join(fields)}: workflowState is {state}")


class WrongState(Conflict):
    """What was asked for is not possible in this state."""


class CandidateErased(Conflict):
    """The candidate's data is erased: nothing more is done about them."""

    def __init__(self) -> None:
        super().__init__("The candidate's data was erased")


class TooManyScorecards(Conflict):
    """So many people have a scorecard of the interview already."""

    def __init__(self) -> None:
        super().__init__("The interview has as many scorecards as one can have")


class TooManyPushConfigs(Conflict):
    """So many receivers are told of the interview already."""

    def __init__(self) -> None:
        super().__init__(
            f"The task has {PUSH_CONFIGS} push notification configurations, as many as it can have"
        )


class WebhookTestUnderWay(Conflict):
    """The tenant's webhook is being tested already."""

    def __init__(self) -> None:
        super().__init__("A test of the webhook is under way: wait until it has an outcome")


class ConcurrentUpdate(Conflict):
    """Somebody else changed the record in the same moment."""

    def __init__(self) -> None:
        super().__init__("Interview was changed by another request: read it again and retry")


class IdempotencyKeyReused(Conflict):
    """The key came before, with another request."""

    def __init__(self) -> None:
        super().__init__("Idempotency-Key was used before with a different request")


class SecretShownOnce(Conflict):
    """The key came before, and its answer held a secret, which is not kept."""

    def __init__(self) -> None:
        super().__init__(
            "Idempotency-Key was used before, and its answer held a secret, which is shown once"
        )


class PreconditionFailed(InterviewServiceError):
    """`If-Match` does not name the record's present version."""

    def __init__(self) -> None:
        super().__init__("If-Match does not match the current ETag: read the record again")


class InvalidFields(InterviewServiceError):
    """Fields are well-formed and still not valid.

    :param errors: API field name to what is wrong with it.
    """

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        super().__init__("Validation failed")
        self.errors = errors


class InvalidQuery(InvalidFields):
    """Parameters of a query are well-formed and still not valid."""


class CursorTooOld(InterviewServiceError):
    """What was deleted since a place in the feed of changes may be forgotten by now."""

    def __init__(self) -> None:
        super().__init__("This cursor is more than a year old: read the feed from its beginning")


class TenantMissing(InterviewServiceError):
    """Tenant-owned data was asked for by a session that belongs to no tenant: a defect in us."""


class DatabaseUnavailable(InterviewServiceError):
    """The database cannot be reached, or is too busy; nothing was written."""


class OutcomeUnknown(DatabaseUnavailable):
    """The database went away while it was to commit: what was written may be there, or not."""


class DiskFull(DatabaseUnavailable):
    """The database has no room left on its disk: nothing was written, and reads go on."""

    def __init__(self) -> None:
        super().__init__("the disk of the database is full")


class UserNotFound(NotFoundError):
    """No such user of this tenant."""

    message = "User not found"


class KeyNotFound(NotFoundError):
    """No such API key of this tenant, or it is revoked."""

    message = "API key not found"


class LinkRefused(NotFoundError):
    """A one-time link or code is used up, too old, or was never made."""

    message = "This link is not valid any more: it was used, has expired, or was never made"


class MoreThanHeld(InterviewServiceError):
    """Somebody would give, change or take over what holds more than they hold themselves."""

    def __init__(self, what: str) -> None:
        super().__init__(f"Insufficient permissions: {what} holds more than you do")


class EmailTaken(Conflict):
    """Another user of the tenant has this email."""

    def __init__(self) -> None:
        super().__init__("A user with this email exists already")


class LastAdmin(Conflict):
    """Nobody could manage the tenant any more."""

    def __init__(self) -> None:
        super().__init__("The last active ADMIN of a tenant cannot be removed, disabled or demoted")


class SignInRefused(InterviewServiceError):
    """There is no such email, password or session; which of them is not said."""

    def __init__(self, message: str = "Email or password is wrong") -> None:
        super().__init__(message)


class SeveralTenants(InvalidFields):
    """Email and password fit users of several tenants."""

    def __init__(self, tenants: Sequence[str]) -> None:
        names = ", ".join(tenants)
        super().__init__({"tenantId": [f"Required: you have an account in each of {names}."]})
        self.tenants = tuple(tenants)


class TooManySignIns(InterviewServiceError):
    """Too many sign-ins failed, or new passwords were asked for, a moment ago.

    :param seconds: when to try again.
    """

    def __init__(
        self, seconds: int, message: str = "Too many failed sign-ins: try again later"
    ) -> None:
        super().__init__(message)
        self.seconds = seconds


class MailNotSetUp(NotFoundError):
    """This service sends no mail."""

    message = "This service sends no mail: an administrator can make you a link"
