"""What is asked about a skill that no table knows.

Nobody can tell here what such words mean, so the questions are those that hold for any: what
somebody has done with it, what goes wrong, how they would teach it. Each sentence is correct
whatever noun stands in it; words that may be no noun stand in quotation marks.
"""

import re
from collections.abc import Sequence

from interview_service.domain.interview import Level
from interview_service.engines.builtin.phrases import (
    SURE_VERBS,
    Shape,
    capitalised,
    is_adjective,
    listed,
    with_article,
)
from interview_service.engines.builtin.work import Ask, Topic

_Row = tuple[str, str, str, str, str]

_PAST: Sequence[_Row] = (
    (
        "What experience do you have with {x}? Take me through one example, from what was asked "
        "of you to how it turned out.",
        "Chooses one real and recent example",
        "Tells the steps in order, with their own part in them",
        "Says how the result was checked or judged",
        "What would you do in another way if you did it again?",
    ),
    (
        "Tell me about a difficult situation at work that had to do with {x}. What did you do?",
        "Describes one real case, with what made it difficult",
        "Says which steps they took themselves, and why",
        "Says how it ended and what they took from it",
        "Whom did you ask or involve, and when?",
    ),
    (
        "Tell me about a mistake that had to do with {x}, your own or somebody else's. How was it "
        "noticed, and what was done?",
        "Describes the mistake plainly, with its cause",
        "Says what was done to put it right",
        "Works in another way since then, and says how",
        "How could it have been noticed sooner?",
    ),
    (
        "What have you learned about {x} in the last year or two, and what do you do differently "
        "because of it?",
        "Names something definite, and where it came from",
        "Can say what has changed in the work since then",
        "Knows what they have still to learn",
        "How would somebody else notice the difference?",
    ),
)
_PAST_OF_A_BEGINNER: Sequence[_Row] = (
    (
        "What have you seen or done so far that had to do with {x}, in training or at work? Take "
        "me through one example.",
        "Chooses one real example, however small",
        "Tells what they did themselves and what others did",
        "Says openly what they have not done yet",
        "What would you want to be shown first?",
    ),
    (
        "How did you learn what you know about {x} so far, and what can you do without help today?",
        "Names people, practice or training",
        "Can say what they do alone and what they do not",
        "Knows what they want to learn next",
        "Which part was hardest to learn?",
    ),
)
_CASE: Sequence[_Row] = (
    (
        "When it comes to {x}, what do people without much experience usually get wrong, and how "
        "do you avoid it?",
        "Names a typical mistake and what it leads to",
        "Says how they prevent it, or catch it in time",
        "Speaks of cases that they have seen",
        "When did you last see that happen?",
    ),
    (
        "When it comes to {x}, what do you never leave out, even when there is little time, and "
        "why?",
        "Names one or two things and does not list everything",
        "Says what happens when they are left out",
        "Knows what may wait instead",
        "When did you last have to insist on it?",
    ),
    (
        "Suppose a new colleague knows nothing about {x} and has to manage alone in a month. What "
        "do you teach first, and what later?",
        "Begins with what matters most, or does most harm when it goes wrong",
        "Has the other person try it, and watches",
        "Says how they would know that it is enough",
        "What took you longest to learn?",
    ),
    (
        "Suppose you are given a task that has to do with {x} and is not quite like any that you "
        "have done before. How do you go about it?",
        "Finds out what is wanted and how it will be judged",
        "Knows where to look and whom to ask",
        "Begins with a part that can be checked",
        "At which point would you stop and ask?",
    ),
)
_CASE_OF_A_LEADER: Sequence[_Row] = (
    (
        "How do you make sure that the people around you do good work when it comes to {x}?",
        "Names something that is done regularly, and no appeal",
        "Can tell good work from poor work by signs that others can check",
        "Gives an example of when it helped",
        "How do you notice early that it slips?",
    ),
    (
        "When it comes to {x}, on which point do experienced people disagree, and where do you "
        "stand?",
        "Names a real point, and both sides of it fairly",
        "Gives reasons from cases of their own",
        "Says what would change their mind",
        "On which point have you changed your mind?",
    ),
)
_POOR: Sequence[str] = (
    "Stays general and gives no example of their own.",
    "Knows the right words, and cannot say what they would do first.",
    "Has watched others do it, and gives no example of doing it.",
    "Cannot say what good work looks like here.",
)
_SHORT_FORM_PAST: _Row = (
    "Where in your work has {x} played a part so far? Take me through one example.",
    "Chooses one real example",
    "Says what it was needed for, and what they did themselves",
    "Says openly where they know little of it",
    "What do people often get wrong about it?",
)
_SHORT_FORM_CASE: _Row = (
    "What is {x} good for in a job like this one, and what goes wrong without it?",
    "Explains it in plain words",
    "Gives an example from practice",
    "Knows what it does not do",
    "Where did you last need it?",
)
_DOING_PAST: _Row = (
    "Tell me about a time when {x} was harder than usual. What did you do?",
    "Describes one real case, with what made it hard",
    "Says which steps they took themselves, and why",
    "Says how it ended and what they took from it",
    "Whom did you ask or involve, and when?",
)
_DOING_CASE: _Row = (
    "What do you pay most attention to when {x}, and why?",
    "Names two or three things and puts the most important first",
    "Gives a reason or an example for each",
    "Warns of a typical mistake",
    "What took you longest to learn?",
)
_QUALITY_PAST: _Row = (
    "Tell me about a situation at work that called for {x}. What did you do?",
    "Describes one real situation",
    "Says what they did or said, and not how they are",
    "Says what it led to",
    "What would have happened otherwise?",
)
_QUALITY_CASE: _Row = (
    "In which situations at work do you find {x} hardest, and what do you do then?",
    "Names a situation honestly",
    "Has a way of dealing with it",
    "Gives an example of when it worked",
    "What do colleagues notice of it?",
)
_QUOTED_PAST: _Row = (
    "One of the things we look for in this job is “{x}”. Which example from your work or training "
    "shows it best?",
    "Chooses one real example",
    "Says what they did or said, and not how they are",
    "Says what it led to",
    "Who could confirm it, and what would they add?",
)
_QUOTED_CASE: _Row = (
    "One of the things we look for in this job is “{x}”. What would you do in your first weeks so "
    "that others notice it?",
    "Names something that others can see",
    "Says how it helps in the work",
    "Gives an example of having done so before",
    "What could get in the way?",
)
_SEVERAL_PAST: _Row = (
    "This job also calls for {x}. Which of these do you know best? Take me through something that "
    "you have done there.",
    "Chooses one and gives a real and recent example",
    "Separates their own part from that of others",
    "Says openly where they have little experience",
    "Which of them would you have to learn or refresh, and how would you go about it?",
)
_SEVERAL_CASE: _Row = (
    "This job also calls for {x}. Where would you need most help at first, and how would you "
    "become good at it?",
    "Says openly where they have little experience",
    "Names people, practice or training that would help",
    "Names a first goal that can be checked",
    "Which of them do you know best, and from where?",
)
_SEVERAL_POOR = "Claims to know all of it, and gives no example."


