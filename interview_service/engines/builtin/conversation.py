"""How an interview runs: which turns ask, which answer, and which do neither.

Only words are looked at, never punctuation, so that a transcript without any reads the same.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from interview_service.domain.transcript import CANDIDATE, INTERVIEWER, Transcript
from interview_service.engines.builtin.replying import (
    Reply,
    Said,
    has_content,
    is_backchannel,
    reply_of,
    words_joined,
)
from interview_service.engines.builtin.words import Word, weak_stems

_MOST_REPLIES = 20  # turns without an answer, after which a new exchange begins
_TAIL = 70  # words of a prompt, from its end, that are taken for what was asked
_STATEMENT = 18  # words up to which one about the candidate asks: "So you had people under you."
_SHORT_PROMPT = 7  # words of a prompt that asks by naming a thing: "And React?"
_REPLIES_THAT_END = frozenset({Reply.ANSWER, Reply.DENIAL, Reply.EMPTY, Reply.EVASION})


@dataclass(slots=True)
class Exchange:
    """What interviewers asked, and what the candidate said to it.

    :param prompt: the interviewers' turns.
    :param replies: the candidate's turns, backchannels and all, with what each of them does.
    """

    prompt: list[Said] = field(default_factory=list)
    replies: list[tuple[Said, Reply]] = field(default_factory=list)
    _is_asking: bool = False
    _was_heard: bool = False
    _is_closing: bool = False

    def ask(self, said: Said) -> None:
        """Add a turn of an interviewer."""
        self.prompt.append(said)
        self._is_asking = self._is_asking or (len(said.words) > 2 and asks_something(said.words))
        self._is_closing = self._is_closing or is_closing(said.plain)

    def reply(self, said: Said) -> None:
        """Add a turn of the candidate."""
        self.replies.append((said, reply_of(said, self.asked())))
        self._was_heard = self._was_heard or self.replies[-1][1] is Reply.BACKCHANNEL

    def is_over(self, said: Said) -> bool:
        """Tell whether an interviewer's turn begins a new exchange."""
        if len(self.replies) >= _MOST_REPLIES:
            return True
        if any(reply in _REPLIES_THAT_END for _, reply in self.replies):
            return True
        if self._is_closing and asks_something(said.words):
            return True
        return (
            self._was_heard
            and self._is_asking
            and asks_something(said.words)
            and any(map(has_content, said.words))
        )

    @property
    def answers(self) -> list[Said]:
        """The turns of the candidate that answer."""
        return [said for said, reply in self.replies if reply is Reply.ANSWER]

    def asked(self) -> tuple[Word, ...]:
        """Return the words that ask: the end of the prompt, from its last change of subject on."""
        words = tuple(word for said in self.prompt for word in said.words)[-_TAIL:]
        plain = [word.folded for word in words]
        start = 0
        courtesy = _COURTESY.match(" ".join(plain) + " ")
        if courtesy is not None:
            words = words[courtesy.group().count(" ") :]
            plain = [word.folded for word in words]
        for at in range(len(plain)):
            rest = " ".join(plain[at : at + 4]) + " "
            if _TRANSITION.match(rest) and any(map(has_content, words[at + 1 :])):
                start = at
        return words[start:]


# --- phrases; each is searched in folded words that are joined by single spaces

