"""Transcripts as meeting programs and people write them, each with who says what."""

import pytest

from interview_service.transcripts.reading import TranscriptFormat, parse

VTT, SRT, TXT = TranscriptFormat.WEBVTT, TranscriptFormat.SUBRIP, TranscriptFormat.PLAIN


def said(text: str, format: TranscriptFormat) -> list[tuple[str, str]]:
    return [(turn.speaker, turn.text) for turn in parse(text.encode(), format).turns]


ANN_AND_JANE = [
    ("Ann Lee", "Tell me about the queue."),
    ("Jane Smith", "It runs on Redis."),
    ("Ann Lee", "Why?"),
    ("Jane Smith", "For the ordering."),
]

SAME_TALK = {
    "zoom": (
        VTT,
        "WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\nAnn Lee: Tell me about the queue.\n\n"
        "2\n00:00:03.000 --> 00:00:04.000\nJane Smith: It runs on Redis.\n\n"
        "3\n00:00:05.000 --> 00:00:06.000\nAnn Lee: Why?\n\n"
        "4\n00:00:07.000 --> 00:00:08.000\nJane Smith: For the ordering.\n",
    ),
    "zoom saved captions": (
        TXT,
        "[Ann Lee] 10:02:13\nTell me about the queue.\n[Jane Smith] 10:02:19\nIt runs on Redis.\n"
        "[Ann Lee] 10:02:25\nWhy?\n[Jane Smith] 10:02:27\nFor the ordering.\n",
    ),
    "teams": (
        VTT,
        "WEBVTT\n\n0a1b2c3d-1111-2222-3333-444455556666/12-0\n00:00:01.000 --> 00:00:02.000\n"
        "<v Ann Lee>Tell me about the queue.</v>\n\n"
        "0a1b2c3d-1111-2222-3333-444455556666/15-0\n00:00:03.000 --> 00:00:04.000\n"
        "<v Jane Smith>It runs on</v>\n\n"
        "0a1b2c3d-1111-2222-3333-444455556666/15-1\n00:00:04.000 --> 00:00:05.000\n"
        "<v Jane Smith>Redis.</v>\n\n"
        "0a1b2c3d-1111-2222-3333-444455556666/18-0\n00:00:05.000 --> 00:00:06.000\n"
        "<v Ann Lee>Why?</v>\n\n"
        "0a1b2c3d-1111-2222-3333-444455556666/19-0\n00:00:07.000 --> 00:00:08.000\n"
        "<v Jane Smith>For the ordering.</v>\n",
    ),
    "teams pasted": (
        TXT,
        "Ann Lee\n0 minutes 3 seconds0:03\nAnn Lee 0 minutes 3 seconds\nTell me about the queue.\n"
        "Jane Smith\n0 minutes 9 seconds0:09\nJane Smith 0 minutes 9 seconds\nIt runs on Redis.\n"
        "Ann Lee\n1 minute 2 seconds1:02\nAnn Lee 1 minute 2 seconds\nWhy?\n"
        "Jane Smith\n1 minute 5 seconds1:05\nJane Smith 1 minute 5 seconds\nFor the ordering.\n",
    ),
    "webex": (
        VTT,
        'WEBVTT\n\n1 "Ann Lee" (3884574720)\n00:00:01.000 --> 00:00:02.000\n'
        'Tell me about the queue.\n\n2 "Jane Smith" (1884574721)\n00:00:03.000 --> 00:00:04.000\n'
        'It runs on Redis.\n\n3 "Ann Lee" (3884574720)\n00:00:05.000 --> 00:00:06.000\nWhy?\n\n'
        '4 "Jane Smith" (1884574721)\n00:00:07.000 --> 00:00:08.000\nFor the ordering.\n',
    ),
    "name and count in identifiers": (
        VTT,
        "WEBVTT\n\nAnn Lee - 1\n00:01.000 --> 00:02.000\nTell me about the queue.\n\n"
        "Jane Smith - 2\n00:03.000 --> 00:04.000\nIt runs on Redis.\n\n"
        "Ann Lee - 3\n00:05.000 --> 00:06.000\nWhy?\n\n"
        "Jane Smith - 4\n00:07.000 --> 00:08.000\nFor the ordering.\n",
    ),
    "count and name in identifiers": (
        VTT,
        "WEBVTT\n\n1: Ann Lee\n00:01.000 --> 00:02.000\nTell me about the queue.\n\n"
        "2: Jane Smith\n00:03.000 --> 00:04.000\nIt runs on Redis.\n\n"
        "3: Ann Lee\n00:05.000 --> 00:06.000\nWhy?\n\n"
        "4: Jane Smith\n00:07.000 --> 00:08.000\nFor the ordering.\n",
    ),
    "number, then name above the timing": (
        SRT,
        "1\nAnn Lee\n00:00:01,000 --> 00:00:02,000\nTell me about the queue.\n\n"
        "2\nJane Smith\n00:00:03,000 --> 00:00:04,000\nIt runs on Redis.\n\n"
        "3\nAnn Lee\n00:00:05,000 --> 00:00:06,000\nWhy?\n\n"
        "4\nJane Smith\n00:00:07,000 --> 00:00:08,000\nFor the ordering.\n",
    ),
    "names for identifiers in subrip": (
        SRT,
        "Ann Lee\n00:00:01,000 --> 00:00:02,000\nTell me about the queue.\n\n"
        "Jane Smith\n00:00:03,000 --> 00:00:04,000\nIt runs on Redis.\n\n"
        "Ann Lee\n00:00:05,000 --> 00:00:06,000\nWhy?\n\n"
        "Jane Smith\n00:00:07,000 --> 00:00:08,000\nFor the ordering.\n",
    ),
    "bare timings, no milliseconds, no blank lines": (
        VTT,
        "WEBVTT\n00:00:01 --> 00:00:02\nAnn Lee: Tell me about the queue.\n"
        "00:00:03 --> 00:00:04\nJane Smith: It runs on Redis.\n"
        "00:00:05 --> 00:00:06\nAnn Lee: Why?\n00:00:07 --> 00:00:08\nJane Smith: For the "
        "ordering.",
    ),
    "decimal seconds": (
        SRT,
        "1\n1.5 --> 2.25\nAnn Lee: Tell me about the queue.\n\n"
        "2\n3.0 --> 4\nJane Smith: It runs on Redis.\n\n3\n5 --> 6.1\nAnn Lee: Why?\n\n"
        "4\n7 --> 80.1\nJane Smith: For the ordering.",
    ),
    "dots in subrip, commas in webvtt, one digit": (
        VTT,
        "WEBVTT\r\n\r\n0:01,5 --> 0:02,5\r\nAnn Lee: Tell me about the queue.\r\n\r\n"
        "0:03,0 --> 0:04\r\nJane Smith: It runs on Redis.\r\n\r\n"
        "1:05,25 --> 1:06,25\r\nAnn Lee: Why?\r\n\r\n"
        "1:07,25 --> 1:08,25 align:start position:0%\r\nJane Smith: For the ordering.\r\n",
    ),
    "whisperx": (
        SRT,
        "1\n00:00:01,000 --> 00:00:02,000\n[Ann Lee]: Tell me about the queue.\n\n"
        "2\n00:00:03,000 --> 00:00:04,000\n[Jane Smith]: It runs on Redis.\n\n"
        "3\n00:00:05,000 --> 00:00:06,000\n[Ann Lee]: Why?\n\n"
        "4\n00:00:07,000 --> 00:00:08,000\n[Jane Smith]: For the ordering.",
    ),
    "name in brackets, no colon": (
        TXT,
        "[Ann Lee] Tell me about the queue.\n[Jane Smith] It runs on Redis.\n[Ann Lee] Why?\n"
        "[Jane Smith] For the ordering.",
    ),
    "descript": (
        TXT,
        "**Ann Lee:** [00:00:01] Tell me about the queue.\n\n"
        "**Jane Smith:** [00:00:03] It runs on Redis.\n\n**Ann Lee:** [00:00:05] Why?\n\n"
        "**Jane Smith:** [00:00:07] For the ordering.",
    ),
    "bold, the colon outside": (
        TXT,
        "**Ann Lee**: Tell me about the queue.\n\n**Jane Smith**: It runs on Redis.\n\n"
        "**Ann Lee**: Why?\n\n**Jane Smith**: For the ordering.",
    ),
    "time in brackets, bold name": (
        TXT,
        "[00:00:01] **Ann Lee:** Tell me about the queue.\n"
        "[00:00:03] **Jane Smith:** It runs on Redis.\n[00:00:05] **Ann Lee:** Why?\n"
        "[00:00:07] **Jane Smith:** For the ordering.",
    ),
    "markdown headings": (
        TXT,
        "# Interview\n\n## Ann Lee\n\nTell me about the queue.\n\n## Jane Smith\n\n"
        "It runs on Redis.\n\n## Ann Lee\n\nWhy?\n\n## Jane Smith\n\nFor the ordering.\n",
    ),
    "markdown list": (
        TXT,
        "- **Ann Lee:** Tell me about the queue.\n- **Jane Smith:** It runs on Redis.\n"
        "- **Ann Lee:** Why?\n- **Jane Smith:** For the ordering.",
    ),
    "otter": (
        TXT,
        "Ann Lee  0:01  \nTell me about the queue.\n\nJane Smith  0:03  \nIt runs on Redis.\n\n"
        "Ann Lee  0:05  \nWhy?\n\nJane Smith  1:00:07  \nFor the ordering.\n\n"
        "Transcribed by https://otter.ai",
    ),
    "fireflies": (
        TXT,
        "Ann Lee - 00:01\nTell me about the queue.\n\nJane Smith - 00:03\nIt runs on Redis.\n\n"
        "Ann Lee - 00:05\nWhy?\n\nJane Smith - 00:07\nFor the ordering.\n",
    ),
    "rev": (
        TXT,
        "Ann Lee (00:01):\nTell me about the queue.\n\nJane Smith (00:03):\nIt runs on Redis.\n\n"
        "Ann Lee (00:05):\nWhy?\n\nJane Smith (00:07):\nFor the ordering.\n",
    ),
    "tl;dv": (
        TXT,
        "00:01 Ann Lee\nTell me about the queue.\n00:03 Jane Smith\nIt runs on Redis.\n"
        "00:05 Ann Lee\nWhy?\n00:07 Jane Smith\nFor the ordering.\n",
    ),
    "gong": (
        TXT,
        "0:01 | Ann Lee\nTell me about the queue.\n\n0:03 | Jane Smith\nIt runs on Redis.\n\n"
        "0:05 | Ann Lee\nWhy?\n\n0:07 | Jane Smith\nFor the ordering.\n",
    ),
    "krisp": (
        TXT,
        "Ann Lee | 00:01\nTell me about the queue.\n\nJane Smith | 00:03\nIt runs on Redis.\n\n"
        "Ann Lee | 00:05\nWhy?\n\nJane Smith | 00:07\nFor the ordering.\n",
    ),
    "happy scribe": (
        TXT,
        "[00:00:01.02] - Ann Lee\nTell me about the queue.\n\n"
        "[00:00:03.10] - Jane Smith\nIt runs on Redis.\n\n[00:00:05.00] - Ann Lee\nWhy?\n\n"
        "[00:00:07.00] - Jane Smith\nFor the ordering.\n",
    ),
    "premiere": (
        TXT,
        "00:00:01:05 - 00:00:02:10\nAnn Lee\nTell me about the queue.\n\n"
        "00:00:03:05 - 00:00:04:10\nJane Smith\nIt runs on Redis.\n\n"
        "00:00:05:05 - 00:00:06:10\nAnn Lee\nWhy?\n\n"
        "00:00:07:05 - 00:00:08:10\nJane Smith\nFor the ordering.\n",
    ),
    "whisper's own lines": (
        TXT,
        "[00:00:01.000 --> 00:00:02.000]  Ann Lee: Tell me about the queue.\n"
        "[00:00:03.000 --> 00:00:04.000]  Jane Smith: It runs on Redis.\n"
        "[00:00:05.000 --> 00:00:06.000]  Ann Lee: Why?\n"
        "[00:00:07.000 --> 00:00:08.000]  Jane Smith: For the ordering.\n",
    ),
    "chat": (
        TXT,
        "[15.01.24, 10:02:13] Ann Lee: Tell me about the queue.\n"
        "[15.01.24, 10:02:20] Jane Smith: It runs on Redis.\n"
        "[15.01.24, 10:02:25] Ann Lee: Why?\n[15.01.24, 10:03:13] Jane Smith: For the ordering.\n",
    ),
    "time of day with AM": (
        TXT,
        "Ann Lee 10:02 AM\nTell me about the queue.\n\nJane Smith 10:02 AM\nIt runs on Redis.\n\n"
        "Ann Lee 10:03 AM\nWhy?\n\nJane Smith 10:03 AM\nFor the ordering.\n",
    ),
    "name, time in brackets, colon": (
        TXT,
        "Ann Lee [00:01]: Tell me about the queue.\nJane Smith [00:03]: It runs on Redis.\n"
        "Ann Lee [00:05]: Why?\nJane Smith [00:07]: For the ordering.",
    ),
    "time, then name": (
        TXT,
        "00:00:01 Ann Lee: Tell me about the queue.\n00:00:03 Jane Smith: It runs on Redis.\n"
        "00:00:05 Ann Lee: Why?\n00:00:07 Jane Smith: For the ordering.",
    ),
    "dash for colon": (
        TXT,
        "Ann Lee - Tell me about the queue.\nJane Smith - It runs on Redis.\nAnn Lee - Why?\n"
        "Jane Smith - For the ordering.",
    ),
    "tab for colon": (
        TXT,
        "Ann Lee\tTell me about the queue.\nJane Smith\tIt runs on Redis.\nAnn Lee\tWhy?\n"
        "Jane Smith\tFor the ordering.",
    ),
    "names on lines of their own": (
        TXT,
        "Ann Lee\nTell me about the queue.\n\nJane Smith\nIt runs on Redis.\n\nAnn Lee\nWhy?\n\n"
        "Jane Smith\nFor the ordering.\n",
    ),
    "names on lines of their own in cues": (
        SRT,
        "1\n00:00:01,000 --> 00:00:02,000\nAnn Lee\nTell me about the queue.\n\n"
        "2\n00:00:03,000 --> 00:00:04,000\nJane Smith\nIt runs on Redis.\n\n"
        "3\n00:00:05,000 --> 00:00:06,000\nAnn Lee\nWhy?\n\n"
        "4\n00:00:07,000 --> 00:00:08,000\nJane Smith\nFor the ordering.\n",
    ),
    "captions with arrows": (
        SRT,
        "1\n00:00:01,000 --> 00:00:02,000\n>> Ann Lee: Tell me about the queue.\n\n"
        "2\n00:00:03,000 --> 00:00:04,000\n&gt;&gt; Jane Smith: It runs on Redis.\n\n"
        "3\n00:00:05,000 --> 00:00:06,000\n>> Ann Lee: Why?\n>> Jane Smith: For the ordering.\n",
    ),
    "two speakers in a cue, with dashes": (
        SRT,
        "1\n00:00:01,000 --> 00:00:02,000\n- Ann Lee: Tell me about the queue.\n"
        "- Jane Smith: It runs on Redis.\n\n2\n00:00:05,000 --> 00:00:06,000\n-Ann Lee: Why?\n"
        "-Jane Smith: For the ordering.\n",
    ),
    "dashes before voices": (
        VTT,
        "WEBVTT\n\n00:01.000 --> 00:02.000\n- <v Ann Lee>Tell me about the queue.</v>\n"
        "- <v Jane Smith>It runs on Redis.</v>\n\n00:05.000 --> 00:06.000\n"
        "-<v.loud Ann Lee>Why?</v>\n–<v Jane Smith>For the ordering.</v>\n",
    ),
    "a subrip file sent as text": (
        TXT,
        "1\n00:00:01,000 --> 00:00:02,000\nAnn Lee: Tell me about the queue.\n\n"
        "2\n00:00:03,000 --> 00:00:04,000\nJane Smith: It runs on Redis.\n\n"
        "3\n00:00:05,000 --> 00:00:06,000\nAnn Lee: Why?\n\n"
        "4\n00:00:07,000 --> 00:00:08,000\nJane Smith: For the ordering.\n",
    ),
    "no blank after the colon": (
        TXT,
        "Ann Lee:Tell me about the queue.\nJane Smith:It runs on Redis.\nAnn Lee:Why?\n"
        "Jane Smith:For the ordering.",
    ),
    "karaoke and styles": (
        VTT,
        "WEBVTT\nKind: captions\nLanguage: en\n\nSTYLE\n::cue { color: red }\n\n"
        "REGION\nid:fred\nwidth:40%\n\nNOTE made by hand\n\n1\n"
        "00:01.000 --> 00:02.000 region:fred\nAnn Lee: <00:01.100><c.yellow>Tell</c> me about "
        "<i>the</i> queue.\n\n2\n00:03.000 --> 00:04.000\n<b>Jane Smith:</b> It runs on Redis.\n\n"
        "3\n00:05.000 --> 00:06.000\nAnn Lee: {\\an8}Why?\n\n4\n00:07.000 --> 00:08.000\n"
        '<font color="#ffffff">Jane Smith: For the ordering.</font>\n',
    ),
    "a header of fields": (
        TXT,
        "Date: 15 January 2024\nPosition: Engineer\nParticipants: Ann Lee, Jane Smith\n\n"
        "Ann Lee: Tell me about the queue.\nJane Smith: It runs on Redis.\nAnn Lee: Why?\n"
        "Jane Smith: For the ordering.",
    ),
    "google meet notes": (
        TXT,
        "Jan 15, 2024\nInterview - Transcript\nAttendees\nAnn Lee, Jane Smith\n\nTranscript\n\n"
        "Ann Lee: Tell me about the queue.\n\nJane Smith: It runs on Redis.\n\nAnn Lee: Why?\n\n"
        "Jane Smith: For the ordering.\n\nMeeting ended after 00:31:05",
    ),
    "sbv": (
        TXT,
        "0:00:01.000,0:00:02.000\nAnn Lee: Tell me about the queue.\n\n"
        "0:00:03.000,0:00:04.000\nJane Smith: It runs on Redis.\n\n"
        "0:00:05.000,0:00:06.000\nAnn Lee: Why?\n\n"
        "0:00:07.000,0:00:08.000\nJane Smith: For the ordering.\n",
    ),
}


