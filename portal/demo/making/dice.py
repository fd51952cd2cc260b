"""Chance that always falls the same way: the grain and scatter of a drawing, from a seed. Never for secrets."""

from hashlib import shake_256
from math import cos, log, pi, sqrt


def grains(seed: int, count: int) -> bytes:
    """``count`` bytes that look like noise."""
    return shake_256(b"demo drawing %d" % seed).digest(count)


class Dice:
    """Numbers thrown one after another from ``seed``, the same on every machine."""

    def __init__(self, seed: int) -> None:
        self._thrown = grains(seed, 32_768)
        self._at = 0

    def chance(self) -> float:
        """From 0 up to, not including, 1."""
        self._at = (self._at + 4) % len(self._thrown)
        return int.from_bytes(self._thrown[self._at : self._at + 4]) / 2**32

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.chance()

    def around(self, middle: float, spread: float) -> float:
        """Mostly near ``middle`` (Gauss's curve, by Box and Muller)."""
        return middle + spread * sqrt(-2 * log(1 - self.chance())) * cos(2 * pi * self.chance())

    def below(self, top: int) -> int:
        """A whole number from 0 to ``top`` - 1."""
        return int(self.chance() * top)
