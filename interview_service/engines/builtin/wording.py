"""Sentences of a kit that do not depend on a skill: opening, closing, follow-ups by level, anchors."""

import re
from collections.abc import Mapping, Sequence

from interview_service.domain.interview import Brief, Level
from interview_service.engines.builtin.languages import is_foreign
from interview_service.engines.builtin.phrases import listed, uncapitalised
from interview_service.engines.builtin.work import Ask, works, words_of

PAST_NEXT: Mapping[Level, Sequence[str]] = {
    Level.JUNIOR: (
        "Who helped you, and how?",
        "What would you do in the same way again?",
        "What did you find hardest about it?",
        "What did you learn from it?",
    ),
    Level.MID: (
        "What exactly was your own part in it?",
        "What did the result look like in the end?",
        "What would you do differently next time?",
        "What did the others involved think of it?",
    ),
    Level.SENIOR: (
        "Which alternatives did you weigh, and what spoke against them?",
        "What did others learn from it?",
        "What did you change so that it would not happen again?",
        "Who had to be convinced, and how did you do it?",
    ),
    Level.LEAD: (
        "How do you make sure that your team handles this well when you are not there?",
        "How did you bring the others along?",
        "What did you do yourself, and what did you leave to others?",
        "What did you change in how the team works?",
    ),
    Level.PRINCIPAL: (
        "How far did that reach beyond your own team?",
        "What would have happened in the organisation without you?",
        "Which decision in it would you defend against anyone?",
        "What has lasted of it to this day?",
    ),
}
CASE_NEXT: Mapping[Level, Sequence[str]] = {
    Level.JUNIOR: (
        "Whom would you ask if you were not sure?",
        "Have you ever seen something like it, at work or in training?",
        "What would you want to be shown first?",
        "What would you be most careful about?",
    ),
    Level.MID: (
        "Has something like it happened to you?",
        "How would you know that it has worked?",
        "What would you do first if you had only ten minutes?",
        "Who else would need to know?",
    ),
    Level.SENIOR: (
        "Where would you make an exception?",
        "What would make you change your mind?",
        "What would you do so that it does not come up again?",
        "What would a less experienced colleague overlook here?",
    ),
    Level.LEAD: (
        "What would you do yourself, and what would you hand to someone in your team?",
        "How would you prepare your team for it?",
        "What would you tell your own manager, and when?",
        "How would you notice it early?",
    ),
    Level.PRINCIPAL: (
        "What would have to change in the organisation so that this does not come up?",
        "Who would disagree with you, and with what argument?",
        "What would you give up to get it right?",
        "How would you decide if both ways were defensible?",
    ),
}
_BEYOND: Mapping[Level, str] = {
    Level.JUNIOR: " Examples from training or school count.",
    Level.MID: "",
    Level.SENIOR: "",
    Level.LEAD: " Has brought others to work that way too.",
    Level.PRINCIPAL: " Shows an effect beyond their own team.",
}


def anchors(
    poor: str, asks: Sequence[tuple[Ask, bool]], level: Level
) -> dict[str, str]:
    """Return what an answer worth 1, 3 and 5 looks like.

    :param asks: the questions on the criterion, each with whether it is about the past.
    """
    shown = [point for ask, _ in asks for point in ask.look_for[: 3 if len(asks) == 1 else 2]]
    first = uncapitalised(asks[0][0].look_for[0])
    begin = "Gives a real example" if asks[0][1] else "Finds a workable way"
    return {
        "1": poor,
        "3": f"{begin} and covers part of what matters ({first}); the rest comes only when asked."
        + (_BEYOND[level] if level is Level.JUNIOR else ""),
        "5": f"Without prompting: {'; '.join(map(uncapitalised, shown))}."
        + (_BEYOND[level] if level is not Level.JUNIOR else ""),
    }


# --- opening and closing

