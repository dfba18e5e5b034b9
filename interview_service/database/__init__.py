"""The database itself: engine, sessions, models and migrations. Only `repository` queries it."""
