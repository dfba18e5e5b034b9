"""What a brief asks for: each of its skills, told apart into what can be asked about, what has to
be seen (licences, degrees), and what is agreed on (shifts, lifting)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from interview_service.engines.builtin.languages import in_english, is_foreign
from interview_service.engines.builtin.phrases import capitalised, in_sentence
from interview_service.engines.builtin.skills import Area, find
from interview_service.engines.builtin.work import key_of, plain, shared_topics, topics_for


class Kind(Enum):
    """What is done about something that a brief asks for."""

    ASK = "ask"
    CHECK = "check"  # a licence, a registration, a degree, a language: to be seen or heard
    TERMS = "terms"  # shifts, travel, physical work: told to every candidate in the same way
    FOREIGN = "foreign"  # in a language that is not read: left out
    UNREADABLE = "unreadable"  # left out


@dataclass(frozen=True, slots=True)
class Asked:
    """Something that a brief asks for.

    :param phrase: for ASK, words as they stand inside an English sentence; for CHECK and TERMS, the
        whole line to show.
    :param said: as the client wrote it.
    """

    kind: Kind
    phrase: str
    said: str


_LICENCE = re.compile(
    r"\b(?:(?-i:[A-Z]{3,5}) (?:\w+ )?cards?|(?:gold|blue|white|green|black|site|competence"
    r"|smart) cards?"
    r"|licen[cs]e[ds]?|licensure|registration|registered with"
    r"|certificat(?:e|es|ion|ions)"
    r"|certified|accreditation|accredited|licentiate"
    r"|diploma|degree|bachelor(?:'?s)?|master(?:'s|s degree)"
    r"|b\.?sc|m\.?sc|[ba]\.?[as]\.?(?=(?:/\w+)? in\b)|juris doctor|osha[- ]?[13]0|ph\.?d"
    r"|doctorate|mba|llb|llm|pgce|qts|apprenticeship"
    r"|journeyman card|trade certificate|background check|dbs(?: check)?|security clearance"
    r"|work permit|credentials?|hazmat endorsement|endorsements?|clean driving (?:record"
    r"|licen[cs]e)|driver'?s licen[cs]e|driving licen[cs]e|cdl|hgv licen[cs]e|cscs(?: card)?"
    r"|pqe|gas safe|nvq|btec|gcse|a-levels|high school diploma|ged|state exam|board certification"
    r"|board[- ]certified|bar admission|admitted to the bar|chartered(?: accountant| engineer)?"
    r"|nmc pin|nmc|hcpc|food handler(?:'?s)? (?:card|permit)|sia licen[cs]e|(?:black|green"
    r"|yellow) belt|rbt|cipd"
    r"|f[uü]hrerschein|\w{3,20}schein|\w{3,20}brief|\w{3,20}zeugnis|\w{0,20}zertifikat"
    r"|\w{3,20}nachweis"
    r"|weiterbildung|fachweiterbildung|meistertitel|examinierte?[rns]?|gepr[uü]fte[rns]?"
    r"|staatlich anerkannte?[rns]?|ausbildung|studium|examen|exams?$"
    r"|\w{4,25}(?:kaufmann|kauffrau|kaufleute|fachwirt(?:in)?|fachangestellte[rn]?)"
    r"|class [12]\b|(?:driver )?cpc|(?:food (?:safety|hygiene)|first aid"
    r"|health and safety) level \d"
    r"|\w+ registered$|(?:level [1-7]|l[1-7])$|part [12]$|\d+ ?wpm|staatliche anerkennung"
    r"|cisrs|cpcs|npors|ipaf|pasma|rtitb|itssar|bhs stage|uefa [abc]|cfgs|cfgm"
    r"|qualifying exam\w*|eqe"
    r"|carte pro(?:fessionnelle)?|attestation|agr[eé]ment|certificado|certificaci[oó]n|colegiad[oa]"
    r"|manipulador de alimentos|formaci[oó]n profesional|fp(?= grado| de| i| superior| medio)"
    r"|m[aá]ster en"
    r"|dip[A-Z]\w{1,6}|(?:19|18|17|16)th edition|239[1245]|city (?:and|&) guilds"
    r"|approbation"
    r"|staatsexamen|abitur|gesellenpr[uü]fung|permis(?: de conduire)?|caces|dipl[oô]me|habilitation"
    r"|bac(?: ?\+ ?\d)?|bts|dut|cap(?= )|carn[eé]t?(?: de conducir)?|titulaci[oó]n|licenciatura"
    r"|grado(?: en)?|t[ií]tulo(?: de)?|permiso de conducir)\b",
    re.IGNORECASE,
)
_LICENCE_ALONE = re.compile(
    r"(?:DEAP|DEES|DEME|DEAES|DEAS|DEI|BEP|DEAES|BAFA|NPQH|FIA|TEFL|CELTA|DELTA|TESOL|Security\+"
    r"|Network\+|A\+|MSW"
    r"|LCSW|LMSW|BSW|BSN|MSN|DNP|CCRN|CRNA|FNP|RDH|RVN|BCBA|RBT|MEd|M\.Ed|EdD|BEng|MEng"
    r"|BTech|MPH|PE|EIT|LEED AP|CAMS|SPHR|CPIM|CSCP|CPhT|RHIA|CPC|CWI|ASE|NCLEX|LVN|CMA|RMA"
    r"|ARRT|CSSBB|CSSGB|NP|PA-C|LPC|LMFT|CFP|EA|SHRM|aPHR|CAPM|CIPP|RN|LPN|CNA|CPA|CFA|ACCA"
    r"|CIMA|CMA|CDL(?: [A-C])?|CDL Class [A-C]|Class [A-C] CDL|EMT(?:-[BP])?"
    r"|BLS|ACLS|PALS|PMP|CISSP|CISM|CISA|CEH|OSCP|CCNA|CCNP|CSM|PHR|SHRM-CP|SCP|CIPD|QTS"
    r"|PGCE|NEBOSH|IOSH|SIA|HGV(?: Class [12])?|LGV|ATPL|CPL|STCW|FINRA(?: Series \d+)?|Series \d+"
    r"|DBS|CSCS|ServSafe|EPA 608|RYA|PADI|NVQ Level \d|OSHA 10|OSHA 30|OSHA-10|OSHA-30|LLB|LLM"
    r"|JD|MD|DVM|PharmD|DDS|MBA|BSc|MSc"
    r"|PhD|CACES(?: \w+)?|ADR|WSET(?: Level)? ?\d?|Dip[A-Z]\w{1,6}|GWO(?: \w+)?|SSIAP ?\d?"
    r"|SST|CQP(?: \w+)?"
    r"|RTITB|ITSSAR|NPORS|CPCS|IPAF|PASMA|JIB|ECS|SMSTS|SSSTS|GDC|NMC|HCPC|GPhC|GMC|SRA"
    r"|AAT(?: Level \d)?|ICB|CIOT|ATT|CTA|RICS|MRICS|FRICS|CIOB|ICE|IMechE|IET|CEng|IEng"
    r"|FIAA?|ASA|FSA|ACAS|AFPC|DELF|DALF|TOEFL|IELTS|NREMT|CSSLP|AWS Certified|ITIL(?: v?\d)?"
    r"|PRINCE2|CS\d\d(?:(?:,| and|/)? CS\d\d)*|PTS|(?:Home Office )?PIL(?: [A-E])?"
    r"|PSPO(?: I{1,3})?|PSM(?: I{1,3})?|CSPO"
    r"|FP(?: II?)?|TCP|CAP(?: \w+)?|BAFA|BPJEPS|AFGSU|BNSSA|PSC ?1|NRSWA|BPEC|ACS)",
)
IN_TRAINING = re.compile(
    r"\b(?:or|and|&|/)? ?(?:be )?(?:will(?:ing(?:ness)?)? to (?:train|obtain|get|work|study"
    r"|complete|take|do)"
    r"|work(?:ing)? towards?|training (?:is |will be )?(?:given|provided|offered|available)"
    r"|(?:we|full) (?:can |will )?(?:train|training)|in training|studying (?:for|towards?)"
    r"|can be obtained"
    r"|or willing$|or the willingness|bereitschaft|on peut la faire passer|en cours|en curso)\b",
    re.IGNORECASE,
)
"""What says that a qualification need not be there on the first day."""
_FORMS = re.compile(
    r"\b(?:(?:n?vq|svq|rqf|qcf|level|lvl|stufe|niveau|nivel|grade|step) ?[1-8]\b(?! (?:support"
    r"|tickets))"
    r"|authori[sz]ed person|care certificate|(?:full |valid |current )?(?:gwo|stcw|mca|eng ?1"
    r"|smsts|sssts|twic)\b"
    r"|(?:sc|dv|ctc|bpss|nppv ?\d?|security|police|nato) (?:clear\w+|vett\w+|checks?)|(?:sc"
    r"|dv)[- ]cleared"
    r"|(?:security|police) vetting|right to work(?! checks)"
    r"|(?:plant|360|forklift|telehandler|dumper|slinger|crane) ticket"
    r"|(?:member|fellow|membership) of the|(?:registered|qualified) (?:with|nurse|social worker"
    r"|teacher|midwife"
    r"|accountant|solicitor|electrician|gas engineer)|fully qualified$|(?:degree|diploma|hnc"
    r"|hnd) in"
    r"|(?-i:MA|MSc|BA|BSc|MEng|BEng|PGDip) (?=[A-Z(])|(?-i:PILS|EPLS|APLS|ILS|ALS|NLS|IELTS|NRSWA"
    r"|CISRS)$"
    r"|(?-i:RN|RM|RSCN|RNLD|RMN)(?: \(\w+\))?$|rettungsschwimmer\w*|drsa|concours d|(?:cat"
    r"|category|class|klasse"
    r"|permis|carn[eé]t?) ?(?-i:[A-E]\+?E?[1-9]?)\b|angestelltenlehrgang)",
    re.IGNORECASE,
)
"""Qualifications by the form of their name, whatever they are for."""
_NO_LICENCE = re.compile(
    r"\b(?:management|renewals?|process(?:es|ing)?|handling|software licen[cs]\w+|agreements?"
    r"|negotiation"
    r"|ssl|tls|licen[cs]ing|event registration|compliance|coordination|teaching|design|development"
    r"|preparation|students?|patient|training|supervising|mentoring|paperwork|admin(?:istration)?"
    r"|applications)\b",
    re.IGNORECASE,
)
_LANGUAGES = (
    r"english|german|french|spanish|italian|portuguese|dutch|polish|russian|arabic|turkish|mandarin"
    r"|cantonese|chinese|japanese|korean|hindi|urdu|swedish|danish|norwegian|finnish|czech|greek"
    r"|hungarian|romanian|bulgarian|croatian|serbian|ukrainian|hebrew|punjabi|bengali|vietnamese"
    r"|thai|sign language|british sign language|asl|bsl|welsh|catalan|latin"
)
_NAMES_OF_LANGUAGES = {
    "deutsch": "German", "deutschkenntnisse": "German", "englisch": "English",
    "englischkenntnisse": "English", "franzosisch": "French", "spanisch": "Spanish",
    "italienisch": "Italian", "anglais": "English", "allemand": "German", "francais": "French",
    "espagnol": "Spanish", "italien": "Italian", "ingles": "English", "aleman": "German",
    "frances": "French", "espanol": "Spanish", "italiano": "Italian", "portugues": "Portuguese",
    "arabe": "Arabic", "arabisch": "Arabic", "turc": "Turkish", "turco": "Turkish",
    "turkisch": "Turkish", "russe": "Russian", "ruso": "Russian", "polonais": "Polish",
    "polaco": "Polish", "chinois": "Chinese", "chino": "Chinese", "chinesisch": "Chinese",
    "japonais": "Japanese", "japones": "Japanese", "japanisch": "Japanese",
    "portugais": "Portuguese", "portugiesisch": "Portuguese", "neerlandais": "Dutch",
    "niederlandisch": "Dutch", "neerlandes": "Dutch", "holandes": "Dutch",
    "ukrainisch": "Ukrainian", "ukrainien": "Ukrainian", "roumain": "Romanian",
    "rumanisch": "Romanian", "rumano": "Romanian", "langue des signes": "sign language",
    "catalan": "Catalan", "polnisch": "Polish", "russisch": "Russian", "castellano": "Spanish",
}  # fmt: skip
LANGUAGE_CHECK = (
    "have somebody who speaks it well talk with the candidate about the job for five minutes"
)
_LEVEL_WORDS = (
    r"fluent|fluency|native|native[- ]level|mother tongue|bilingual|conversational|business|basic"
    r"|professional|good|very good|excellent|advanced|intermediate|proficient|proficiency|language"
    r"|languages|spoken|written|speaking|skills?|level|in|and|or|of|the|working|knowledge|speaker"
    r"|o|ou|oder|und|et|y|fließend|fliessend|verhandlungssicher|gute|sehr|courant|bilingue|alto"
    r"|nivel|fluido|niveau"
    r"|[abc][12]\+?|is|a|must|plus|required|preferred|strong|fluently|both|command|tecnico"
    r"|técnico|technical"
)
_LANGUAGE_ONLY = re.compile(
    rf"(?=[^A-Za-z]*(?:[A-Za-zßöü-]+[^A-Za-z]+){{0,8}}(?:{_LANGUAGES})\b)"
    rf"(?:\b(?:{_LANGUAGES}|{_LEVEL_WORDS})\b[\s,;:/()&+.-]*)+",
    re.IGNORECASE,
)
_ANY_LANGUAGE = re.compile(rf"\b(?:{_LANGUAGES})\b", re.IGNORECASE)
_NATIVE = re.compile(r"\b(?:native|mother tongue)\b", re.IGNORECASE)
_HIGH = re.compile(
    r"\b(?:fluen\w+|c[12]|bilingual|verhandlungssicher|flie(?:ß|ss)end|courant)\b", re.IGNORECASE
)
_TERMS = re.compile(
    r"\b(?:night shifts?|shift work|shifts?(?: pattern)?(?! (?:hand|plan|lead|log|rep|man|sup))"
    r"|weekends?|(?<!parents )(?<!parents['’] )(?<!parent )(?<!open )evenings?|overtime"
    r"|on-?call (?:rota|duty)"
    r"|rotating shifts?|flexible (?:hours|schedule|working|working hours)"
    r"|willing(?:ness)? to travel|travel (?:up to )?\d+ ?%"
    r"|travelling"
    r"|travel readiness|relocat\w+|full-?time|part-?time|early mornings?|night work|schichtarbeit"
    r"|schichtdienst|nachtschicht\w*|schichtbereitschaft|reisebereitschaft|wochenend\w*"
    r"|travail de nuit|fines? de semana|week-?ends?"
    r"|horaires d[eé]cal[eé]s|disponibilidad(?: \w+)?|turnos?(?: rotativos)?|(?<!et )mobilit[eé]"
    r"|d[eé]placements"
    r"|(?<!high )(?<!stock )(?<!system )(?<!product )availab(?:le|ility)(?! (?:group|zone|set))"
    r"|outdoors|outdoor work(?:ing)?|all weathers?|in all weather)\b",
    re.IGNORECASE,
)
_PHYSICAL = re.compile(
    r"\b(?:lift(?:ing)? (?:up to|\d+|heavy)|heavy lifting|\d+ ?(?:kg|lbs?|pounds)"
    r"|physical(?:ly)? (?:fit\w*"
    r"|strength|demanding|stamina|work|endurance|ability)|stand(?:ing)? for (?:long|extended)"
    r"|on your feet"
    r"|physical|fit enough|climb(?:ing)? ladders|k[oö]rperliche?\b.*|belastbarkeit k[oö]rperlich"
    r"|physical fitness|good health|head for heights|condition physique|condici[oó]n f[ií]sica"
    r"|schwindelfrei\w*"
    r"|h[oö]hentauglich\w*|walk(?:ing)? \d+|colou?r vision|eyesight)",
    re.IGNORECASE,
)
_MEDICAL = re.compile(
    r"(?:pass(?:ing)? )?(?:an? )?medicals?(?: (?:exam\w*|check|clearance|fitness|certificate))?",
    re.IGNORECASE,
)
_ON_CALL = re.compile(
    r"on[- ]call(?: (?:rota|duty|duties|rotation|shifts?|availability))?", re.IGNORECASE
)
_OWN = re.compile(r"\bown (?:car|vehicle|transport|tools|transportation)\b", re.IGNORECASE)
_YEARS = re.compile(
    r"(?:\b(?:at least|minimum(?: of)?|min\.?|over|more than|mindestens|au moins|m[ií]nimo)\s+)?"
    r"\b\d{1,2}\s?\+?(?:\s?(?:-|–|to|bis|à|a)\s?\d{1,2})?\s?\+?\s*(?:years?|yrs?|months?"
    r"|jahren?|ans|an|a[nñ]os?)\b"
    r"['’]?(?:\s*(?:of|in|with|as|d'|de|en)\b)?",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"^(?:(?:an? |the )?(?:proven |strong |solid |good |very good |excellent |extensive |deep "
    r"|basic |sound "
    r"|practical |hands-on |relevant |previous |prior |demonstrated |thorough |outstanding "
    r"|exceptional "
    r"|advanced |working |in-depth |first |great |proficient |expert |some )*"
    r"(?:experiences? (?:of|in|with|as an?|as)|knowledge (?:of|in)|understanding of"
    r"|proficiency (?:in|with)"
    r"|proficient (?:in|with|at)|familiarity with|familiar with|expertise in|background in"
    r"|skills? in"
    r"|skilled (?:in|at)|ability to work (?:in|with)|ability to|able to|capable of|comfortable with"
    r"|track record (?:of|in)|command of|experienced (?:in|with)|expert in|competen(?:ce|cy"
    r"|t) in|use of"
    r"|interest in|passion for|passionate about|responsible for|demonstrated ability to"
    r"|talent for|flair for|willingness to|must (?:be able to|have|know|be)|commitment to)\s+"
    r"|(?:proven|strong|solid|good|very good|excellent|extensive|basic|sound|advanced"
    r"|outstanding|exceptional"
    r"|great|superior|effective|thorough|exceptional|relevant|professional|proficient)\s+(?=\S))",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"\s+(?:experience|skills?|knowledge|expertise|abilit(?:y|ies)|proficiency|competenc[ey]"
    r"|required"
    r"|preferred|is a plus|a plus|desirable|essential|optional|nice to have|a must)$",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"(?:\s+|^)[(\[][^()\[\]]{0,80}[)\]]")
_LONGEST = 60  # characters of a phrase that can stand inside a question


def read_skills(skills: Sequence[str], *, in_foreign_text: bool) -> list[Asked]:
    """Return what a brief's skills ask for, in its order, each once."""
    found: dict[str, Asked] = {}
    for said in skills:
        for part in _parts(said):
            asked = read_skill(part, in_foreign_text=in_foreign_text)
            found.setdefault(f"{asked.kind}{key_of(asked.phrase) or asked.phrase}", asked)
    return list(found.values())


