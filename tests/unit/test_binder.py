"""The binder: answers, evasions, what it cannot read, and what it is asked to change."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview_service.domain.assessment import Binder, CoverageStatus
from interview_service.domain.interview import Brief, Level
from interview_service.domain.plan import Criterion, PlanStructure, Question, Section
from interview_service.domain.transcript import Transcript, Turn
from interview_service.engines.builtin import BuiltinEngine
from interview_service.engines.builtin.binder import binder_of

ANSWERED = CoverageStatus.ANSWERED
NOT_ANSWERED = CoverageStatus.ASKED_NOT_ANSWERED
NOT_ASKED = CoverageStatus.NOT_ASKED
UNCLEAR = CoverageStatus.UNCLEAR

RESTARTS = "How do you find out why a pod keeps restarting?"
LOOKED_AT = "What did you look at first?"
CONFLICT = "Tell me about a disagreement with a colleague and how it ended."
SLOW = "Show me how you read the plan of a slow query."
BRIEF = Brief("Platform Engineer", Level.SENIOR, ("Kubernetes", "PostgreSQL", "Kafka"))
PLAN = PlanStructure(
    60,
    (
        Section(
            "Technical",
            40,
            ("Kubernetes", "PostgreSQL"),
            (
                Question(RESTARTS, ("logs",), (LOOKED_AT,), "kubernetes"),
                Question(SLOW, (), (), "postgresql"),
            ),
        ),
        Section("People", 20, ("Conflict",), (Question(CONFLICT, (), (), "conflict"),)),
    ),
    criteria=(
        Criterion("kubernetes", "technical", "Kubernetes", {}),
        Criterion("postgresql", "technical", "PostgreSQL", {}),
        Criterion("conflict", "people", "Conflict resolution", {}),
    ),
)
LONG = "We run a small shop with four people and I look after the servers and the phones there."


def said(*lines: tuple[str, str]) -> Transcript:
    roles = {"C": "Candidate", "I": "Interviewer", "U": "Unknown"}
    return Transcript(tuple(Turn(roles[speaker], text) for speaker, text in lines))


def read(*lines: tuple[str, str], feedback: tuple[str, ...] = ()) -> Binder:
    transcript = said(*lines)
    binder = binder_of(BRIEF, PLAN, transcript, feedback)
    assert binder.faults(transcript) == []
    return binder


def statuses(binder: Binder) -> dict[str, CoverageStatus]:
    return {each.criterion: each.status for each in binder.coverage}


def quotes(binder: Binder, criterion: str) -> list[tuple[int, str]]:
    return [(item.turn, item.quote) for item in binder.evidence if item.criterion == criterion]


PAD = (
    ("I", "Welcome, and thank you for coming in today. Tell me about yourself."),
    ("C", f"{LONG} Before that I was at sea for six years, as a cook on a ferry."),
    ("I", "Thank you."),
)


@pytest.mark.parametrize(
    "answer",
    [
        "Logs.",
        "I look at the logs of the container before, and at the limits.",
        "me look always the log first because there is write what happen",
        "You mean in production? I look at the events, then at the previous logs.",
    ],
)
def test_whatever_is_said_to_a_question_is_quoted(answer: str) -> None:
    binder = read(*PAD, ("I", RESTARTS), ("C", answer))
    assert statuses(binder)["kubernetes"] is ANSWERED
    assert quotes(binder, "kubernetes") == [(4, answer)]


@pytest.mark.parametrize(
    "replies",
    [
        [],
        [("C", "I would rather not talk about that.")],
        [("C", "Can we come back to that later?")],
        [("C", "Mm-hm.")],
        [("C", "Could you repeat the question, please?")],
        [("C", "No comment.")],
        [("C", "let's move on"), ("I", "Sure.")],
        [("C", "I don't know.")],
        [("C", "I have never used it.")],
        [("C", "no never worked with that")],
        [("C", "At our place the platform people do that, I couldn't tell you. So, no.")],
        [("C", "Hands-on I have not, no.")],
        [("C", "That was always my colleague's thing.")],
        [("C", "It's not something I've come across.")],
        [("C", "I only know that in theory.")],
        [("C", "[inaudible]")],
        [("C", "Is it in production?")],
    ],
    ids=[
        *("nothing", "rather not", "later", "backchannel", "repeat", "no comment", "move on"),
        *("not known", "never used", "never worked with", "somebody else", "not by hand"),
        *("a colleague", "not come across", "in theory", "inaudible", "a question back"),
    ],
)
def test_an_evasion_or_a_denial_is_no_answer(replies: list[tuple[str, str]]) -> None:
    binder = read(*PAD, ("I", RESTARTS), *replies)
    assert statuses(binder)["kubernetes"] is NOT_ANSWERED
    assert quotes(binder, "kubernetes") == []


@pytest.mark.parametrize(
    "answer",
    [
        "Oh, I'm very good at that, everybody says so.",
        "I just get on with it, you have to.",
    ],
)
def test_praise_of_oneself_is_unclear(answer: str) -> None:
    binder = read(*PAD, ("I", RESTARTS), ("C", answer))
    assert statuses(binder)["kubernetes"] is UNCLEAR
    assert binder.evidence == ()


@pytest.mark.parametrize(
    "answer",
    [
        "Pods are pods, you know, people always have that and you just fix them.",
        "I love them, I know that sounds mad. They're the best ones when it goes well.",
    ],
)
def test_a_generality_is_unclear(answer: str) -> None:
    binder = read(*PAD, ("I", RESTARTS), ("C", answer))
    assert statuses(binder)["kubernetes"] is UNCLEAR
    assert binder.evidence == ()


def test_a_denial_that_goes_on_to_something_else_is_an_answer() -> None:
    answer = "Never with Kubernetes, but on Nomad I read the events and raised the memory limit."
    binder = read(*PAD, ("I", RESTARTS), ("C", answer))
    assert quotes(binder, "kubernetes") == [(4, answer)]


def test_marks_of_lost_speech_stay_in_a_quote() -> None:
    answer = "I look at the [crosstalk] logs of the container before, and at the limits."
    binder = read(*PAD, ("I", RESTARTS), ("C", answer))
    assert quotes(binder, "kubernetes") == [(4, answer)]


def test_a_question_that_was_clarified_is_answered_later() -> None:
    binder = read(
        *PAD,
        ("I", RESTARTS),
        ("C", "Sorry, what do you mean?"),
        ("I", "When it is in a crash loop."),
        ("C", "Then I read the logs of the container before."),
    )
    assert quotes(binder, "kubernetes") == [(6, "Then I read the logs of the container before.")]


def test_an_answer_that_is_interrupted_is_quoted_in_its_parts() -> None:
    parts = [
        "First I look at what the container wrote before it died",
        "and then at the memory limit, which it mostly is in the end",
    ]
    binder = read(*PAD, ("I", RESTARTS), ("C", parts[0]), ("I", "Right."), ("C", parts[1]))
    assert quotes(binder, "kubernetes") == [(4, parts[0]), (6, parts[1])]


def test_an_answer_given_to_another_question_is_found() -> None:
    aside = "By the way, I have run Kubernetes clusters for two years, with helm and all."
    binder = read(*PAD, ("I", CONFLICT), ("C", "We argued about names and agreed. " + aside))
    assert statuses(binder) == {
        "kubernetes": ANSWERED,
        "postgresql": NOT_ASKED,
        "conflict": ANSWERED,
    }
    assert [turn for turn, _ in quotes(binder, "kubernetes")] == [4]


@pytest.mark.parametrize("name", ["k8s", "K8S", "kube", "Kubernetes", "kubernets", "KUBERNETES"])
def test_a_skill_is_known_by_what_people_call_it(name: str) -> None:
    binder = read(*PAD, ("I", f"And {name}?"), ("C", "Four years of it, on two clouds."))
    assert statuses(binder)["kubernetes"] is ANSWERED


def test_an_interviewers_own_words_are_no_evidence() -> None:
    binder = read(
        *PAD,
        ("I", "We run Kubernetes with four hundred pods, and our databases are all in Postgres."),
        ("C", "Cool."),
        ("I", "Do you have any questions for us?"),
        ("C", "Do you use Kubernetes in every team?"),
    )
    assert set(statuses(binder).values()) <= {NOT_ASKED, UNCLEAR}
    assert binder.evidence == ()


def test_names_in_a_list_are_unclear() -> None:
    binder = read(*PAD, ("I", "Which tools?"), ("C", "Kubernetes PostgreSQL conflict resolution"))
    assert ANSWERED not in statuses(binder).values()


def test_what_to_ask_next_is_a_question_that_was_not_asked() -> None:
    binder = read(*PAD, ("I", RESTARTS), ("C", "I'd prefer not to say."))
    assert [each.follow_up for each in binder.coverage] == [LOOKED_AT, SLOW, CONFLICT]
    assert binder.summary == (
        "The candidate answered on 0 of 3 criteria. Asked but not answered: Kubernetes. "
        "Not asked: PostgreSQL, Conflict resolution."
    )


def test_a_plan_without_criteria_is_bound_by_its_sections() -> None:
    plan = PlanStructure(30, (Section("Kubernetes", 20, ("Pods",)), Section("Rust", 10, ("x",))))
    transcript = said(*PAD, ("I", "Have you used Kubernetes?"), ("C", "Yes, for four years."))
    binder = binder_of(BRIEF, plan, transcript)
    assert [(each.criterion, each.status) for each in binder.coverage] == [
        ("kubernetes", ANSWERED),
        ("rust", NOT_ASKED),
    ]
    assert [each.follow_up for each in binder.coverage] == [None, None]


@pytest.mark.parametrize(
    ("lines", "note"),
    [
        ([("U", RESTARTS), ("U", "I look at the logs of Kubernetes.")], "Who of the speakers"),
        ([("I", RESTARTS), ("I", "I look at the logs of Kubernetes.")], "Who of the speakers"),
        ([], "Who of the speakers"),
        (
            [("C", f"Can you tell me this: {RESTARTS}"), ("C", "The logs. Tell me more.")],
            "stand under one speaker",
        ),
    ],
    ids=["unknown", "interviewers only", "empty", "one voice"],
)
def test_without_a_candidate_all_is_unclear(lines: list[tuple[str, str]], note: str) -> None:
    binder = read(*lines)
    assert set(statuses(binder).values()) == {UNCLEAR}
    assert binder.evidence == ()
    assert note in " ".join(binder.notes)


GERMAN = (
    ("I", "Erzählen Sie mir doch bitte von Ihrer Erfahrung mit Kubernetes und wie Sie das machen."),
    ("C", "Ich habe das zwei Jahre lang gemacht, und wir haben die Cluster mit Helm verwaltet."),
    ("I", "Und gab es schon einmal Streit mit einem Kollegen, und wie ging das dann aus?"),
    ("C", "Ja, wir haben uns über die Namen gestritten, und dann haben wir uns doch geeinigt."),
)
FRENCH = (
    ("I", "Parlez-moi de votre expérience avec Kubernetes, s'il vous plaît."),
    ("C", "J'ai travaillé avec pendant deux ans, et nous avons géré les clusters avec Helm."),
    ("I", "Et un conflit avec un collègue ?"),
    ("C", "Oui, nous avons discuté des noms et puis nous avons trouvé une solution ensemble."),
)
SPANISH = (
    ("I", "Hábleme de su experiencia con Kubernetes, por favor."),
    ("C", "He trabajado con eso dos años y hemos llevado los clusters con Helm en la empresa."),
    ("I", "¿Y algún problema con un compañero?"),
    ("C", "Sí, no estábamos de acuerdo con los nombres, pero al final hablamos y fue bien."),
)


@pytest.mark.parametrize(
    ("lines", "language"),
    [(GERMAN, "German"), (FRENCH, "French"), (SPANISH, "Spanish")],
    ids=["German", "French", "Spanish"],
)
def test_another_language_is_read_as_far_as_names_go(
    lines: tuple[tuple[str, str], ...], language: str
) -> None:
    binder = read(*lines)
    assert statuses(binder)["kubernetes"] is ANSWERED
    assert [turn for turn, _ in quotes(binder, "kubernetes")] == [1]
    assert statuses(binder)["postgresql"] is UNCLEAR
    assert NOT_ASKED not in statuses(binder).values()
    assert f"The candidate speaks {language}." in " ".join(binder.notes)


def test_a_short_transcript_is_not_said_to_lack_anything() -> None:
    binder = read(("I", "And Kubernetes?"), ("C", "Four years."))
    assert statuses(binder) == {"kubernetes": ANSWERED, "postgresql": UNCLEAR, "conflict": UNCLEAR}
    assert "too short" in " ".join(binder.notes)


def test_words_of_the_candidate_alone_are_bound_without_saying_what_was_asked() -> None:
    binder = read(("C", LONG), ("C", "I have run Kubernetes clusters for two years with helm."))
    assert statuses(binder) == {"kubernetes": ANSWERED, "postgresql": UNCLEAR, "conflict": UNCLEAR}
    assert "no words of an interviewer" in " ".join(binder.notes)


def test_notes_say_that_nothing_was_checked() -> None:
    assert "Whether the answers are right or good was not checked" in read(*PAD).notes[0]


class TestFeedback:
    LINES = (
        *PAD,
        ("I", "What else did you do there?"),
        ("C", "In the evenings I looked after whatever was stuck, and made it faster."),
        ("I", RESTARTS),
        ("C", "I look at the logs of the container before."),
    )

    def test_a_turn_that_is_named_is_quoted(self) -> None:
        binder = read(*self.LINES, feedback=("You missed the Postgres part in turn 4!",))
        assert statuses(binder)["postgresql"] is ANSWERED
        assert [turn for turn, _ in quotes(binder, "postgresql")] == [4]
        assert "turn 4, counted from 0, is quoted for PostgreSQL now" in binder.notes[-1]

    def test_a_quote_in_the_wrong_place_goes(self) -> None:
        binder = read(*self.LINES, feedback=("Turn six is not about Kubernetes.",))
        assert statuses(binder)["kubernetes"] is NOT_ANSWERED
        assert quotes(binder, "kubernetes") == []

    def test_a_later_wish_wins(self) -> None:
        wishes = ("Turn 6 is not about Kubernetes.", "Turn 6 is about Kubernetes after all.")
        assert [turn for turn, _ in quotes(read(*self.LINES, feedback=wishes), "kubernetes")] == [6]

    def test_looking_again_says_so(self) -> None:
        binder = read(*self.LINES, feedback=("Please look at Kubernetes again",))
        assert "Kubernetes was looked for again" in binder.notes[-1]

    @pytest.mark.parametrize(
        ("wish", "note"),
        [
            ("Jane is the other speaker", "candidateSpeaker"),
            ("The speakers are mixed up", "candidateSpeaker"),
            ("Speaker 2 is the candidate", "candidateSpeaker"),
            ("Score her higher", "scores nobody"),
            ("I would recommend to hire", "scores nobody"),
            ("Mach das noch einmal neu", "was not understood and changed nothing"),
            ("hmm", "was not understood and changed nothing"),
            ("Look at turn 900", "does not speak in turn 900"),
        ],
    )
    def test_what_cannot_be_done_is_said_and_changes_nothing(self, wish: str, note: str) -> None:
        before, after = read(*self.LINES), read(*self.LINES, feedback=(wish,))
        assert (after.coverage, after.evidence) == (before.coverage, before.evidence)
        assert note in after.notes[-1]


def test_the_engine_judges_nobody() -> None:
    transcript = said(*PAD, ("I", RESTARTS), ("C", "The logs."))
    draft = BuiltinEngine().assess(BRIEF, PLAN, transcript)
    assert draft.result.model is None
    assert draft.result.faults(PLAN, transcript) == []
    assert draft.provenance.to_dict()["engine"] == "builtin"


WORDS = st.sampled_from(
    [
        *("Kubernetes", "pods", "and", "I", "we", "do", "you", "know", "not", "what", "kafka"),
        *("?", ".", "\n", "it", "the", "logs", "turn", "3", "postgres", "é"),
    ]
)
LINES = st.lists(
    st.tuples(st.sampled_from("CIU"), st.lists(WORDS, max_size=12).map(" ".join)), max_size=12
)


@given(LINES, st.lists(st.lists(WORDS, max_size=8).map(" ".join), max_size=3))
def test_any_transcript_gives_a_sound_binder(
    lines: list[tuple[str, str]], feedback: list[str]
) -> None:
    read(*lines, feedback=tuple(feedback))


@given(st.lists(st.text(), max_size=5), st.text())
def test_any_text_gives_a_sound_binder(texts: list[str], feedback: str) -> None:
    lines = [("CI"[number % 2], text) for number, text in enumerate(texts)]
    read(*lines, feedback=(feedback,))


LENGTH = 100_000


@pytest.mark.parametrize(
    "unit",
    [
        *("a.", "(", "'", "go ", "do you ", "i dont ", "come back to ", "kubernetes ", "\u0301"),
    ],
)
@pytest.mark.parametrize("speaker", ["C", "I", "both"])
def test_a_long_text_of_one_thing_takes_seconds(unit: str, speaker: str) -> None:
    """Guards against work that grows faster than the text: that would take minutes."""
    if speaker == "both":
        text = unit * (200 // len(unit))
        lines = [("CI"[number % 2], text) for number in range(LENGTH // 200)]
    else:
        text = unit * (LENGTH // len(unit))
        lines = [("I", "And Kubernetes?"), (speaker, text), ("C", "I have done it for years.")]
    began = time.process_time()
    binder_of(BRIEF, PLAN, said(*lines), (text[:20_000],))
    assert time.process_time() - began < 15
