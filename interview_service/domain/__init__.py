"""The rules of interviewing in plain Python: nothing here knows of HTTP, SQL or a clock."""