def read_skill(said: str, *, in_foreign_text: bool = False) -> Asked:
    """Tell what one skill asks for."""
    text = _in_full(" ".join(said.split()).strip(" -–•*·,;.:"))
    if not any(char.isalnum() for char in text):
        return Asked(Kind.UNREADABLE, text, said)
    if is_licence_alone(text):
        named = text.upper() if text.islower() and " " not in text else text
        return Asked(Kind.CHECK, _licence(named), said)
    if _ON_CALL.fullmatch(text):
        return Asked(Kind.TERMS, _terms(text), said)
    known = is_known(text)
    if not known:
        agreed = _agreed_on(text)
        if agreed is not None:
            return Asked(*agreed, said)
    english = in_english(text) if in_foreign_text or not known else None
    phrase = english or (text if _is_name(text) else _trimmed(text))
    if english is None and not is_known(phrase):
        if is_foreign(phrase, in_foreign_text=in_foreign_text):
            return Asked(Kind.FOREIGN, text, said)
        english = in_english(phrase)
        phrase = english or phrase
    return Asked(Kind.ASK, _own_spelling(phrase) or in_sentence(phrase), said)


_SHORTENED = {
    "mgmt": "management", "mgt": "management", "w/": "with", "comms": "communications",
    "collab": "collaboration", "maint": "maintenance", "exp": "experience", "cust": "customer",
    "acct": "account", "accts": "accounts", "admin": "administration", "docs": "documents",
    "h&s": "health and safety", "recs": "reconciliations", "eng": "engineering", "trng": "training",
    "meds": "medication",
    "equip": "equipment", "prob": "problem",
}  # fmt: skip
"""What recruiters shorten, and the whole words."""


