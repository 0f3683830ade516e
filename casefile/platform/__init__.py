"""Platform: what every feature stands on, and nothing of the field itself."""
