"""Things that are done in a process of their own, since they cannot be undone."""

from __future__ import annotations

import os
import traceback
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def in_child(work: Callable[[], str], *, user: int | None = None) -> str:
    """What `work` gives, or its traceback, in a fork of this process; as a user, where given."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        try:
            if user is not None:
                os.setgroups([])
                os.setresgid(user, user, user)
                os.setresuid(user, user, user)
            said = work()
        except BaseException:  # noqa: BLE001  it must not go on as a second pytest
            said = traceback.format_exc()
        os.write(writer, said.encode()[:60_000])
        os._exit(0)
    os.close(writer)
    with open(reader, "rb") as answer:
        said = answer.read().decode()
    os.waitpid(pid, 0)
    return said
