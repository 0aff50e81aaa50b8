"""Data sets: embedded in scikit-learn, in a local file, or downloaded on request.

`iris.load(rng)`, `digits.load(rng, source)`, `cifar10.load(rng, source, training)` and
`shapes.load(rng, training)` return a `Dataset`, `available()` lists the data sets, and
`fetch.fetch(name, report)` downloads. Nothing here deletes, moves or overwrites a user's file.
"""

from tui_dl.datasets.catalog import DataInfo, available

__all__ = ["DataInfo", "available"]