_TRANSITION = re.compile(
    r"(?:let us|lets|let me) (?:move|turn|switch|talk|go|jump|change|look|come)\b|moving on\b|"
    r"next (?:question|topic|up|one)\b|switching\b|different topic\b|another (?:question|topic)\b|"
    r"turning to\b|on to\b|now (?:id|i would|lets|let|on|about|for|to|tell|how|what)\b|"
    r"coming to\b|(?:last|final|second|third) question\b|changing\b|id (?:also )?like to\b|"
    r"i would (?:also )?like to\b"
)
_COURTESY = re.compile(
    r"(?:(?:no (?:worries|problem|problems|stress|rush)|never mind|not to worry|dont worry|"
    r"fair enough|"
    r"(?:ha)+|yeah|so|exactly|true|interesting|excellent|impressive|fantastic|sweet|sound|wow|"
    r"very (?:good|clear)|"
    r"all good|thats (?:fine|ok|okay|alright|all right)|good (?:man|stuff|one|answer)|happens|"
    r"thank you|thanks|ok|okay|right|great|nice|super|lovely|brilliant|perfect|cool|cheers) )+"
)
_CUE = re.compile(
    r"\b(?:(?:do|did|have|are|were|would|could|can|will|had|should|does|is|was) (?:you|your|"
    r"there|the"
    r"|anyone|anything|it)|you(?:ve| have)? (?:ever|used|worked|done|had|been|got)|tell (?:me|us)|"
    r"walk (?:me|us)|take (?:me|us)|talk (?:me|us|about|to me|to us|through)|give (?:me|us)|show "
    r"(?:me|us)|describe|explain|share|whats|hows|any|ever|"
    r"(?:what|how|why|when|which|where|who|whom)(?! (?:i|we|you|youre|he|"
    r"she|it|its|they|theyre|people|the|im|were|youd|youll|youve|theyd|theyll|hes|shes)\b)|"
    r"example of|experience with|imagine|suppose|say you|picture|id like to (?:hear|know|ask|talk)|"
    r"curious|wondering|interested in|question about|thoughts on|your (?:experience|approach|take|"
    r"view|thoughts|opinion|background|role|part)|wie|was|wann|warum|welche\w*|erzahlen|haben sie|"
    r"hast du|konnen sie|beschreiben|comment|pourquoi|quel\w*|racontez|avez vous|parlez|decrivez|"
    r"que|como|cuando|cual\w*|cuenta\w*|cuente\w*|hable\w*|tiene|ha)\b"
)
_YOU = re.compile(r"\b(?:you|your|youve|youre|youd)\b")
_WE = re.compile(r"\b(?:we|our|us|i|my)\b")
_POINTING_BACK = re.compile(
    r"\b(?:that|this|it|its|he|hes|him|his|she|shes|her|they|them|their|theyre|those|these|there|"
    r"yours|ones?|else|again|did|same|others?|so|example|exactly|actually|specifically|more|how so|"
    r"why)\b"
)
_CLOSING = re.compile(
    r"\bquestions? (?:do you have )?(?:for|to) (?:me|us)\b|\bdo you have any (?:other |"
    r"further |more )?"
    r"questions\b|\banything (?:else )?you(?:d| would)? (?:like|want) to (?:ask|know|add)\b|"
    r"\bwhat questions\b|\bany questions\b|\bquestions from your side\b|\byour questions\b|"
    r"\bwhen (?:could|can|would) "
    r"you (?:be able to )?start\b|\b(?:be|get) in touch\b|\bget back to you\b|\blet you know\b|"
    r"\b(?:thats|that is|thatll be) (?:all|us|it|everything)\b|\bout of time\b|"
    r"\bhas been a pleasure\b|"
    r"\bnotice period\b|\bsalary\b|\bmoney wise\b|\bterms of (?:package|pay|money)\b|"
    r"\b(?:pay|wage|salary) expectations?\b"
)
_SMALL_TALK = re.compile(
    r"\bhow are you(?: (?:today|doing|keeping|feeling|then|all)\b|$)|"
    r"\bhow is it going\b|\bhows it going\b|\bcan you hear me\b|\bfind (?:us|"
    r"the place|"
    r"the office)\b|\bthanks for (?:coming|joining|taking)\b|\bhow was (?:the|your) "
    r"(?:trip|journey|drive|weekend|commute)\b|\babout yourself\b|\bwho you are\b|"
    r"\byour (?:background|story|cv|resume|path)\b|\bintroduce yourself\b|"
    r"\bhow long (?:have|had|did|are|were) you\b|\bday to day\b|"
    r"\bwhere (?:are|were|do|did) you (?:now|at|live|working|work|based|come from)\b|"
    r"\bwhy (?:us|here|(?:this|our) (?:school|firm|company|team|practice|job|role|post))\b|"
    r"\b(?:bit|little|something|more) (?:about|of) (?:you$|your (?:history|career|life|time))|"
    r"\bwhat are you (?:doing|working on)\b|\bwhos? (?:is )?at home\b|"
    r"\bwhy (?:do|did|are|would) you (?:want(?:ing)? to )?(?:leav\w+|apply|move|moving|looking|"
    r"join|work (?:here|for us|with us))\b|"
    r"\bwhat(?:s| has| have)? (?:made|makes|brought|brings|attract\w+) "
    r"you (?:here|to us|think of|want|apply|choose|go into|leave|come|about)\b|"
    r"\bhow did you (?:get into|end up|hear about|find out about|come to (?:us|this))\b|"
    r"\b(?:do you have|have you got) (?:a|any|your) (?:car|licen[cs]e|family|kids|children|pets|"
    r"card|coat)\b"
)
_GREETING = re.compile(
    r"(?:hi|hello|hey|welcome|good (?:morning|afternoon|evening|day)|nice to (?:meet|see))\b"
)
_LONGEST_GREETING = 14  # words
_YES_OR_NO = re.compile(
    r"\b(?:have|had|did|do|are|were|is|was|has) (?:you|your|they|there|it)\b|\byouve (?:used|"
    r"worked|done)\b|"
    r"\bany experience\b|\bever\b"
)


