"""The words around a number of minutes: what it is said of, and whether it is a "
"length or a change."""

import re

BARE_MINUTES = re.compile(
    r"\b(?:make it|keep it (?:to|at|under)|keep it|cut it (?:down )?to|cut to|down to|in|to|under|"
    r"max|at|only have|just have|only|do) (?P<n>[1-9]\d{1,2})(?: (?:please|pls|max|tops|"
    r"total|in total|instead|for .+|on .+))?$"
)
BARE_AMOUNT = re.compile(r"^(?:and |only |just )?(?P<n>[1-9]\d{0,2})(?= (?:for|on|to|of)\b)")
BARE_DURATION = re.compile(
    r"(?:(?:say|maybe|perhaps|about|around|roughly|like|something like|let's say|ideally|i'd say|"
    r"make it|so|at least|min|minimum|max|maximum|up to|a good|a full|for|give it|call it) ?)*\|"
    r"(?: ?(?:say|or so|ish|max|maximum|minimum|at least|tops|at most|please|maybe|perhaps|ideally|"
    r"i'd say|if possible|should do|will do|would do|would be (?:good|great|nice|fine|enough)|"
    r"is (?:enough|fine|good)|instead|rather))*"
)
BARE_LENGTH = re.compile(
    r"(?:rather |better |make that |make it |let's say |let's do |then |say )?"
    r"(?P<n>[2-9][05]|1[0-8][05]|15)"
    r"(?: (?:was|is|were|would be|will be|seems) (?:fine|ok|okay|good|better|best|enough|plenty|"
    r"right|perfect|great|ideal))?(?: (?:after all|please|then))*"
)
NOT_THAT_LONG = re.compile(r"(?:instead of|rather than|not|statt|au lieu de|en vez de)(?: the)? ?$")
FROM_TO = re.compile(
    r"\bfrom\b.+\bto\b|^(?:change|cut|reduce|extend|shorten) [^a-z]*\d.+\bto\b|\b(?:von|"
    r"de) \d.+\b(?:auf|a) \d"
)
BY_HOW_MUCH = re.compile(
    r"\b(?P<less>(?:fewer|less|weniger|menos) (?:minutes?|mins?|minuten|minutos))\b"
    r"|\b(?P<off>(?:minutes?|mins?|m|hour|'|minuten|minutos) "
    r"(?:less|shorter|off|fewer|weniger|kurzer|de moins|menos))\b"
    r"|\b(?:minutes?|mins?|m|hour|'|minuten|minutos) (?:more|longer|extra|mehr|langer|"
    r"de plus|mas)\b"
    r"|\b(?:more|extra|mehr|mas) (?:minutes?|mins?|minuten|minutos)\b"
    r"|\b(?P<cut>(?:cut|shorten|reduce|trim|shave)\b.* by (?=\d|ten|five|a quarter|half|"
    r"fifteen|twenty)"
    r"|(?:cut|shave|take|knock|trim|drop) (?:off )?(?:another )?(?:\d+|ten|five|fifteen|twenty)"
    r"(?: ?(?:minutes?|mins?|m))? (?:off|from|out of|away))"
    r"|^(?:add|give (?:it|.{1,40}?)|extra) (?:another |an extra |an additional )"
    r"|^(?:add|extra) (?:\d+ |ten |five |fifteen )"
    r"|\b(?:extend|lengthen|increase)\b.* by (?=\d|ten|five|a quarter|half|fifteen|twenty)"
)
TO_HOW_MUCH = re.compile(r"\b(?:to|at|under|within|auf|a)$")
SAID_OF = re.compile(
    r"^(?:(?:free|spare|open|max|maximum|tops|at most|at least|minimum|is enough|are enough|only|"
    r"each|"
    r"should be enough|is plenty|more|less|longer|shorter|extra|of time|long|off|fewer|"
    r"mehr|weniger)[ ,]*)*"
    r"(?:for|on|about|of|to|from|fur|zum|zur|zu|pour|sur|para|sobre|in|und|"
    r"on the topic of|dedicated to|worth of|with)\b (?P<x>.+)"
)
CUT_TO = re.compile(
    r"^(?:stretch|squeeze|fit|compress|prolong|shrink|condense|fill|block|push|move|cut|reduce|"
    r"shorten|limit|keep|make|trim|bring|extend|expand|increase|set|give|"
    r"get|change|allow|spend|lengthen|raise|cap|take|plan|reserve|schedule|budget|do|want|"
    r"have|put|let|kurze|kurzen|verkurze|reduire|reduisez|limiter|limitez|reducir|reduce|"
    r"acorta|limita|deja)? ?(?P<x>.+?)"
    r"(?:[ :,]+(?:down|back|up|should|shouldn't|should not|must|can|could|may|needs|not|"
    r"to|be|at|is|last|lasts|take|takes|only|about|around|roughly|max|maximum|at most|"
    r"no more than|more than|longer than|exceed|less than|under|for|gets|get|of|in|auf|a|"
    r"en|by|get by with|has|have|dauern|soll|sollte|maximal|hochstens|doit|durer|debe|"
    r"durar|just|the|a|from|with|off|=|-|:|another|an|extra|nur))*:?$"
)
AFTERTHOUGHT = re.compile(
    r"^(?:(?:phone|video|screening|short|long|quick|first|intro|chat|online|remote)\b.{0,30}|"
    r"version|"
    r"variant|format|max|maximum|tops|at most|at least|minimum|min|please|pls|is|are|in total|"
    r"total|overall|"
    r"altogether|instead|long|tomorrow|tmrw|today|would|should|will|shorter|longer|less|more|"
    r"not|rather|because|as|since|enough|only|plz|thanks|insgesamt|maximal|bitte|reichen|reicht|"
    r"au total|maximum|svp|en total|como maximo|por favor|sind|genugen|interview|call|"
    r"session|or|and|off|if|when|suffit|bastan|statt|au lieu|en vez)\b"
)
GETS = re.compile(
    r"^(?P<x>.+?) (?:(?:should|must|can|could|may|shall|will|would|might|has to|have to|needs to|"
    r"need to|ought to|shouldn't|mustn't|can't|cannot|won't)|deserves?|needs?|gets?|merits?|"
    r"warrants?|wants?|requires?|is worth|are worth|"
    r"should (?:get|have|take|last|be)|must (?:get|have)|can (?:get|have|take|be)|could (?:get|"
    r"have)|"
    r"(?:has|have) to (?:get|have|be)|takes?|lasts?)\b"
)
NO_LENGTH_AFTER = re.compile(
    r"^(?:late|early|ago|away|before|each way|by (?:car|bus|train|bike)|of (?:experience|driving|"
    r"walking|commute|commuting)|last (?:time|week|year|month)|into|walk|drive|later|in advance)\b"
)
NO_LENGTH_BEFORE = re.compile(r"\bafter$|\bevery$|\bwaited$|\b(?:been|was|were) (?:about |only )?$")
AT_THE_START = re.compile(
    r"\bat the (?:very )?(?:start|beginning|outset)\b|\bto (?:open|begin|start|kick off|warm up)\b"
)
AT_THE_END = re.compile(r"\bat the (?:very )?end\b|\bto (?:finish|close|wrap up|conclude)\b")
ENOUGH = re.compile(
    r"\b(?:plenty|enough|sufficient|will do|would do|should do|suffices?|max|maximum|tops|at most|"
    r"is fine|is ok|are fine|are ok|would be fine|reicht|reichen|suffit|basta|bastan)\b"
)
OVERALL = re.compile(
    r"\b(?:total|overall|altogether|interview|whole|all in all|entire|call|session|insgesamt)\b"
)
OWN_QUESTIONS = re.compile(r"\b(?:her|his|their|candidate's|candidates'|own) (?:own )?questions\b")
IN_PLACE_OF = re.compile(r"\b(?:instead of|rather than|statt|au lieu d|en vez de|en lugar de)\b")
NEW_PART = re.compile(r"\b(?:section|part|block|segment|slot|round)\b")
