"""Aims: a figure, what was wanted, and whether it holds."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Aims:
    """Collects a benchmark's verdicts."""

    short: list[str] = field(default_factory=list)

    def at_most(self, name: str, figure: float, wanted: float, unit: str = "") -> None:
        """Print the line of an aim whose figure must not be larger than wanted."""
        self._say(name, f"{figure:.2f}{unit}", f"≤ {wanted:g}{unit}", holds=figure <= wanted)

    def at_least(self, name: str, figure: float, wanted: float, unit: str = "") -> None:
        """Print the line of an aim whose figure must not be smaller than wanted."""
        self._say(name, f"{figure:.2f}{unit}", f"≥ {wanted:g}{unit}", holds=figure >= wanted)

    def below(self, name: str, figure: float, wanted: float, unit: str = "") -> None:
        """Print the line of an aim whose figure must be smaller than wanted."""
        self._say(name, f"{figure:.2f}{unit}", f"< {wanted:g}{unit}", holds=figure < wanted)

    def _say(self, name: str, figure: str, wanted: str, *, holds: bool) -> None:
        print(f"aim {name}: {figure} (wanted {wanted}) {'ok' if holds else 'short'}", flush=True)
        if not holds:
            self.short.append(name)

    def exit_code(self) -> int:
        """Give 0 when all aims hold."""
        return 1 if self.short else 0