@pytest.mark.parametrize("style", SAME_TALK)
def test_the_same_talk_is_read_from_every_style(style: str) -> None:
    format, text = SAME_TALK[style]
    assert said(text, format) == ANN_AND_JANE


LABELS = [
    'Robert "Bob" Smith',
    "Robert “Bob” Smith",
    "Dr. Jane Smith",
    "Sgt. Jane Smith",
    "Prof. Dr. med. Jane Müller",
    "Jane Smith, PhD",
    "Smith, Jane",
    "Jane Smith | Acme Inc.",
    "Jane Smith (Acme, Inc.)",
    "Jane (Host)",
    "Jane Smith [External]",
    "Jane Smith (she/her)",
    "Speaker 2",
    "SPEAKER_01",
    "spk_1",
    "Guest-1",
    "Speaker A",
    "jane.smith@example.com",
    "jane_smith92",
    "Jane's iPhone",
    "iPad von Jane",
    "+1 (555) 012-3456",
    "+49 170 1234567",
    "1 555-***-**67",
    "O'Brien-Müller",
    "J. Smith",
    "JS",
    "J",
    "王小明",
    "Иван Петров",
    "Γιώργος Παπαδόπουλος",
    "محمد علي",
    "יעל כהן",
    "सुनील शर्मा",
    "김민수",
    "D’Angelo & Co.",
    "Jane / Bob",
    "Jane ★ Smith",
    "#2 Jane",
    "Room 4.12",
    "Jane van der Berg",
    "jane smith",
    "Frau Schmidt",
    "Mme Lefèvre",
    "Señora Núñez de la Rosa",
    "Bewerberin",
    "Jane Smith - Acme",
    "Team Lead: Backend",
]


