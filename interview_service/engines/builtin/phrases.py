"""How words from a brief stand inside an English sentence: their case, their grammar, what kind
of words they are. Nothing here knows what a skill means."""

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from functools import cache

from interview_service.engines.builtin.tables import read_table
from interview_service.engines.builtin.work import Topic, shared, words_of, works


class Shape(Enum):
    """What kind of words a phrase is."""

    ACTIVITY = "activity"  # wound care, managing vendors
    TOOL = "tool"  # AutoCAD, Zorbnet, milling machines
    STANDARD = "standard"  # ISO 9001, GAAP
    QUALITY = "quality"  # patience, helpfulness
    ADJECTIVE = "adjective"  # outgoing


@cache
def product_names() -> Mapping[str, str]:
    """Return words that are names in any case, in small letters, with their owners' spelling."""
    return {name.casefold(): name for name in read_table("products")["names"].split()}


_PROPER = frozenset(
    (
        *read_table("products")["names"].split(),
        *read_table("products")["capital"].split(),
        *"""
        Pilates Zumba Reiki Thai Swedish Suzuki Waldorf Reggio Bobath Pareto Ishikawa Bayesian
        Monte Kalman Bash English French German Git Italian Lotus Mac Spanish Twitter Unix
        Montessori Agile Scrum Kanban Lean Sigma American European British Chinese Japanese
        Dutch Polish Portuguese Russian Arabic Turkish Mandarin Hindi Latin Gantt
        """.split(),
    )
)
_SMALL = frozenset(
    """a an and as at by for from in into of on or the to under up with without""".split()
)
_VERBS = frozenset(
    """accompany achieve adapt administer advise allocate analyse analyze answer arrange
    assemble assess assist attend bake book bring build butcher calculate calibrate care
    carry clean close coach collaborate collect communicate compile complete conduct
    configure construct coordinate create cultivate cut dance decorate define delegate
    deliver deploy detect determine develop diagnose direct discuss dispatch dispense
    distribute do draft draw drive edit educate enforce engage ensure establish evaluate
    execute explain facilitate feed fill find fix follow forecast formulate foster gather
    generate give greet grow guide handle harvest help hire hold identify implement improve
    increase inform inspect install instruct integrate interact interpret introduce
    investigate keep lead learn lift listen load maintain make manage manufacture measure
    meet mentor milk mix moderate motivate move navigate negotiate obtain operate optimise
    optimize organise organize oversee pack participate perform place play prepare prescribe
    present prevent prioritise prioritize produce promote propose protect provide prune
    purchase read receive recognise recognize recommend reconcile record recruit reduce
    repair replace reply resolve respond restock review run schedule secure select sell
    serve service set sew solve sort speak stack stay stock strengthen supervise supply
    support take talk teach tend translate transport treat troubleshoot understand unload
    update use utilise utilize verify wash watch weld work write""".split()
)
_NOUNS_TOO = frozenset(
    """load lift lead feed fix measure purchase produce sort fill store order grow hire lecture
    cook guide mentor answer book care close design direct draft drive engage help lead milk
    mix move pack
    place play present record repair review run schedule service set stock supply support
    talk treat update use watch wash work stack forecast coach cut dance weld stay clean complete
    secure conduct process influence transport produce tend""".split()
)
"""Verbs that are nouns as well: "support desk" is nothing that one does, "support customers" is."""

SURE_VERBS = (
    _VERBS
    - _NOUNS_TOO
    - frozenset(
        """practice service work place conduct process influence record produce set store stage
    weld repair research contact control""".split()
    )
)
"""Verbs that are no nouns, so that words that begin with one say what one does."""