def _in_full(text: str) -> str:
    """Return a text with its shortened words written out."""
    if is_known(text):
        return text
    return " ".join(_SHORTENED.get(word.lower(), word) for word in text.split())


def is_licence_alone(text: str) -> bool:
    """Tell whether a text is the name of a qualification, in capitals or as people type it."""
    if _LICENCE_ALONE.fullmatch(text) or text in _ALWAYS_LICENCES:
        return True
    return (
        text.islower()
        and len(text.split()[0]) > _SHORT_NAME
        and not is_known(text)
        and _LICENCE_ALONE.fullmatch(text.upper()) is not None
    )


_ALWAYS_LICENCES = frozenset({"bls", "acls", "pals", "dbs", "sia", "nmc", "rgn", "rmn", "cscs"})
_SHORT_NAME = 3  # letters; lower-case words as short as that may mean anything


def _own_spelling(phrase: str) -> str | None:
    """Return the name of a technology as it is spelled; None for other words."""
    skill = find(phrase)
    if skill is None or skill.area not in (Area.SOFTWARE, Area.DATA, Area.INFRASTRUCTURE):
        return None
    is_its_name = skill.name.casefold() == phrase.casefold() and " " not in phrase
    return skill.name if is_its_name and phrase.casefold() not in _COMMON_NAMES else None


