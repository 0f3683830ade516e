"""Intake: an inbound report, whatever its channel, becomes one opened case. It never looks a case up."""
