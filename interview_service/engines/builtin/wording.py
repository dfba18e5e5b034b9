"""Sentences of a kit that do not depend on a skill: opening, closing, follow-ups, anchors."""

import re
from collections.abc import Mapping, Sequence
from functools import cache

from interview_service.domain.interview import Brief, Level
from interview_service.engines.builtin.languages import is_foreign
from interview_service.engines.builtin.phrases import listed, uncapitalised
from interview_service.engines.builtin.work import Ask, words_of, works

PAST_NEXT: Mapping[Level, Sequence[str]] = {
    Level.JUNIOR: (
        "Who helped you, and how?",
        "What would you do in the same way again?",
        "What did you find hardest about it?",
        "What did you learn from it?",
    ),
    Level.MID: (
        "What exactly was your own part in it?",
        "What would you do the same way again?",
        "What would you do differently next time?",
        "What did the others involved think of it?",
    ),
    Level.SENIOR: (
        "Which other ways did you consider, and what spoke against them?",
        "What did others learn from it?",
        "What did you change so that it would not happen again?",
        "Who had to be won over, and how did you do it?",
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
        "What would you want to avoid?",
        "What would you do if that did not work?",
        "Who else would need to know?",
    ),
    Level.SENIOR: (
        "What would you do if that did not work?",
        "What could go wrong with that?",
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
KNOWING_NEXT: Mapping[Level, Sequence[str]] = {
    Level.JUNIOR: (
        "Where did you learn that?",
        "What would you look up, and where?",
        "What do you still find difficult about it?",
        "How would you explain that to a fellow student?",
    ),
    Level.MID: (
        "What would you check along the way?",
        "What would you do differently with more time?",
        "What took you longest to understand about it?",
        "What would you want to avoid?",
    ),
    Level.SENIOR: (
        "What are the limits of that approach?",
        "What have you changed your mind about there?",
        "How do you bring a team to work that way?",
        "What do people without your experience get wrong there?",
    ),
    Level.LEAD: (
        "How do you bring a team to work that way?",
        "What do you look for there when you review the work of others?",
        "What are the limits of that approach?",
        "Which rule do you give your team for it?",
    ),
    Level.PRINCIPAL: (
        "What of that would you make a rule for every team, and what not?",
        "What are the limits of that approach?",
        "Where do experienced people disagree about it?",
        "How would you bring a whole organisation to work that way?",
    ),
}
_SOME_TOLD = (
    "{first}. The rest comes only when asked.",
    "{first}. Stays vague on the result or on their own part.",
)
_SOME_SAID = (
    "{first}. Needs a question or two to get further.",
    "{first}. Has little to say on the reasons.",
    "{first}. Does not think of the rest until asked.",
)
_ALL_SHOWN = (
    "{shown}. Needs no prompting.",
    "Without being asked: {shown_small}.",
    "{shown}. All of it concrete and in order.",
)
_SOME_FACTS = (
    "Brings up the main point ({first}); gets further only with help.",
    "Knows one side of it ({first}) and is unsure about the rest.",
    "Has the essentials ({first}), but cannot say when they do not hold.",
)
_ALL_FACTS = (
    "Brings up without help: {shown}. Gives reasons and a case of their own.",
    "Covers all of it: {shown}. Knows what goes wrong otherwise.",
)
_TOLD = re.compile(
    r"(?:Tell me about|Walk me through the last|Which \w+ (?:of work |have|did|was)|When did"
    r"|Where have|What (?:did|have|experience do) you|We also look for.*Which example"
    r"|Which of them do you know|How did you|Who was |Choose one)"
    r"|The job description says:.*have you done"
)
_IMAGINED = re.compile(
    r"(?:Suppose|Walk me through|How would|Talk me|Choose |In which|I am a|A \w+|An \w+|It is|You )"
)


def is_told(text: str) -> bool:
    """Tell whether a question asks what somebody has done."""
    return _TOLD.match(_bare(text)) is not None


def _is_imagined(text: str) -> bool:
    bare = _bare(text)
    return _IMAGINED.match(bare) is not None and _EXPLAINED.search(bare) is None


def _bare(text: str) -> str:
    """Return a question without the words that lead to it."""
    return _TURN.sub("", text)


_TURN = re.compile(
    r"(?:Let us turn to|A question on|Now to|Next,|The next point is this:"
    r"|One more point of the job:|These are part of the job as well:) [^?]{1,160}?\. (?=[A-Z])"
)
_EXPLAINED = re.compile(r"asks you what|knows nothing about|how you prepare for|for which you need")


def next_pool(text: str, level: Level) -> Sequence[str]:
    """Return the follow-ups of a level that suit a question."""
    if is_told(text):
        return PAST_NEXT[level]
    return CASE_NEXT[level] if _is_imagined(text) else KNOWING_NEXT[level]


_BEYOND: Mapping[Level, Sequence[str]] = {
    Level.LEAD: (
        " Has brought others to work that way too.",
        " Says how the team learned it.",
        " Knows how the team keeps to it when nobody watches.",
    ),
    Level.PRINCIPAL: (
        " Shows an effect beyond their own team.",
        " Has made it last in the organisation.",
        " Others work that way because of it.",
    ),
}


def anchors(
    poor: str,
    asks: Sequence[Ask],
    level: Level,
    *,
    are_facts: bool = False,
    goes_beyond: bool = False,
) -> dict[str, str]:
    """Return what an answer worth 1, 3 and 5 looks like.

    :param asks: the questions on the criterion.
    :param are_facts: what to look for are things to name, not what somebody did or does.
    :param goes_beyond: at the higher levels, the best answer shows an effect on others too.
    """
    shown = [point for ask in asks for point in ask.look_for[: 3 if len(asks) == 1 else 2]]
    first = shown[0]
    number = sum(map(ord, asks[0].text + poor))
    small = [uncapitalised(point) for point in shown]
    if are_facts:
        some = _SOME_FACTS[number % len(_SOME_FACTS)].format(first=small[0])
        best = _ALL_FACTS[number % len(_ALL_FACTS)].format(shown="; ".join(small))
    else:
        middle = _SOME_TOLD if is_told(asks[0].text) else _SOME_SAID
        some = middle[number % len(middle)].format(first=first)
        best = _ALL_SHOWN[number % len(_ALL_SHOWN)].format(
            shown="; ".join([first, *small[1:]]), shown_small="; ".join(small)
        )
    beyond = _BEYOND.get(level, ()) if goes_beyond else ()
    return {
        "1": poor,
        "3": some,
        "5": best + (beyond[number % len(beyond)] if beyond else ""),
    }


# --- opening and closing

_GENDER_MARKS = re.compile(
    r"\s*[(\[]\s*(?:[mwfdxh]\s*[/|,*]\s*)+[mwfdxh]\s*[)\]]|\s*\((?:all genders?|gn|a)\)"
    r"|\s+[mwfdxh](?:/[mwfdxh])+\b"
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
        or is_foreign(title, in_foreign_text=False)
        or (in_foreign_text and not _ENGLISH_TITLE & set(words))
        or _foreign_titles() & set(words)
    ):
        return "this position"
    return f"the position of {title}"


def is_foreign_title(position: str) -> bool:
    """Tell whether a title is in German, French or Spanish."""
    words = set(words_of(position))
    return not _ENGLISH_TITLE & words and (
        is_foreign(_GENDER_MARKS.sub("", position), in_foreign_text=False)
        or bool(_foreign_titles() & words)
    )


_ENGLISH_TITLE = frozenset(
    """manager engineer developer nurse assistant officer specialist analyst consultant
    designer director administrator coordinator technician worker lead head supervisor
    executive representative advisor adviser scientist architect accountant teacher driver
    operator""".split()
)
_USUAL_FOREIGN_TITLES = frozenset(
    """koch kellner maler maurer tischler schreiner klempner fahrer krankenschwester
    altenpfleger krankenpfleger pflegefachkraft buchhalter verkaufer lehrer erzieher
    elektriker elektroniker mechatroniker schlosser einkaufer berater entwickler leiter
    mitarbeiter sachbearbeiter kaufmann kauffrau fachkraft hausmeister cuisinier vendeur
    serveur macon plombier electricien soudeur chauffeur-livreur infirmier comptable
    responsable charge chef-de directeur ingenieur cocinero cocinera camarero camarera
    dependiente enfermero enfermera vendedor vendedora jefe jefa gerente contable soldador
    electricista fontanero conductor-a profesor profesora limpiador limpiadora abogado
    abogada ingeniero ingeniera comercial administrativo administrativa technicien
    technicienne assistante coiffeur coiffeuse boulanger aide-soignante aide-soignant arzt
    arztin apotheker friseur friseurin gartner landwirt""".split()
)


@cache
def _foreign_titles() -> frozenset[str]:
    """Return words of titles in German, French and Spanish."""
    words = {
        word.rstrip("*")
        for work in works().values()
        for title in work.titles
        for word in title.removeprefix("~").split()
    }
    return _USUAL_FOREIGN_TITLES | {
        word for word in words if is_foreign(word, in_foreign_text=False)
    }


def opening(brief: Brief, position: str, minutes: int, parts: Sequence[str]) -> tuple[str, ...]:
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