_COMMON_NAMES = frozenset(
    """testing storage networking statistics virtualization observability microservices serverless
    cryptography blockchain""".split()
)


def is_known(phrase: str) -> bool:
    """Tell whether a table has a skill under this very name."""
    key = key_of(phrase)
    skill = find(phrase)
    return (
        bool(topics_for(phrase))
        or key in shared_topics()
        or (skill is not None and skill.area not in (Area.TRADE, Area.PROFESSIONAL))
    )


def _is_name(phrase: str) -> bool:
    """Tell whether a phrase is a name of the tables and nothing beside it."""
    key, skill = key_of(phrase), find(phrase)
    return (
        bool(topics_for(phrase))
        or key in shared_topics()
        or (skill is not None and key in map(key_of, (skill.name, *skill.aliases)))
    )


def _parts(said: str) -> Iterator[str]:
    """Yield the skills that one entry names: `C/C++` names two, `CI/CD` one."""
    text = said.strip()
    if is_known(text) and not _is_pair(text):
        yield text
        return
    for separator in ("/", ",", ";", " & ", " and ", " und ", " et ", " y ", " + "):
        parts = [part.strip() for part in text.split(separator)]
        if len(parts) > 1 and all(part and (is_known(part) or in_english(part)) for part in parts):
            yield from parts
            return
    yield text


