"""Facts: one coded row about one allegation, linked to nothing in the clear. Never a word."""
