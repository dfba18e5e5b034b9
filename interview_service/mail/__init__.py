"""Mail to users: what it says, and how it is handed to a mail server. When, is the worker's."""
