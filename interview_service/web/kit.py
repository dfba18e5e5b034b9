"""The interview kit on paper: a plan with its look-fors, anchors and rating boxes, as one page."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template

from interview_service.domain.assessment import criteria_of
from interview_service.domain.documents import Plan
from interview_service.domain.interview import Interview
from interview_service.domain.plan import PlanStructure
from interview_service.domain.scorecard import MAX_RATING, MIN_RATING

blueprint = Blueprint(
    "kit",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/api/kit",
)


def kit_page(interview: Interview, plan: Plan, zone: ZoneInfo) -> str:
    """Return the page to print, for A4 and Letter."""
    kit = PlanStructure.from_dict(plan.structure)
    criteria = criteria_of(kit)
    return render_template(
        "kit.html",
        interview=interview,
        kit=kit,
        criteria=criteria,
        name_of={each.key: each.name for each in criteria},
        ratings=range(MIN_RATING, MAX_RATING + 1),
        appointment=_shown(interview.scheduled_at, zone),
    )


def _shown(at: datetime | None, zone: ZoneInfo) -> str | None:
    if at is None:
        return None
    there = at.astimezone(zone)
    return f"{there.day} {there:%B %Y, %H:%M} ({zone.key})"
