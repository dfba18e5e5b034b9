"""What comes in and what goes out, as marshmallow schemas: one file a resource.

Each field is declared once; what is created, changed, listed and read derives from that.
"""
