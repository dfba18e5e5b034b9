"""Reading transcript files, and keeping names from an engine."""

import codecs
import html
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from interview_service.domain import limits
from interview_service.domain.assessment import (
    AssessmentDraft,
    Binder,
    Coverage,
    CoverageStatus,
    Evidence,
)
from interview_service.domain.transcript import Transcript, Turn
from interview_service.transcripts.anonymity import Replacement, anonymised
from interview_service.transcripts.reading import MAX_BYTES, TranscriptFormat, parse
from interview_service.transcripts.turns import (
    ParsedTranscript,
    TranscriptUnreadable,
    checked,
)

FILES = Path(__file__).parents[1] / "data" / "transcripts" / "formats"
FORMATS = {
    ".vtt": TranscriptFormat.WEBVTT,
    ".srt": TranscriptFormat.SUBRIP,
    ".txt": TranscriptFormat.PLAIN,
}
VTT, SRT, TXT = TranscriptFormat.WEBVTT, TranscriptFormat.SUBRIP, TranscriptFormat.PLAIN


def turns(text: str | bytes, format: TranscriptFormat) -> list[tuple[str, str, str | None]]:
    data = text.encode() if isinstance(text, str) else text
    return [(turn.speaker, turn.text, turn.at) for turn in parse(data, format).turns]


def fault(text: str | bytes, format: TranscriptFormat) -> str:
    data = text.encode() if isinstance(text, str) else text
    with pytest.raises(TranscriptUnreadable) as caught:
        parse(data, format)
    error = caught.value
    expected = error.reason if error.line is None else f"line {error.line}: {error.reason}"
    assert str(error) == expected
    return str(error)


# --- files as programs write them

EXPORTS = {
    "zoom.vtt": [
        ("Jane Smith", "Good morning, and thank you for having me.", "00:00:01.000"),
        ("Interviewer", "Tell me about a system that you built.", "00:00:07.000"),
        (
            "Jane Smith",
            "I built a queue. The main point: nothing may get lost.",
            "00:00:11.120",
        ),
    ],
    "teams.vtt": [
        ("Interviewer", "What do you use for caching, R&D wise?", "00:00:03.480"),
        (
            "Jane Smith",
            "We use Redis, and a Map<String, Entry> in front of it: two levels.",
            "00:00:05.900",
        ),
        ("Interviewer", "Why two?", "01:00:00.000"),
        ("Jane Smith", "Latency.", "01:00:00.000"),
    ],
    "meet.txt": [
        ("Interviewer", "Welcome. Shall we begin?", "00:00:00.000"),
        ("Jane Smith", "Yes: please. It is a bit noisy here.", None),
        (
            "Interviewer",
            "What does https://example.com/api return at 10:30 in the morning?",
            "00:05:12.000",
        ),
        ("Jane Smith", "A page of results.", None),
    ],
    "meet.srt": [
        ("Interviewer One", "How do you test a worker?", "00:00:01.000"),
        (
            "Jane Smith",
            "I kill it at any point, and start it again. (laughs) Then I count. 1999",
            "00:00:04.000",
        ),
    ],
    "otter.txt": [
        ("Interviewer", "How do you review code?", "00:00:05.000"),
        ("Jane Smith", "I read the tests first. Then I read the change.", "00:00:09.000"),
        ("Interviewer", "Thank you.", "01:02:03.000"),
    ],
    "rev.txt": [
        ("Interviewer", "What is a deadlock?", "00:00:02.000"),
        ("Jane Smith", "Two threads, each waiting for the other.", "00:00:04.000"),
        ("Jane Smith", "It never ends by itself.", "00:00:09.000"),
        ("Interviewer", "Good.", "00:12:33.000"),
    ],
}


def test_every_sample_file_has_its_expected_turns() -> None:
    assert {file.name for file in FILES.iterdir()} == EXPORTS.keys()


@pytest.mark.parametrize("name", EXPORTS)
def test_an_exported_file_gives_its_turns(name: str) -> None:
    file = FILES / name
    assert turns(file.read_bytes(), FORMATS[file.suffix]) == EXPORTS[name]


@pytest.mark.parametrize("name", EXPORTS)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("mark", "codec"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ],
)
def test_line_ends_and_encoding_do_not_matter(
    name: str, line_end: str, mark: bytes, codec: str
) -> None:
    text = (FILES / name).read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    data = mark + text.replace("\n", line_end).encode(codec)
    assert turns(data, FORMATS[Path(name).suffix]) == EXPORTS[name]


