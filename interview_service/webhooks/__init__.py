"""Webhooks without the database: what an event says, how it is signed, and how it is posted.

When events are written and tried again is the business of `lifecycle` and `worker`.
"""