_OBJECTS = frozenset(
    """a an the all any our your their new other others and with to in on for customers clients
    patients guests people children students teams staff employees users residents it up out
    suppliers vendors""".split()
)
_QUALITY = re.compile(r"\w{3,}(?:ness|ience|ivity|ility|ability|lience|uality|esty|lity|tude|asm)$")
_ADJECTIVE = re.compile(r"\w{3,}(?:able|ible|ive|ful|ous|going|minded|oriented|driven|less)$")
_TOOL_WORDS = frozenset(
    """software system systems app apps tool tools platform platforms suite machine machines
    equipment scanner scanners oven ovens saw saws crane cranes robots printer printers
    database databases programs kit""".split()
)
_CODE = re.compile(r"[A-Z0-9][A-Z0-9&./+-]*[A-Z0-9+]s?$")
_LAW = re.compile(r"[A-Z][A-Za-z]{1,9}[A-Z]{0,2}(?:G|GB|VO|StG)")  # GNotKG, BetrVG, StVO
_MIXED = re.compile(r"(?:[a-z]+[A-Z]|[A-Z][a-z]+[A-Z]|[A-Za-z]+\d)")
_VOWEL_SOUND = re.compile(
    r"(?!once\b|one\b)(?:[aeio]|u(?!ni(?:[^nm]|$)|s[aeiu]|ti|rin|r[aeiou])|hono|hones|hour|heir)",
    re.IGNORECASE,
)
_LETTERS_WITH_A_VOWEL = frozenset("AEFHILMNORSX")


def in_sentence(phrase: str) -> str:
    """Return a phrase as it stands inside a sentence: `Wound Care` as `wound care`, names kept."""
    words = phrase.split()
    if phrase.isupper() and (len(words) > 1 or len(phrase) > 6):
        words = [word.lower() if word.lower() in _prose() else word for word in words]
        return " ".join(words)
    return " ".join(_cased(words, at) for at in range(len(words)))


def _cased(words: Sequence[str], at: int) -> str:
    """Return a word with the capital that it keeps inside a sentence, and no other."""
    word = words[at]
    core = word.strip("()[],;:\"'“”")
    if sum(map(str.isupper, core)) > 1 and "-" not in core:
        return word
    if not core[:1].isupper() or core in _PROPER or _CODE.match(core) or _MIXED.match(core):
        return word
    before = words[at - 1] if at else ""
    following = words[at + 1] if at + 1 < len(words) else ""
    if following in _PROPER or _NUMERAL.fullmatch(following):
        return word
    if before in _BRANDS or before in _PROPER or _MIXED.match(before):
        return word
    if before and _CODE.match(before) and core.lower() not in _prose():
        return word
    if core == "Power" and following in ("BI", "Apps", "Automate", "Query", "Pivot"):
        return word
    if "-" in core:
        parts = core.split("-")
        if any(part in _PROPER or (len(part) > 1 and part.isupper()) for part in parts):
            return word
        if any(part in _SMALL for part in parts):
            return word.lower()
    lower = core.lower()
    known = lower in _prose() or lower in _VERBS or lower in _SMALL
    if known or _looks_common(lower) or (at and words[-1].lower() in _prose()):
        return word.replace(core, lower, 1)
    if len(words) > 1 and _is_common(words[-1].lower()):
        return word.replace(core, lower, 1)
    return word


_NUMERAL = re.compile(r"[IVX]+|\d+[A-Z]?")
_BRANDS = frozenset(
    """MS AWS SAP IBM LinkedIn Power Epic Creative Business Red VMware QuickBooks""".split()
)


def _is_common(word: str) -> bool:
    known = vocabulary()
    return word in known or word.removesuffix("s") in known or word in _SMALL or _looks_common(word)


_COMMON_END = re.compile(
    r"\w{3,}(?:ing|tion|sion|ment|ance|ence|ness|ity|ics|ship|ism|logy|ery|ling|craft|work|care"
    r"|ure|age|ology|sis|tomy|culture|wear|graphy|metry|keeping|making|skill|training"
    r"|inspection)s?$"
)


def _looks_common(word: str) -> bool:
    return _COMMON_END.match(word) is not None


@cache
def vocabulary() -> frozenset[str]:
    """Return English words in lower case: those of the tables of work, names of skills too."""
    topics = [topic for work in works().values() for topic in work.topics]
    keys = [key for topic in (*topics, *_shared_topics()) for key in topic.keys]
    return _prose() | {word for key in keys for word in words_of(key) if len(word) > 2}


