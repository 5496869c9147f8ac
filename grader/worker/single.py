"""A worker that was started by itself, where processes cannot be forked: one submission, no walls.

It imports everything anew, which takes it about a second, and connects to the grader when it is
ready. What it says first is the token that it was given, so that nobody else can take its place.
"""

from __future__ import annotations

import socket
import sys

from . import wire
from .confine import die_with_parent
from .definitions import libraries
from .session import Session
from .shell import make_shell


def main(argv: list[str]) -> None:
    """Serve the grader that listens on the port `argv`, until it hangs up."""
    token = sys.stdin.buffer.read()
    die_with_parent()
    shell = make_shell()
    with socket.create_connection(("127.0.0.1", int(argv[0]))) as sock:
        sock.sendall(token)
        Session(wire.Channel(sock, wire.MAX_FRAME), shell, libraries()).serve()
