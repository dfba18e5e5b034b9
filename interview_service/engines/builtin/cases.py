"""What an interview for a kind of work is made of: its sections, cases, and questions by level.

Data for the planner, in the planner's own words; what belongs to one skill is in the skill table.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from interview_service.domain.interview import Level
from interview_service.domain.plan import Question
from interview_service.domain.skills import Area

TECHNICAL_AREAS = (Area.SOFTWARE, Area.DATA, Area.INFRASTRUCTURE)


class Part(Enum):
    """The sections that a plan may have."""

    CORE = "core"
    CASE = "case"
    LEADERSHIP = "leadership"
    FOCUS = "focus"
    CULTURE = "culture"


@dataclass(frozen=True, slots=True)
class Case:
    """A section in which something is worked out together: its name, topics by level, the task.

    :param task: what is asked about a piece of the work.
    :param stock: the piece of work where the job description names none.
    :param is_design: it wants experience; beginners solve a problem instead.
    """

    name: str
    easy: tuple[str, ...]
    hard: tuple[str, ...]
    wide: tuple[str, ...]
    task: str
    look_for: tuple[str, ...]
    stock: str
    is_design: bool = False

    def topics(self, level: Level) -> tuple[str, ...]:
        """Return the topics for a level: those of LEAD and PRINCIPAL go on from SENIOR's."""
        if level is Level.JUNIOR:
            return self.easy[:2]
        if level is Level.MID:
            return (self.easy[-1], self.hard[0])
        if level is Level.SENIOR:
            return self.hard
        return (*self.hard, *(self.wide[:1] if level is Level.LEAD else self.wide))


@dataclass(frozen=True, slots=True)
class Track:
    """What an interview for a kind of work is made of."""

    core: str
    case: Case


_SYSTEM_DESIGN = Case(
    name="System Design",
    easy=("Breaking a problem down", "Data model of a small service"),
    hard=("Scalability", "Database modeling"),
    wide=("Change over years, with several teams", "Cost, risk and what not to build"),
    task="Design the system behind it: what do you build first, and where does it break first?",
    look_for=("Asks about load and data first", "States trade-offs", "Names what fails first"),
    stock="A shop has a hundred partners, and each order must reach all of them within a minute.",
    is_design=True,
)
_WORK_SITUATIONS = Case(
    name="Work Situations",
    easy=("An ordinary day", "A situation that went wrong"),
    hard=("A hard case and its outcome", "Working with other people's limits"),
    wide=("Improving how the work is done", "Responsibility for others"),
    task="Tell me about the closest thing that you have done. What would you do again?",
    look_for=("A real case", "Own part in it", "What was learned"),
    stock="Two colleagues are ill, the day is full, and something urgent comes in.",
)
TRACKS: Mapping[Area, Track] = {
    Area.SOFTWARE: Track("Technical Assessment", _SYSTEM_DESIGN),
    Area.DATA: Track(
        "Technical Assessment",
        replace(
            _SYSTEM_DESIGN,
            name="Data Design",
            easy=("From a question to the data", "Checks on the data"),
            hard=("Data model and grain", "Pipelines that fail well"),
            wide=("Ownership and quality across teams", "Cost of storage and computing"),
            task="Design the data side of it. How do you know that the numbers are right?",
            look_for=("Starts from who uses it", "Checks quality", "Plans for late and bad data"),
            stock="Sales, stock and returns come from three systems; the board wants one report.",
        ),
    ),
    Area.INFRASTRUCTURE: Track(
        "Technical Assessment",
        replace(
            _SYSTEM_DESIGN,
            easy=("From commit to production", "What to watch on one service"),
            hard=("Failure domains and recovery", "Capacity and scalability"),
            wide=("A platform that teams choose", "Cost and risk of the whole estate"),
            task="Design how it is run. A data centre is lost at peak time: what happens?",
            look_for=("Failure domains", "Recovery that was rehearsed", "Signals before symptoms"),
            stock="Twenty services and their databases serve customers day and night.",
        ),
    ),
    Area.PRODUCT: Track(
        "Role Skills",
        Case(
            name="Case Study",
            easy=("Understanding the customer", "Choosing what to do first"),
            hard=("From goal to measures", "Trade-offs under a limit"),
            wide=("Strategy and what is left out", "Winning others over to a plan"),
            task="What would you do in your first ninety days, and how would you tell it works?",
            look_for=("Asks before answering", "Sets a measure of success", "Says what to leave"),
            stock="Half of the new customers leave within three months, and nobody can say why.",
        ),
    ),
    Area.DESIGN: Track(
        "Portfolio and Craft",
        Case(
            name="Design Exercise",
            easy=("Who uses it, and for what", "First sketches"),
            hard=("From research to a decision", "Constraints and trade-offs"),
            wide=("Design across several products", "Measuring what design changed"),
            task="Sketch a first version with me and think aloud. How would you test it?",
            look_for=("Starts from people", "Compares options", "Says how it would be tested"),
            stock="People give up half way when they book a doctor's appointment online.",
        ),
    ),
    Area.PROFESSIONAL: Track("Experience and Skills", _WORK_SITUATIONS),
    Area.TRADE: Track("Experience and Skills", _WORK_SITUATIONS),
}

