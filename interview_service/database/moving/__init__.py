"""Moving records from any database to any other: what is exported, as JSON Lines, and imported."""

from interview_service.database.moving.exporting import export_records
from interview_service.database.moving.format import MoveRefused, Stage, Summary
from interview_service.database.moving.importing import import_records

__all__ = ["MoveRefused", "Stage", "Summary", "export_records", "import_records"]