_GENDER_MARKS = re.compile(
    r"\s*[(\[]\s*(?:[mwfdxh]\s*[/|,*]\s*)+[mwfdxh]\s*[)\]]|\s*\((?:all genders?|gn|a)\)|\s+[mwfdxh](?:/[mwfdxh])+\b"
    r"|\s*\(?\b[hf]/[hf]\b\)?",
    re.IGNORECASE,
)
_AFTER_TITLE = re.compile(r"\s+[-–—|•]\s.*|\s*[(\[].*|\s*[,/|].*(?:\d|https?:).*|\s+#.*|\s*!.*")
_LONGEST_NAME = 70


def said_position(brief: Brief, *, in_foreign_text: bool) -> str:
    """Return how the interviewer names the position; it is not named where it is not English."""
    title = " ".join(_GENDER_MARKS.sub("", brief.position).split())
    title = _AFTER_TITLE.sub("", title).strip(" -–,.:;*")
    if title.isupper() and len(title) > 4:
        title = title.title()
    words = words_of(title)
    if (
        not words
        or len(title) > _LONGEST_NAME
        or not title[0].isalnum()
        or is_foreign(title, in_foreign_text=True)
        or (in_foreign_text and not _ENGLISH_TITLE & set(words))
        or _FOREIGN_TITLE & set(words)
    ):
        return "this position"
    return f"the position of {title}"


_ENGLISH_TITLE = frozenset(
    """manager engineer developer nurse assistant officer specialist analyst consultant designer
    director administrator coordinator technician worker lead head supervisor executive
    representative advisor adviser scientist architect accountant teacher driver operator""".split()
)
_FOREIGN_TITLE = frozenset(
    word.rstrip("*")
    for work in works().values()
    for title in work.titles
    for word in title.removeprefix("~").split()
    if is_foreign(word.rstrip("*"), in_foreign_text=True)
) | frozenset(
    """koch kellner maler maurer tischler schreiner klempner fahrer krankenschwester altenpfleger
    krankenpfleger pflegefachkraft buchhalter verkaufer lehrer erzieher elektriker elektroniker
    mechatroniker schlosser einkaufer berater entwickler leiter mitarbeiter sachbearbeiter
    kaufmann kauffrau fachkraft hausmeister cuisinier vendeur serveur macon plombier electricien
    soudeur chauffeur-livreur infirmier comptable responsable charge chef-de directeur ingenieur
    cocinero cocinera camarero camarera dependiente enfermero enfermera vendedor vendedora jefe
    jefa gerente contable soldador electricista fontanero conductor-a profesor profesora limpiador
    limpiadora abogado abogada ingeniero ingeniera comercial administrativo administrativa
    technicien technicienne assistante coiffeur coiffeuse boulanger aide-soignante aide-soignant
    arzt arztin apotheker friseur friseurin gartner landwirt""".split()
)


def opening(
    brief: Brief, position: str, minutes: int, parts: Sequence[str]
) -> tuple[str, ...]:
    """Return the sentences to begin with.

    :param parts: what the interview is made of, as it goes on after "first".
    """
    company = " ".join((brief.company_name or "").split())
    at = f" at {company}" if company and len(company) <= _LONGEST_NAME else ""
    sentences = [
        f"Welcome, and thank you for taking the time to talk about {position}{at} today.",
        f"We have {minutes} minutes: {_listed_in_order(parts)}, and at the end there is time for "
        "your own questions.",
        "I will take notes as we talk, so that I remember your answers and can be fair to "
        "everyone who applies.",
        "Take your time to think, and please ask if a question is not clear.",
    ]
    if brief.level is Level.JUNIOR:
        sentences.append(
            "Examples from school, training or volunteering count as much as those from a job."
        )
    return tuple(sentences)


def _listed_in_order(parts: Sequence[str]) -> str:
    if len(parts) == 1:
        return f"we will talk about {parts[0]}"
    return f"first we will talk about {parts[0]}, then about {listed(parts[1:])}"


def closing() -> tuple[str, ...]:
    """Return the sentences to end with."""
    return (
        "Those were my questions. What would you like to know about the work, the team or us?",
        "Is there anything about your work that we have not touched on and that I should know?",
        "This is what happens next: we compare our notes, and you will hear from us whatever we "
        "decide; I will tell you now by when.",
        "Thank you for your time and for the conversation.",
    )
