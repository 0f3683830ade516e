"""Which deadlines a case has: those of the procedures of the country its place lies in.

The one place where cases find their deadlines; no verb may read a profile by itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from casefile.codes.sops import Limit, profile_of
from casefile.network.directory import Directory
from casefile.platform.deployment import Deployment

Limits = Mapping[str, Limit]


def limits_of(deployment: Deployment, directory: Directory, area: int) -> Limits:
    """The deadlines of a case reported from this area; the default ones where it is not known."""
    return limits_in(deployment, country_of(directory, area))


def country_of(directory: Directory, area: int) -> str:
    """The country of an area, by its code of three letters; "" where it is not known."""
    place = directory.areas.get(area)
    return place.country if place else ""


def limits_in(deployment: Deployment, country: str) -> Limits:
    """The deadlines of a country, by its code of three letters; "" where it is not known."""
    settings = deployment.settings
    return profile_of(settings.config, country, settings.time_zone.key)
