"""How an interview runs: which turns ask, which answer, and which do neither.

Only words are looked at, never punctuation, so that a transcript without any reads the same.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from interview_service.domain.transcript import CANDIDATE, INTERVIEWER, Transcript
from interview_service.engines.builtin.words import (
    Word,
    stop_stems,
    weak_stems,
    word_list,
    words_of,
)

_MOST_REPLIES = 20  # turns without an answer, after which a new exchange begins
_TAIL = 70  # words of a prompt, from its end, that are taken for what was asked
_STATEMENT = 18  # words up to which one about the candidate asks: "So you had people under you."
_SHORT_PROMPT = 7  # words of a prompt that asks by naming a thing: "And React?"
_LONG_REPLY = 12  # words beside an evasion or a counter-question that make a reply an answer
_MOST_BACKCHANNEL = 12  # words
_AT_ONCE = 12  # characters before a counter-question that a short reply is
_SHORT_QUESTION = 4  # words of a counter-question that begins with a question word
_SHORT_STALLING = 5  # words beside a phrase that wins time
_QUESTION_AT_END = 14  # words of a turn in which it ends by asking


class Reply(StrEnum):
    """What a turn of the candidate does."""

    ANSWER = "answer"
    BACKCHANNEL = "backchannel"
    DENIAL = "denial"  # never done, not known, somebody else's work
    EMPTY = "empty"  # "I'm good at that", and nothing of it
    EVASION = "evasion"
    COUNTER_QUESTION = "counter-question"


_REPLIES_THAT_END = frozenset({Reply.ANSWER, Reply.DENIAL, Reply.EMPTY, Reply.EVASION})


@dataclass(frozen=True, slots=True)
class Said:
    """A turn, read.

    :param turn: its number in the transcript, from 0.
    :param words: without fillers.
    :param plain: its folded words, joined by spaces.
    """

    turn: int
    text: str
    words: tuple[Word, ...]
    plain: str

    @classmethod
    def of(cls, turn: int, text: str) -> "Said":
        """Read a turn's text."""
        words = tuple(word for word in words_of(text) if word.folded not in word_list("fillers"))
        return cls(turn, text, words, " ".join(word.folded for word in words))


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
        self.replies.append((said, reply_of(said)))
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
    r"\bnotice period\b|\bsalary\b"
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
    r"\bwhat are you (?:doing|working on)\b|\bwhos? (?:is )?at home\b|"
    r"\bwhy (?:do|did|are|would) you (?:want(?:ing)? to )?(?:leav\w+|apply|move|moving|looking|"
    r"join|work (?:here|for us|with us))\b|\bwhat (?:made|makes|brought|brings|attract\w+) "
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
_EVASION = re.compile(
    r"\b(?:rather|prefer|like) not (?:to )?(?:to |say|talk|go|answer|discuss|get|comment|share)\w*|"
    r"\bprefer to not\b|\bno comment\b|\b(?:dont|do not) (?:want|wish|feel like|feel comfortable) "
    r"(?:to )?(?:talk|talking|answer|answering|discuss|discussing|say|go|share|sharing|speak)\w*|"
    r"\b(?:cant|cannot|can not|not allowed to|not able to) (?:really )?(?:talk|discuss|share|"
    r"speak|go "
    r"into|disclose|say anything|say much)\w*|\b(?:skip|pass on) (?:that|this|it)\b|"
    r"\bnext question\b|"
    r"\b(?:lets|let us|can we|could we|may we|shall we) (?:please |just )?(?:move on|skip|"
    r"come back|get back|"
    r"go back|do that later|talk about something|leave (?:that|it))\b|\b(?:come|get|"
    r"circle) back to "
    r"(?:that|this|it)\b|\bwhy (?:do|would|are) you (?:ask|need|want|asking)\w*|"
    r"\bthats (?:a )?(?:personal|private)\b|\bnone of your\b|\bdoes it matter\b|\bnothing to say\b|"
    r"\bnot something i (?:want|can|like)\b"
)
_STALLING = re.compile(
    r"\b(?:(?:thats |that is )?(?:a )?(?:good|great|tough|hard|interesting) (?:question|one)|"
    r"let me think|"
    r"(?:give me|just) a (?:second|moment|sec|minute)|hard to say|how (?:do|should|"
    r"shall) i (?:say|put) "
    r"(?:this|that|it)|where (?:do|should|shall) i (?:start|begin))\b"
)
_DEFERRAL = re.compile(
    r"\b(?:come|get|circle|go) back to (?:that|this|it)\b|\bbefore (?:that|i answer|we go on|"
    r"i do)\b|"
    r"\b(?:going|go|coming|come|back) (?:back )?to (?:your|the) (?:earlier|last|previous|first|"
    r"other|"
    r"question)\b|\bone more thing (?:about|on)\b|\badd (?:something|one thing|one more)\b|"
    r"\bforgot to (?:say|mention)\b|\bfirst (?:about|on|let me)\b"
)
_COUNTER_QUESTION = re.compile(
    r"\b(?:do|did) you mean\b|\bwhat do you mean\b|\byou mean\b|\b(?:could|can|"
    r"would) you (?:please )?"
    r"(?:repeat|clarify|rephrase|say (?:that|it)|explain (?:that|the question|what))\b|"
    r"\bcome again\b|\bpardon\b|\bsorry (?:what|which|i didnt|i did not|could|can|say|the)\b|"
    r"\b(?:in what|which) (?:sense|kind|context|part)\b|\bwhat (?:kind|sort) of\b|"
    r"\b(?:didnt|did not|dont|do not) (?:quite |really )?(?:get|catch|hear|follow|understand) "
    r"(?:that|the question|your question|you|the last)\b|\bis (?:that|it) (?:about|ok|okay|like)\b|"
    r"\b(?:should|shall|can|may) i (?:talk|speak|take|answer|use|choose|pick|give|ask)\b|"
    r"\bare you asking\b|\byou want (?:me to|to know|an|a)\b"
)
_OWN_WORDS = re.compile(
    r"\b(?:i|we) (?:was|were|had|have|did|do|use|used|work|worked|would|always|usually|never|once|"
    r"try|tried|think|started|made|got|went|took|know|saw|just|also|then|first|can|could|keep|kept|"
    r"like|am|look|check|take|go|start|read|ask|call|tell|run|write|give|talk|make|get|show|"
    r"dont|didnt|havent|built|wrote|ran|run|set|put|\w{3,}ed)\b|\b(?:ive|weve|im|id|ill)\b"
)
_QUESTION_TO_INTERVIEWER = re.compile(
    r"\b(?:do|does|did|are|is|will|would|can|could|have|has) (?:you|your|the team|the company|"
    r"there|"
    r"people|the role|this role|everyone)\b|\b(?:what|whats|how|which|who|when|where) (?:is|"
    r"are|do|does|"
    r"did|would|will|big|many|much|often|kind|sort)\b"
)
_SUBJECTS = "".join(
    rf"(?<!\b{subject} )" for subject in ("it", "that", "this", "there", "he", "she", "we", "they")
)
_ASKING_BACK = re.compile(
    rf"\b{_SUBJECTS}(?:do|does|did|are|is|will|would|can|could|must|should|have|has) (?:you|your|"
    r"there|the|it|they|people|everyone|anyone|this|that|we|i)\b|"
    r"\b(?:what|how|which|who|when|where) (?:is|are|do|does|did|would|will|the|big|many|much|"
    r"often|kind|sort)\b|\b(?:whats|hows|whos) \w"
)
_DENIAL = re.compile(
    r"^(?:(?:oh|well|sorry|honestly|to be honest|no|nope|nah|never|not (?:really|me|yet|so far)|"
    r"none|nothing|i think|im afraid) ?)+$|"
    r"\b(?:i|we)(?:ve| have|d| had)? (?:(?:really|honestly|actually|personally) )?never "
    r"(?:(?:really|actually) )?(?:done|did|do|had|have|used|use|worked|work|touched|written|wrote|"
    r"seen|saw|been|knew|answered|tried|needed|dealt|met|heard|came|come|got|\w{3,}ed)\b|"
    r"\b(?:i|we)(?:ve)? (?:have not|havent|hadnt|have never|had not|not|dont|do not|didnt|did not) "
    r"(?:(?:really|actually|honestly|ever|even|yet) )*(?:done|do|had|have (?:this|that|any|one|it|"
    r"much|experience)|used|use|worked|work with|touched|written|seen|see|been|know|knew|tried|"
    r"needed|dealt|met|remember)\b|"
    r"\b(?:couldnt|could not|cant|cannot) (?:(?:really|honestly) )?(?:tell you|say|think of|"
    r"remember|answer)\b|"
    r"\b(?:i|we) (?:had|have|got) no \w|\bnever (?:saw|seen|met|learned|learnt)\b|"
    r"\bnot that i (?:remember|recall|know|can (?:think|remember|recall))\b|"
    r"\b(?:nothing|never anything) like (?:that|this|it)\b|"
    r"\bno (?:idea|experience|clue|real experience)\b|\bnot (?:me|my (?:job|part|side|"
    r"area))\b|\bnever (?:used|worked|done|heard|touched|tried|"
    r"had|did)\b|\b(?:so|um|well) no not really\b|^no not really\b|\bnot familiar\b|\bonly heard\b|"
    r"\b(?:so|and|but) no$|\b(?:wouldnt|dont) want to (?:bluff|guess|pretend|make)\b"
)
_LONGEST_DENIAL, _SHORT_DENIAL = 32, 8  # words
_BUT = re.compile(
    r"\b(?:but|instead|although|though|still) (?!(?:i|ive|we|weve) (?:never|have never|dont|didnt|"
    r"havent|have not)\b)\w|\b(?:id|i would|i will|ill|we would|wed) (?!not\b|rather\b|say\b|"
    r"like\b|love\b|have to\b|need to\b|never\b)\w"
)


