"""Random input of a user or a terminal, from a seed: keys, mouse, pastes, sizes, signals."""

import signal
from dataclasses import dataclass

ESC = "\x1b"
KEYS = {
    "enter": "\r", "escape": ESC, "tab": "\t", "back tab": ESC + "[Z", "backspace": "\x7f",
    "up": ESC + "[A", "down": ESC + "[B", "right": ESC + "[C", "left": ESC + "[D",
    "page up": ESC + "[5~", "page down": ESC + "[6~", "home": ESC + "[H", "end": ESC + "[F",
    "delete": ESC + "[3~", "insert": ESC + "[2~", "f1": ESC + "OP", "shift down": ESC + "[1;2B",
    "palette": "\x10", "ctrl+a": "\x01", "ctrl+e": "\x05", "ctrl+k": "\x0b", "ctrl+w": "\x17",
    "ctrl+z": "\x1a", "ctrl+u": "\x15", "ctrl+v": "\x16", "ctrl+x": "\x18", "nul": "\x00",
}  # fmt: skip
OFTEN = ["enter", "escape", "up", "down", "tab", "palette", "page down", "page up", "end"]
LETTERS = "rrrrRsSxx  <>0123456789[[]]eeoollmmccaattggffdd??/.-+ubwynnppii=vW,"
LEAVING = ["q", "\x11", "\x03"]
WORDS = ["relu", "0.1", "-1", "1e9", "nan", "1e-400", "٣", "", " ", "💥", "9" * 400, "[b]", "\\"]
ANSWERS = [
    "[?2026;2$y", "[?2048;1$y", "[24;80R", "[?1;2c", "[>0;276;0c", "[I", "[O", "[8;30;100t",
    "]11;rgb:0000/0000/0000\x07", "]10;rgb:ffff/ffff/ffff\x1b\\", "[48;30;100;0;0t",
    "[27;5;13~", "[97;5u", "[?0u", "P1+r544e=787465726d\x1b\\", "[<0;99999;99999M", "[M   ",
]  # fmt: skip
SIZES = [(20, 8), (40, 12), (80, 24), (100, 30), (120, 36), (160, 45), (200, 50), (300, 100)]


@dataclass(frozen=True)
class Gesture:
    """One action: bytes to type, a size, or a signal; then `pause` seconds of reading."""

    name: str
    data: bytes = b""
    size: tuple[int, int] | None = None
    signal: int = 0
    pause: float = 0.03
    leaves: bool = False


