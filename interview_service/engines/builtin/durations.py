"""How long something is to last, as people write it: "45 min", "1h30", "an hour and a half"."""

import re
from dataclasses import dataclass

_UNITS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20,
    "twenty-five": 25, "thirty": 30, "thirty-five": 35, "forty": 40, "fourty": 40,
    "forty-five": 45, "fifty": 50, "fifty-five": 55, "sixty": 60, "seventy": 70, "seventy-five": 75,
    "eighty": 80, "ninety": 90,
    "eine": 1, "einer": 1, "zwei": 2, "drei": 3, "funf": 5, "zehn": 10, "funfzehn": 15,
    "zwanzig": 20, "dreissig": 30, "vierzig": 40, "funfundvierzig": 45, "sechzig": 60,
    "neunzig": 90, "une": 1, "deux": 2, "trois": 3, "cinq": 5, "dix": 10, "quinze": 15,
    "vingt": 20, "trente": 30, "quarante": 40, "quarante-cinq": 45, "soixante": 60,
    "una": 1, "dos": 2, "tres": 3, "cinco": 5, "diez": 10, "quince": 15, "veinte": 20,
    "treinta": 30, "cuarenta": 40, "sesenta": 60, "noventa": 90,
}  # fmt: skip
_UNITS |= {
    ten.replace("-", joint): number
    for ten, number in list(_UNITS.items())
    if ten.endswith("-five")
    for joint in (" ", "")
}
# a word is a number only where it stands alone: "5 am" has no minute
_NUMBER = rf"(?:\d{{1,3}}|(?:{'|'.join(sorted(_UNITS, key=len, reverse=True))})(?![a-z]))"
_HOUR = r"(?:hours?|hrs?|h|stunden?|std|heures?|horas?)"
_MINUTE = r"(?:minutes?|minuten?|minutos?|minuets|minuts|mins?|m)"
_FIXED = (
    (r"(?:one|an|1) hour and a half|one and a half hours?|hour and a half|anderthalb stunden|"
     r"eineinhalb stunden|une heure et demie|hora y media|una hora y media", 90),
    (r"(?:one|an|1) hour and a quarter|one and a quarter hours?|hour and a quarter|"
     r"une heure et quart|hora y cuarto|una hora y cuarto", 75),
    (r"(?:one|an|1) hour and three quarters|one and three quarters? hours?|"
     r"hour and three quarters", 105),
    (r"two and a half hours|two hours and a half|zweieinhalb stunden|deux heures et demie|"
        r"dos horas y media", 150),
    (r"three[ -]quarters of an hour|3/4 (?:of an )?h(?:ours?|rs?)?|¾ ?(?:of an )?h(?:ours?|rs?)?|"
     r"dreiviertelstunde|dreiviertel stunde|"
     r"trois[ -]quarts d'heure|tres cuartos de hora", 45),
    (r"quarter of an hour|quarter[ -]hour|viertelstunde|viertel stunde|quart d'heure|"
     r"cuarto de hora", 15),
    (r"(?:the|a|one|that) (?:full|whole|entire) hour|the hour(?! (?:and|or))|eine volle stunde|"
     r"die volle stunde|l'heure entiere|la hora entera", 60),
    (r"half an hour|half[ -]hour|half a hour|1/2 (?:an )?h(?:ours?|rs?)?|"
     r"½ ?(?:an )?h(?:ours?|rs?)?|halbe stunde|halben stunde|demi-heure|"
     r"demie heure|demi heure|media hora", 30),
)  # fmt: skip
_DURATION = re.compile(
    r"(?<![\w.,:])(?:"
    + "|".join(f"(?P<fixed{index}>{words})" for index, (words, _) in enumerate(_FIXED))
    + r"|(?P<colon>[0-4]:[0-5]\d)(?: ?h(?:ours?)?)?"
    + r"|(?P<decimal>\d{1,2}[.,]\d{1,2})[ -]?" + _HOUR
    + rf"|(?P<hours>{_NUMBER})[ -]?(?:(?:full|whole|good|solid|entire|ganze|"
        rf"volle) )?{_HOUR}(?:(?: and| und| et|"
    rf" y)? ?(?P<rest>{_NUMBER})(?:[ -]?{_MINUTE})?)?"
    + rf"|(?:(?P<low>\d{{1,3}}) ?(?:-|to|or|bis|a) ?)?(?P<minutes>{_NUMBER})[ -]?"
    + rf"(?:(?:more |fewer |extra |less |mehr |weniger |mas |menos )?{_MINUTE}|['′])"
    + r")(?!\w)"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Duration:
    """A number of minutes, and where it is written in the text."""

    minutes: int
    start: int
    end: int


def durations_in(text: str) -> list[Duration]:
    """Return the durations in a folded text (lower case, no accents), in its order."""
    return [
        Duration(minutes, match.start(), match.end())
        for match in _DURATION.finditer(text)
        if 0 < (minutes := _minutes_of(match)) <= _LONGEST
    ]


_LONGEST = 24 * 60


def number_of(word: str) -> int:
    """Return the number that digits or a number word say."""
    return int(word) if word.isdigit() else _UNITS[word]


NUMBER = _NUMBER


def _minutes_of(match: re.Match[str]) -> int:
    for index, (_, minutes) in enumerate(_FIXED):
        if match[f"fixed{index}"]:
            return minutes
    if match["colon"]:
        hours, _, rest = match["colon"].partition(":")
        return int(hours) * 60 + int(rest)
    if match["decimal"]:
        return round(float(match["decimal"].replace(",", ".")) * 60)
    if match["hours"]:
        return number_of(match["hours"]) * 60 + (number_of(match["rest"]) if match["rest"] else 0)
    return number_of(match["minutes"])
