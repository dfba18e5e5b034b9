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


OTHER_TALKS = {
    "by hand, German": (
        TXT,
        "Interviewer: Guten Tag, Frau Schmidt.\n"
        "Frau Schmidt: Guten Tag. Kurz gesagt: ich bin Pflegerin.\nSeit 2010.\n\n"
        "Interviewer: Von wann bis wann war Ihr Dienst?\nFrau Schmidt: 22:00 - 06:00.\n"
        "Hinweis: nachts.",
        [
            ("Interviewer", "Guten Tag, Frau Schmidt."),
            ("Frau Schmidt", "Guten Tag. Kurz gesagt: ich bin Pflegerin. Seit 2010."),
            ("Interviewer", "Von wann bis wann war Ihr Dienst?"),
            ("Frau Schmidt", "22:00 - 06:00. Hinweis: nachts."),
        ],
    ),
    "transcribed with time marks behind": (
        TXT,
        "I: Was haben Sie gemacht? #00:00:05-3#\nB: Ich war Köchin. #00:00:09-1#\n"
        "I: Und dann? #00:00:12-0#\nB: Nichts. #00:00:15-0#",
        [
            ("I", "Was haben Sie gemacht? #00:00:05-3#"),
            ("B", "Ich war Köchin. #00:00:09-1#"),
            ("I", "Und dann? #00:00:12-0#"),
            ("B", "Nichts. #00:00:15-0#"),
        ],
    ),
    "Q. and A.": (
        TXT,
        "Q. What did you do?\nA. I was a cook.\nQ. And then?\nA. Nothing.",
        [("Q", "What did you do?"), ("A", "I was a cook."), ("Q", "And then?"), ("A", "Nothing.")],
    ),
    "Q: and A:": (
        TXT,
        "Q: What did you do?\nA: I was a cook.\n\nQ: And then?\nA: Nothing.",
        [("Q", "What did you do?"), ("A", "I was a cook."), ("Q", "And then?"), ("A", "Nothing.")],
    ),
    "Frage und Antwort": (
        TXT,
        "Frage: Was?\nAntwort: Das.\nFrage: Wie?\nAntwort: So.",
        [("Frage", "Was?"), ("Antwort", "Das."), ("Frage", "Wie?"), ("Antwort", "So.")],
    ),
    "blank before the colon, French": (
        TXT,
        "Recruteur : Bonjour, parlez-moi de vous.\n"
        "Mme Lefèvre : Bonjour. J'ai un diplôme : un master.\nRecruteur : Pourquoi ?\n"
        "Mme Lefèvre : Par goût.",
        [
            ("Recruteur", "Bonjour, parlez-moi de vous."),
            ("Mme Lefèvre", "Bonjour. J'ai un diplôme : un master."),
            ("Recruteur", "Pourquoi ?"),
            ("Mme Lefèvre", "Par goût."),
        ],
    ),
    "Spanish": (
        TXT,
        "Entrevistador: ¿Qué hacía?\nSra. Núñez: Era enfermera: turnos de 12:00 a 20:00.\n"
        "Entrevistador: ¿Y luego?\nSra. Núñez: Nada.",
        [
            ("Entrevistador", "¿Qué hacía?"),
            ("Sra. Núñez", "Era enfermera: turnos de 12:00 a 20:00."),
            ("Entrevistador", "¿Y luego?"),
            ("Sra. Núñez", "Nada."),
        ],
    ),
    "rolling captions of YouTube": (
        VTT,
        "WEBVTT\nKind: captions\nLanguage: en\n\n"
        "00:00:00.160 --> 00:00:02.389 align:start position:0%\n \n"
        "so<00:00:00.500><c> tell</c><00:00:00.700><c> me</c>\n\n"
        "00:00:02.389 --> 00:00:02.399 align:start position:0%\nso tell me\n \n\n"
        "00:00:02.399 --> 00:00:04.000 align:start position:0%\nso tell me\n"
        "about<00:00:02.600><c> redis</c>\n\n"
        "00:00:04.000 --> 00:00:04.010 align:start position:0%\nabout redis\n \n\n"
        "00:00:04.010 --> 00:00:06.000 align:start position:0%\nabout redis\n"
        "and<00:00:04.500><c> streams</c>\n",
        [("Unknown", "so tell me about redis and streams")],
    ),
    "rolling captions in subrip": (
        SRT,
        "1\n00:00:00,000 --> 00:00:02,000\nso tell me\n\n2\n00:00:01,000 --> 00:00:03,000\n"
        "so tell me\nabout redis\n\n3\n00:00:02,000 --> 00:00:04,000\nabout redis\n"
        "and streams\n",
        [("Unknown", "so tell me about redis and streams")],
    ),
    "the same word again is said again": (
        VTT,
        "WEBVTT\n\n00:01.000 --> 00:02.000\nAnn: Really?\n\n00:02.000 --> 00:03.000\n"
        "Jane: Yes.\n\n00:03.000 --> 00:04.000\nYes.\n\n00:04.000 --> 00:05.000\nYes.",
        [("Ann", "Really?"), ("Jane", "Yes. Yes. Yes.")],
    ),
    "rolling w speaker": (
        VTT,
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nAnn Lee: tell me\n\n"
        "00:00:02.000 --> 00:00:03.000\nAnn Lee: tell me\nabout redis\n\n"
        "00:00:03.000 --> 00:00:04.000\nabout redis\nplease\n\n"
        "00:00:04.000 --> 00:00:05.000\nplease\nJane Smith: sure",
        [("Ann Lee", "tell me about redis please"), ("Jane Smith", "sure")],
    ),
    "empty voice": (
        VTT,
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann Lee>Hi.</v>\n\n00:02.000 --> 00:03.000\n"
        "<v >Hello.</v>\n\n00:03.000 --> 00:04.000\n<v ->Well.</v>\n\n"
        "00:04.000 --> 00:05.000\n<v Ann Lee>So.</v>",
        [("Ann Lee", "Hi."), ("Unknown", "Hello. Well."), ("Ann Lee", "So.")],
    ),
    "voice across": (
        VTT,
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann\nLee>Hi\nthere.</v>\n\n"
        "00:02.000 --> 00:03.000\n<v.a.b Jane Smith>Hello.",
        [("Ann Lee", "Hi there."), ("Jane Smith", "Hello.")],
    ),
    "voices+labels": (
        VTT,
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann Lee>Hi.</v>\n\n00:02.000 --> 00:03.000\n"
        "Jane Smith: Hello.\n\n00:03.000 --> 00:04.000\nAnn Lee: So.\n\n"
        "00:04.000 --> 00:05.000\nJane Smith: Yes: so.",
        [
            ("Ann Lee", "Hi."),
            ("Jane Smith", "Hello."),
            ("Ann Lee", "So."),
            ("Jane Smith", "Yes: so."),
        ],
    ),
    "ids speaker n lots": (
        VTT,
        "WEBVTT\n\nspeaker_0-1\n00:01.000 --> 00:02.000\nHi.\n\nspeaker_1-2\n"
        "00:02.000 --> 00:03.000\nHello.\n\nspeaker_0-3\n00:03.000 --> 00:04.000\nWhy?",
        [("speaker_0", "Hi."), ("speaker_1", "Hello."), ("speaker_0", "Why?")],
    ),
    "ids counts": (
        VTT,
        "WEBVTT\n\ncue-1\n00:01.000 --> 00:02.000\nAnn: Hi.\n\ncue-2\n"
        "00:02.000 --> 00:03.000\nJane: Hello.",
        [("Ann", "Hi."), ("Jane", "Hello.")],
    ),
    "ids single names": (
        VTT,
        "WEBVTT\n\nAnn\n00:01.000 --> 00:02.000\nHi.\n\nJane\n00:02.000 --> 00:03.000\n"
        "Hello.\n\nAnn\n00:03.000 --> 00:04.000\nWhy?",
        [("Ann", "Hi."), ("Jane", "Hello."), ("Ann", "Why?")],
    ),
    "ids 2 single once": (
        VTT,
        "WEBVTT\n\nAnn\n00:01.000 --> 00:02.000\nHi.\n\nJane\n00:02.000 --> 00:03.000\nHello.",
        [("Ann", "Hi."), ("Jane", "Hello.")],
    ),
    "ids Ann-1 Jane-1": (
        VTT,
        "WEBVTT\n\nAnn-1\n00:01.000 --> 00:02.000\nHi.\n\nJane-1\n00:02.000 --> 00:03.000\n"
        "Hello.\n\nAnn-2\n00:03.000 --> 00:04.000\nWhy?\n\nJane-2\n"
        "00:04.000 --> 00:05.000\nSo.",
        [("Ann", "Hi."), ("Jane", "Hello."), ("Ann", "Why?"), ("Jane", "So.")],
    ),
    "ids names no blanks": (
        VTT,
        "WEBVTT\n\nSpeaker 1\n00:01.000 --> 00:02.000\nHi.\nSpeaker 2\n"
        "00:02.000 --> 00:03.000\nHello.\nSpeaker 1\n00:03.000 --> 00:04.000\nWhy?",
        [("Speaker 1", "Hi."), ("Speaker 2", "Hello."), ("Speaker 1", "Why?")],
    ),
    "ids: interviewer": (
        VTT,
        "WEBVTT\n\nInterviewer\n00:01.000 --> 00:02.000\nHi.\n\nCandidate\n"
        "00:02.000 --> 00:03.000\nHello.",
        [("Interviewer", "Hi."), ("Candidate", "Hello.")],
    ),
    "ids intro": (
        VTT,
        "WEBVTT\n\nintroduction\n00:01.000 --> 00:02.000\nAnn: Hi.\n\nexperience\n"
        "00:02.000 --> 00:03.000\nJane: Hello.\n\nclosing\n00:03.000 --> 00:04.000\n"
        "Ann: Bye.",
        [("Ann", "Hi."), ("Jane", "Hello."), ("Ann", "Bye.")],
    ),
    "note speaker": (
        VTT,
        "WEBVTT\n\nNOTE speaker: Ann Lee\n\n00:01.000 --> 00:02.000\nHi.\n\n"
        "NOTE speaker: Jane Smith\n\n00:02.000 --> 00:03.000\nHello.",
        [("Ann Lee", "Hi."), ("Jane Smith", "Hello.")],
    ),
    "deepgram": (
        SRT,
        "1\n00:00:01,000 --> 00:00:02,000\n[speaker 0]\nHi there.\n\n2\n"
        "00:00:02,000 --> 00:00:03,000\nHow are you?\n\n3\n00:00:03,000 --> 00:00:04,000\n"
        "[speaker 1]\nFine.",
        [("speaker 0", "Hi there. How are you?"), ("speaker 1", "Fine.")],
    ),
    "aws": (
        TXT,
        "spk_0: Hi there.\nspk_1: Hello.\nspk_0: So.",
        [("spk_0", "Hi there."), ("spk_1", "Hello."), ("spk_0", "So.")],
    ),
    "aws br": (
        TXT,
        "[00:00:01] spk_0: Hi there.\n[00:00:03] spk_1: Hello.",
        [("spk_0", "Hi there."), ("spk_1", "Hello.")],
    ),
    "txt brackets": (
        TXT,
        "(speaker 0) Hi there.\n(speaker 1) Hello.\n(speaker 0) So.",
        [("speaker 0", "Hi there."), ("speaker 1", "Hello."), ("speaker 0", "So.")],
    ),
    "txt sq": (
        TXT,
        "[Speaker 1] Hi there.\n[Speaker 2] Hello (laughs).\n[Speaker 1] So.",
        [("Speaker 1", "Hi there."), ("Speaker 2", "Hello (laughs)."), ("Speaker 1", "So.")],
    ),
    "SPEAKER_00 alone": (
        TXT,
        "SPEAKER_00\nHi there.\n\nSPEAKER_01\nHello.\n\nSPEAKER_00\nSo.",
        [("SPEAKER_00", "Hi there."), ("SPEAKER_01", "Hello."), ("SPEAKER_00", "So.")],
    ),
    "digits label": (
        TXT,
        "1: Hi there.\n2: Hello.\n1: So.\n2: Yes.",
        [("1", "Hi there."), ("2", "Hello."), ("1", "So."), ("2", "Yes.")],
    ),
    "irc": (
        TXT,
        "<ann> Hi there.\n<jane> Hello.\n<ann> So.\n<jane> Yes.",
        [("ann", "Hi there."), ("jane", "Hello."), ("ann", "So."), ("jane", "Yes.")],
    ),
    "screenplay": (
        TXT,
        "ANN\nHi there.\n\nJANE\nHello.\nI am here.\n\nANN\nSo.\n\nJANE\nYes.",
        [("ANN", "Hi there."), ("JANE", "Hello. I am here."), ("ANN", "So."), ("JANE", "Yes.")],
    ),
    "third once": (
        TXT,
        "Ann: Hi.\nJane: Hello.\nAnn: So?\nJane: Yes.\nCarol: May I?\nAnn: Sure.",
        [
            ("Ann", "Hi."),
            ("Jane", "Hello."),
            ("Ann", "So?"),
            ("Jane", "Yes."),
            ("Carol", "May I?"),
            ("Ann", "Sure."),
        ],
    ),
    "redis once": (
        TXT,
        "Ann: Hi. Which stores?\nJane: I know three.\nRedis: it is quick.\n"
        "Postgres: it is safe.\nAnn: So?\nJane: Yes.",
        [
            ("Ann", "Hi. Which stores?"),
            ("Jane", "I know three. Redis: it is quick. Postgres: it is safe."),
            ("Ann", "So?"),
            ("Jane", "Yes."),
        ],
    ),
    "wrapped": (
        TXT,
        "Ann Lee: Hi. When was\nit down?\n\nJane Smith: From\n00:10:00 to 00:20:00 on\n"
        "12.01.2024 it was\n10:1 against us.\n\nAnn Lee: Port?\n\n"
        "Jane Smith: 8080: of course.",
        [
            ("Ann Lee", "Hi. When was it down?"),
            ("Jane Smith", "From 00:10:00 to 00:20:00 on 12.01.2024 it was 10:1 against us."),
            ("Ann Lee", "Port?"),
            ("Jane Smith", "8080: of course."),
        ],
    ),
    "unnumbered srt w year": (
        SRT,
        "1\n00:00:01,000 --> 00:00:02,000\nAnn: When?\n2\n00:00:02,000 --> 00:00:03,000\n"
        "Jane: In\n1999\n3\n00:00:03,000 --> 00:00:04,000\nAnn: Ok\n",
        [("Ann", "When?"), ("Jane", "In 1999"), ("Ann", "Ok")],
    ),
    "vtt no ids w year": (
        VTT,
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nAnn: When?\n"
        "00:00:02.000 --> 00:00:03.000\nJane: In\n1999\n00:00:03.000 --> 00:00:04.000\n"
        "Ann: Ok\n",
        [("Ann", "When?"), ("Jane", "In 1999"), ("Ann", "Ok")],
    ),
    "arrow in speech": (
        VTT,
        "WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\nAnn: What flows?\n\n2\n"
        "00:00:02.000 --> 00:00:03.000\nJane: A -> B --> C\n10:00 --> 11:00\nand so on\n\n"
        "3\n00:00:03.000 --> 00:00:04.000\nAnn: Ok",
        [("Ann", "What flows?"), ("Jane", "A -> B --> C 10:00 --> 11:00 and so on"), ("Ann", "Ok")],
    ),
    "clock lines": (
        SRT,
        "1\n00:00:01,000 --> 00:00:02,000\nAnn: When?\n\n2\n00:00:02,000 --> 00:00:03,000\n"
        "22:00 - 06:00\n\n3\n00:00:03,000 --> 00:00:04,000\n10:30:00\n\n4\n"
        "00:00:04,000 --> 00:00:05,000\nJane: 09:00 --> 17:00",
        [("Ann", "When? 22:00 - 06:00 10:30:00"), ("Jane", "09:00 --> 17:00")],
    ),
    ">> unnamed": (
        SRT,
        "1\n00:00:01,000 --> 00:00:02,000\n>> Hello there.\n\n2\n"
        "00:00:02,000 --> 00:00:03,000\n>> Hi.\nHow are you?",
        [("Unknown", "Hello there."), ("Unknown", "Hi. How are you?")],
    ),
    "single cue bracket": (
        VTT,
        "WEBVTT\n\n00:01.000 --> 00:02.000\n[Jane Smith] Hello.\n\n"
        "00:02.000 --> 00:03.000\n[laughs] Well.\n\n00:03.000 --> 00:04.000\n"
        "[Ann Lee] So.\n\n00:04.000 --> 00:05.000\n[Jane Smith] Yes.\n\n"
        "00:04.000 --> 00:05.000\n[Ann Lee] Bye.",
        [
            ("Jane Smith", "Hello. [laughs] Well."),
            ("Ann Lee", "So."),
            ("Jane Smith", "Yes."),
            ("Ann Lee", "Bye."),
        ],
    ),
    "cn": (
        TXT,
        "面试官：请介绍一下自己。\n王小明：我是工程师。\n面试官：为什么？\n王小明：因为喜欢。",
        [
            ("面试官", "请介绍一下自己。"),
            ("王小明", "我是工程师。"),
            ("面试官", "为什么？"),
            ("王小明", "因为喜欢。"),
        ],
    ),
    "bom crlf": (
        VTT,
        "\ufeffWEBVTT\r\n\r\n00:00.000 --> 00:01.000\r\nJane: Hi\r\n",
        [("Jane", "Hi")],
    ),
    "srt bom+blank lead": (
        SRT,
        "\ufeff\n\n1\n00:00:00,000 --> 00:00:01,000\nJane: Hi\n",
        [("Jane", "Hi")],
    ),
    "srt coords": (
        SRT,
        "1\n00:00:00,000 --> 00:00:01,000 X1:10 X2:20 Y1:3 Y2:4\nJane: Hi\n",
        [("Jane", "Hi")],
    ),
    "vtt pad": (
        VTT,
        "WEBVTT - Interview\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n\n"
        "  00:00:00.000  -->  00:00:01.000  \n  Jane: Hi\n",
        [("Jane", "Hi")],
    ),
    "html ents": (
        VTT,
        "WEBVTT\n\n00:00.000 --> 00:01.000\n<v Jane &amp; Bob>A &lt; B &amp;&amp; C&nbsp;D</v>\n",
        [("Jane & Bob", "A < B && C D")],
    ),
    "generic angle": (
        VTT,
        "WEBVTT\n\n00:00.000 --> 00:01.000\nJane: a List<String> and Map<int, v> x <y> <3",
        [("Jane", "a List<String> and Map<int, v> x <y> <3")],
    ),
    "rev2": (
        TXT,
        "Speaker 1 (00:02):\nHi there.\n\nSpeaker 2 (00:05):\nHello.\n",
        [("Speaker 1", "Hi there."), ("Speaker 2", "Hello.")],
    ),
    "notta": (
        TXT,
        "Speaker 1  00:02\nHi there.\nSpeaker 2  00:05\nHello.\n",
        [("Speaker 1", "Hi there."), ("Speaker 2", "Hello.")],
    ),
    "sonix": (
        TXT,
        "Ann: [00:00:02] Hi there.\nJane: [00:00:05] Hello.\n",
        [("Ann", "Hi there."), ("Jane", "Hello.")],
    ),
    "amber": (
        TXT,
        "00:00:02\nSpeaker 1: Hi there.\n\n00:00:05\nSpeaker 2: Hello.\n",
        [("Speaker 1", "Hi there."), ("Speaker 2", "Hello.")],
    ),
    "whisper no names": (
        TXT,
        "[00:00.000 --> 00:02.000]  Hi there.\n[00:02.000 --> 00:04.000]  Hello.\n",
        [("Unknown", "Hi there. Hello.")],
    ),
    "bold md": (
        SRT,
        "1\n00:00:01,000 --> 00:00:02,000\n<b>Ann:</b> Hi\n\n2\n"
        "00:00:02,000 --> 00:00:03,000\n<b>Jane</b>: Ho",
        [("Ann", "Hi"), ("Jane", "Ho")],
    ),
    "italic noise": (
        SRT,
        "1\n00:00:01,000 --> 00:00:02,000\nANN: Hi\n(MUSIC PLAYING)\n\n2\n"
        "00:00:02,000 --> 00:00:03,000\n<i>JANE: Ho</i>\n[LAUGHTER]",
        [("ANN", "Hi (MUSIC PLAYING)"), ("JANE", "Ho [LAUGHTER]")],
    ),
    "fathom": (
        TXT,
        "@0:01 - Ann Lee (Acme)\nHi there.\n\n@0:05 - Jane Smith\nHello: you.\n\n"
        "@0:09 - Ann Lee (Acme)\nSo.",
        [("Ann Lee (Acme)", "Hi there."), ("Jane Smith", "Hello: you."), ("Ann Lee (Acme)", "So.")],
    ),
    "read.ai": (
        TXT,
        "0:00 - Ann Lee\nHi there.\n\n0:05 - Jane Smith\nHello: you.\n",
        [("Ann Lee", "Hi there."), ("Jane Smith", "Hello: you.")],
    ),
    "gmeet caption": (
        TXT,
        "Ann Lee\n10:02 AM\nHi there.\nJane Smith\n10:03 AM\nHello.\nAnn Lee\n10:04 AM\nSo.",
        [("Ann Lee", "Hi there."), ("Jane Smith", "Hello."), ("Ann Lee", "So.")],
    ),
    "zoom chat": (
        TXT,
        "10:02:13\t From Ann Lee : Hi there.\n10:03:13\t From Jane Smith : Hello.\n"
        "10:04:13\t From Ann Lee : So.",
        [("Ann Lee", "Hi there."), ("Jane Smith", "Hello."), ("Ann Lee", "So.")],
    ),
    "comma times": (
        TXT,
        "Ann Lee, 00:01\nHi there.\n\nJane Smith, 00:05\nHello.",
        [("Ann Lee", "Hi there."), ("Jane Smith", "Hello.")],
    ),
    "header roles": (
        TXT,
        "Interviewer: Ann Lee\nCandidate: Jane Smith\n\nAnn Lee: Hi there.\n"
        "Jane Smith: Hello.\nAnn Lee: So.\nJane Smith: Yes.",
        [
            ("Ann Lee", "Hi there."),
            ("Jane Smith", "Hello."),
            ("Ann Lee", "So."),
            ("Jane Smith", "Yes."),
        ],
    ),
    "name with role each": (
        TXT,
        "Jane Smith (Candidate): Hi there.\nAnn Lee (Acme, Interviewer): Hello.\n"
        "Jane Smith (Candidate): So.",
        [
            ("Jane Smith (Candidate)", "Hi there."),
            ("Ann Lee (Acme, Interviewer)", "Hello."),
            ("Jane Smith (Candidate)", "So."),
        ],
    ),
    "quoted label": (
        TXT,
        '"Ann": Hi there.\n"Jane": Hello.\n"Ann": So.',
        [("Ann", "Hi there."), ("Jane", "Hello."), ("Ann", "So.")],
    ),
    "two-line tight labels": (
        TXT,
        "Ann:\nHi there.\n\nJane:\nHello.\nI am here: now.\n\nAnn:\nSo.",
        [("Ann", "Hi there."), ("Jane", "Hello. I am here: now."), ("Ann", "So.")],
    ),
    "numbered lines": (
        TXT,
        "1 Ann: Hi there.\n2 Jane: Hello.\n3 Ann: So.\n4 Jane: Yes.",
        [("Ann", "Hi there."), ("Jane", "Hello."), ("Ann", "So."), ("Jane", "Yes.")],
    ),
    "indented": (
        TXT,
        "    Ann:  Hi there.\n          More.\n    Jane: Hello.\n    Ann:  So.",
        [("Ann", "Hi there. More."), ("Jane", "Hello."), ("Ann", "So.")],
    ),
    "bullets lines in speech": (
        TXT,
        "Ann: Hi.\nJane: Three things:\n- speed: it matters\n- cost: it matters\n"
        "- Safety: it matters\nAnn: So.\nJane: Yes.",
        [
            ("Ann", "Hi."),
            ("Jane", "Three things: - speed: it matters - cost: it matters - Safety: it matters"),
            ("Ann", "So."),
            ("Jane", "Yes."),
        ],
    ),
    "torn ids": (
        SRT,
        "1\n\n00:00:01,000 --> 00:00:02,000\n\nAnn: Hi\n\n2\n\n"
        "00:00:02,000 --> 00:00:03,000\n\nJane: Ho",
        [("Ann", "Hi"), ("Jane", "Ho")],
    ),
    "neg": (
        VTT,
        "WEBVTT\n\n00:00:00 --> 00:00:02.5 align:middle\nJane: Hi\n\n"
        "00:00:03.5 --> 00:00:04\nAnn: Ho",
        [("Jane", "Hi"), ("Ann", "Ho")],
    ),
    "colour": (
        VTT,
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<c.yellow>Hi.</c>\n\n00:02.000 --> 00:03.000\n"
        "<c.cyan>Hello.</c>",
        [("Unknown", "Hi. Hello.")],
    ),
}


@pytest.mark.parametrize("kind", OTHER_TALKS)
def test_a_talk_is_read_as_it_was(kind: str) -> None:
    format, text, expected = OTHER_TALKS[kind]
    assert said(text, format) == expected