@pytest.mark.parametrize("label", [each for each in LABELS if ":" not in each])
@pytest.mark.parametrize("format", ["plain", "cues", "voices"])
def test_a_label_that_comes_back_is_a_speaker(label: str, format: str) -> None:
    spoken = [("Ann Lee", "Why Redis?"), (label, "For streams."), ("Ann Lee", "And then?")]
    spoken.append((label, "We measured: twice."))
    if format == "plain":
        text = "\n".join(f"{name}: {words}" for name, words in spoken)
        assert said(text, TXT) == spoken
        return
    line = "{}: {}" if format == "cues" else "<v {}>{}"
    cues = [
        f"00:0{at}.000 --> 00:0{at}.900\n{line.format(name, words)}"
        for at, (name, words) in enumerate(spoken)
    ]
    assert said("WEBVTT\n\n" + "\n\n".join(cues), VTT) == spoken


PROSE = [
    "Note: this matters.",
    "The thing is: it broke.",
    "So here is what we did: nothing.",
    "See http://example.com/a: it is there.",
    "https://example.com:8080/a?b=c",
    "Question: is that all?",
    "Important: no locks.",
    "Step 1: measure.",
    "Das Problem war: zu viele Sperren.",
    "Zum Beispiel: Sperren.",
    "Le problème : les verrous.",
    "Par exemple : les verrous.",
    "El problema: los bloqueos.",
    "Por ejemplo: bloqueos.",
    "22:00 - 06:00 was my shift.",
    "22:00 - 06:00",
    "10:30 to 11:00: stand-up.",
    "The ratio was 3:1 and then 16:9.",
    "We lost 2:1, then won 3 - 2.",
    "It listens on localhost:8080 and 127.0.0.1:443.",
    "std::vector<int>::iterator it;",
    "{a: 1, b: 2}",
    "Between 00:10 and 00:20 it was down.",
    "At 09:00:00 it began.",
    "00:00:10 --> was the mark.",
    "(laughs) I did.",
    "[inaudible] streams.",
    "- and so on",
    "1. First we measured.",
    "C: drive or D: drive?",
    "e.g.: this",
    "What I mean: it is fast.",
    "12: the answer.",
]