def denies(said: Said) -> bool:
    """Tell whether the candidate says no more than that they do not know or have not done it."""
    return (
        len(said.words) <= _LONGEST_DENIAL
        and (
            _DENIAL.search(said.plain) is not None
            or (
                len(said.words) <= _SHORT_DENIAL and said.words[0].folded in ("no", "nope", "never")
            )
        )
        and _BUT.search(said.plain) is None
    )


_PRAISE = re.compile(
    r"\b(?:im|i am|ive always|i always|i just|id say|you have to|isnt it|everybody|everyone|"
    r"people always|get on with it|(?:sort|handle|manage|do) it|main thing|most important|"
    r"no problem)\b"
)
_LONGEST_EMPTY, _MOST_IN_EMPTY = 20, 3  # words, and those among them that say something


def is_empty(said: Said) -> bool:
    """Tell whether the candidate says that all is well, and nothing that they do."""
    return (
        len(said.words) <= _LONGEST_EMPTY
        and _PRAISE.search(said.plain) is not None
        and sum(has_content(word) for word in said.words) <= _MOST_IN_EMPTY
    )


def tells_of_oneself(plain: str) -> bool:
    """Tell whether some words say what the speaker did, does or thinks."""
    return _OWN_WORDS.search(plain) is not None


def is_plain_reply(said: Said) -> bool:
    """Tell whether a turn says yes or no."""
    return any(word.folded in word_list("yes_or_no") for word in said.words)