def _is_pair(text: str) -> bool:
    """Tell whether a known name with a slash is known only through its parts."""
    found = find(text)
    return (
        "/" in text
        and found is not None
        and key_of(text) not in map(key_of, (found.name, *found.aliases))
    )


def _agreed_on(text: str) -> tuple[Kind, str] | None:
    """Return what is not asked but seen or agreed on, with the line that says so."""
    language = _language(text)
    if language is not None:
        return Kind.CHECK, language
    if is_licence(text):
        return Kind.CHECK, _licence(text)
    if _OWN.search(text):
        return Kind.CHECK, capitalised(text)
    if _PHYSICAL.search(text) or _MEDICAL.fullmatch(text):
        return Kind.TERMS, (
            f"“{text}”: describe the task and ask every candidate whether they can do it, with or "
            "without adjustments; do not ask about health."
        )
    if _TERMS.search(text):
        return Kind.TERMS, _terms(text)
    return None


def not_yet(text: str) -> str:
    """Return the note on a qualification that need not be there on the first day."""
    return f"“{text}”: not needed on the first day; ask every candidate how far they have come."


def _terms(text: str) -> str:
    return (
        f"“{text}”: tell every candidate what the job requires and ask whether they can do it; "
        "do not ask why not."
    )


def is_licence(text: str) -> bool:
    """Tell whether a line of a few words asks for a licence, a registration or a degree."""
    return (
        (_LICENCE.search(text) is not None or _FORMS.search(text) is not None)
        and _NO_LICENCE.search(text) is None
        and len(text.split()) <= _LONGEST_CHECK
    )


