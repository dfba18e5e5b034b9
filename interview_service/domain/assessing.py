"""How an assessment is drafted by rules: what the candidate said, criterion by criterion, quoted.

An answer counts for a skill when the candidate names it, or talks about its subject, or does not
know it, right after being asked about it. Questions, the interviewer's words said again, lists of
catchwords and words meant for a machine are no answers. It is read for coverage (is there an
answer), depth (reasons, alternatives) and concreteness (deeds, figures, results); each score stands
on a sentence that was said.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from interview_service.domain.assessment import (
    MAX_SCORE,
    AssessmentResult,
    Evidence,
    Recommendation,
)
from interview_service.domain.interview import Brief
from interview_service.domain.plan import PlanStructure, Section
from interview_service.domain.skills import (
    Skill,
    content_words,
    find,
    function_words,
    named_in,
    normalised,
    table,
)
from interview_service.domain.transcript import CANDIDATE, Transcript

STRONG_HIRE, HIRE, NO_HIRE = 80, 60, 35
"""Least overall scores of the recommendations; below the last it is STRONG_NO_HIRE."""

ENOUGH_COVERED = 0.5
"""Share of the criteria that must have evidence before HIRE or STRONG_NO_HIRE is advised."""

MAX_CRITERIA = 12
TECHNICAL, COMMUNICATION = "technical", "communication"
_TECHNICAL_WEIGHT = 0.8
_LONGEST_QUOTE = 300
_FEWEST_WORDS = 60  # of the candidate, before anything is said about how they communicate
_SHORT_FOLLOW_UP = 8  # words of an interviewer that stay with the subject
_LONGEST_QUESTION = 2_000  # characters, from the end, that are taken for what was asked
_LONG_SENTENCE = 12  # words from which a sentence can be told from a list of catchwords
_DENSE, _JOINED = 0.25, 0.2  # shares of signals, and of commas and "and", in a list of catchwords
_FEWEST_HOLDING = 0.25  # share of function words of a sentence that is no list
_FEWEST_TO_TELL = 20  # words by which a language can be told
_ENGLISH = 0.2  # share of function words from which a text counts as English

_REASONS = re.compile(
    r"\b(?:because|so that|therefore|since|in order to|which meant|which means|that is why|"
    r"trade-?offs?|instead of|rather than|compared (?:to|with)|the downside|the cost|otherwise|"
    r"depends on|the alternative|the risk|prefer|on the other hand|the reason|so (?:I|we|every)|"
    r"which (?:brought|made|let|gave|cost|took))\b",
    re.IGNORECASE,
)
_DEEDS = re.compile(
    r"\b(?:I|[Ww]e)(?: \w+ly| then| first| also| both)? "
    r"(?:built|led|wrote|moved|designed|measured|split|made|found|fixed|ran|set|took|chose|brought|"
    r"cut|put|began|taught|kept|sold|held|spent|spoke|went|drew|gave|got|added|\w{3,}ed)\b"
)
_RESULTS = re.compile(
    r"\b(?:fell|dropped|rose|grew|reduced|saved|halved|doubled|tripled|improved|brought|cut|"
    r"increased|decreased|went (?:from|down|up)|as a result|since then|in the end|learned|"
    r"learnt)\b",
    re.IGNORECASE,
)
_FIGURES = re.compile(
    r"\d|\b(?:percent|hundred|thousand|million|billion|seconds|minutes|hours|days|weeks|months)\b",
    re.IGNORECASE,
)
_ORDER = re.compile(
    r"\b(?:first|firstly|second|secondly|third|then|next|finally|after that|before that|"
    r"for example|for instance|in short|to sum up|at first|in the end|one reason)\b",
    re.IGNORECASE,
)
_DISCLAIMERS = re.compile(
    r"\b(?:(?:I|I've|I have) (?:have )?never (?:used|worked|done|heard|touched|tried)|"
    r"I (?:do not|don't|didn't|did not) (?:really )?(?:know|remember|understand)|"
    r"not (?:really )?familiar|no (?:real )?experience|only heard|no idea|not sure what)\b",
    re.IGNORECASE,
)
_TO_A_MACHINE = re.compile(
    r"\b(?:ignore|disregard|forget) (?:all |any |the |your |of )*(?:previous|prior|above|earlier) "
    r"(?:\w+ )?(?:instructions?|prompts?|rules?)|\b(?:STRONG_|NO_)+HIRE\b|\boverall ?score\b|"
    r"^\s*(?:system|assistant)\s*:|\b(?:give|score|rate|mark) (?:me|this candidate|the candidate) "
    r"(?:with )?(?:an? )?(?:5|five|10|ten|100|full|top|maximum|highest|best|perfect)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^\n]+?(?:[.!?]+(?=\s|$)|(?=\n)|$)")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the candidate, and what stands in it.

    :param turn: the turn that it is from.
    :param text: its words, as they stand there.
    :param is_not_known: it says that the candidate does not know.
    """

    turn: int
    text: str
    words: int
    reasons: int
    deeds: int
    figures: int
    results: int
    order: int
    is_not_known: bool = False

    @property
    def weight(self) -> int:
        """How much it tells: what a quote is chosen by."""
        facts = 2 * self.deeds + 2 * bool(self.figures) + 2 * self.results
        return facts + 3 * self.reasons + min(self.words, 30) // 6