# --- cues


def vtt(*cues: str) -> str:
    times = [
        f"00:00:{second:02d}.000 --> 00:00:{second:02d}.900" for second in range(1, len(cues) + 1)
    ]
    return "WEBVTT\n\n" + "\n\n".join(f"{t}\n{c}" for t, c in zip(times, cues, strict=True))


def test_words_before_anybody_is_named_are_by_an_unknown_speaker() -> None:
    assert turns(vtt("Hello.", "Again.", "Jane Smith: Hi."), VTT) == [
        ("Unknown", "Hello. Again.", "00:00:01.000"),
        ("Jane Smith", "Hi.", "00:00:03.000"),
    ]


def test_a_sentence_with_a_colon_in_a_cue_is_no_speaker() -> None:
    assert turns(vtt("Jane Smith: Well.", "So here is the thing: it broke."), VTT) == [
        ("Jane Smith", "Well. So here is the thing: it broke.", "00:00:01.000")
    ]


def test_a_name_in_lower_case_that_comes_again_is_a_speaker() -> None:
    assert turns(vtt("jane smith: a", "interviewer: b", "jane smith: c"), VTT) == [
        ("jane smith", "a", "00:00:01.000"),
        ("interviewer", "b", "00:00:02.000"),
        ("jane smith", "c", "00:00:03.000"),
    ]


def test_two_people_in_one_cue_are_two_turns() -> None:
    cues = vtt("Jane Smith: a", "Interviewer: b", "- Jane Smith: c\n- Interviewer: d")
    assert [(speaker, text) for speaker, text, _ in turns(cues, VTT)] == [
        ("Jane Smith", "a"),
        ("Interviewer", "b"),
        ("Jane Smith", "c"),
        ("Interviewer", "d"),
    ]


def test_a_file_with_voice_spans_has_no_names_before_colons() -> None:
    assert turns(vtt("<v Jane Smith>Hello.", "Python: that is my choice."), VTT) == [
        ("Jane Smith", "Hello. Python: that is my choice.", "00:00:01.000")
    ]


def test_tags_and_entities_are_cleaned_and_comparisons_are_kept() -> None:
    text = "<v Jane &amp; Co><b>a</b> <c.x.y>b</c> <00:00:01.500>c &lt;i&gt; &#39;d&#39; 1 < 2 > 0"
    assert turns(vtt(text), VTT) == [("Jane & Co", "a b c <i> 'd' 1 < 2 > 0", "00:00:01.000")]


def test_an_entity_of_thousands_of_digits_stays_as_it_is() -> None:
    entity = "&#" + "9" * 5_000 + ";"
    assert turns(vtt(entity), VTT) == [("Unknown", entity, "00:00:01.000")]