_LONGEST_CHECK = 14  # words


_FOREIGN_LICENCES = (
    (re.compile(r"f[uü]hrerschein|permis(?! )|permis de conduire|permis [bcde]\b"
                r"|carn[eé]t? de conducir|permiso de conducir|carn[eé]t? [bcde]\b", re.I),
     "Driving licence"),
    (re.compile(r"gesellenbrief|gesellenpr[uü]fung", re.I), "Journeyman's certificate"),
    (re.compile(r"meisterbrief|meistertitel|meisterpr[uü]fung", re.I),
     "Master craftsman's certificate"),
    (re.compile(r"caces (?:r ?4(?:8[2-8]|90)|nacelle|grue|engins)", re.I),
     "Machine operator's certificate"),
    (re.compile(r"staplerschein|flurf[oö]rderschein|caces|carretillero", re.I), "Forklift licence"),
    (re.compile(r"manipulador de alimentos|gesundheitszeugnis|infektionsschutz", re.I),
     "Food handler's certificate"),
    (re.compile(r"f[uü]hrungszeugnis|delitos de naturaleza", re.I), "Official background check"),
    (re.compile(r"examinierte|approbation|staatsexamen|staatlich anerkannt"
                r"|staatliche anerkennung", re.I),
     "State qualification"),
    (re.compile(r"masernschutz", re.I),
     "Proof of measles protection, required by law before the first day"),
    (re.compile(r"rettungsschwimm|drsa", re.I), "Lifesaving badge"),
    (re.compile(r"concours d", re.I), "Entrance examination"),
    (re.compile(r"weiterbildung|fortbildung", re.I), "Further training certificate"),
    (re.compile(r"carte pro(?:fessionnelle)?", re.I), "Professional card"),
    (re.compile(r"ausbildung|apprentissage|formaci[oó]n profesional|\bfp\b|cfg[sm]|kaufmann"
                r"|kauffrau|kaufleute|fachwirt|fachangestellte", re.I),
     "Completed vocational training"),
    (re.compile(r"studium|licenciatura|\bgrado\b|titulaci[oó]n|bac ?\+", re.I), "Degree"),
    (re.compile(r"\bexamen\b", re.I), "State examination"),
    (re.compile(r"dipl[oô]me|\bcap\b|\bbts\b|\bdut\b|habilitation|t[ií]tulo|schein|zeugnis|brief|zertifikat"
                r"|nachweis|attestation|certificado|certificaci[oó]n|colegiad|carn[eé]", re.I),
     "Diploma or certificate"),
)  # fmt: skip


