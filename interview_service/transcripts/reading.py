"""Reads a transcript file: WebVTT, SubRip or plain text, from bytes to turns."""

import codecs
import re
from enum import StrEnum

from interview_service.transcripts import cues, plain
from interview_service.transcripts.turns import (
    ParsedTranscript,
    TranscriptNotText,
    TranscriptUnreadable,
)

MAX_BYTES = 1024 * 1024
MAX_WARNINGS = 20


class TranscriptFormat(StrEnum):
    """The files that are understood, by media type."""

    WEBVTT = "text/vtt"
    SUBRIP = "application/x-subrip"
    PLAIN = "text/plain"


def parse(data: bytes, format: TranscriptFormat) -> ParsedTranscript:
    """Read a file of at most 1 MiB: UTF-8, or UTF-16 with a byte order mark; any line ends.

    Runs of white space become one space. `at` is `HH:MM:SS.mmm` from the beginning of the file.
    Cues in a row by one speaker are one turn; a turn of more than 100,000 characters goes on in
    another of the same speaker. Words without a speaker belong to the speaker before; in cues and
    in text with times there may be none, which is then "Unknown". A mark that may name a speaker
    and was not taken for one is told in the warnings, of which there are at most 20.

    :raise TranscriptUnreadable: the file is not of that format, or breaks a limit; names the line.
    """
    lines = _lines(data)
    if format is TranscriptFormat.PLAIN and not cues.are_in(lines):
        parsed = plain.read(lines)
    else:
        webvtt = format is TranscriptFormat.WEBVTT or lines[0].startswith("WEBVTT")
        parsed = cues.read(lines, webvtt=webvtt)
    return ParsedTranscript(parsed.turns, _bounded(parsed.warnings))


def _bounded(warnings: tuple[str, ...]) -> tuple[str, ...]:
    different = tuple(dict.fromkeys(warnings))
    if len(different) <= MAX_WARNINGS:
        return different
    shown = MAX_WARNINGS - 1
    return (*different[:shown], f"{len(different) - shown} more places like these.")


_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
_LINE_END = re.compile(r"\r\n|\r|\n")


def _lines(data: bytes) -> list[str]:
    if len(data) > MAX_BYTES:
        raise TranscriptUnreadable(f"the file is larger than {MAX_BYTES} bytes")
    mark, codec, name = next(
        (each for each in _MARKS if data.startswith(each[0])), (b"", "utf-8", "UTF-8")
    )
    body = data[len(mark) :]
    try:
        text = body.decode(codec)
    except UnicodeDecodeError as error:
        place = f"byte 0x{body[error.start]:02X} at offset {len(mark) + error.start}"
        before = body[: error.start].decode(codec, "replace")
        raise TranscriptNotText(f"{place} is not {name}", _line_of(before)) from None
    nul = text.find("\x00")
    if nul >= 0:
        raise TranscriptNotText("must not contain U+0000", _line_of(text[:nul]))
    lines = _LINE_END.split(text.removeprefix("\ufeff"))
    if not any(line.strip() for line in lines):
        raise TranscriptUnreadable("the file is empty")
    return lines


def _line_of(before: str) -> int:
    return len(_LINE_END.split(before))
