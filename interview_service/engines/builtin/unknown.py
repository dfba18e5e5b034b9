"""What is asked about a skill that no table knows: questions that are sound for any such words."""

from collections.abc import Mapping, Sequence

from interview_service.engines.builtin.phrases import Shape, capitalised, stands_alone, with_article
from interview_service.engines.builtin.work import Ask, Topic

_Row = tuple[str, str, str, str, str]

_ACTIVITY_PAST: Sequence[_Row] = (
    (
        "Tell me about a time when {x} turned out to be much harder than expected. What did "
        "you do?",
        "Describes one real case, with what made it hard",
        "Says which steps they took themselves",
        "Says how it ended and what they took from it",
        "Whom did you ask or involve, and when?",
    ),
    (
        "Which piece of work that involved {x} are you most satisfied with, and what was your "
        "part?",
        "Chooses one piece of work and can describe it in detail",
        "Separates their own part from that of others",
        "Says by what they can tell that it was good",
        "What would you still improve about it?",
    ),
    (
        "Tell me about a mistake that you made, or saw others make, in connection with {x}.",
        "Describes the mistake plainly, with its cause",
        "Says what was done to put it right",
        "Works differently since then, and says how",
        "How could it have been noticed sooner?",
    ),
    (
        "When did you last have to deal with {x} under time pressure? Take me through what you "
        "did.",
        "Gives a recent example and the order of steps",
        "Says what must not be skipped, and why",
        "Kept others informed of what to expect",
        "What did you leave for later?",
    ),
    (
        "What have you changed in how you work when it comes to {x}, and what made you change it?",
        "Names a concrete change",
        "Gives the reason: an experience, a mistake or something learned",
        "Can say what is better since then",
        "What would you like to change next?",
    ),
    (
        "Tell me about something in connection with {x} that you had to learn from scratch.",
        "Says what they could not do at first",
        "Learned it by practice and by asking, and says how",
        "Can say what they are able to do now",
        "How long was it until you could do it alone?",
    ),
)
_ACTIVITY_CASE: Sequence[_Row] = (
    (
        "Suppose a new colleague asks you what matters most when it comes to {x}. What do you "
        "tell them?",
        "Names two or three things and puts the most important first",
        "Gives a reason or an example for each",
        "Warns of a typical mistake",
        "Which part takes longest to learn?",
    ),
    (
        "Walk me through how you prepare for a task that involves {x}. What do you check first?",
        "Begins with the aim and with what is given",
        "Goes through the steps in an order that makes sense",
        "Says how they will know that the result is good",
        "What would make you stop and ask?",
    ),
    (
        "Suppose you start here and find problems with {x}. Where do you begin?",
        "Finds out what is wrong before changing anything",
        "Talks to the people who know or who are affected",
        "Takes a first step that can be checked",
        "How would you tell after a month whether it is better?",
    ),
    (
        "How can somebody tell good work from poor work when it comes to {x}?",
        "Names signs that another person could check",
        "Backs them up with something they have seen",
        "Knows where good work is hard to recognise",
        "How do you check your own work by that?",
    ),
    (
        "Suppose you have only half of the usual time for a task that involves {x}. What do "
        "you do?",
        "Knows which part must not be cut short",
        "Leaves out or postpones the rest on purpose",
        "Tells the people who depend on it",
        "What would you refuse to leave out?",
    ),
    (
        "Suppose you and a colleague disagree about the right way to go about {x}. How do you "
        "settle it?",
        "Asks for the reasons of the other side",
        "Looks for a test, a rule or a person who knows",
        "Keeps to what has been agreed",
        "When did that last happen to you?",
    ),
)
_ACTIVITY_PAST_LED = (
    "Our next topic is {x}. Tell me about a case that turned out to be much harder than expected. "
    "What did you do?",
    "The next topic is {x}. Which piece of work of that kind are you most satisfied with, and what "
    "was your part?",
    "Now to {x}. Tell me about a mistake there that you made, or saw others make.",
    "Let us turn to {x}. When did you last have to deal with it under time pressure? Take me "
    "through what you did.",
    "Our next topic is {x}. What have you changed there in how you work, and what made you change "
    "it?",
    "The next topic is {x}. Tell me about something there that you had to learn from scratch.",
)
_ACTIVITY_CASE_LED = (
    "Now to {x}. Suppose a new colleague asks you what matters most there. What do you tell them?",
    "Let us turn to {x}. Walk me through how you prepare for a task of that kind. What do you "
    "check first?",
    "The next topic is {x}. Suppose you start here and find that things are not going well there. "
    "Where do you begin?",
    "Our next topic is {x}. How can somebody tell good work from poor work there?",
    "Now to {x}. Suppose you have only half of the usual time for such a task. What do you do?",
    "Let us turn to {x}. Suppose you and a colleague disagree about the right way to go about it. "
    "How do you settle it?",
)
"""The same questions for words that stand badly in the middle of a sentence: `major donor`."""