_SPECIALTIES: Sequence[tuple[str, Case]] = (
    (
        r"qa|quality assurance|test(?:er|ing)?|sdet",
        replace(
            _SYSTEM_DESIGN,
            name="Test Strategy",
            easy=("Finding the cases that matter", "A bug report that helps"),
            hard=("Risk and what is not tested", "Layers of tests and their cost"),
            wide=("Quality as the work of every team", "What to stop testing"),
            task="How do you test it, and what do you leave out when half of the time is gone?",
            look_for=("Risk first", "Right layer for each test", "Says what is not covered"),
            stock="A web shop releases every day, and last month two faults reached customers.",
        ),
    ),
    (
        r"security|penetration|pentester|appsec|infosec",
        replace(
            _SYSTEM_DESIGN,
            name="Threat Model",
            easy=("Who would attack, and why", "Ways in"),
            hard=("Attack paths and what stops them", "Detection and response"),
            wide=("Risk that the business understands", "Guardrails that teams accept"),
            task="Go through it as an attacker would. What do you protect first, and how?",
            look_for=("A concrete attacker", "Cheapest control first", "Notices when it fails"),
            stock="A portal holds the medical letters of a million people.",
        ),
    ),
    (
        r"machine learning|ml|ai|computer vision|nlp|data scientist",
        replace(
            _SYSTEM_DESIGN,
            easy=("A baseline before a model", "Data, labels and a fair test"),
            hard=("Leakage, drift and feedback loops", "From notebook to production"),
            wide=("Models that others depend on", "Cost of being wrong"),
            task="Which model do you start with, and how do you know that it helps anybody?",
            look_for=("Baseline first", "Offline and online measures", "Plans for drift"),
            stock="A bank wants to stop fraud without turning honest customers away.",
        ),
    ),
    (
        r"front-?\s?end|ui (?:developer|engineer)|web developer",
        replace(
            _SYSTEM_DESIGN,
            easy=("Breaking a page into components", "Where the state lives"),
            hard=("Performance on slow devices", "State, caching and the API's shape"),
            wide=("One front end by several teams", "What to buy and what to build"),
            task="Design the front end of it: what is on the first screen, and what makes it slow?",
            look_for=(
                "Starts from the user",
                "Loading and error states",
                "Measures on real devices",
            ),
            stock="A shop has ten thousand products, and most visitors come on cheap phones.",
        ),
    ),
    (
        r"mobile|ios|android|flutter|react native",
        replace(
            _SYSTEM_DESIGN,
            easy=("Screens and their states", "What is kept on the device"),
            hard=("Offline use and synchronising", "Releases that cannot be taken back"),
            wide=("One app by several teams", "Old versions and old devices"),
            task="Design the app for it: what happens without a network, and after a bad release?",
            look_for=("Conflicts when back online", "Staged release", "Battery and data in view"),
            stock="Field staff fill in forms in cellars where there is no signal.",
        ),
    ),
)
"""Cases of narrower kinds of technical work, by what the position is called; the first wins."""


def case_of(area: Area, position: str) -> Case:
    """Return the case of a kind of work, or of a narrower one that the position names."""
    if area in TECHNICAL_AREAS:
        for words, case in _SPECIALTIES:
            if re.search(rf"\b(?:{words})\b", position, re.IGNORECASE):
                return case
    return TRACKS[area].case


