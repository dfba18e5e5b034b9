"""What a wish may bring into a kit as something to ask about: a plainly named subject of work, in
words that can stand in a question, and nothing that is never asked.

Anything else that somebody wants added (the tone, the layout, a break, a colleague, the salary) is
nothing to ask a candidate about, and is told in the notes.
"""

import re
from enum import Enum, auto

from interview_service.domain.fairness import Source, find
from interview_service.domain.interview import Brief
from interview_service.engines.builtin.asked import Kind, is_known, read_skill
from interview_service.engines.builtin.languages import has_foreign_letters, in_english, is_foreign
from interview_service.engines.builtin.work import plain, words_of


class Admission(Enum):
    """Whether a wish's words become something to ask about."""

    ADMITTED = auto()
    TERMS = auto()  # of the job, told and agreed on, not rated
    NO_SUBJECT = auto()  # of the kit or of the day, not of the work
    DOUBTFUL = auto()  # may be one; the wish does not say that it is to be asked about


NOT_ADMITTED = {
    Admission.TERMS: (
        "“{phrase}” is something to tell every candidate or to agree on, and not to be rated, so "
        "it did not become a question."
    ),
    Admission.NO_SUBJECT: (
        "Not understood, so nothing was changed for it: “{said}”. A kit changes in what is asked, "
        "for how long and in which order."
    ),
    Admission.DOUBTFUL: (
        "Not understood, so nothing was changed for it: “{said}”. If “{phrase}” is something that "
        "candidates are to be asked about, write: ask about {phrase}."
    ),
}

_ASKING = re.compile(
    r"\b(?:ask\w*|questions?|qs|know\w*|knowledge|experience\w*|skills?|cover\w*|test\w*|topics?|"
    r"subjects?|something (?:on|about)|sth (?:on|about)|anything (?:on|about)|about|prob(?:e|ing)|"
    r"check\w*|assess\w*|explor\w*|discuss\w*|talk\w*|how (?:she|he|they|well)|whether|instead|"
    r"replac\w*|swap\w*|rather|dig|deep\w*|focus\w*|section|part on|criteri\w+|forgot\w*|missing|"
    r"rate|judge|evaluat\w+|examine|understand\w*|frag\w*|wissen|thema|pregunt\w*|question\w*|"
    r"demand\w*|statt|"
    r"conocimiento\w*|connaissance\w*|minutes?|mins?|important|matters?|priority|work\w*|handl\w*|"
    r"deal\w*|use[sd]?|using)\b"
)
_OF_THE_KIT = frozenset(
    """bullet bullets columns column layout logo font format formatting space spaces page pages note
    notes scoring score scores scoresheet rating ratings flags answers answer key follow-ups
    followups follow-up look-fors anchors heading headings numbering version template language
    wording sentences sentence text instructions tips hints table tables checkbox checkboxes
    boxes box colour color colours pdf header footer title titles name names summary

    fun humour humor joke jokes spice energy punch vibe vibes tone warmth warm friendly human
    humanity personal robotic formal informal casual relaxed boring dull generic relevant
    interesting original open closed clever smart tricky trick variety variation repetition
    repetitive fluff filler waffle buzzwords jargon cliches eye structure structured flow pace
    depth detail details substance balance clarity freedom silence surprise surprises wow
    sparkle bite oomph pizzazz edge polish context meat flesh air rhythm swing drive momentum
    natural lively light lighter serious professional engaging conversational chatty neutral
    positive negative polite politeness kindness niceness easy hard different differently new
    same other others similar like much many good better best nice great cool bad worse

    break breaks pause pauses coffee tea lunch breakfast drink drinks water snack snacks biscuits
    tour tours walk walkabout visit room camera video recording interviewer interviewers colleague
    colleagues panel date parking dress clothes seat seats chair chairs calendar invite invitation
    slot reminder link zoom teams-link phone-call handshake

    say says stay stays staying remain remains keep keeps go goes back forget version draft
    thanks please

    fit potential tick chemistry gut character person candidate anybody everybody life
    bit bits lot lots few stuff thing things something anything everything nothing usual rest
    more less""".split()
)
_NEVER = re.compile(
    r"\b(?:bullet points?|eye contact|white space|corporate speak|(?:second |co-?)?interviewers?|"
    r"jokes?|small talk|team lunch|gut feeling|body language)\b"
)
_TERMS = re.compile(
    r"^(?:salary|salaries|pay|wages?|compensation|remuneration|notice(?: periods?)?|"
    r"start(?:ing)? dates?|availability|references?|perks|benefits|bonus(?:es)?|holidays?|"
    r"holiday allowance|vacation|annual leave|contract(?: types?)?|working hours|hours|commute|"
    r"commuting|parking|"
    r"relocation|visa|work permit|hobbies|hobby|interests|free time|family|reasons? for leaving|"
    r"career goals|career plans|gehalt\w*|kundigungsfrist|salaire|salario|"
    r"(?:salary|pay|wage|compensation) (?:range|expectations?|requirements?|wishes|history|band|"
    r"package|level|details|question|talk|negotiation))$"
)
_ACTIVITY = re.compile(
    r"\w{3,}(?:ing|tion|ment|ship|ics|logy|graphy|work|care|keeping|law|tech|ware|craft|ling|try)s?$"
)
_OWN = re.compile(r"[A-Z]\w*[A-Z0-9]|[A-Z][a-z]+(?:\+\+|#)|\w+[.]\w+")


