"""Network: agencies, places and desks, and who holds the keys of a desk. It knows no case."""