def _shared_topics() -> list[Topic]:
    return [topic for name in _GROUPS for topic in shared(name)]


@cache
def _prose() -> frozenset[str]:
    """Return the words of the tables' questions and answers, in lower case."""
    texts: list[str] = []
    topics = [topic for work in works().values() for topic in work.topics]
    for topic in (*topics, *_shared_topics()):
        texts += (topic.name, topic.poor)
        for ask in (topic.past, topic.case):
            texts += (ask.text, *ask.look_for, ask.follow_up)
    for work in works().values():
        texts += (work.sample.ask.text, *work.sample.ask.look_for, *work.words)
    return frozenset(word for text in texts for word in words_of(text) if len(word) > 2)


_GROUPS = ("traits", "leading", "influence", "tools")


def shape_of(phrase: str) -> Shape:
    """Tell what kind of words a phrase is; in doubt an activity, of which most can be asked."""
    words = phrase.split()
    last = words[-1].strip(".,").lower()
    core = phrase.strip("()")
    if len(words) <= 3 and all(_CODE.match(word.strip("()")) for word in words):
        return Shape.ACTIVITY if core.endswith("s") else Shape.STANDARD
    if words[0].upper() in ("ISO", "DIN", "EN", "IEC", "BS", "ANSI", "ASTM"):
        return Shape.STANDARD
    if len(words) > 1 and words[0].lower().endswith("ing") and _is_common(words[0].lower()):
        return Shape.ACTIVITY
    if len(words) == 1 and _LAW.fullmatch(core):
        return Shape.STANDARD
    if len(words) > 1 and last.isdigit():
        return Shape.TOOL
    if last in _TOOL_WORDS or any(_MIXED.match(word) for word in words):
        return Shape.TOOL
    if len(words) == 1:
        lower = core.lower()
        if core == lower and any(map(str.isdigit, core)):
            return Shape.STANDARD
        if _QUALITY.match(lower):
            return Shape.QUALITY
        if _ADJECTIVE.match(lower) and lower not in vocabulary():
            return Shape.ADJECTIVE
        if core[:1].isupper() and not _is_common(lower) and not lower.endswith("s"):
            return Shape.TOOL
    elif all(word[:1].isupper() and not _is_common(word.lower()) for word in words):
        return Shape.TOOL
    return Shape.ACTIVITY


_WITHOUT_ARTICLE = frozenset(
    """work food stock traffic equipment furniture software hardware data law hygiene control
    welfare health safety research music wine bread honey water timber steel concrete glass
    leather stone soil waste energy money payroll english media press sport history theory
    etiquette paperwork feedback advice evidence security quality husbandry therapy surgery
    forestry privacy diplomacy dementia autism policy strategy art accessibility knowledge
    debt credit finance cash tax insurance transport freight cargo stage sound light colour
    practice usage detail hospitality luggage mail parking scale first aid aid repair""".split()
)


def stands_alone(phrase: str) -> bool:
    """Tell whether a phrase needs no article in a sentence: several things, or something that is
    not counted; `customer complaints` and `food hygiene`, but not `rule book`."""
    words = phrase.split()
    last = words[-1].strip("()").lower()
    if "/" in phrase or "&" in phrase or any(char.isdigit() for char in last):
        return False
    if words[0].lower().endswith("ing") and _is_common(words[0].lower()):
        return True
    if last.endswith("s") and not last.endswith(("ss", "us", "is")):
        return len(last) > 3
    return last in _WITHOUT_ARTICLE or (
        _looks_common(last) and not last.endswith(("ure", "age", "skill", "sis"))
    )


_ADJECTIVES = frozenset(
    """literate numerate savvy fit strong smart tidy clean neat fast quick organised organized
    experienced qualified trained certified motivated fluent bilingual friendly polite honest loyal
    confident mature punctual presentable outgoing bubbly energetic artistic calm caring gentle kind
    available independent conscious aware focused focussed based skilled led awake alert brave bold
    sensitive proactive interested inspired happy keen ready willing able""".split()
)