def topic_about(phrase: str, shape: Shape, number: int, level: Level = Level.MID) -> Topic:
    """Return what to ask about words that no table knows.

    :param phrase: as it stands inside a sentence; `shape` is what kind of words it is.
    :param number: which of the unknown skills of the brief it is; each gets other questions.
    """
    if not is_nameable(phrase):
        return _topic(phrase, phrase, number, _QUOTED_PAST, _QUOTED_CASE)
    if shape is Shape.QUALITY:
        return _topic(phrase, phrase, number, _QUALITY_PAST, _QUALITY_CASE)
    if _SHORT_FORM.fullmatch(phrase):
        return _topic(phrase, phrase, number, _SHORT_FORM_PAST, _SHORT_FORM_CASE)
    if _DOING.match(phrase):
        return _topic(phrase, phrase, number, _DOING_PAST, _DOING_CASE)
    past, case = _PAST[number % len(_PAST)], _CASE[number % len(_CASE)]
    if level is Level.JUNIOR and number < len(_PAST_OF_A_BEGINNER):
        past = _PAST_OF_A_BEGINNER[number]
    if level in (Level.LEAD, Level.PRINCIPAL) and number < len(_CASE_OF_A_LEADER):
        case = _CASE_OF_A_LEADER[number]
    return _topic(phrase, with_article(phrase), number, past, case)


def topic_about_several(phrases: Sequence[str]) -> Topic:
    """Return what to ask about several such skills at once."""
    said = listed([with_article(each) for each in phrases])
    return Topic(
        "Other skills that the job calls for",
        tuple(phrases),
        _SEVERAL_POOR,
        _filled(_SEVERAL_PAST, said),
        _filled(_SEVERAL_CASE, said),
    )


def _topic(phrase: str, said: str, number: int, past: _Row, case: _Row) -> Topic:
    return Topic(
        capitalised(phrase),
        (phrase,),
        _POOR[number % len(_POOR)],
        _filled(past, said),
        _filled(case, said),
    )


def _filled(row: _Row, said: str) -> Ask:
    text, *look_for, follow_up = row
    return Ask(text.format(x=said), tuple(look_for), follow_up)


_SHORT_FORM = re.compile(r"[A-Z][A-Z0-9&./-]{1,7}")
"""Capitals that may be the name of anything: a program, a standard, a certificate."""
_DOING = re.compile(
    r"[a-z]{3,}ing (?:(?:with|to|for|at|on|in|from|through) |and [a-z]+ing(?: |$)"
    r"|(?:customers|clients|patients|guests|people|children|students|ministers|executives|staff"
    r"|visitors|suppliers|families|parents|members|groups|users|residents|mourners)\b)"
)
_MOST_WORDS = 6
_NO_NOUN = re.compile(
    r"\b(?:is|are|be|been|can|could|will|would|must|should|has|have|had|do|does|who|which|that|you"
    r"|your|yourself|we|our|us|i|my|me|not|no|never|always|very|well|able|willing|ready|keen|etc)\b"
    r"|^(?:an? )?(?:\w+ )?(?:passion|love|enthusiasm|flair|feeling|feel|interest|affinity|curiosity"
    r"|taste|liking|appreciation) (?:for|of|in|with) .*"
    r"|[:;,!?\"“”…]|\.(?:\s|$)|(?:\b(?:and|or|of|to|for|with|in|on|at|as|by|the|a|an)|[-/&+])$",
    re.IGNORECASE,
)


def is_nameable(phrase: str) -> bool:
    """Tell whether words can be trusted to be a noun, so that they may stand in any sentence."""
    words = phrase.split()
    if not 1 <= len(words) <= _MOST_WORDS or _NO_NOUN.search(phrase):
        return False
    if is_adjective(words[-1]):
        return False
    first = words[0].lower()
    return len(words) == 1 or first not in SURE_VERBS