class Gestures:
    """An endless sequence of gestures that depends on the random generator alone."""

    def __init__(self, random):
        self._random = random
        self._size = (100, 30)
        self._kinds = [
            (50, self._key), (18, self._burst), (22, self._clicks), (4, self._drag),
            (6, self._scroll), (4, self._paste), (2, self._resize), (4, self._answer),
            (2, self._garbage), (8, self._open), (8, self._field), (6, self._train),
            (4, self._command), (6, self._rest), (1, self._signal), (2, self._resume),
            (0.25, self._leave),
        ]  # fmt: skip

    def __iter__(self):
        return self

    def __next__(self):
        weights, kinds = zip(*self._kinds, strict=True)
        return self._random.choices(kinds, weights)[0]()

    def _pause(self):
        return self._random.choice([0.0, 0.01, 0.02, 0.05, 0.1])

    def _typed(self, name, text, pause=None):
        data = text.encode("utf-8", "surrogatepass")
        return Gesture(name, data, pause=self._pause() if pause is None else pause)

    def _one(self):
        choose = self._random.choice
        return KEYS[choose(OFTEN)] if self._random.random() < 0.3 else choose(
            [*LETTERS, *KEYS.values()]
        )  # fmt: skip

    def _key(self):
        return self._typed("key", self._one())

    def _burst(self):
        return self._typed("burst", "".join(self._one() for _ in range(self._random.randint(2, 9))))

    def _at(self):
        columns, rows = self._size
        return self._random.randint(1, columns), self._random.randint(1, rows)

    def _clicks(self):
        x, y = self._at()
        button = self._random.choice([0, 0, 0, 0, 1, 2, 4, 16])
        click = f"{ESC}[<{button};{x};{y}M{ESC}[<{button};{x};{y}m"
        return self._typed("clicks", click * self._random.choice([1, 1, 2, 3]))

    def _drag(self):
        (x, y), (u, v) = self._at(), self._at()
        moves = "".join(self._random.choices([f"{ESC}[<32;{u};{v}M", f"{ESC}[<35;{u};{y}M"], k=3))
        return self._typed("drag", f"{ESC}[<0;{x};{y}M{moves}{ESC}[<0;{u};{v}m")

    def _scroll(self):
        x, y = self._at()
        wheel = self._random.choice([64, 65, 66, 67])
        return self._typed("scroll", f"{ESC}[<{wheel};{x};{y}M" * self._random.randint(1, 6))

    def _paste(self):
        text = self._random.choice([*WORDS, "a\nb\tc\x07", "\x1b[31m", "x" * 3000])
        return self._typed("paste", f"{ESC}[200~{text}{ESC}[201~")

    def _resize(self):
        self._size = self._random.choice(SIZES)
        return Gesture("resize", size=self._size, pause=self._pause())

    def _answer(self):
        return self._typed("answer", ESC + self._random.choice(ANSWERS))

    def _garbage(self):
        data = bytes(self._random.choices(range(128, 256), k=self._random.randint(1, 12)))
        return Gesture("garbage", data, pause=0.05)

    def _open(self):
        downs = self._random.choice(["up", "down"]), self._random.randint(0, 15)
        keys = "t" + KEYS[downs[0]] * downs[1] + "\r"
        return self._typed("open", keys * self._random.choice([1, 1, 2]))

    def _field(self):
        keys = "f" + "\t" * self._random.randint(0, 7)
        text = self._random.choice([*WORDS, "5", "0.05", "200", KEYS["up"], KEYS["down"] * 3])
        end = self._random.choice(["\r", KEYS["up"], ESC, "\t"])
        return self._typed("field", f"{keys}{KEYS['end']}\x15{text}{end}")

    def _train(self):
        keys = self._random.choice(["r", "r", "rr", "s", "S", "ex", "1r", "2r", "0r", "r ", "xr"])
        return self._typed("train", ESC * 2 + keys, pause=self._random.choice([0.0, 0.1, 1.0]))

    def _resume(self):
        """Resume one of the runs in the list of runs, which follows that of experiments."""
        keys = "e]" + KEYS["down"] * self._random.randint(0, 3) + "R"
        return self._typed("resume", ESC * 2 + keys, pause=self._random.choice([0.1, 1.0, 3.0]))

    def _command(self):
        word = self._random.choice(
            ["lesson", "lstm", "iris", "experiment", "train", "dark", "stop", "zzz", "keys", ""]
        )
        down = KEYS["down"] * self._random.randint(0, 3)
        keys = f"\x10{word}{down}" + "\r" * self._random.choice([0, 1, 1, 2])
        return self._typed("command", keys, pause=self._random.choice([0.0, 0.05, 0.3]))

    def _rest(self):
        return Gesture("rest", pause=self._random.choice([0.3, 1.0, 2.5]))

    def _signal(self):
        number = self._random.choice([signal.SIGWINCH, signal.SIGTSTP, signal.SIGCONT])
        return Gesture("signal", signal=int(number), pause=0.1)

    def _leave(self):
        if self._random.random() < 0.6:
            number = self._random.choice([signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
            return Gesture("leave", signal=int(number), leaves=True)
        data = self._random.choice(LEAVING) * self._random.choice([1, 1, 2])
        return Gesture("leave", data.encode(), leaves=True)
