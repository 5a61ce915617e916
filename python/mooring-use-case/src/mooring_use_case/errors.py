"""The error for users: of the use case, and of the steps and the monitor as well."""

from __future__ import annotations

from collections.abc import Sequence


class InputError(Exception):
    """Bad input or usage, all problems at once: what is wrong, where, what is allowed. Ends a command with code 2."""

    def __init__(self, problems: str | Sequence[str], heading: str = "") -> None:
        self.problems: tuple[str, ...] = (problems,) if isinstance(problems, str) else tuple(problems)
        self.heading = heading
        super().__init__(self._text())

    def _text(self) -> str:
        if len(self.problems) == 1:
            return f"{self.heading}: {self.problems[0]}" if self.heading else self.problems[0]
        lead = self.heading or f"{len(self.problems)} problems"
        return "\n".join([f"{lead}:", *(f"- {each}" for each in self.problems)])
