"""Alembic migrations, small and numbered; `database.schema` runs them."""
