"""No socket of the internet is bound or connected unless a download was asked for."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time

import pytest

STRACE = shutil.which("strace")
CALL = re.compile(r"\b(bind|connect|sendto|sendmsg)\(.*AF_INET6?\b")
# urllib3, which Keras loads, tries once whether there is IPv6: on this host, nobody can connect.
TRIAL = re.compile(r'bind\(\d+, {sa_family=AF_INET6, sin6_port=htons\(0\).*"::1"')
PATIENCE = 90  # seconds

# Without strace, the child's own audit events; with it, the libraries' calls are seen too.
HOOK = """
import sys
def hook(event, arguments):
    if event in ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto"):
        if not isinstance(arguments[-1], (str, bytes)):  # the address of a Unix socket is a path
            print("AUDIT", event, arguments, file=sys.stderr)
sys.addaudithook(hook)
"""
RUN = """
from tui_dl.cli.app import run
for line in sys.argv[1:]:
    assert run(line.split()) == 0, line
"""
OPEN = """
from tui_dl.cli import main
main()
"""
LINES = ("lessons", "runs list", "data list")
TRAINING = ("train perceptron --epochs 2 --quiet", "runs list", "runs show last")


def traced(command, log):
    """Return the command, run under strace where there is one."""
    if not STRACE:
        return command
    return [
        STRACE,
        "-f",
        "--seccomp-bpf",
        "-e",
        "trace=network",
        "-e",
        "signal=none",
        "-o",
        str(log),
        *command,
    ]


def asked(log):
    """Return the traced calls that use the network."""
    if not STRACE:
        return []
    lines = log.read_text(errors="replace").splitlines()
    assert lines
    return [line for line in lines if CALL.search(line) and not TRIAL.search(line)]


def test_the_calls_would_be_seen(tmp_path):
    log = tmp_path / "trace"
    code = HOOK + "import socket\nsocket.socket().bind(('127.0.0.1', 0))\n"
    done = subprocess.run(
        traced([sys.executable, "-c", code], log), capture_output=True, text=True, check=True
    )
    assert "AUDIT socket.bind" in done.stderr
    assert asked(log) or not STRACE


@pytest.mark.parametrize("lines", [LINES, pytest.param(TRAINING, marks=pytest.mark.slow)])
def test_commands_use_no_network(tmp_path, lines):
    log = tmp_path / "trace"
    command = traced([sys.executable, "-c", HOOK + RUN, *lines], log)
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert not asked(log)


def test_the_workbench_uses_no_network(tmp_path, home):
    log, (leader, follower) = tmp_path / "trace", pty.openpty()
    command = traced([sys.executable, "-c", HOOK + OPEN, "open", "perceptron"], log)
    environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "100", "LINES": "30"}
    child = subprocess.Popen(
        command, stdin=follower, stdout=follower, stderr=follower, env=environment,
        start_new_session=True,
    )  # fmt: skip
    os.close(follower)
    seen, end = b"", time.monotonic() + PATIENCE
    try:
        while child.poll() is None and time.monotonic() < end:
            if select.select([leader], [], [], 0.1)[0]:
                try:
                    seen += os.read(leader, 65536)
                except OSError:
                    break
            if b"Perceptron" in seen:
                os.write(leader, b"q")
        child.wait(timeout=PATIENCE)
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        os.close(leader)
    assert b"Perceptron" in seen and child.returncode == 0
    assert b"AUDIT" not in seen
    assert not asked(log)
