"""The order of work in a run: each epoch is S training steps, then V validation batches."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Timeline:
    """Counts ticks. A tick is one training step or one batch of validation.

    Tick t is in epoch t // (S + V); its position there is t % (S + V), and positions from S on
    are validation.
    """

    steps_per_epoch: int
    validation_batches: int
    epochs: int

    @property
    def ticks_per_epoch(self) -> int:
        """The ticks of an epoch, S + V."""
        return self.steps_per_epoch + self.validation_batches

    @property
    def ticks(self) -> int:
        """The number of ticks in the run."""
        return self.ticks_per_epoch * self.epochs

    @property
    def steps(self) -> int:
        """The number of training steps in the run."""
        return self.steps_per_epoch * self.epochs

    def place(self, tick: int) -> tuple[int, int]:
        """Return (epoch, position) of a tick, both from 0."""
        return divmod(tick, self.ticks_per_epoch)

    def steps_before(self, tick: int) -> int:
        """Return the number of training steps in ticks 0…tick-1."""
        epoch, position = self.place(tick)
        return epoch * self.steps_per_epoch + min(position, self.steps_per_epoch)

    def tick_after(self, steps: int) -> int:
        """Return the first tick at which `steps` training steps are done, validation included."""
        epoch, rest = divmod(steps, self.steps_per_epoch)
        return epoch * self.ticks_per_epoch + rest

    def epoch_end(self, tick: int) -> int:
        """Return the tick at which the epoch of `tick` is over."""
        return (tick // self.ticks_per_epoch + 1) * self.ticks_per_epoch
