"""The use of CPU, memory and GPUs, one line each: a bar, numbers, the last minute.

Every number keeps its width, so that nothing moves from one second to the next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.text import Text

from tui_dl.devices.nvml import Gpu
from tui_dl.devices.sampler import Sample
from tui_dl.drawing.lines import bar, shortened, upright
from tui_dl.drawing.palette import Palette

MINUTE = 60  # samples, one a second
NO_GPU = "none found; `dlworkbench doctor` says why"
UNKNOWN = "—"
GIB = 1 << 30
NAMED = 16  # columns for the name of a GPU, where there are so many more


@dataclass(frozen=True)
class _Room:
    """The columns of a line's parts."""

    bar: int
    remark: int
    history: int

    @classmethod
    def of(cls, width: int) -> _Room:
        """Return the parts of a line of `width` columns."""
        length, fixed = (20 if width >= 118 else 8), 6 + 1 + 1 + 5 + 2 + 16 + 2 + 2
        left = width - fixed - length - 20
        spare = left - MINUTE
        return cls(length, 20 + (spare if spare >= NAMED else 0), min(MINUTE, left))


def usage(history: Sequence[Sample], count: int, width: int, colors: Palette) -> list[Text]:
    """Return the lines. `history` holds the latest of `count` samples so far, one a second."""
    now = history[-1] if history else Sample()
    room = _Room.of(width)

    def line(name: str, share: Callable[[Sample], float | None], amount: str, remark: str) -> Text:
        text = Text(f"{name:<6} ", colors.text, no_wrap=True)
        done, rest = bar(share(now) or 0.0, room.bar)
        text.append(done, colors.of_series(0)).append(rest, colors.muted)
        text.append(f" {_percent(share(now))}  {amount:>16}  ", colors.text)
        text.append(f"{shortened(remark, room.remark):<{room.remark}}  ", colors.text)
        shares = [share(each) for each in history]
        return text.append(_minute(shares, count, room.history), colors.of_series(0))

    cpu = line("CPU", lambda s: s.cpu, _cores(now), _own(now.own_cpu, "cores"))
    own = None if now.own_memory is None else now.own_memory / GIB
    memory = line("Memory", _memory, _of(now.memory, now.total), _own(own, "GiB"))
    gpus = [
        line(f"GPU {place}", _use_of(place), _of(gpu.used, gpu.total), _about(gpu))
        for place, gpu in enumerate(now.gpus)
    ]
    return [cpu, memory, *(gpus or [Text(f"{'GPU':<6} {NO_GPU}", colors.muted, no_wrap=True)])]


def _memory(sample: Sample) -> float | None:
    known = sample.memory is not None and sample.total
    return sample.memory / sample.total if known else None  # type: ignore[operator]


def _use_of(place: int) -> Callable[[Sample], float | None]:
    return lambda sample: sample.gpus[place].use if place < len(sample.gpus) else None


def _percent(share: float | None) -> str:
    return f"{UNKNOWN:>5}" if share is None else f"{share * 100:3.0f} %"


def _cores(sample: Sample) -> str:
    return f"{sample.cores} core{'s' * (sample.cores > 1)}"


def _of(used: int | None, total: int | None) -> str:
    """Return memory in GiB, as wide as the largest that is possible."""
    if used is None or total is None:
        return UNKNOWN
    decimals = 1 if total < 100 * GIB else 0
    whole = f"{total / GIB:.{decimals}f}"
    return f"{used / GIB:{len(whole)}.{decimals}f} of {whole} GiB"


def _own(value: float | None, unit: str) -> str:
    return f"workbench {UNKNOWN if value is None else f'{value:.1f}':>4} {unit}"


def _about(gpu: Gpu) -> str:
    celsius = UNKNOWN if gpu.temperature is None else f"{gpu.temperature}"
    return f"{f'{celsius} °C':<6}  {gpu.name}"


def _minute(shares: Sequence[float | None], count: int, room: int) -> str:
    """Return upright bars, the latest at the right; each is the mean of some seconds.

    The seconds of a bar stay together when later ones come.
    """
    if room < 1:
        return ""
    seconds = -(-MINUTE // room)
    first, latest = count - len(shares), max(0, count - 1) // seconds
    cells = range(latest - MINUTE // seconds + 1, latest + 1)
    parts = [range(cell * seconds - first, (cell + 1) * seconds - first) for cell in cells]
    return "".join(_upright([shares[i] for i in part if 0 <= i < len(shares)]) for part in parts)


def _upright(shares: Sequence[float | None]) -> str:
    known = [share for share in shares if share is not None]
    return upright(max(1, round(8 * sum(known) / len(known))), 0) if known else " "
