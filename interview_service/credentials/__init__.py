"""Passwords, API keys and one-time links: how they are made, hashed and recognised. No storage."""
