"""From a file to turns and speakers, and who of these is the candidate: no HTTP, no database."""
