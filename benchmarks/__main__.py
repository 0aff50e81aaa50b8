"""`make bench`: print every measurement as a line of text or, with --json, as a JSON object."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

Rows = Callable[[argparse.Namespace], Iterator[dict[str, Any]]]
STARTED = ("batch-normalization", "lstm", "seq2seq", "attention", "hred-vhred")
READING = 15.0  # seconds in which the run is prepared


def main() -> None:
    """Take the requested measurements and print them."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object per line")
    parser.add_argument("--only", choices=list(PARTS), help="run one part only")
    parser.add_argument(
        "--workload", help="the one workload (ratios) or lesson (commands, views) to run"
    )
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    for part, row in measurements(options):
        line = json.dumps({"part": part, **row}) if options.json else readable(part, row)
        print(line, flush=True)


def measurements(options: argparse.Namespace) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each measurement as it is made; the screen comes first, in separate processes."""
    for part in (options.only,) if options.only else PARTS:
        yield from ((part, row) for row in PARTS[part](options))


def part(name: str, *wanted: str) -> Rows:
    """Return the rows of a module's `measure`, called with the options named in `wanted`."""
    return lambda options: import_module(f"benchmarks.{name}").measure(
        *(getattr(options, each) for each in wanted)
    )


def ratios(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Measure the engine against Keras."""
    from tui_dl.engine import device

    device.load()
    from benchmarks.ratios import compare
    from benchmarks.workloads import WORKLOADS

    for workload in WORKLOADS:
        if options.workload in (None, workload.name):
            yield compare(workload, options.repeats)


def first_points(_: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Measure from Train to the first point."""
    from benchmarks.first_point import LESSONS, measure
    from tui_dl.engine import device

    device.load()
    for lesson in LESSONS:
        for mode in ("graph", "xla"):
            yield measure(lesson, mode)  # type: ignore[arg-type]


def starts(_: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Measure from Train on the screen to a running run, pressed at once and after reading."""
    from benchmarks.screen import start_of_training

    for lesson in STARTED:
        at_once, read = (start_of_training(lesson, seconds) for seconds in (0.0, READING))
        yield {"lesson": lesson, "at_once": at_once, "after_reading": read}


def readable(part: str, row: dict[str, Any]) -> str:
    """Return a measurement as a line of text."""
    if part in ("line", "opening", "commands", "memory", "views", "checkpoints"):
        module = import_module(f"benchmarks.{part}")
        return str(module.readable(row))
    if part == "ratios":
        return (
            f"{row['workload']:<22} {row['compile']:<6} Keras {row['keras_ms_per_step']:8.4f} ms, "
            f"engine {row['engine_ms_per_step']:8.4f} ms a step: {row['ratio']:6.2f}× "
            f"(goal {row['goal']:g}×)"
        )
    if part == "first-point":
        return (
            f"first point  {row['lesson']:<22} {row['compile']:<6} {row['seconds']:.2f} s, "
            f"with another seed {row['again']:.2f} s"
        )
    if part == "start":
        return (
            f"start        {row['lesson']:<22} pressed at once {row['at_once']:.2f} s, "
            f"after {READING:.0f} s of reading {row['after_reading']:.2f} s"
        )
    keys = (
        f"key to paint {row['lesson']:<22} p50 {row['key_to_paint_p50_ms']:.0f} ms, "
        f"p95 {row['key_to_paint_p95_ms']:.0f} ms over {row['keys']} keys"
    )
    if "drawing_costs" not in row:
        return keys
    return (
        f"{keys}; drawing costs the training {row['drawing_costs']:.1%} "
        f"({row['steps_per_second_with_screen']:,.0f} of "
        f"{row['steps_per_second_headless']:,.0f} step/s)"
    )


PARTS: dict[str, Rows] = {
    "screen": part("screen"),
    "line": part("line"),
    "start": starts,
    "opening": part("opening", "repeats"),
    "commands": part("commands", "workload", "repeats"),
    "memory": part("memory"),
    "views": part("views", "workload"),
    "checkpoints": part("checkpoints", "workload"),
    "ratios": ratios,
    "first-point": first_points,
}

if __name__ == "__main__":
    main()
