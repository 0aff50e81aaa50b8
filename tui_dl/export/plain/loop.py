"""The `Loop` to which an algorithm with its own training loop reports outside the workbench."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


class Loop:
    """Counts steps and prints one line per epoch."""

    def __init__(self, p: Any, seed: int) -> None:
        self.seed, self.metrics = seed, dict[str, float]()
        self._p, self._epoch, self._ended = p, 0, False
        self.trained: Any = None

    def steps(self, total: int, per_epoch: int = 1) -> Iterator[int]:
        """Yield step numbers 0…total-1; end early after `finish`."""
        for step in range(total):
            yield step
            if self._ended:
                return

    def live(self, name: str) -> Any:
        """Return the value of a hyperparameter."""
        return getattr(self._p, name)

    def progress(self, **metrics: float) -> None:
        """Keep the metrics of a step."""
        self.metrics |= {name: float(value) for name, value in metrics.items()}

    def epoch(self, **metrics: float) -> None:
        """Print the metrics of an epoch."""
        self.progress(**metrics)
        self._epoch += 1
        print(f"epoch {self._epoch}", *(f"{n} {v:.4g}" for n, v in self.metrics.items()))

    def model(self, model: Any) -> None:
        """Keep the model."""
        self.trained = model

    def finish(self, note: str) -> None:
        """End the run early and print the note."""
        self._ended = True
        print(note)
