"""Number of distinct values: exact while small, HyperLogLog beyond.

Source: Flajolet et al., "HyperLogLog" (2007), with the linear counting of small ranges. The scikit-learn image holds no
library for it (docs/decisions/0031-distinct-counts.md), so the forty lines live here.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]

#: 2^12 registers: a standard error of 1.04 / 64 = 1.6 %.
_PRECISION: Final = 12
_REGISTERS: Final = 1 << _PRECISION
#: As many hashes as registers are kept as they are: below that the count is exact.
_EXACT_LIMIT: Final = 4096


def hash_numbers(values: npt.NDArray[np.float64]) -> Hashes:
    """64-bit hashes of finite numbers; -0.0 and 0.0 are one value."""
    bits = np.add(values, 0.0).view(np.uint64).copy()
    bits ^= bits >> np.uint64(30)
    bits *= np.uint64(0xBF58476D1CE4E5B9)
    bits ^= bits >> np.uint64(27)
    bits *= np.uint64(0x94D049BB133111EB)
    bits ^= bits >> np.uint64(31)
    return bits


class DistinctCounter:
    """Estimates how many different hashes it has seen."""

    __slots__ = ("_exact", "_registers")

    def __init__(self) -> None:
        self._exact: Hashes | None = np.empty(0, dtype=np.uint64)
        self._registers: npt.NDArray[np.uint8] | None = None

    @property
    def exact(self) -> bool:
        """Whether the count is exact so far (hash collisions aside); then callers should send distinct hashes only."""
        return self._exact is not None

    def update(self, hashes: Hashes) -> None:
        """Add hashes, repeated or not."""
        if self._exact is not None:
            self._exact = np.union1d(self._exact, hashes)
            if self._exact.size > _EXACT_LIMIT:
                hashes, self._exact = self._exact, None
        if self._exact is None:
            self._registers = _fold(self._registers, hashes)

    def merge(self, other: DistinctCounter) -> None:
        """Take in another counter; the other is left as it is."""
        if other._exact is not None:
            self.update(other._exact)
        elif other._registers is not None:
            if self._exact is not None:
                hashes, self._exact = self._exact, None
                self._registers = _fold(self._registers, hashes)
            assert self._registers is not None
            self._registers = np.maximum(self._registers, other._registers)

    def estimate(self) -> int:
        """Distinct values seen: exact up to 4,096, about 1.6 % standard error beyond."""
        if self._exact is not None:
            return int(self._exact.size)
        assert self._registers is not None
        registers = self._registers.astype(np.float64)
        raw = 0.7213 / (1 + 1.079 / _REGISTERS) * _REGISTERS**2 / float(np.sum(np.exp2(-registers)))
        empty = int(np.count_nonzero(registers == 0))
        if raw <= 2.5 * _REGISTERS and empty:
            raw = _REGISTERS * float(np.log(_REGISTERS / empty))
        return round(raw)

    def state(self) -> dict[str, Any]:
        """Everything needed to go on elsewhere, as JSON values."""
        if self._exact is not None:
            return {"exact": base64.b64encode(self._exact.tobytes()).decode()}
        assert self._registers is not None
        return {"registers": base64.b64encode(self._registers.tobytes()).decode()}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> DistinctCounter:
        """The counter whose `state` was taken."""
        counter = cls()
        if "exact" in state:
            counter._exact = np.frombuffer(base64.b64decode(state["exact"]), dtype=np.uint64)
        else:
            counter._exact = None
            counter._registers = np.frombuffer(base64.b64decode(state["registers"]), dtype=np.uint8)
        return counter


def _fold(registers: npt.NDArray[np.uint8] | None, hashes: Hashes) -> npt.NDArray[np.uint8]:
    """Registers after adding hashes: the top bits choose one, the position of the first set bit below is its rank."""
    folded = np.zeros(_REGISTERS, dtype=np.uint8) if registers is None else registers.copy()
    index = (hashes >> np.uint64(64 - _PRECISION)).astype(np.int64)
    rest = (hashes << np.uint64(_PRECISION)) >> np.uint64(_PRECISION)
    bits = 64 - _PRECISION
    # frexp gives the position of the highest set bit; the float's 53-bit mantissa holds all 52 bits of rest exactly.
    exponent = np.frexp(rest.astype(np.float64))[1]
    rank = (bits - exponent + 1).astype(np.uint8)
    np.maximum.at(folded, index, rank)
    return folded