_TOOL_PAST: Sequence[_Row] = (
    (
        "Walk me through the last thing that you did with {x}, from start to finish.",
        "Names a recent and real task",
        "Describes the steps in enough detail to be followed",
        "Says how the result was checked and used",
        "How often do you work with it?",
    ),
    (
        "Tell me about a time when {x} did not do what you needed. How did you get there after "
        "all?",
        "Describes what exactly did not work",
        "Looked for the cause or for another way before giving up",
        "Shared or noted the solution",
        "What would you use instead, if you could choose?",
    ),
    (
        "Which task with {x} has been the most demanding for you so far, and how did you "
        "manage it?",
        "Names one task and what made it demanding",
        "Says which functions or settings they used, and why",
        "Says how good the result was",
        "Where did you look for help?",
    ),
    (
        "Tell me about a mistake that you made with {x}. How did you notice it?",
        "Describes the mistake plainly",
        "Put it right and checked what else was affected",
        "Works differently since then",
        "How could others be spared that mistake?",
    ),
)
_TOOL_CASE: Sequence[_Row] = (
    (
        "Suppose a colleague has never worked with {x}. What do you show them first, and why?",
        "Starts from the task and not from a list of functions",
        "Names a typical mistake and how to avoid it",
        "Lets the other person try it",
        "What took you longest to learn?",
    ),
    (
        "Suppose a result from {x} looks wrong to you. How do you find out whether it is?",
        "Checks against a second source or a rough estimate",
        "Goes back over input and settings step by step",
        "Does not pass the result on until it is clear",
        "What do you rely on for the check?",
    ),
    (
        "For which tasks would you choose {x}, and for which would you not?",
        "Names tasks from experience",
        "Knows the limits, and what to use instead",
        "Thinks of those who have to go on working with the result",
        "Which of those tasks have you done yourself?",
    ),
    (
        "Suppose you had to do without {x} for a day. How would you keep the work going?",
        "Knows what can wait and what cannot",
        "Has another way for what cannot",
        "Thinks of entering or checking things afterwards",
        "Whom would you have to tell?",
    ),
)
_STANDARD_PAST: Sequence[_Row] = (
    (
        "Tell me about a piece of work in which {x} played an important part. What did you do?",
        "Names the piece of work and what part {x} had in it",
        "Says what they did themselves",
        "Says how the result was checked",
        "What would have been different without it?",
    ),
    (
        "Where have you found {x} most difficult in practice, and how did you deal with that?",
        "Names a concrete difficulty",
        "Looked it up, asked or tried it out, and says how",
        "Found a way that held",
        "What do others most often get wrong about it?",
    ),
    (
        "How did you learn what you know about {x}, and where did you first use it?",
        "Names training, people or practice",
        "Names a first piece of work",
        "Knows where their knowledge ends",
        "How do you keep it up to date?",
    ),
)
_STANDARD_CASE: Sequence[_Row] = (
    (
        "Suppose a new colleague asks you what to know about {x} for the daily work. What do "
        "you say?",
        "Explains it in plain words and without the textbook",
        "Gives an example from practice",
        "Says what goes wrong without it",
        "Which part of it matters most in this job?",
    ),
    (
        "Suppose you join us and doubt whether we use {x} as we should. What do you do?",
        "Looks at how the work is really done before judging",
        "Says which signs or records they would look at",
        "Raises it with the right person, with a suggestion",
        "What would you do if nobody saw a problem?",
    ),
    (
        "Walk me through a task for which you need {x}. What do you pay attention to at each step?",
        "Chooses a realistic task",
        "Names at each step what must be right",
        "Says how it is checked and recorded",
        "At which step do most mistakes happen?",
    ),
)
_QUALITY_PAST: Sequence[_Row] = (
    (
        "Tell me about a situation at work that called for a great deal of {x}. What did you do?",
        "Describes one real situation",
        "Says what they did or said, and not how they are",
        "Says what it led to",
        "What would have happened otherwise?",
    ),
)
_QUALITY_CASE: Sequence[_Row] = (
    (
        "In which situations at work do you find {x} hardest, and what do you do then?",
        "Names a situation honestly",
        "Has a way of dealing with it",
        "Gives an example of when it worked",
        "What do colleagues notice about it?",
    ),
)
_ADJECTIVE_PAST: Sequence[_Row] = (
    (
        "Tell me about a time when being {x} mattered in your work. What did you do?",
        "Describes one real situation",
        "Says what they did or said, and not how they are",
        "Says what it led to",
        "What would have happened otherwise?",
    ),
)
_ADJECTIVE_CASE: Sequence[_Row] = (
    (
        "In which situations at work is being {x} hardest for you, and what do you do then?",
        "Names a situation honestly",
        "Has a way of dealing with it",
        "Gives an example of when it worked",
        "What do colleagues notice about it?",
    ),
)
_ROWS: Mapping[Shape, tuple[Sequence[_Row], Sequence[_Row]]] = {
    Shape.ACTIVITY: (_ACTIVITY_PAST, _ACTIVITY_CASE),
    Shape.TOOL: (_TOOL_PAST, _TOOL_CASE),
    Shape.STANDARD: (_STANDARD_PAST, _STANDARD_CASE),
    Shape.QUALITY: (_QUALITY_PAST, _QUALITY_CASE),
    Shape.ADJECTIVE: (_ADJECTIVE_PAST, _ADJECTIVE_CASE),
}
_POOR: Mapping[Shape, Sequence[str]] = {
    Shape.ACTIVITY: (
        "Stays general and names no case of their own.",
        "Knows the right words, but cannot say what they would do first.",
        "Has watched others do it, and gives no example of doing it.",
    ),
    Shape.TOOL: ("Has seen {x} used, but cannot describe a task that they did with it.",),
    Shape.STANDARD: (
        "Recognises {x} by name, and cannot say what difference it makes in the work.",
    ),
    Shape.QUALITY: ("Says that {x} is no problem for them, and gives no example.",),
    Shape.ADJECTIVE: ("Calls themselves {x} and gives no example.",),
}


def topic_about(phrase: str, shape: Shape, number: int) -> Topic:
    """Return what to ask about words that no table knows.

    :param phrase: as it stands inside a sentence.
    :param number: which of the unknown skills of the brief it is; each gets other words.
    """
    past, case = _ROWS[shape]
    poor = _POOR[shape]

    named = with_article(phrase)

    def filled(row: _Row, led: str | None) -> Ask:
        text, *look_for, follow_up = (part.format(x=named) for part in row)
        return Ask(led.format(x=phrase) if led else text, tuple(look_for), follow_up)

    past_led = case_led = None
    if shape is Shape.ACTIVITY and not stands_alone(phrase):
        past_led = _ACTIVITY_PAST_LED[number % len(_ACTIVITY_PAST_LED)]
        case_led = _ACTIVITY_CASE_LED[number % len(_ACTIVITY_CASE_LED)]

    return Topic(
        capitalised(phrase),
        (phrase,),
        poor[number % len(poor)].format(x=named),
        filled(past[number % len(past)], past_led),
        filled(case[number % len(case)], case_led),
    )