@dataclass(frozen=True, slots=True)
class Subject:
    """What a text is about: the table's skills that it names, and its content words.

    :param plain: its words in lower case, without anything between them but a space.
    """

    text: str
    plain: str
    skills: frozenset[str]
    words: frozenset[str]

    @classmethod
    def of(cls, text: str) -> "Subject":
        """Read a text."""
        named = frozenset(skill.name for skill in named_in(text))
        return cls(text, _plain(text), named, frozenset(content_words(text)))

    def followed_by(self, other: "Subject") -> "Subject":
        """Return what two texts are about together."""
        return Subject(
            f"{self.text} {other.text}",
            f"{self.plain} {other.plain}",
            self.skills | other.skills,
            self.words | other.words,
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """A turn of the candidate, and the interviewer's words that it answers."""

    turn: int
    said: Subject
    asked: Subject
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Criterion:
    """Something to judge by: its name in the scores, and how talk about it is known.

    :param skill: of the table, if it is one.
    :param said: the skill as the client wrote it; for a section of the plan, its name.
    :param vocabulary: content words of its subject.
    :param questions: the plan's questions about it, plain.
    :param is_section: it is a section of the plan, not a skill.
    """

    key: str
    said: str
    skill: Skill | None
    vocabulary: frozenset[str]
    questions: tuple[str, ...]
    is_section: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """The score of a criterion, and the sentence that it stands on best.

    :param said: what people call the criterion.
    """

    criterion: str
    said: str
    score: int
    sentence: Sentence


def assessment_of(
    brief: Brief, plan: PlanStructure, transcript: Transcript, feedback: str | None = None
) -> AssessmentResult:
    """Return the draft of an assessment; what has no evidence has no score."""
    answers = list(_answers(transcript))
    criteria = _criteria(brief, plan)
    english = _is_english(answers)
    technical: list[Judgement] = []
    about_nothing: list[str] = []
    on_topic: dict[int, Answer] = {}
    if english:
        about = _by_criterion(criteria, answers)
        for criterion in criteria:
            judgement = _judged(criterion, about[criterion.key])
            if judgement is None:
                about_nothing.append(criterion.said)
                continue
            technical.append(judgement)
            on_topic |= {answer.turn: answer for answer in about[criterion.key]}
    communication = _communication(list(on_topic.values()))
    overall = _overall(technical, communication, len(criteria))
    covered = len(technical) / len(criteria) if criteria else 0.0
    recommendation = _recommendation(overall, covered)
    scores = {
        group: {each.criterion: each.score for each in judgements}
        for group, judgements in ((TECHNICAL, technical), (COMMUNICATION, communication))
        if judgements
    }
    evidence = tuple(
        Evidence(each.criterion, _quote(each.sentence), each.sentence.turn)
        for each in (*technical, *communication)
    )
    spoke = any(turn.speaker.startswith(CANDIDATE) for turn in transcript.turns)
    summary = _summary(
        technical, communication, about_nothing, spoke, recommendation, english, feedback
    )
    doubts = " ".join(_doubts(transcript))
    summary = f"{summary} {doubts}".strip()
    return AssessmentResult(overall, recommendation, summary, scores, evidence)


# --- reading the transcript


def _answers(transcript: Transcript) -> Iterator[Answer]:
    """Give the candidate's turns, each with what was asked before it.

    What was said before, by whomever, counts once; a question of the candidate's is no answer. A
    short follow-up ("How so?") stays with the question before it. Where only one speaker is named,
    a turn that ends in a question mark is taken for the interviewer's.
    """
    question = follow_up = Subject.of("")
    seen: set[str] = set()
    alone = _is_monologue(transcript)
    for number, turn in enumerate(transcript.turns):
        sentences = [match.group().strip() for match in _SENTENCE.finditer(turn.text)]
        if not turn.speaker.startswith(CANDIDATE) or (alone and turn.text.endswith("?")):
            is_short = len(turn.text.split()) <= _SHORT_FOLLOW_UP and not named_in(turn.text)
            follow_up = Subject.of(turn.text if is_short else "")
            question = question if is_short else Subject.of(turn.text[-_LONGEST_QUESTION:])
            seen.update(map(_plain, sentences))
            continue
        if _TO_A_MACHINE.search(turn.text):
            continue
        own = []
        for text in sentences:
            plain = _plain(text)
            if plain and plain not in seen and not text.endswith("?"):
                own.append(_sentence(number, text))
            seen.add(plain)
        if own:
            said = Subject.of(" ".join(each.text for each in own))
            yield Answer(number, said, question.followed_by(follow_up), tuple(own))


def _is_monologue(transcript: Transcript) -> bool:
    return all(turn.speaker.startswith(CANDIDATE) for turn in transcript.turns)


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _sentence(turn: int, text: str) -> Sentence:
    words = [word.casefold() for word in _WORD.findall(text)]
    sentence = Sentence(
        turn,
        text,
        words=len(words),
        reasons=len(_REASONS.findall(text)),
        deeds=len(_DEEDS.findall(text)),
        figures=len(_FIGURES.findall(text)),
        results=len(_RESULTS.findall(text)),
        order=len(_ORDER.findall(text)),
        is_not_known=_DISCLAIMERS.search(text) is not None,
    )
    if _is_prose(sentence, words):
        return sentence
    return Sentence(turn, text, 0, 0, 0, 0, 0, 0, sentence.is_not_known)


def _is_prose(sentence: Sentence, words: Sequence[str]) -> bool:
    """Tell a sentence from a list of catchwords, which tells nothing."""
    holding = [word for word in words if word in function_words()]
    if len(set(holding)) < min(3, len(words)) or len(words) > 120:
        return False
    if len(words) < _LONG_SENTENCE:
        return True
    if len(holding) < _FEWEST_HOLDING * len(words):
        return False
    signals = sentence.reasons + sentence.deeds + bool(sentence.figures) + sentence.results
    joints = sentence.text.count(",") + words.count("and")
    is_dense = signals >= _DENSE * len(words) and joints >= _JOINED * len(words)
    return not (is_dense and len(named_in(sentence.text)) > 1)


def _is_english(answers: Sequence[Answer]) -> bool:
    words = [word.casefold() for answer in answers for word in _WORD.findall(answer.said.text)]
    if len(words) < _FEWEST_TO_TELL:
        return True
    return sum(word in function_words() for word in words) / len(words) >= _ENGLISH


# --- criteria


def _criteria(brief: Brief, plan: PlanStructure) -> list[Criterion]:
    """Return what to judge by: the skills, then the plan's other sections but those of culture."""
    found: dict[str, Criterion] = {}
    for name in brief.skills[:MAX_CRITERIA]:
        skill = find(name)
        vocabulary = skill.vocabulary if skill else frozenset(content_words(name))
        texts = (skill.ask, skill.probe) if skill else ()
        questions = tuple(_plain(text) for text in texts)
        key = _key(name)
        found.setdefault(key, Criterion(key, name, skill, vocabulary, questions))
    for section in plan.sections[1:]:
        if _key(section.name) != "cultural_fit":
            key = _key(section.name)
            questions = tuple(_plain(question.text) for question in section.questions)
            skill = find(section.name)
            found.setdefault(
                key, Criterion(key, section.name, skill, _vocabulary(section), questions, True)
            )
    return list(found.values())


def _vocabulary(section: Section) -> frozenset[str]:
    questions = [question.text for question in section.questions]
    return frozenset(
        word for text in (section.name, *section.topics, *questions) for word in content_words(text)
    )


def _key(name: str) -> str:
    """Return a criterion's name in the scores: `node_js`, `c_plus_plus`."""
    spelled = name.casefold().replace("+", " plus").replace("#", " sharp")
    return re.sub(r"[\W_]+", "_", spelled).strip("_")[:100] or "skill"


def _by_criterion(
    criteria: Sequence[Criterion], answers: Sequence[Answer]
) -> dict[str, list[Answer]]:
    """Return each criterion's answers: those that name it, or answer a question about it."""
    found: dict[str, list[Answer]] = {criterion.key: [] for criterion in criteria}
    for answer in answers:
        needed = _words_needed(criteria, answer.asked)
        for criterion in criteria:
            if _names(criterion, answer.said) or (
                criterion.key in needed and _replies(criterion, answer, needed[criterion.key])
            ):
                found[criterion.key].append(answer)
    return found


@dataclass(frozen=True, slots=True)
class _Needed:
    """How many words of the subject make a reply; whether those of the question are such words."""

    words: int
    of_question: bool


def _words_needed(criteria: Sequence[Criterion], asked: Subject) -> dict[str, _Needed]:
    """Return what a question is about: what it names, else what it has most words of.

    The surer that is, the less has to show that a reply is about it too.
    """
    planned = [each for each in criteria if any(text in asked.plain for text in each.questions)]
    named = [each for each in criteria if _names(each, asked)]
    if planned or named:
        needed = {each.key: _Needed(2, True) for each in named}
        return needed | {each.key: _Needed(1, True) for each in planned}
    shared = {each: len(each.vocabulary & asked.words) for each in criteria}
    most = max(shared.values(), default=0)
    closest = [each for each, count in shared.items() if count == most and most]
    sections = [
        each for each, count in shared.items() if each.is_section and count >= max(most - 1, 2)
    ]
    if most == 1 and len(closest) > 1:
        return {}
    return {each.key: _Needed(2, most > 1) for each in sections or closest}


def _replies(criterion: Criterion, answer: Answer, needed: _Needed) -> bool:
    if any(each.is_not_known for each in answer.sentences):
        return True
    subject = criterion.vocabulary | (answer.asked.words if needed.of_question else frozenset())
    return len(subject & answer.said.words) >= needed.words


def _names(criterion: Criterion, subject: Subject) -> bool:
    if criterion.skill is not None and criterion.skill.name in subject.skills:
        return True
    if criterion.skill is not None and normalised(criterion.said) in table():
        return False  # named_in knows better when an everyday word is meant
    said = rf"(?<!\w){re.escape(criterion.said)}(?!\w)"
    return re.search(said, subject.text, re.IGNORECASE) is not None


# --- judging


def _judged(criterion: Criterion, answers: Sequence[Answer]) -> Judgement | None:
    """Return the score of what was said about a criterion; None where nothing was.

    1: named, no more, or not known. 2: an answer without reasons or facts. 3: either of them.
    4: both. 5: more than one of both, with a result.
    """
    if not answers:
        return None
    sentences = [each for answer in answers for each in answer.sentences]
    told = [each for each in sentences if not each.is_not_known]
    words = sum(each.words for each in told)
    if words < (10 if len(told) == len(sentences) else 20):
        not_known = [each for each in sentences if each.is_not_known]
        return Judgement(criterion.key, criterion.said, 1, _telling(not_known or sentences))
    reasons = sum(bool(each.reasons) for each in told)
    facts = sum(bool(each.deeds) + bool(each.figures) + bool(each.results) for each in told)
    results = sum(each.results for each in told)
    best = _telling(told)
    score = 2 + bool(reasons) + (facts >= 2)
    if words >= 45 and reasons >= 2 and facts >= 3 and results:
        score = MAX_SCORE
    score = score if words >= 20 else min(score, 2)
    return Judgement(criterion.key, criterion.said, score, best)


def _telling(sentences: Sequence[Sentence]) -> Sentence:
    return max(sentences, key=lambda each: (each.weight, -each.turn))


def _communication(answers: Sequence[Answer]) -> list[Judgement]:
    """Judge clarity and structure by the answers that were about the matter."""
    sentences = [each for answer in answers for each in answer.sentences if each.words]
    words = sum(each.words for each in sentences)
    if words < _FEWEST_WORDS:
        return []
    average = words / len(sentences)
    plain = [each for each in sentences if 6 <= each.words <= 30]
    clarity = 2 + (len(plain) / len(sentences) >= 0.6) + (8 <= average <= 25)
    clarity += sum(each.deeds + each.figures for each in plain) >= 6
    ordered = [each for each in sentences if each.order or each.reasons]
    share = len(ordered) / len(sentences)
    structure = 2 + (share >= 0.15) + (share >= 0.3) + (len(ordered) >= 5 and share >= 0.3)
    clearest = max(plain or sentences, key=lambda each: each.weight)
    found = [Judgement("clarity", "Clarity", clarity, clearest)]
    if ordered:
        best = max(ordered, key=lambda each: (each.order + each.reasons, each.weight))
        found.append(Judgement("structure", "Structure", structure, best))
    return found


def _overall(
    technical: Sequence[Judgement], communication: Sequence[Judgement], criteria: int
) -> int:
    """Return 0 to 100: the mean of the scores, less what was not covered."""
    if not technical:
        return 0
    mean = sum(each.score for each in technical) / len(technical)
    if communication:
        other = sum(each.score for each in communication) / len(communication)
        mean = _TECHNICAL_WEIGHT * mean + (1 - _TECHNICAL_WEIGHT) * other
    covered = len(technical) / criteria
    return round(mean * 20 * (0.5 + 0.5 * covered))


def _recommendation(overall: int, covered: float) -> Recommendation:
    if covered < ENOUGH_COVERED:
        return Recommendation.NO_HIRE  # too little was said to advise anything else
    if overall >= STRONG_HIRE:
        return Recommendation.STRONG_HIRE
    if overall >= HIRE:
        return Recommendation.HIRE
    return Recommendation.NO_HIRE if overall >= NO_HIRE else Recommendation.STRONG_NO_HIRE


def _quote(sentence: Sentence) -> str:
    if len(sentence.text) <= _LONGEST_QUOTE:
        return sentence.text
    cut = sentence.text[:_LONGEST_QUOTE]
    return cut[: cut.rfind(" ")] if " " in cut else cut


# --- the summary

_LEVELS = {
    5: "strong, with reasons and results",
    4: "good, with reasons and facts",
    3: "fair",
    2: "thin, with little to hold on to",
    1: "named only, or not known",
}
_ADVICE = {
    Recommendation.STRONG_HIRE: "The answers speak strongly for hiring.",
    Recommendation.HIRE: "The answers speak for hiring.",
    Recommendation.NO_HIRE: "The answers do not speak for hiring yet.",
    Recommendation.STRONG_NO_HIRE: "The answers speak against hiring.",
}


def _summary(
    technical: Sequence[Judgement],
    communication: Sequence[Judgement],
    about_nothing: Sequence[str],
    spoke: bool,
    recommendation: Recommendation,
    english: bool,
    feedback: str | None,
) -> str:
    parts = []
    if not spoke:
        parts.append("The candidate says nothing in this transcript, so nothing could be judged.")
    elif not english:
        parts.append(
            "The candidate's words do not look like English, the only language that these rules "
            "read, so nothing was scored: somebody has to read the transcript."
        )
    elif not technical:
        parts.append(
            "Nothing that the candidate says was found to answer what the plan asks, so nothing "
            "was scored: read the transcript before you decide."
        )
    else:
        parts.append(_ADVICE[recommendation])
        parts += _by_level(technical)
        if len(technical) < ENOUGH_COVERED * (len(technical) + len(about_nothing)):
            parts.append("Less than half of the plan has evidence: too little to advise more.")
    if about_nothing and technical:
        parts.append(f"No evidence was found on {_listed(about_nothing)}: ask again, or read on.")
    for each in communication:
        parts.append(f"{each.said} of expression: {each.score} of 5.")
    if feedback and feedback.strip():
        said = " ".join(feedback.split())[:500]
        parts.append(f"Looked at again after this was said of the draft before: “{said}”")
    parts.append("This is a draft by rules, for people to judge.")
    return " ".join(parts)


def _doubts(transcript: Transcript) -> Iterator[str]:
    """Say what about a transcript makes any score of it doubtful."""
    candidate = [turn for turn in transcript.turns if turn.speaker.startswith(CANDIDATE)]
    if len(transcript.turns) > 1 and len(candidate) == len(transcript.turns):
        yield "All of it is by one speaker: questions and answers may be mixed up."
    numbers = [
        str(number)
        for number, turn in enumerate(transcript.turns)
        if turn.speaker.startswith(CANDIDATE) and _TO_A_MACHINE.search(turn.text)
    ]
    if numbers:
        where = f"turn{'s' if len(numbers) > 1 else ''} {_listed(numbers)}"
        yield f"Words that speak to whoever scores, in {where}, were left out."


def _by_level(technical: Sequence[Judgement]) -> Iterator[str]:
    for score in sorted({each.score for each in technical}, reverse=True):
        names = [each.said for each in technical if each.score == score]
        yield f"{_listed(names)}: {_LEVELS[score]}."


def _listed(names: Sequence[str]) -> str:
    short = [name if len(name) <= 60 else name[:59] + "…" for name in names[:MAX_CRITERIA]]
    return short[0] if len(short) == 1 else f"{', '.join(short[:-1])} and {short[-1]}"
