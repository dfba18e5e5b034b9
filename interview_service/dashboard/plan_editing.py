"""Editing a plan by hand: a form of all of it, arranged by buttons, checked as a whole, saved.

Fields are named by where they stand: `s0-name` is the first section's name, `s0q1-text` the text of
its second question, `c2-5` what a 5 of the third criterion looks like. Lists have an item a line.
"""

import re
from collections.abc import Iterator, MutableSequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from flask import render_template, request

from interview_service import lifecycle
from interview_service.dashboard.blueprint import (
    Page,
    actor,
    blueprint,
    go_to,
    read,
    repository,
    requires,
)
from interview_service.dashboard.forms import Form
from interview_service.domain import fairness, limits
from interview_service.domain.errors import (
    Conflict,
    InvalidFields,
    PlanNotAvailable,
    PreconditionFailed,
    WrongState,
)
from interview_service.domain.plan import (
    SECTIONS_GROUP,
    Criterion,
    PlanStructure,
    Question,
    Section,
    key_of_name,
)
from interview_service.domain.workflow import State

LISTS = ("opening", "closing", "checks", "notes")
ANCHORS = ("1", "3", "5")
MINUTES_OF_NEW = 10


@dataclass(slots=True)
class TypedQuestion:
    """A question as it is typed.

    :param criterion: the place of the criterion that it probes among the typed ones, or nothing.
    """

    text: str = ""
    look_for: str = ""
    follow_ups: str = ""
    criterion: str = ""


@dataclass(slots=True)
class TypedSection:
    """A section as it is typed."""

    name: str = ""
    minutes: str = str(MINUTES_OF_NEW)
    topics: str = ""
    questions: list[TypedQuestion] = field(default_factory=list)


@dataclass(slots=True)
class TypedCriterion:
    """A criterion as it is typed; a new one has no key yet."""

    key: str = ""
    group: str = ""
    name: str = ""
    anchors: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class TypedPlan:
    """A plan as it is typed: nothing of it is checked.

    :param lists: opening, closing, checks and notes, by their names.
    """

    lists: dict[str, str]
    sections: list[TypedSection]
    criteria: list[TypedCriterion]

    @classmethod
    def of(cls, structure: PlanStructure) -> "TypedPlan":
        """Return a plan as the form shows it first."""
        keys = [each.key for each in structure.criteria]
        return cls(
            {name: _lines(getattr(structure, name)) for name in LISTS},
            [
                TypedSection(
                    each.name,
                    str(each.duration),
                    _lines(each.topics),
                    [
                        TypedQuestion(
                            asked.text,
                            _lines(asked.look_for),
                            _lines(asked.follow_ups),
                            str(keys.index(asked.criterion)) if asked.criterion in keys else "",
                        )
                        for asked in each.questions
                    ],
                )
                for each in structure.sections
            ],
            [
                TypedCriterion(each.key, each.group, each.name, dict(each.anchors))
                for each in structure.criteria
            ],
        )

    @classmethod
    def sent(cls, form: Form) -> "TypedPlan":
        """Return a plan as a form sent it."""

        def question(name: str) -> TypedQuestion:
            parts = ("text", "lookFor", "followUps", "criterion")
            return TypedQuestion(*(form.value(f"{name}-{part}") for part in parts))

        def section(name: str) -> TypedSection:
            return TypedSection(
                form.value(f"{name}-name"),
                form.value(f"{name}-minutes"),
                form.value(f"{name}-topics"),
                [question(each) for each in _there(form, f"{name}q", "text")],
            )

        def criterion(name: str) -> TypedCriterion:
            return TypedCriterion(
                form.value(f"{name}-key"),
                form.value(f"{name}-group"),
                form.value(f"{name}-name"),
                {rating: form.value(f"{name}-{rating}") for rating in ANCHORS},
            )

        return cls(
            {name: form.value(name) for name in LISTS},
            [section(each) for each in _there(form, "s", "name")],
            [criterion(each) for each in _there(form, "c", "name")],
        )

    def fields(self, seen: str) -> dict[str, object]:
        """Return the fields of the form.

        :param seen: the id of the plan that was there when the form was opened.
        """
        fields: dict[str, object] = {"seen": seen, **self.lists}
        for number, section in enumerate(self.sections):
            name = f"s{number}"
            fields |= {
                f"{name}-name": section.name,
                f"{name}-minutes": section.minutes,
                f"{name}-topics": section.topics,
            }
            for index, question in enumerate(section.questions):
                asked = f"{name}q{index}"
                fields |= {
                    f"{asked}-text": question.text,
                    f"{asked}-lookFor": question.look_for,
                    f"{asked}-followUps": question.follow_ups,
                    f"{asked}-criterion": question.criterion,
                }
        for number, criterion in enumerate(self.criteria):
            name = f"c{number}"
            fields |= {f"{name}-{part}": getattr(criterion, part) for part in _PARTS_OF_CRITERION}
            fields |= {f"{name}-{rating}": criterion.anchors.get(rating, "") for rating in ANCHORS}
        return fields

    @property
    def minutes(self) -> int:
        """How long the sections are together, as far as they are numbers."""
        typed = (each.minutes.strip() for each in self.sections)
        return sum(int(each) for each in typed if _NUMBER.fullmatch(each))

    def arrange(self, what: str) -> None:
        """Do what a button says: add a part, remove one, or move it up or down."""
        match = _ARRANGED.fullmatch(what)
        if match is None:
            return
        done, kind, *places = match.groups()
        numbers = [int(each) for each in places if each is not None]
        if kind == "criterion":
            self._arrange_criteria(done, numbers)
        elif kind == "section":
            _arrange(self.sections, done, numbers, TypedSection(questions=[TypedQuestion()]))
        elif numbers and numbers[0] < len(self.sections):
            _arrange(self.sections[numbers[0]].questions, done, numbers[1:], TypedQuestion())

    def _arrange_criteria(self, done: str, numbers: list[int]) -> None:
        before = list(map(id, self.criteria))
        _arrange(self.criteria, done, numbers, TypedCriterion())
        after = list(map(id, self.criteria))
        for section in self.sections:
            for question in section.questions:
                place = question.criterion
                if _NUMBER.fullmatch(place) and int(place) < len(before):
                    named = before[int(place)]
                    question.criterion = str(after.index(named)) if named in after else ""


