"""What a webhook says and how it is signed; the judge is Standard Webhooks' own verifier."""

import base64
import inspect
from datetime import UTC, datetime, timedelta, timezone

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from interview_service.domain.workflow import TABLE, Event, State, Transition
from interview_service.webhooks import payloads, signing

BODY = b'{"type":"interview.approved"}'


def _signed(*secrets: str, age: timedelta = timedelta(), body: bytes = BODY) -> dict[str, str]:
    return signing.headers(secrets, "msg-1", datetime.now(UTC) - age, body)


def test_a_secret_is_32_random_bytes_and_says_what_it_is() -> None:
    secrets = {signing.new_secret() for _ in range(50)}

    assert len(secrets) == 50
    for secret in secrets:
        prefix, _, encoded = secret.partition("_")
        assert (prefix, len(base64.b64decode(encoded, validate=True))) == ("whsec", 32)


def test_a_signed_body_verifies() -> None:
    secret = signing.new_secret()

    assert Webhook(secret).verify(BODY, _signed(secret)) == {"type": "interview.approved"}


def test_a_body_that_is_not_ascii_verifies() -> None:
    secret = signing.new_secret()
    body = '{"externalId":"Bewerbung-ß-日本"}'.encode()

    said = Webhook(secret).verify(body, _signed(secret, body=body))

    assert said == {"externalId": "Bewerbung-ß-日本"}


def test_during_a_rotation_the_new_secret_and_the_old_one_verify() -> None:
    new, old = signing.new_secret(), signing.new_secret()
    headers = _signed(new, old)

    assert len(headers["webhook-signature"].split(" ")) == 2
    for secret in (new, old):
        assert Webhook(secret).verify(BODY, headers) == {"type": "interview.approved"}


def test_another_secret_does_not_verify() -> None:
    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        Webhook(signing.new_secret()).verify(BODY, _signed(signing.new_secret()))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("webhook-id", "msg-2"),
        ("webhook-signature", "v1," + base64.b64encode(b"0" * 32).decode()),
    ],
)
def test_a_changed_header_does_not_verify(name: str, value: str) -> None:
    secret = signing.new_secret()

    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        Webhook(secret).verify(BODY, {**_signed(secret), name: value})


def test_a_changed_timestamp_does_not_verify() -> None:
    secret = signing.new_secret()
    signed = _signed(secret)
    earlier = str(int(signed["webhook-timestamp"]) - 60)

    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        Webhook(secret).verify(BODY, {**signed, "webhook-timestamp": earlier})


def test_a_changed_body_does_not_verify() -> None:
    secret = signing.new_secret()

    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        Webhook(secret).verify(BODY.replace(b"approved", b"rejected"), _signed(secret))


@pytest.mark.parametrize(
    ("age", "why"), [(timedelta(minutes=6), "too old"), (timedelta(minutes=-6), "too new")]
)
def test_a_signature_of_another_time_does_not_verify(age: timedelta, why: str) -> None:
    secret = signing.new_secret()

    with pytest.raises(WebhookVerificationError, match=why):
        Webhook(secret).verify(BODY, _signed(secret, age=age))


def test_the_time_zone_of_the_moment_does_not_matter() -> None:
    secret = signing.new_secret()
    moment = datetime(2024, 1, 15, 10, 0, 0, 999_000, UTC)
    elsewhere = moment.astimezone(timezone(timedelta(hours=-7)))

    headers = signing.headers([secret], "msg-1", elsewhere, BODY)

    assert headers == signing.headers([secret], "msg-1", moment, BODY)
    assert headers["webhook-timestamp"] == "1705312800"


def test_each_documented_state_change_has_its_event_and_no_other_has_one() -> None:
    assert payloads.type_of(Event.RECEIVED) == "interview.received"
    told = {str(name): payloads.type_of(rule.event) for name, rule in TABLE.items() if rule.event}
    assert told == {
        "REQUEST_INFO": "interview.info_needed",
        "COMPLETE_INFO": "interview.info_completed",
        "PLAN_READY": "interview.plan_generated",
        "APPROVE": "interview.approved",
        "REJECT": "interview.rejected",
        "SCHEDULE": "interview.scheduled",
        "START": "interview.started",
        "NO_SHOW": "interview.no_show",
        "COMPLETE": "interview.completed",
        "ASSESSMENT_READY": "interview.assessment_ready",
        "APPROVE_ASSESSMENT": "interview.assessment_approved",
        "REJECT_ASSESSMENT": "interview.assessment_rejected",
        "CANCEL": "interview.cancelled",
    }


def _body(moment: datetime) -> bytes:
    return payloads.body(
        Event.APPROVED,
        moment,
        interview_id="interview-1",
        run_id="run-1",
        tenant_id="tenant-1",
        external_id=None,
        transition=Transition.APPROVE,
        previous_state=State.PENDING,
        workflow_state=State.APPROVED,
        plan_id="plan-1",
        assessment_id=None,
        decision=None,
    )


def test_a_payload_is_this_json_to_the_byte() -> None:
    moment = datetime(2024, 1, 15, 12, 0, 0, 123_999, timezone(timedelta(hours=2)))

    assert _body(moment) == (
        b'{"type":"interview.approved","timestamp":"2024-01-15T10:00:00.123Z","data":{'
        b'"interviewId":"interview-1","runId":"run-1","tenantId":"tenant-1","externalId":null,'
        b'"transition":"APPROVE","previousState":"PENDING","workflowState":"APPROVED",'
        b'"planId":"plan-1","assessmentId":null,"decision":null}}'
    )


def test_a_test_event_is_this_json_to_the_byte() -> None:
    moment = datetime(2024, 1, 15, 10, 0, 0, 0, UTC)

    assert payloads.test_body(moment, tenant_id="tenant-1") == (
        b'{"type":"webhook.test","timestamp":"2024-01-15T10:00:00.000Z",'
        b'"data":{"tenantId":"tenant-1"}}'
    )


def test_nothing_about_the_candidate_can_be_put_into_a_payload() -> None:
    takes = list(inspect.signature(payloads.body).parameters.values())

    assert {parameter.name for parameter in takes} == {
        "event",
        "timestamp",
        "interview_id",
        "run_id",
        "tenant_id",
        "external_id",
        "transition",
        "previous_state",
        "workflow_state",
        "plan_id",
        "assessment_id",
        "decision",
    }
    assert all(parameter.kind is not parameter.VAR_KEYWORD for parameter in takes)