OWN_QUESTIONS: Mapping[Level, Sequence[tuple[str, tuple[str, str]]]] = {
    Level.JUNIOR: (
        (
            "What have you done with {skill} so far, and what was hard about it?",
            ("A concrete example", "Knows what is not understood yet"),
        ),
        (
            "Take me through a typical task with {skill}, from beginning to end.",
            ("Steps in a sensible order", "Checks the result"),
        ),
        (
            "How did you learn {skill}, and what do you want to learn next?",
            ("Learns on purpose", "A next step that makes sense"),
        ),
        (
            "Which mistake did you make with {skill} at first, and how did you notice?",
            ("A real mistake", "Knows how to avoid it now"),
        ),
    ),
    Level.MID: (
        (
            "Tell me about something that went wrong with {skill}. How did you find the cause?",
            ("The cause, not the symptom", "What was done against the next one"),
        ),
        (
            "How do you tell good work from poor work in {skill}?",
            ("Signs that can be checked", "An example of each"),
        ),
        (
            "What do you do differently in {skill} from two years ago, and why?",
            ("A reason from experience", "What got better"),
        ),
        (
            "What would you teach a beginner about {skill} first?",
            ("Knows what matters", "Explains it simply"),
        ),
    ),
    Level.SENIOR: (
        (
            "Which decision about {skill} would you take differently today, and why?",
            ("Reasons and alternatives", "What came of it, in numbers"),
        ),
        (
            "What is the hardest problem that you have solved with {skill}?",
            ("Own part in it", "Why the easy ways failed"),
        ),
        (
            "Where do good people go wrong with {skill}, and how do you notice it early?",
            ("A pattern, not one case", "A check that costs little"),
        ),
        (
            "Which habit around {skill} did you give up, and what got better?",
            ("A reason beyond taste", "An effect that others saw"),
        ),
    ),
    Level.LEAD: (
        (
            "How do you bring a team to a good standard in {skill}?",
            ("Habits, not heroics", "People who grew"),
        ),
        (
            "Somebody in your team handles {skill} in a way that you would not. What do you do?",
            ("Asks for reasons first", "Knows what is taste and what is harm"),
        ),
        (
            "What about {skill} do you check yourself, and what do you leave to the team?",
            ("Trust with a reason", "Notices problems without controlling"),
        ),
        (
            "How do you decide who takes the hard work in {skill}?",
            ("People grow by it", "Risk kept in bounds"),
        ),
    ),
    Level.PRINCIPAL: (
        (
            "What would you change about how a whole company handles {skill}, and whom do you "
            "have to convince?",
            ("A reason beyond one team", "Knows who loses by it"),
        ),
        (
            "Which standard for {skill} did you set that held after you had moved on?",
            ("Others made it their own", "What was given up for it"),
        ),
        (
            "Which cost of {skill} do most people overlook?",
            ("Cost over years", "Limits named without prompting"),
        ),
        (
            "How will {skill} look in three years, and what do you do about it today?",
            ("A bet with a way back", "Evidence rather than fashion"),
        ),
    ),
}


MORE_OF_A_CASE: Mapping[Level, Question] = {
    Level.LEAD: Question(
        "How would you share this work out over a team, and what would you not give away?",
        (
            "Pieces that can be finished alone",
            "Risk taken on early",
            "People named, not roles only",
        ),
    ),
    Level.PRINCIPAL: Question(
        "What would you leave out or buy, and how would you win over those who want it otherwise?",
        ("Cost over years", "Other people's reasons", "A way back"),
    ),
}


ABOUT_WORKING_TOGETHER: Mapping[Level, Question] = {
    Level.JUNIOR: Question(
        "Tell me about a time when you were stuck. Whom did you ask, and when?",
        ("Tried alone first", "Asked before it was late"),
    ),
    Level.MID: Question(
        "Tell me about a disagreement at work. How did it end?",
        ("Hears the other side", "Outcome over being right"),
    ),
    Level.SENIOR: Question(
        "Tell me about a decision that you thought wrong and carried out all the same.",
        ("Said so in time", "Loyal afterwards"),
    ),
    Level.LEAD: Question(
        "How do the people in your team tell you that you are wrong?",
        ("A recent example", "Makes it easy for them"),
    ),
    Level.PRINCIPAL: Question(
        "When did somebody with far less experience change your mind?",
        ("Gives the credit away", "Acted on it"),
    ),
}