_PARTS_OF_CRITERION = ("key", "group", "name")
_NUMBER = re.compile(r"[0-9]{1,4}")
_ARRANGED = re.compile(
    r"(add|remove|up|down)-(section|question|criterion)(?:-([0-9]{1,2}))?(?:-([0-9]{1,2}))?"
)


def _lines(items: tuple[str, ...]) -> str:
    return "\n".join(" ".join(each.split()) for each in items)


def _there(form: Form, prefix: str, part: str) -> Iterator[str]:
    """Yield the names of the parts that a form has, such as `s0`, `s1`."""
    for number in range(limits.PLAN_ITEMS + 1):
        if not form.has(f"{prefix}{number}-{part}"):
            return
        yield f"{prefix}{number}"


def _arrange(parts: MutableSequence[Any], done: str, numbers: list[int], new: object) -> None:
    if done == "add":
        parts.append(new)
        return
    place = numbers[0] if numbers else len(parts)
    if place >= len(parts):
        return
    part = parts.pop(place)
    if done != "remove":
        parts.insert(max(0, place - 1) if done == "up" else place + 1, part)


def _structure(form: Form, typed: TypedPlan) -> PlanStructure | None:
    """Return the plan that was typed; None where something is wrong with it."""
    criteria = _criteria(form, typed)
    sections = tuple(
        Section(
            form.text(f"s{number}-name", limits.PLAN_NAME, required=True) or "",
            form.number(f"s{number}-minutes", 1, limits.PLAN_DURATION, required=True) or 0,
            _items(form, f"s{number}-topics", required=True),
            tuple(
                Question(
                    form.text(f"s{number}q{index}-text", limits.PLAN_TEXT, required=True) or "",
                    _items(form, f"s{number}q{index}-lookFor"),
                    _items(form, f"s{number}q{index}-followUps"),
                    _probed(form, f"s{number}q{index}-criterion", criteria),
                )
                for index in range(len(section.questions))
            ),
        )
        for number, section in enumerate(typed.sections)
    )
    lists = {name: _items(form, name) for name in LISTS}
    if form.has_errors:
        return None
    return PlanStructure(typed.minutes, sections, criteria=criteria, **lists)


def _items(form: Form, name: str, *, required: bool = False) -> tuple[str, ...]:
    return form.lines(
        name,
        most=limits.PLAN_ITEMS,
        max_length=limits.PLAN_TEXT,
        required=required,
        has_commas=False,
    )


def _criteria(form: Form, typed: TypedPlan) -> tuple[Criterion, ...]:
    taken = {each.key for each in typed.criteria}
    criteria = []
    for number, each in enumerate(typed.criteria):
        name = form.text(f"c{number}-name", limits.PLAN_NAME, required=True) or ""
        anchors = {
            rating: form.text(f"c{number}-{rating}", limits.PLAN_TEXT, required=True) or ""
            for rating in ANCHORS
        }
        key = each.key
        if not key:
            key = base = key_of_name(name)
            copy = 2
            while key in taken:
                key, copy = f"{base}_{copy}", copy + 1
            taken.add(key)
        criteria.append(Criterion(key, each.group or SECTIONS_GROUP, name, anchors))
    return tuple(criteria)