def admission_of(phrase: str, said: str, brief: Brief) -> Admission:
    """Tell whether a phrase becomes something to ask about.

    :param said: the clause in which it was wanted.
    """
    bare = plain(phrase).strip(" .,")
    if any(bare == plain(skill) for skill in brief.skills):
        return Admission.ADMITTED
    if _TERMS.match(bare):
        return Admission.TERMS
    first_noun = re.split(r" (?:of|for|at|in|with|on|to|as|from|by|about|between|before|after) ",
                          bare)[0]  # fmt: skip
    words = words_of(first_noun)
    if (
        not words
        or _NEVER.search(bare)
        or words[-1] in _OF_THE_KIT
        or set(words_of(bare)) <= _OF_THE_KIT
    ):
        return Admission.NO_SUBJECT
    if is_known(phrase):
        return Admission.ADMITTED
    if len(words) == 1 and re.search(rf"\b(?:her|his|their) {re.escape(bare)}\b", plain(said)):
        return Admission.DOUBTFUL
    if _ASKING.search(plain(said)):
        return Admission.ADMITTED
    is_in_brief = f" {bare} " in f" {plain(brief.job_description or '')} "
    is_name = _OWN.search(phrase) is not None or (
        phrase[:1].isupper() and not said.strip().startswith(phrase)
    )
    if is_in_brief or is_name or len(words) > 1 or _ACTIVITY.match(words[-1]):
        return Admission.ADMITTED
    return Admission.DOUBTFUL


_NO_TOPIC = re.compile(
    r"\b(?:she|he|they|them|him|her|his|their|whether|why|what|how|who|when|where|if|i|we|you"
    r"|me|us|it|"
    r"this|that|these|those|something|anything|everything|nothing|stuff|things?|really|er|sie"
    r"|ob|wie|"
    r"warum|pourquoi|comment|elle|il|por que|como|ella)\b"
)
_MOST_TOPIC_WORDS = 5


def topic_in(subject: str, *, in_foreign_text: bool) -> str | None:
    """Return what a wish wants asked about, as a skill; None where it is no name of one.

    :param in_foreign_text: the wish is in another language than English.
    """
    text = " ".join(subject.split()).strip(" .,;:!?\"'“”")
    if is_known(text) and not has_foreign_letters(text):
        return text
    english = in_english(text)
    if english is not None:
        return english
    if (
        not text
        or len(text.split()) > _MOST_TOPIC_WORDS
        or _NO_TOPIC.search(plain(text))
        or is_foreign(text, in_foreign_text=in_foreign_text)
        or not any(char.isalpha() for char in text)
    ):
        return None
    asked = read_skill(text)
    return None if asked.kind in (Kind.FOREIGN, Kind.UNREADABLE) else text


def refusal_of(text: str) -> str:
    """Return the note on a wish that asks for what is never asked."""
    finding = next(
        (each for kind in (Source.WISH, Source.BRIEF) for each in find(text, kind=kind)), None
    )
    matter = finding.matter.said if finding else "what does not concern the job"
    return f"Left out: “{text}”. Candidates are not asked about {matter}."
