"""The demonstration: invented agencies, people and stories, restrained and never graphic."""
