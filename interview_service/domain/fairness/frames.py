"""The shapes of sentences that ask about people themselves, over the classes of `reading`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from interview_service.domain.fairness.reading import Coded, Lexicon, frame

_TARGET = "(?P<m>{})"


@dataclass(frozen=True, slots=True)
class Frames:
    """How a kind of text is read.

    :param shapes: expressions over classes; the group `m` is the word that names the matter.
    :param is_advert: whether idioms of adverts are looked for as well.
    """

    shapes: Sequence[str]
    is_advert: bool
    patterns: tuple[re.Pattern[str], ...] = ()

    def compiled(self) -> "Frames":
        """Return the same frames ready for use; all lexicons must have been read."""
        return Frames(self.shapes, self.is_advert, tuple(map(frame, self.shapes)))

    def matter_of(self, sentence: str, language: Lexicon) -> str | None:
        """Return the protected matter that a folded sentence asks about, or None."""
        matter = language.idioms.matter_of(sentence)
        if matter is None and self.is_advert:
            matter = language.advert_idioms.matter_of(sentence)
        return matter or self._framed(language.code(sentence))

    def _framed(self, coded: Coded) -> str | None:
        for pattern in self.patterns:
            match = pattern.search(coded.letters)
            if match is not None:
                return coded.entries[match.start(match.lastgroup or 0)].matter
        return None


def _personal(you: str, your: str) -> list[str]:
    """Return the shapes in which `you` are asked: what you are, have, and do, and what is yours."""
    gap = "<doqxHBnc0,!wTpk>{0,4}"
    plain = f"{your.replace('s', '')}!s"  # "su" and "their" may be a patient's
    fine = "<doqnB0!wTpk>{0,4}"
    return [
        # are you married, you are married
        f"(?:<B><{you}>|<{you}><B>|^<q>?<{you}>)<dnq!wTp>{{0,3}}(?P<m><AGL>)(?!<wTxt!cdopq>)",
        f"(?:<B><{you}>)<dnqx!wTp>{{0,2}}(?P<m><AL>)(?!<wTxt!cdopq>)",
        # do you have children, have you got a disability
        f"(?:<H>{fine}<{you}>|<{you}>{fine}<H>){gap}(?P<m><NV>)(?!<B>?<x>?<odp>{{0,3}}<wT>)",
        f"(?:<H>{fine}<{you}>|<{you}>{fine}<H>)<doqHBn0!wTk>{{0,3}}<p><H><do0!wTk>{{0,3}}(?P<m><NV>)(?!<B>?<x>?<odp>{{0,3}}<wT>)",
        # your husband, your religion
        f"<{plain}><dn!wT>{{0,2}}(?:(?P<m><FN!R>)(?!<wT>)|(?P<r><R>))",
        f"^<^T>*<{your}><dn!wT>{{0,2}}(?:(?P<m><FN!R>)(?!<wT>)|(?P<r><R>))",
        # ob sie Kinder haben will, dass er verheiratet ist
        f"<{you}><doqn!wTp>{{0,3}}(?P<m><N>)<odn>{{0,2}}<H!o>",
        f"<{you}><dn!wTp>{{0,3}}(?P<m><AG>)<B>(?:<?,cH>|$)",
        # do you go to church
        f"<{you}><doqHBxc!wTpk>{{0,5}}(?P<m><V>)(?!<B>?<wT>)",
        f"<V!wT><{you}>",
        # what religion are you, how many children do you have
        f"(?P<m><FN>)<qHB>{{1,2}}<{you}>(?:<doqB>{{0,2}}<H>|<dB>{{0,2}}(?:<?,cp>(?!<ysd>{{0,2}}<wT>)|$))",
        f"(?P<m><FN>)<{you}><dq>{{0,2}}<HB>",
    ]


_WITHOUT_PRONOUN = [
    # ¿está casada?, ¿tiene hijos?: nobody else is named before the verb
    r"^<dqnoc,SYik!T>{0,4}<b><dnqSY!wTp>{0,3}(?P<m><AGL>)(?!<wTxt!cdopq>)",
    r"^<dqnocp,SYik!T>{0,4}<h><doqHSYn0!wTk>{0,4}(?P<m><NV>)(?!<B>?<x>?<odp>{0,3}<wT>)",
    r"^<dqnocp,SYik!T>{0,4}(?P<m><NF>)<dqSY>{0,2}<h>",
    r"^<dqnSYc,!T>{0,3}(?P<m><V>)<dqSYp0,!wT>{0,4}<?>",
]

_BARE = [
    r"^<dcnqH,>{0,3}(?P<m><ANR>)<dcANR,>{0,3}<?>",
    r"^<dc,>{0,2}(?P<m><E>)<dcE,?>{0,6}$",
]

QUESTION = Frames(
    [*_personal("Y", "y"), *_WITHOUT_PRONOUN, *_BARE],
    is_advert=False,
)

_REQUIREMENTS = [
    r"(?<!<w>)(?P<m><L>)(?!<w>)",
    r"<r><dBor!wT>{0,3}(?P<m><A>)(?!<wTx!cdopqr>)",
    r"(?<!<wT>)(?<!<T>.)(?<!<T>..)(?P<m><AG>)<dB>{0,2}<r>(?!<wT>)",
    r"<n><dnHS!wTp>{0,2}(?P<m><G>)(?!<wT>)",
    r"<n><dn!wTp>{0,2}(?P<m><A>)(?!<wTxt!cdopq>)",
    r"<rk><dH!wTp>{0,2}(?P<m><G>)(?!<wT>)",
    r"(?P<m><G>)<dB>{0,1}<n>",
    r"(?P<m><G>)<t><dB>{0,2}<r>",
    # a young team, un equipo joven
    r"(?<!<pTw>)(?<!<w>.)(?P<m><W>)<dcxW,!wT>{0,3}<tSYG>(?!<w>)",
    r"<tSYG><dcxBW,!wT>{0,3}(?P<m><W>)(?!<wT>)",
    r"^<dcrB,>{0,3}(?P<m><W>)<dcrx,!wTt>{0,3}$",
]

WISH = Frames(
    [
        *_personal("YS", "ys"),
        *_WITHOUT_PRONOUN,
        *_BARE,
        *_REQUIREMENTS,
        r"<k>(?:<podsyxq!wT>){0,4}(?P<m><FNRVE>)(?!<B>?<x>?<odp>{0,3}<wT>|<p><d><x>|<Y><x>)",
        r"<k><i!w>?<dSYBnq!wT>{0,4}(?P<m><AG>)(?!<wTx!cdopq>)",
    ],
    is_advert=True,
)

ADVERT = Frames([*_personal("S", "ys")[:1], *_REQUIREMENTS], is_advert=True)
