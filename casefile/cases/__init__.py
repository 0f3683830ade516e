"""Cases: what a report becomes, who may read which part of it, and what happens to it."""
