"""What all that speaks HTTP shares: the API, and the pages for people."""