def _probed(form: Form, name: str, criteria: tuple[Criterion, ...]) -> str | None:
    place = form.value(name)
    if not place:
        return None
    if not _NUMBER.fullmatch(place) or int(place) >= len(criteria):
        form.refuse(name, "Choose one of these.")
        return None
    return criteria[int(place)].key


def _refuse_faults(form: Form, structure: PlanStructure) -> None:
    """Note what is wrong with a plan as a whole, and what it may not ask, beside their fields."""
    names = [each.name.casefold() for each in structure.sections]
    for number, name in enumerate(names):
        if name in names[:number]:
            form.refuse(f"s{number}-name", "Another section has this name.")
    for where, finding in fairness.plan_findings(structure):
        form.refuse(
            _field_of(where),
            f"Nobody may be asked about {finding.matter.said}: “{finding.sentence}”",
        )
    if not form.has_errors:
        for fault in structure.faults():
            form.refuse("plan", f"{fault[:1].upper()}{fault[1:]}.")


_IN_SECTION = re.compile(r"sections\[(\d+)\](?:\.questions\[(\d+)\])?\.(\w+)")
_IN_CRITERION = re.compile(r"criteria\[(\d+)\]\.(?:anchors\.)?(\w+)")


def _field_of(where: str) -> str:
    """Return the field of what stands somewhere in a plan, which is said in the API's names."""
    if match := _IN_SECTION.match(where):
        section, question, part = match.groups()
        return f"s{section}-{part}" if question is None else f"s{section}q{question}-{part}"
    if match := _IN_CRITERION.match(where):
        return f"c{match[1]}-{match[2]}"
    return where.partition("[")[0]


@blueprint.get("/interviews/<string:interview_id>/plan/edit")
@requires("interview:update")
def edit_plan(interview_id: str) -> Page:
    """Show the plan as a form."""
    plan = lifecycle.current_plan(repository(), interview_id)
    state = read(interview_id).workflow_state
    if state is not State.PENDING:
        raise WrongState("A plan can be edited until it is approved")
    typed = TypedPlan.of(PlanStructure.from_dict(plan.structure))
    return _editing_page(interview_id, typed, Form(typed.fields(plan.id)))


@blueprint.post("/interviews/<string:interview_id>/plan/edit")
@requires("interview:update")
def change_plan(interview_id: str) -> Page:
    """Arrange the form as a button says, or put the plan in the present one's place."""
    read(interview_id)
    form = Form.sent(request.form)
    typed, seen, what = TypedPlan.sent(form), form.value("seen"), form.value("do")
    if what != "save":
        typed.arrange(what)
        return _editing_page(interview_id, typed, Form(typed.fields(seen)))
    structure = _structure(form, typed)
    if structure is not None:
        _refuse_faults(form, structure)
    if structure is None or form.has_errors:
        return _editing_page(interview_id, typed, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        lifecycle.replace_plan(
            repository(), interview_id, structure, actor(), versions=lambda it: str(it) == seen
        )
    except InvalidFields as error:
        form.refuse_all(error)
        return _editing_page(interview_id, typed, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    except PreconditionFailed:
        return _overtaken(interview_id, typed)
    except Conflict:
        problem = "The plan can be edited until it is approved. It is now, so nothing was saved."
        return _editing_page(interview_id, typed, form, HTTPStatus.CONFLICT, problem)
    return go_to("plan", interview_id=interview_id, said="plan-edited")


def _overtaken(interview_id: str, typed: TypedPlan) -> Page:
    """Show what was typed after somebody else has changed the plan."""
    try:
        theirs = lifecycle.current_plan(repository(), interview_id).id
    except PlanNotAvailable:
        theirs = ""
    problem = (
        "Somebody changed the plan while you were writing, so nothing was saved. What you have "
        "typed is below. Read theirs first; if you save again, yours takes its place."
    )
    form = Form(typed.fields(theirs))
    return _editing_page(
        interview_id, typed, form, HTTPStatus.PRECONDITION_FAILED, problem, is_overtaken=True
    )


def _editing_page(
    interview_id: str,
    typed: TypedPlan,
    form: Form,
    status: int = HTTPStatus.OK,
    problem: str | None = None,
    *,
    is_overtaken: bool = False,
) -> Page:
    page = render_template(
        "plan_edit.html",
        interview=read(interview_id),
        typed=typed,
        form=form,
        problem=problem,
        is_overtaken=is_overtaken,
        probed=[
            (str(number), each.name or f"Criterion {number + 1}")
            for number, each in enumerate(typed.criteria)
        ],
    )
    return page, status