def test_a_long_speech_goes_on_in_another_turn_of_the_same_speaker() -> None:
    words = "w" * (limits.TURN_TEXT // 2)
    assert turns(vtt(f"<v Jane Smith>{words}", words, words), VTT) == [
        ("Jane Smith", words, "00:00:01.000"),
        ("Jane Smith", f"{words}", "00:00:02.000"),
        ("Jane Smith", words, "00:00:03.000"),
    ]


def test_cues_without_empty_lines_between_them_keep_their_ids_out_of_the_words() -> None:
    cues = (
        "1\n00:00:01,000 --> 00:00:02,000\nJane Smith: a\n"
        "2\n00:00:02,000 --> 00:00:03,000\nb\n\n"
        "c\n3\n00:00:03,000 --> 00:00:04,000\n\n"
        "d\n00:00:03.500 --> 00:00:04.000\n\n\n4\n\n00:00:04.000 --> 00:00:05.000\ne"
    )
    assert turns(cues, SRT) == [("Jane Smith", "a b c d e", "00:00:01.000")]


def test_a_turn_begins_when_its_first_words_do() -> None:
    assert turns(vtt("Jane Smith:", "Hi."), VTT) == [("Jane Smith", "Hi.", "00:00:01.000")]
    assert turns("[0:05] Jane Smith: a\n[0:07] b\n10:30 c\n0:09\nJane Smith: d", TXT) == [
        ("Jane Smith", "a b 10:30 c", "00:00:05.000"),
        ("Jane Smith", "d", "00:00:09.000"),
    ]


def test_a_name_in_bold_on_a_line_of_its_own_speaks_the_lines_below() -> None:
    text = "**Interviewer**\nWhy?\n\n__Jane Smith__\nBecause\n(Laughter)\n**of this**\n\n[Music]"
    assert turns(text, TXT) == [
        ("Interviewer", "Why?", None),
        ("Jane Smith", "Because (Laughter) **of this** [Music]", None),
    ]


def test_what_is_no_time_of_day_is_words() -> None:
    assert turns("Jane Smith: a\n[01:75:00] b\n75:10 Jane Smith: c", TXT) == [
        ("Jane Smith", "a [01:75:00] b", None),
        ("Jane Smith", "c", "01:15:10.000"),
    ]


def test_a_comment_that_runs_into_a_cue_is_left_out() -> None:
    text = "WEBVTT - made\nKind: captions\n\nNOTE a\nb\n00:01.000 --> 00:02.000 line:0\nHi"
    assert turns(text, VTT) == [("Unknown", "Hi", "00:00:01.000")]


@pytest.mark.parametrize(
    "text",
    [
        # Otter, with its summary
        "Interview\nTue, Nov 14, 2023 10:01AM • 32:10\n\nSUMMARY KEYWORDS\nreact, types\n\n"
        "SPEAKERS\nJane Smith, Anna Lee\n\nAnna Lee  00:01\nWelcome.\n\n"
        "Jane Smith  00:05\nThanks. Here: we go.\n\n"
        "Transcribed by https://otter.ai\n",
        # Teams, as a document saved as text
        "Meeting Transcript\nJanuary 15, 2024, 10:00AM\n\nAnna Lee started transcription\n\n"
        "Anna Lee   0:01\nWelcome.\n\nJane Smith   0:05\nThanks. Here: we go.\n\n"
        "Anna Lee stopped transcription\n",
        # Teams, older
        "0:0:1.0 --> 0:0:2.40\nAnna Lee\nWelcome.\n"
        "0:0:5.0 --> 0:0:6.0\nJane Smith\nThanks. Here: we go.\n",
        # Fathom and Fireflies
        "@0:01 - Anna Lee\nWelcome.\n\n@0:05 - Jane Smith\nThanks. Here: we go.\n",
        "00:01 Anna Lee\nWelcome.\n\n00:05 Jane Smith\nThanks. Here: we go.\n",
        # Rev
        "Anna Lee (00:01):\nWelcome.\n\nJane Smith (00:05):\nThanks. Here: we go.\n",
    ],
)
def test_what_an_exporter_adds_and_how_it_names_speakers_does_not_matter(text: str) -> None:
    assert turns(text, TXT) == [
        ("Anna Lee", "Welcome.", "00:00:01.000"),
        ("Jane Smith", "Thanks. Here: we go.", "00:00:05.000"),
    ]


def test_a_header_of_a_meeting_is_left_out() -> None:
    text = (
        "Jan 15, 2024\nInterview Jane (2024-01-15 10:00 GMT-8) - Transcript\nAttendees\n"
        "Anna Lee, Jane Smith\nTranscript\nAnna Lee: Welcome.\nJane Smith: Thanks.\n\n"
        "Meeting ended after 00:47:10 👋\n"
        "This editable transcript was computer generated and might contain errors.\n"
    )
    assert turns(text, TXT) == [("Anna Lee", "Welcome.", None), ("Jane Smith", "Thanks.", None)]


def test_words_right_above_the_first_name_are_no_header() -> None:
    assert fault("I begin.\nAnna Lee: Hi\nJane Smith: Hello", TXT) == (
        'line 1: no speaker: expected "Name: words"'
    )


def test_captions_that_mark_speakers_with_arrows_are_read() -> None:
    assert turns(
        "1\n00:00:01,000 --> 00:00:02,000\n>> ANN: Hi\n\n"
        "2\n00:00:02,000 --> 00:00:03,000\n>> BOB: Ho",
        SRT,
    ) == [("ANN", "Hi", "00:00:01.000"), ("BOB", "Ho", "00:00:02.000")]


def test_a_word_that_opens_a_sentence_is_no_speaker_unless_it_comes_again() -> None:
    assert turns(vtt("Anna Lee: Hi", "Jane Smith: Ho", "Note: this matters"), VTT)[-1][:2] == (
        "Jane Smith",
        "Ho Note: this matters",
    )
    assert turns("Anna: Hi\nNote: this matters", TXT) == [("Anna", "Hi Note: this matters", None)]


@pytest.mark.parametrize(
    ("format", "text", "expected"),
    [
        (VTT, "", "the file is empty"),
        (SRT, "\n \n", "the file is empty"),
        (TXT, "", "the file is empty"),
        (VTT, "WEBVTT", "nobody says anything"),
        (VTT, "WEBVTT\n\nNOTE nothing", "nobody says anything"),
        (VTT, vtt("<v Jane Smith></v>"), "nobody says anything"),
        (TXT, "Jane Smith:\nInterviewer:", "nobody says anything"),
        (VTT, "00:00:01.000 --> 00:00:02.000\nHi", "line 1: the file must begin with WEBVTT"),
        (VTT, "WEBVTTX\n\n", "line 1: the file must begin with WEBVTT"),
        (VTT, "WEBVTT\n\nHello", "line 3: expected a cue's timing"),
        (SRT, "Hello\nthere", "line 1: expected a cue's timing"),
        (VTT, "WEBVTT\n\n00:61:00.000 --> 00:62:00.000", "line 3: cue timing is not understood"),
        (VTT, "WEBVTT\n\n--> 00:00:01.000\nHi", "line 3: cue timing is not understood"),
        (VTT, "WEBVTT\n\n00:00:01.000 -->\nHi", "line 3: cue timing is not understood"),
        (
            SRT,
            "1\n00:00:01,000 --> 00:00:02,000\nHi\n\n2\n00:00:03,000 --> 00:00:xx\nYou",
            "line 6: cue timing is not understood",
        ),
        (SRT, "1\nfoo --> bar\nHi", "line 2: cue timing is not understood"),
        (TXT, "\n\nHello there", 'line 3: no speaker: expected "Name: words"'),
        (TXT, "https://example.com", 'line 1: no speaker: expected "Name: words"'),
        (TXT, "https: no", 'line 1: no speaker: expected "Name: words"'),
        (TXT, "12: no", 'line 1: no speaker: expected "Name: words"'),
        (TXT, f"{'N' * 101}: no", 'line 1: no speaker: expected "Name: words"'),
        (TXT, "Jane Smith: a\nb\x00", "line 2: must not contain U+0000"),
        (TXT, "Jane Smith: a\n\n" + f"Jane Smith: {'x' * (limits.TURN_TEXT + 1)}", None),
        (VTT, vtt(f"<v {'N' * (limits.SPEAKER + 1)}>Hi"), None),
        (TXT, b"Jane Smith: a\r\nb \xe9", "line 2: byte 0xE9 at offset 17 is not UTF-8"),
        (
            TXT,
            b"Jane Smith: \xed\xa0\x80",
            "line 1: byte 0xED at offset 12 is not UTF-8",
        ),
        (
            TXT,
            codecs.BOM_UTF16_LE + "J: a\n".encode("utf-16-le") + b"\x00\xd8",
            "line 2: byte 0x00 at offset 12 is not UTF-16",
        ),
        (TXT, codecs.BOM_UTF16_BE + b"\x00J\x00", "line 1: byte 0x00 at offset 4 is not UTF-16"),
        (TXT, b"x" * (MAX_BYTES + 1), f"the file is larger than {MAX_BYTES} bytes"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_line(
    format: TranscriptFormat, text: str | bytes, expected: str | None
) -> None:
    said = fault(text, format)
    if expected is None:
        assert re.fullmatch(r"line [34]: the (text|speaker) is longer than \d+ characters", said)
    else:
        assert said == expected


def test_the_first_turn_too_many_is_named() -> None:
    lines = [f"Jane Smith: {number}" for number in range(limits.TURNS + 1)]
    assert len(turns("\n".join(lines[:-1]), TXT)) == limits.TURNS
    assert (
        fault("\n".join(lines), TXT) == f"line {limits.TURNS + 1}: there are more than 20000 turns"
    )


@pytest.mark.parametrize(
    "unit",
    [
        "<",
        "<v ",
        "<v",
        "<c",
        "<v\t \t",
        "&#1",
        "&",
        ":",
        "[",
        "(",
        "**",
        "00:00 ",
        "--",
        "a:",
        "1\n",
        "a\n\n",
    ],
)
@pytest.mark.parametrize("format", list(TranscriptFormat))
def test_a_long_file_of_one_repeated_sign_is_answered(unit: str, format: TranscriptFormat) -> None:
    """Guards against patterns that go back over what they have read: these would take hours."""
    head = {VTT: "WEBVTT\n\n00:00.000 --> 00:01.000\n", SRT: "1\n0:0:0,0 --> 0:0:1,0\n", TXT: "J: "}
    body = unit * (MAX_BYTES // 16 // len(unit))
    result = read_or_refused((head[format] + body + "x").encode(), format)
    if isinstance(result, TranscriptUnreadable):
        assert result.line is not None
    else:
        assert "".join(turn.text for turn in result.turns).endswith("x")


def read_or_refused(
    data: bytes, format: TranscriptFormat
) -> ParsedTranscript | TranscriptUnreadable:
    try:
        return parse(data, format)
    except TranscriptUnreadable as error:
        return error


def assert_sound(result: ParsedTranscript | TranscriptUnreadable) -> None:
    if isinstance(result, ParsedTranscript):
        assert checked(result.turns) == result.transcript
        assert len(result.warnings) <= 20
    else:
        assert result.line is None or result.line >= 1
        assert result.reason


@given(st.binary(max_size=300), st.sampled_from(TranscriptFormat))
def test_no_bytes_raise_anything_else(data: bytes, format: TranscriptFormat) -> None:
    assert_sound(read_or_refused(data, format))


SIGNS = st.sampled_from(
    [
        "WEBVTT",
        "\n",
        "\n\n",
        "\r",
        " ",
        "1",
        "00:00:01.000",
        "-->",
        " --> ",
        "<v ",
        ">",
        "</v>",
        "<b>",
        "Jane",
        "Jane Smith: ",
        ":",
        "[",
        "]",
        "(",
        ")",
        "**",
        "NOTE",
        "00:05",
        "&#0;",
        "&#xD800;",
        "&NewLine;",
        "<",
        "- ",
        "\ufeff",
        "\u2028",
        "\x85",
        "：",
        "٣",
    ]
)


@given(st.lists(SIGNS, max_size=30).map("".join), st.sampled_from(TranscriptFormat), st.booleans())
def test_no_mixture_of_signs_raises_anything_else(
    text: str, format: TranscriptFormat, headed: bool
) -> None:
    head = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n" if headed else ""
    assert_sound(read_or_refused((head + text).encode(), format))


# --- what is written is read

NAMES = st.sampled_from(["Jane Smith", "Interviewer", "Speaker 2", "Łukasz van der Berg", "李明"])
SAID = st.text(st.characters(exclude_categories=("Cc", "Cs", "Z")) | st.just(" "), max_size=60).map(
    lambda text: " ".join(text.split())
)
# A dash or a bullet alone is how files are laid out, and no word that anybody says.
WORDS = SAID.filter(lambda text: text.strip("-–—•>* "))
SPOKEN = st.lists(st.tuples(NAMES, WORDS), min_size=1, max_size=12)


def start(number: int) -> str:
    return f"{number // 3600:02d}:{number // 60 % 60:02d}:{number % 60:02d}.000"


def merged(spoken: list[tuple[str, str]]) -> list[tuple[str, str, str | None]]:
    """What cues give: one turn for cues in a row by the same speaker."""
    result: list[tuple[str, str, str | None]] = []
    for number, (speaker, text) in enumerate(spoken):
        if result and result[-1][0] == speaker:
            result[-1] = (speaker, f"{result[-1][1]} {text}", result[-1][2])
        else:
            result.append((speaker, text, start(number)))
    return result


@given(SPOKEN)
def test_voice_spans_are_read(
    spoken: list[tuple[str, str]],
) -> None:
    cues = [
        f"{number}\n{start(number)} --> {start(number + 1)}\n"
        f"<v {html.escape(speaker)}>{html.escape(text)}</v>"
        for number, (speaker, text) in enumerate(spoken)
    ]
    assert turns("WEBVTT\n\n" + "\n\n".join(cues), VTT) == merged(spoken)


@example([("Jane Smith", "A"), ("Jane Smith", "A"), ("李明", "a")])
@given(SPOKEN)
def test_subrip_with_names_before_colons_is_read(spoken: list[tuple[str, str]]) -> None:
    cues = [
        f"{number + 1}\n{start(number).replace('.', ',')} --> {start(number + 1).replace('.', ',')}"
        f"\n{speaker}: {html.escape(text)}"
        for number, (speaker, text) in enumerate(spoken)
    ]
    assert turns("\n\n".join(cues), SRT) == merged(spoken)


@example([("Jane Smith", "0"), ("Jane Smith", "0"), ("李明", "µ")], "{name}: {text}")
@example([("Jane Smith", "1"), ("Jane Smith", "2 years"), ("Bob", "ok")], "{name}: {text}")
@example([("Ann", "你好"), ("Ann", "谢谢"), ("Bob", "ok")], "{name}: {text}")
@given(
    SPOKEN, st.sampled_from(["{name}: {text}", "[{at}] {name}: {text}", "{name} ({at}): {text}"])
)
def test_plain_lines_are_read_one_turn_each(spoken: list[tuple[str, str]], line: str) -> None:
    text = "\n".join(
        line.format(name=name, text=words, at=start(number))
        for number, (name, words) in enumerate(spoken)
    )
    timed = "{at}" in line
    assert turns(text, TXT) == [
        (name, words, start(number) if timed else None)
        for number, (name, words) in enumerate(spoken)
    ]


# --- turns from elsewhere


def test_checked_turns_are_trimmed() -> None:
    given_turns = [Turn(" Jane Smith ", " two  words\n", "00:01")]
    assert checked(given_turns) == Transcript((Turn("Jane Smith", "two  words", "00:01"),))


@pytest.mark.parametrize(
    ("turn", "expected"),
    [
        (Turn(" ", "a"), "turns[1]: the speaker is empty"),
        (Turn("J", "\n"), "turns[1]: the text is empty"),
        (Turn("J" * 201, "a"), "turns[1]: the speaker is longer than 200 characters"),
        (Turn("J", "a" * 100_001), "turns[1]: the text is longer than 100000 characters"),
        (Turn("J", "\x00"), "turns[1]: Must not contain U+0000."),
        (Turn("J", "a", "\ud800"), "turns[1]: Must not contain lone surrogates."),
    ],
)
def test_a_turn_that_cannot_be_kept_is_named(turn: Turn, expected: str) -> None:
    with pytest.raises(TranscriptUnreadable) as caught:
        checked([Turn("J", "a"), turn])
    assert (str(caught.value), caught.value.line) == (expected, None)


def test_a_transcript_has_one_turn_at_least_and_twenty_thousand_at_most() -> None:
    with pytest.raises(TranscriptUnreadable, match="nobody says anything"):
        checked([])
    assert len(checked([Turn("J", "a")] * limits.TURNS).turns) == limits.TURNS
    with pytest.raises(TranscriptUnreadable, match="there are more than 20000 turns"):
        checked([Turn("J", "a")] * (limits.TURNS + 1))


# --- without names


def said(*lines: tuple[str, str]) -> Transcript:
    return Transcript(tuple(Turn(speaker, text) for speaker, text in lines))


def masked(text: str, name: str | None, speaker: str = "Candidate") -> str:
    return anonymised(said((speaker, text)), name).transcript.turns[0].text


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("I am Jane Smith.", "Jane Smith", "I am Candidate."),
        ("JANE, and smith's team", "Jane Smith", "Candidate, and Candidate's team"),
        ("Smithsonian janes", "Jane Smith", "Smithsonian janes"),
        ("jane_smith or janesmith92", "Jane Smith", "Candidate or Candidate92"),
        ("Bo Li and li and Boli and Li", "Bo Li", "Candidate and li and Boli and Candidate"),
        (
            "Write to jane@example.com, or a.b+c@x.example.org.",
            None,
            "Write to [email], or [email].",
        ),
        ("Jane jane.smith@example.com Jane", "Jane Smith", "Candidate [email] Candidate"),
        ("it is 5 @ home, see @handle", None, "it is 5 @ home, see @handle"),
        ("José, Jose, Jose\u0301", "José Diaz", "Candidate, Candidate, Candidate"),
        ("O'Brien or O’Brien", "Pat O'Brien", "Candidate or Candidate"),
        ("我叫王小明是工程师", "王小明", "我叫Candidate是工程师"),
        ("The candidate asked by email", "Candidate Email", "The candidate asked by email"),
        ("A name of signs", "?!.*(", "A name of signs"),
    ],
)
def test_names_and_addresses_are_replaced_in_what_is_said(
    text: str, name: str | None, expected: str
) -> None:
    assert masked(text, name) == expected


def test_a_name_known_only_as_a_speaker_is_replaced_too() -> None:
    transcript = said(
        ("Ann Lee", "Who are you, Jane?"), ("Jane Smith", "Jane, and you are Ann Lee. Hello, Ann.")
    )
    assert anonymised(transcript, None).transcript == said(
        ("Interviewer", "Who are you, Candidate?"),
        ("Candidate", "Candidate, and you are Interviewer. Hello, Ann."),
    )


@pytest.mark.parametrize(
    ("lines", "name", "expected"),
    [
        (["Jane Smith", "Bob"], "jane smith", ["Candidate", "Interviewer"]),
        (["Bob", "Jane"], "Jane Smith", ["Interviewer", "Candidate"]),
        (["Bob", "Jane Smith (she/her)"], "Smith", ["Interviewer", "Candidate"]),
        (["Bob", "J. Smith"], "Jane Smith", ["Interviewer", "Candidate"]),
        (["Bob", "jane"], "Jané Smith", ["Interviewer", "Candidate"]),
        (["Bob", "Jane Miller"], "Jane Smith", ["Interviewer", "Candidate"]),
        (["Ann Smith", "iPhone"], "Jane Smith", ["Interviewer", "Candidate"]),
        (["Jane", "Jane Smith"], "Jane Smith", ["Interviewer", "Candidate"]),
        (["Interviewer Jane", "iPhone"], "Jane Smith", ["Interviewer", "Candidate"]),
        (["Bob", "Applicant 1"], "Jane Smith", ["Interviewer", "Candidate"]),
        (["Bob", "CANDIDATE"], None, ["Interviewer", "Candidate"]),
        (
            ["Ann", "Bob", "Interviewee", "ann", "Carol"],
            None,
            ["Interviewer", "Interviewer 2", "Candidate", "Interviewer", "Interviewer 3"],
        ),
        (
            ["Jane Smith", "Bob", "JANE  SMITH"],
            "Jane Smith",
            ["Candidate", "Interviewer", "Candidate"],
        ),
        (["Interviewer", "Recruiter"], "Jane Smith", ["Interviewer", "Interviewer 2"]),
        (["Unknown"], None, ["Speaker"]),
    ],
)
def test_speakers_are_told_apart_by_their_names(
    lines: list[str], name: str | None, expected: list[str]
) -> None:
    transcript = said(*((speaker, "Words.") for speaker in lines))
    given_names = [turn.speaker for turn in anonymised(transcript, name).transcript.turns]
    assert given_names == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([("A", "Why? How?"), ("B", "So.")], ["Interviewer", "Candidate"]),
        (
            [("B", "So."), ("A", "Why? How? When? And now a long story.")],
            ["Candidate", "Interviewer"],
        ),
        ([("A", "a longer speech"), ("B", "so")], ["Candidate", "Interviewer"]),
        ([("A", "same"), ("B", "same")], ["Speaker", "Speaker 2"]),
        (
            [("A", "Why?"), ("B", "Long words"), ("C", "Hm")],
            ["Interviewer", "Candidate", "Interviewer 2"],
        ),
        ([("Unknown", "Hello"), ("B", "Long words?")], ["Interviewer", "Candidate"]),
    ],
)
def test_failing_names_the_candidate_is_told_by_questions_and_words(
    lines: list[tuple[str, str]], expected: list[str]
) -> None:
    result = anonymised(said(*lines), "Somebody Else").transcript
    assert [turn.speaker for turn in result.turns] == expected


def test_a_quote_of_the_anonymised_turn_is_given_back_as_it_was_said() -> None:
    result = anonymised(
        said(
            ("Interviewer", "So?"), ("Jane", "As Smith I wrote jane@example.com. As the candidate.")
        ),
        "Jane Smith",
    )
    assert result.transcript.turns[1].text == "As Candidate I wrote [email]. As the candidate."
    quotes = {
        "As Candidate I wrote": "As Smith I wrote",
        "date I": "Smith I",
        "wrote [em": "wrote jane@example.com",
        "[email]": "jane@example.com",
        "the candidate": "the candidate",
        "date": "date",
        result.transcript.turns[1].text: result.original.turns[1].text,
    }
    assert {quote: result.original_quote(1, quote) for quote in quotes} == quotes
    for turn, quote in [(1, "Smith"), (0, "wrote"), (2, "So"), (-1, "As")]:
        with pytest.raises(ValueError, match="turn"):
            result.original_quote(turn, quote)


def test_a_draft_is_restored_to_quotes_of_the_original() -> None:
    original = said(("Jane Smith", "Call me Jane: I know Flask."))
    result = anonymised(original, "Jane Smith")
    draft = AssessmentDraft(
        Binder(
            coverage=(Coverage("flask", "Flask", CoverageStatus.ANSWERED, None),),
            evidence=(Evidence("flask", "me Candidate: I know Flask", 0),),
            summary="One criterion was covered.",
            notes=("Whether it is right was not checked.",),
        )
    )
    assert draft.binder.faults(result.transcript) == []
    restored = result.restored(draft)
    assert restored.binder.evidence == (Evidence("flask", "me Jane: I know Flask", 0),)
    assert restored.binder.faults(original) == []


NAME = "Jane Bo O'Smith"
PIECES = st.lists(
    st.sampled_from(
        [
            "Jane",
            "jane",
            "Bo",
            "O'Smith",
            "o’smith",
            "Jane Bo O'Smith",
            "janes",
            "Candidate",
            "date",
            "jane@example.com",
            "@",
            "a@b.c",
            "[email]",
            "email",
            " ",
            ", ",
            ".",
            "_",
            "-",
            "é",
            "x",
            "明",
        ]
    ),
    min_size=1,
    max_size=15,
).map("".join)


@given(PIECES, st.data())
def test_whatever_is_quoted_stands_in_the_original_word_for_word(
    text: str, data: st.DataObject
) -> None:
    result = anonymised(said(("Jane", text)), NAME)
    changed = result.transcript.turns[0].text
    begin = data.draw(st.integers(0, len(changed) - 1))
    end = data.draw(st.integers(begin + 1, len(changed)))
    quote = changed[begin:end]
    original = result.original_quote(0, quote)
    assert original in text
    if quote in text:
        assert original == quote
    else:
        spans = original_spans(text, result.replacements[0])
        first = changed.find(quote)
        assert original == text[spans[first][0] : spans[first + len(quote) - 1][1]]
    assert result.original_quote(0, changed) == text


def original_spans(text: str, replaced: Iterable[Replacement]) -> list[tuple[int, int]]:
    """For each character after replacing: from where to where in the original it comes."""
    starts = {item.start: item for item in replaced}
    spans: list[tuple[int, int]] = []
    place = 0
    while place < len(text):
        item = starts.get(place, Replacement(place, place + 1, text[place]))
        spans += [(item.start, item.end)] * len(item.text)
        place = item.end
    return spans


@given(PIECES)
def test_no_name_and_no_address_is_left(text: str) -> None:
    changed = anonymised(said(("Jane", text)), NAME).transcript.turns[0].text
    letter = r"[^\W\d_]"
    for part in ("Jane", "O['’]Smith"):
        assert not re.search(rf"(?<!{letter}){part}(?!{letter})", changed, re.IGNORECASE)
    assert not re.search(r"[\w]@\w+\.\w", changed)


@given(st.lists(st.tuples(st.text(min_size=1), st.text()), min_size=1, max_size=5), st.text())
def test_any_names_and_texts_can_be_anonymised_and_restored(
    lines: list[tuple[str, str]], name: str
) -> None:
    transcript = said(*lines)
    result = anonymised(transcript, name)
    assert result.original == transcript
    for number, turn in enumerate(result.transcript.turns):
        assert re.fullmatch(r"Candidate|(Interviewer|Speaker)( \d+)?", turn.speaker)
        assert result.original_quote(number, turn.text) in transcript.turns[number].text


@pytest.mark.parametrize(
    "unit", ["a", "@", "a@", "Jane ", "J", "- ", "a@b.", "Jane Bo", "Jane\t\t\t\t"]
)
def test_a_long_transcript_of_one_repeated_sign_is_anonymised(unit: str) -> None:
    """Guards against patterns that go back over what they have read: these would take hours."""
    text = unit * (MAX_BYTES // 16 // len(unit))
    result = anonymised(said(("Jane", text)), NAME)
    assert result.original_quote(0, result.transcript.turns[0].text) == text
