"""Documents: data in, bytes out. Nothing here reads the database or knows a person."""