def defers(plain: str) -> bool:
    """Tell whether a reply begins by going back to something else."""
    return _DEFERRAL.search(" ".join(plain.split(" ", 25)[:25])) is not None


def is_backchannel(said: Said) -> bool:
    """Tell whether a turn only shows that somebody listens."""
    return len(said.words) <= _MOST_BACKCHANNEL and all(
        word.folded in word_list("backchannel") for word in said.words
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


def ends_asking(said: Said) -> bool:
    """Tell whether a turn of the candidate ends by asking the interviewers something."""
    tail = words_joined(said.words[-_QUESTION_AT_END:])
    ends = [match.end() for match in _ASKING_BACK.finditer(tail)]
    return bool(ends) and not _OWN_WORDS.search(tail, ends[-1])


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


def words_joined(words: Sequence[Word]) -> str:
    """Return folded words, joined by single spaces."""
    return " ".join(word.folded for word in words)


def is_yes_or_no(plain: str) -> bool:
    """Tell whether a prompt can be answered by one word."""
    return _YES_OR_NO.search(plain) is not None


def is_question_to_interviewer(words: Sequence[Word]) -> bool:
    """Tell whether some words of the candidate ask about the job, and tell nothing."""
    plain = " ".join(word.folded for word in words)
    return _QUESTION_TO_INTERVIEWER.search(plain) is not None and not _OWN_WORDS.search(plain)


def reply_of(said: Said) -> Reply:
    """Tell what a turn of the candidate does."""
    if is_backchannel(said):
        return Reply.BACKCHANNEL
    if denies(said) and not _EVASION.search(said.plain):
        return Reply.DENIAL
    if len(said.words) <= _SHORT_QUESTION and said.words[0].folded in word_list("question_words"):
        return Reply.COUNTER_QUESTION
    counter = _COUNTER_QUESTION.search(said.plain)
    if counter and len(said.words) <= _LONG_REPLY and counter.start() <= _AT_ONCE:
        return Reply.COUNTER_QUESTION
    if counter and not _OWN_WORDS.search(said.plain, counter.end()) and len(said.words) <= 40:
        return Reply.COUNTER_QUESTION
    evasion = _EVASION.search(said.plain)
    if evasion:
        beside = len(said.words) - len(evasion.group().split())
        if beside <= _LONG_REPLY and not _tells_more(said.plain[evasion.end() :]):
            return Reply.EVASION
    stalling = _STALLING.search(said.plain)
    if stalling and len(said.words) - len(stalling.group().split()) <= _SHORT_STALLING:
        return Reply.BACKCHANNEL
    if len(said.words) <= _LONG_REPLY and is_question_to_interviewer(said.words):
        return Reply.COUNTER_QUESTION
    if is_empty(said):
        return Reply.EMPTY
    return Reply.ANSWER


def _tells_more(plain: str) -> bool:
    return len(_OWN_WORDS.findall(plain)) > 0 and len(plain.split()) > _LONG_REPLY // 2


def has_content(word: Word) -> bool:
    """Tell whether a word says something of a subject."""
    return word.stem not in stop_stems() and len(word.stem) > 1


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
