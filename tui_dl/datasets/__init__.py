"""Data sets: embedded in scikit-learn, in a local file, or fetched when a person asks.

`iris.load(rng)`, `digits.load(rng, source)`, `cifar10.load(rng, source, training)` and
`shapes.load(rng, training)` give a `Dataset`, `available()` lists what there is,
`fetch.fetch(name, report)` downloads. Nothing here deletes, moves or overwrites a person's file.
"""

from tui_dl.datasets.catalog import DataInfo, available

__all__ = ["DataInfo", "available"]
