"""Drift detectors, one file each, and the list of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from mooring_monitor.drift.detectors import (
    chi2,
    chi2_distance,
    classifier,
    js,
    ks,
    linf,
    psi,
    robust,
    simple,
    wasserstein,
)
from mooring_monitor.drift.detectors.detector import Detector
from mooring_monitor.errors import InputError

_ALL: Final = (
    robust.DETECTOR,
    simple.DETECTOR,
    linf.DETECTOR,
    linf.PLAIN,
    chi2_distance.DETECTOR,
    psi.DETECTOR,
    js.DETECTOR,
    wasserstein.DETECTOR,
    ks.DETECTOR,
    chi2.DETECTOR,
    classifier.DETECTOR,
)

#: Every detector by the name that a use case gives it.
DETECTORS: Final[Mapping[str, Detector]] = MappingProxyType({each.name: each for each in _ALL})


def detector_named(name: str) -> Detector:
    """The detector of that name.

    Raises InputError listing all of them.
    """
    if name not in DETECTORS:
        raise InputError(f"no detector '{name}'; there are: {', '.join(DETECTORS)}")
    return DETECTORS[name]