def asks_something(words: Sequence[Word]) -> bool:
    """Tell whether an interviewer's words ask for something, by naming it or by their grammar."""
    if len(words) <= _SHORT_PROMPT:
        return True
    plain = " ".join(word.folded for word in words)
    return _CUE.search(plain) is not None or (
        len(words) <= _STATEMENT and _YOU.search(plain) is not None and _WE.search(plain) is None
    )


def points_back(plain: str) -> bool:
    """Tell whether a prompt speaks of something that was said before, without naming it."""
    return _POINTING_BACK.search(plain) is not None


def only_points_back(words: Sequence[Word]) -> bool:
    """Tell whether a prompt names nothing of its own: "And what did you do about it?"."""
    return points_back(words_joined(words)) and not any(
        has_content(word) and word.stem not in weak_stems() for word in words
    )


def begins_anew(words: Sequence[Word]) -> bool:
    """Tell whether a prompt says that it changes the subject."""
    return _TRANSITION.match(" ".join(word.folded for word in words) + " ") is not None


def is_closing(plain: str) -> bool:
    """Tell whether a prompt hands over to the candidate's own questions."""
    return _CLOSING.search(plain) is not None


def is_small_talk(plain: str) -> bool:
    """Tell whether a prompt is about the day and the journey."""
    return _SMALL_TALK.search(plain) is not None


def is_greeting(words: Sequence[Word]) -> bool:
    """Tell whether a short prompt welcomes the candidate."""
    return len(words) <= _LONGEST_GREETING and _GREETING.match(words_joined(words)) is not None


def is_yes_or_no(plain: str) -> bool:
    """Tell whether a prompt can be answered by one word."""
    return _YES_OR_NO.search(plain) is not None


def exchanges(transcript: Transcript) -> Iterator[Exchange]:
    """Yield the exchanges of an interview, in order.

    A backchannel of the interviewer does not end an answer, one of the candidate's does not end a
    question, and a counter-question leaves the question open. Turns of unknown speakers are left
    out.
    """
    present = Exchange()
    for number, turn in enumerate(transcript.turns):
        if turn.speaker.startswith(CANDIDATE):
            said = Said.of(number, turn.text)
            if said.words:
                present.reply(said)
        elif turn.speaker.startswith(INTERVIEWER):
            said = Said.of(number, turn.text)
            if not said.words or (present.replies and is_backchannel(said)):
                continue
            if present.is_over(said):
                yield present
                present = Exchange()
            present.ask(said)
    yield present