@pytest.mark.parametrize("words", PROSE)
@pytest.mark.parametrize("format", [VTT, SRT, TXT])
def test_what_looks_like_a_mark_in_speech_is_speech(words: str, format: TranscriptFormat) -> None:
    expected = [
        ("Ann Lee", "Why Redis?"),
        ("Jane Smith", f"For streams. {words} Yes."),
        ("Ann Lee", "And then?"),
        ("Jane Smith", "We measured."),
    ]
    lines = [
        "Ann Lee: Why Redis?",
        f"Jane Smith: For streams.\n{words}\nYes.",
        "Ann Lee: And then?",
        "Jane Smith: We measured.",
    ]
    if format is TXT:
        assert said("\n".join(lines), TXT) == expected
        return
    mark = "." if format is VTT else ","
    cues = [
        f"{at + 1}\n00:00:0{at}{mark}000 --> 00:00:0{at}{mark}900\n{line}"
        for at, line in enumerate(lines)
    ]
    head = "WEBVTT\n\n" if format is VTT else ""
    read = said(head + "\n\n".join(cues), format)
    if words == "- and so on":  # in a cue a dash before a line is a mark
        expected[1] = ("Jane Smith", "For streams. and so on Yes.")
    assert read == expected
    split = head + "\n\n".join(cues).replace(f"\n{words}", f"\n\n{words}")
    assert said(split, format) == expected
