"""Loads all tables of the engine by using it once, for a fork server to import.

The processes that it starts have the tables from the beginning, and share their memory.
"""

from interview_service.domain.interview import Brief, Level
from interview_service.domain.transcript import Transcript, Turn
from interview_service.engines.builtin import BuiltinEngine

_BRIEF = Brief("Electrician", Level.MID, ("Wiring", "Reliability"), "Install and repair wiring.")
_TURNS = (
    Turn("Interviewer", "Tell me about your work with wiring."),
    Turn("Candidate", "I wired a school and tested each circuit before I closed the wall."),
)
_ENGINE = BuiltinEngine()
_KIT = _ENGINE.plan(_BRIEF, ("Please make it ten minutes shorter.",)).result
_ENGINE.assess(_BRIEF, _KIT, Transcript(_TURNS))