def foreign_licence(text: str) -> str | None:
    """Return the line for a licence or degree that is named in another language, or None."""
    if not is_licence(text):
        return None
    return next(
        (f"{english} (“{text}”)" for pattern, english in _FOREIGN_LICENCES if pattern.search(text)),
        None,
    )


_IN_CAPITALS = frozenset(
    """nmc gphc gdc gmc hcpc bhs cscs ecs jib sia dbs hgv lgv cdl cpc rn lpn cna npors cpcs
    cisrs ipaf nvq btec rya padi osha sra aat acca cima cipd uefa fa""".split()
)
"""Names of registers and schemes that people type in lower case."""
_LONGEST_SHORT_FORM = 5  # letters of a degree that is written in capitals


def _licence(text: str) -> str:
    """Return the line for a licence or degree, with what it is in English where it is foreign."""
    for pattern, english in _FOREIGN_LICENCES:
        if pattern.search(text):
            return f"{english} (“{text}”)"
    if text.islower() and len(text) <= _LONGEST_SHORT_FORM:
        return "PhD" if text == "phd" else text.upper()
    words = (word.upper() if word in _IN_CAPITALS else word for word in text.split())
    return capitalised(" ".join(words))


def _language(text: str) -> str | None:
    translated = " ".join(_NAMES_OF_LANGUAGES.get(_bare(word), word) for word in text.split())
    if not _LANGUAGE_ONLY.fullmatch(translated.strip()):
        return None
    names = [capitalised(match.lower()) for match in _ANY_LANGUAGE.findall(translated)]
    names = [name.upper() if len(name) == 3 else name for name in dict.fromkeys(names)]
    level = (
        "fluent"
        if _NATIVE.search(translated) or _HIGH.search(translated)
        else "as the job needs it"
    )
    either = " or " if re.search(r"\b(?:or|o|ou|oder)\b", translated) else " and "
    return f"{either.join(names)} ({level}): {LANGUAGE_CHECK}"


