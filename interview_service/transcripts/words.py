"""Words by which names are told from what else stands in front of a colon, in four languages."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ROLES = _words(
    """
    applicant candidate engineer guest host interviewee interviewer manager moderator recruiter
    speaker bewerber bewerberin kandidat kandidatin interviewerin personalerin moderatorin
    candidat recruteur recruteuse intervieweur intervieweuse candidato candidata entrevistador
    entrevistadora entrevistado entrevistada reclutador reclutadora
    """
)
"""Words that make a label somebody's, whatever else is in it."""

PARTICLES = _words(
    """
    af al and at av ben bin bint da de del della den der des di do dos du e el from ibn la le of
    ter the till und van von y zu zur et
    """
)
"""Words of names that are not capitalised."""

PROSE = _words(
    """
    hello hi hey hallo bonjour hola
    also and but example first fyi hint no note notes ok okay ps right second so sure thanks
    third warning well yeah yes answer answers question questions important summary reminder
    todo result results option step problem solution goal situation task action tip update edit
    re subject date time topic agenda title location duration participants attendees present
    meaning because however finally then now today definition conclusion background context plus
    pros cons advantage disadvantage reason point rule quote spoiler disclaimer attention
    remember basically position role company level interview transcript recording meeting
    language status version source file link id chapter part section day week phase stage round
    case scenario frage fragen antwort hinweis beispiel wichtig erstens zweitens drittens fazit
    thema datum ort lösung ergebnis aufgabe achtung ja nein genau nun dann und aber oder
    zusammenfassung anmerkung bemerkung vorteil nachteil grund ziel teilnehmer dauer titel
    stelle firma uhrzeit zeit gut schritt sprache réponse exemple remarque donc alors bref sujet
    durée lieu oui non enfin résumé problème objectif résultat étape poste titre pregunta
    respuesta ejemplo nota importante entonces bueno tema fecha lugar problema resumen solución
    resultado objetivo sí claro conclusión participantes puesto título duración paso
    """
)
"""Words that open a sentence, a heading or a field of a header."""

PROSE_FIRST = _words(
    """
    the a an my our your his her its their this that these those what how why when where which
    who if in on at for from with to by it i we you they he she there here one two three next
    last another other some any every each only just first second third step option day part der
    die das ein eine mein meine unser unsere dies diese was wie warum wenn wir ich sie es hier
    im am zum zur mit für von le la les un une mon ma mes notre ce cette ces voici dans pour
    avec il elle nous je el los las una mi mis nuestro este esta esto en para con yo
    """
)
"""Words with which a phrase begins, and no name."""

NOISE = _words(
    """
    applause background beep breath breathes chuckle chuckles clears cough coughing coughs cross
    crosstalk cut door end foreign inaudible indistinct interruption keyboard laugh laughing
    laughs laughter music noise pause phone recording ringing sigh sighs silence smiles sniffs
    sound speaking talking typing unclear unintelligible break blank_audio lacht lachen lachend
    musik applaus unverständlich seufzt räuspert husten hustet stille rire rires rit musique
    applaudissements soupir toux risa risas ríe música pausa silencio aplausos suspiro tos
    ininteligible
    """
)
"""What is heard and not said; it stands in brackets."""

COUNTING = _words(
    """
    block caption chapter clip cue frame id intro item line no nr outro page paragraph part s
    scene section seg segment slide sub subtitle t text title track transcript untertitel c p
    kapitel abschnitt sequence seq sentence utterance
    """
)
"""Words for the pieces of a file, with which cues are numbered."""

CANDIDATES = _words(
    """
    cand candidate appl applicant interviewee respondent resp
    bewerber bewerberin kandidat kandidatin befragter befragte
    interviewte interviewter interviewpartner interviewpartnerin candidat postulant postulante
    candidato candidata aspirante entrevistado entrevistada solicitante intervistato
    intervistata kandidaat sollicitant jobseeker
    """
)
"""What the candidate is called."""

INTERVIEWERS = _words(
    """
    int interviewer interviewerin interviewers hm hiring panel
    recruiter recruiterin personaler personalerin
    recruteur recruteuse intervieweur intervieweuse entrevistador entrevistadora reclutador
    reclutadora intervistatore intervistatrice panelist questioner
    """
)
"""What interviewers are called."""

DEVICES = _words(
    """
    iphone ipad ipod macbook imac mac mbp pro air mini laptop notebook pc phone android galaxy
    pixel desktop computer tablet handy telefon téléphone teléfono ordinateur portable portátil
    rechner surface thinkpad mobile móvil device gerät zoom user guest gast invité invitado
    """
)
"""Things that speak in a meeting for their owner."""

BESIDE_A_NAME = _words(
    """
    von vom de del of du di da le la the he she they him her them his hers er sie ihm ihr ihn il
    elle lui él ella ext external extern host me you mr mrs ms mx dr prof herr frau monsieur
    madame señor señora sr sra ing phd msc bsc mba jr candidate applicant bewerber candidat
    candidato interviewee
    """
)
"""What may stand beside a name and says nothing about whose it is."""

SHORT_WORDS = _words(
    """
    ab ad ah ai al am an as at au be by ca ce da de di do du eh el en er es et eu ex go he hi ho
    if il im in ir is it je ja la le lo ma me mi mr ms my na ne no nu of oh ok on or ou où pa pm
    se si so su te to tu um un up us va ve vs we wo ya ye yo zu
    """
)
"""Words of two letters that may open a sentence: a name spelled so is told by its place."""
