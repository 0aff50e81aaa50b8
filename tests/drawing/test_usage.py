"""The lines about CPU, memory and GPUs: fixed widths, a bar, the last minute."""

import pytest

from tests.recorded_nvml import GIB
from tui_dl.devices.nvml import Gpu
from tui_dl.devices.sampler import Sample
from tui_dl.drawing.palette import Palette
from tui_dl.drawing.usage import usage

H100 = Gpu("NVIDIA H100 80GB HBM3", 0.83, round(12.25 * GIB), round(79.6 * GIB), 61)
BUSY = Sample(1.0, 31.9, 32, 100 * GIB, 128 * GIB, 12 * GIB, (H100, Gpu("NVIDIA L4")))
IDLE = Sample(0.0, 0.0, 32, 2 * GIB, 128 * GIB, GIB, (Gpu(H100.name, 0.0, 0, H100.total, 9),) * 2)


def lines(*history, width=98, count=None):
    made = usage(history, len(history) if count is None else count, width, Palette())
    return [line.plain for line in made]


def test_each_device_has_a_line_with_its_numbers():
    cpu, memory, first, second = lines(BUSY)
    assert cpu.split()[2:-1] == ["100", "%", "32", "cores", "workbench", "31.9", "cores"]
    assert "78 %    100 of 128 GiB  workbench 12.0 GiB" in memory
    assert "83 %  12.2 of 79.6 GiB  61 °C   NVIDIA" in first
    assert cpu.startswith("CPU    ━━━━━━━━ ") and first.startswith("GPU 0  ━━━━━━╸─ ")
    assert second.split() == ["GPU", "1", "────────", "—", "—", "—", "°C", "NVIDIA", "L4"]


@pytest.mark.parametrize("width", [40, 78, 98, 158, 198])
def test_nothing_moves_when_values_change(width):
    of_each = [lines(each, width=width) for each in (BUSY, IDLE, Sample(cores=32))]
    cpus = {(line[0].index("cores"), line[0].rindex("cores"), len(line[0])) for line in of_each}
    assert len(cpus) == 1
    gpus = {(line.index("GiB"), len(line)) for made in of_each[:2] for line in made[2:3]}
    assert len(gpus) == 1
    assert width < 78 or max(len(line) for made in of_each for line in made) <= width


def minute(shares, width=158, count=None):
    made = lines(*[Sample(cpu=each) for each in shares], width=width, count=count)
    return made[0][made[0].rindex("cores") + len("cores") :].lstrip()


def test_the_last_minute_ends_at_the_right_and_leaves_out_what_is_unknown():
    assert minute([0.0, 0.5, 1.0]) == "▁▄█"
    assert minute([0.5, None, 1.0]) == "▄ █"
    assert len(minute([0.5] * 60)) == 60


def test_seconds_that_share_a_bar_stay_together():
    """In 15 columns a bar is the mean of four seconds."""
    spike = [0.0] * 4 + [1.0] * 4
    assert minute(spike, width=78) == "▁█"
    assert minute([*spike, 0.0], width=78) == "▁█▁"
    assert minute([*spike[1:], 0.0, 0.0], width=78, count=10) == "▁█▁"


def test_no_gpu_is_said_in_one_line():
    assert lines(Sample())[2] == "GPU    none found; `dlworkbench doctor` says why"
    assert len(lines()) == 3
