"""Intake: an inbound report of any channel becomes one opened case. It never looks a case up."""
