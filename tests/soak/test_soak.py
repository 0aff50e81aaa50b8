"""A minute of random use: nothing ends the app, nothing is logged as an error."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from soak import Soak, report

SEED, SECONDS = 11, 60


def test_random_use_ends_nothing(tmp_path):
    outcome = Soak(tmp_path / "soak", SEED).run(SECONDS)
    assert not outcome.faults, "\n".join(report(outcome))
    assert sum(outcome.gestures.values()) > 100
