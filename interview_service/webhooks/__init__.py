"""Webhooks without the database: what an event says, how it is signed, and how it is posted.

When events are written and retried is decided in `lifecycle` and `worker`.
"""