_ANOTHER_LANGUAGE = re.compile(
    r"(?:an? |any )?(?:second|2nd|third|other|additional|further|foreign|extra|another) languages?"
    r"|fremdsprachen?|langues? etrangeres?|(?:segundo )?idiomas?|bilingual|multilingual|languages"
)


def other_language(text: str) -> str | None:
    """Return the line for languages that an entry does not name, or names beside other words.

    `A second language`, `Englisch am Telefon`; None for anything else.
    """
    key = plain(text)
    if _ANOTHER_LANGUAGE.fullmatch(key):
        return f"Further languages: ask which, and {LANGUAGE_CHECK}"
    first, _, rest = key.partition(" ")
    if (whole := _language(text)) is not None:
        return whole
    named = _NAMES_OF_LANGUAGES.get(first)
    return _language(named) if named and rest and named.casefold() != first else None


def _bare(word: str) -> str:
    return plain(word.strip("(),.;:"))


def _trimmed(text: str) -> str:
    """Return the words that name the skill itself: no years, no `strong knowledge of`."""
    phrase = _BRACKETS.sub("", text) or text
    phrase = _YEARS.sub(" ", phrase)
    for _ in range(3):
        phrase = _LEADING.sub("", phrase.strip(" -–,;:.")).strip()
    for _ in range(2):
        shorter = _TRAILING.sub("", phrase).strip()
        if _NO_NOUN.search(shorter):
            break
        if shorter and not is_known(phrase) and (" " in shorter or is_known(shorter)):
            phrase = shorter
    phrase = " ".join(phrase.split()).strip(" -–,;:.") or text
    if len(phrase) > _LONGEST:
        phrase = _cut(phrase)
    return phrase


_NO_NOUN = re.compile(r"\b\w{3,}(?:ical|ial|onal|ive|ful)$|\b(?:soft|hard|social|verbal)$", re.I)
"""What needs the noun that follows: `non-technical skills`."""
_CUT = re.compile(r"[,;:(]| (?:including|such as|e\.g\.|in order to|while|so that|as well as|for) ")


def _cut(phrase: str) -> str:
    """Return the part of a long phrase that can stand alone."""
    match = _CUT.search(phrase, 8)
    shorter = phrase[: match.start()].strip() if match else phrase
    return shorter if len(shorter) <= _LONGEST * 1.5 else " ".join(shorter.split()[:8])