def is_adjective(word: str) -> bool:
    """Tell whether a word says how somebody is, as far as its form shows."""
    lower = word.lower().rpartition("-")[2]
    return lower in _ADJECTIVES or (
        _ADJECTIVE.match(lower) is not None and lower not in vocabulary()
    )


_COUNTED = frozenset(
    """station system platform tool app suite machine scanner oven saw crane robot printer database
    kit program oscilloscope multimeter microscope lathe drone scanner theodolite defibrillator
    autoclave truck crane excavator""".split()
)


def with_article(phrase: str) -> str:
    """Return a phrase with the article that one thing needs: `the CAD system`."""
    words = phrase.split()
    needs_one = words[-1].lower() in _COUNTED and words[0].lower() not in ("the", "a", "an")
    return f"the {phrase}" if needs_one else phrase


def as_activity(phrase: str) -> str:
    """Return a verb phrase as something that one does: `negotiate contracts` as `negotiating …`."""
    first, _, rest = phrase.partition(" ")
    verb = first.lower()
    if verb in _DUTY_VERBS and rest.split(" ")[0].lower() in _OBJECTS:
        return f"{gerund(verb)} {rest}"
    if verb not in _VERBS:
        return phrase
    if verb in _NOUNS_TOO and rest.split(" ")[0].lower() not in _OBJECTS:
        return phrase
    if not rest and verb in _NOUNS_TOO:
        return phrase
    return f"{gerund(verb)} {rest}".strip()


def starts_with_a_verb(phrase: str) -> bool:
    """Tell whether a phrase says what one does: `Plan harvests`, `Support customers`."""
    words = phrase.split()
    verb = words[0].lower()
    return verb in _VERBS | _DUTY_VERBS


_DUTY_VERBS = frozenset(
    """act audit be check control cook design document ensure handle host monitor order own
    partner plan process program research report represent scale shape ship study test track
    train uphold welcome market market budget convert deal cover contribute champion comply
    cooperate liaise look monitor nurture observe perform pick post prospect refer sign
    source steer transform turn unpack visit assign automate architect debug extend refactor
    migrate model monitor pilot protect query model review rotate sanitise sanitize chair
    chart administer escort patrol guard enter file issue invoice close reconcile prepare
    bill lay paint plaster fit wire trace commission isolate excavate dig mow plant spray
    water feed""".split()
)
_DOUBLED = frozenset(
    """cut set run get sit stop plan ship swim fit put dig chop begin refer""".split()
)


def gerund(verb: str) -> str:
    """Return the -ing form of a verb in lower case."""
    if verb in _DOUBLED:
        return f"{verb}{verb[-1]}ing"
    if verb.endswith("ie"):
        return f"{verb[:-2]}ying"
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        return f"{verb[:-1]}ing"
    return f"{verb}ing"


def article(phrase: str) -> str:
    """Return `a` or `an`, as a phrase is spoken."""
    word = phrase.lstrip("\"'“‘(").split(" ")[0]
    if len(word) > 1 and word.isupper():
        return "an" if word[0] in _LETTERS_WITH_A_VOWEL else "a"
    return "an" if _VOWEL_SOUND.match(word) else "a"


def listed(items: Sequence[str], last: str = "and") -> str:
    """Return items as a sentence lists them: `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def capitalised(text: str) -> str:
    """Return a text that begins a sentence."""
    first = text.split(" ", 1)[0]
    if any(char.isupper() for char in first):
        return text
    return text[:1].upper() + text[1:]


def uncapitalised(text: str) -> str:
    """Return a sentence as it goes on inside another one; names and `I` are kept."""
    first = text.split(" ", 1)[0].strip(",;:")
    if first == "I" or first.startswith("I'") or first in _PROPER or first[1:] != first[1:].lower():
        return text
    return text[:1].lower() + text[1:]
