"""Workers hold student code, whatever it does: it costs itself, and nobody and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import Run, grade, hand_in

if TYPE_CHECKING:
    from grader.sample import Filler

# A right submission with one cell of its own beside the solutions: it keeps full marks.
STRAY: dict[str, str | list[str]] = {
    "loop": "while True:\n    pass",
    "loops": ["while True:\n    pass"] * 3,
    "folder": ["import os\nos.mkdir('figures')", "while True:\n    pass"],
    "late-exit": "import os, threading\nthreading.Timer(0.005, os._exit, [3]).start()",
    "later-exit": "import os, threading\nthreading.Timer(0.05, os._exit, [3]).start()",
    "reset": "%reset -f",
    "emoji": "print('😀' * 900_000)",
    "surrogate": "raise ValueError('\\ud800')",
    "sleep": "import time\ntime.sleep(1000)",
    "exit": "import os\nos._exit(0)",
    "polite-exit": "import sys\nsys.exit(0)",
    "quit": "exit()",
    "abort": "import os\nos.abort()",
    "odd-signal": "import os\nos.kill(os.getpid(), 40)",
    "segfault": "import ctypes\nctypes.string_at(0)",
    "memory": "hog = [np.ones(1 << 20) for _ in range(10_000)]",
    "kept-memory": "hog = np.ones(190 << 20)",
    "flood": "import os\nfor _ in range(3000):\n    print('x' * 999)\n    os.write(1, b'x' * 999)",
    "fork": "import os\nos.fork()",
    "fork-exits": "import os\nif os.fork() == 0:\n    os._exit(0)",
    "daemon": "import os, time\nif os.fork() == 0:\n    os.setsid()\n    while True:\n"
    "        open('/proc/self/comm', 'w').write('gr-daemon')\n        time.sleep(0.05)",
    "orphans": "import os, subprocess\n"
    "subprocess.Popen(['/bin/sleep', '987654'], start_new_session=True)",
    "group": "import os, signal\nos.killpg(0, signal.SIGTERM)",
    "recursion": "def f():\n    return f()\nf()",
    "deep-recursion": "import sys\nsys.setrecursionlimit(10**9)\ndef f():\n    return f()\nf()",
    "magics": "%matplotlib inline\n%timeit -n1 -r1 1 + 1\n!echo hello\n%time 1",
    "cell-magic": "%%time\nx = 1",
    "syntax": "this is no Python",
    "error": "1 / 0",
    "await": "import asyncio\nawait asyncio.sleep(0)",
    "input": "input('your name? ')",
    "plot": "plt.plot([1, 2])\nplt.show()",
    "strict-numpy": "np.seterr(all='raise')",
    "strict-warnings": "import warnings\nwarnings.simplefilter('error')",
    "overwritten": "Tensor = None\nnp = x = 5\nReLU = ReLU()\nprint = len",
    "deleted": "del np, Tensor, Softmax",
    "closed": "import os\nos.closerange(0, 3)",
    "stdout": "import sys\nsys.stdout = sys.stderr = None",
    "threads": "from concurrent.futures import ThreadPoolExecutor\n"
    "with ThreadPoolExecutor(4) as pool:\n    print(list(pool.map(abs, range(-9, 9))))",
    "moves": "import os\nos.chdir('/')",
    "signals": "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)",
    "zygote": "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)",
    "frozen-zygote": "import os, signal\nos.kill(os.getppid(), signal.SIGSTOP)",
}

# The solution uses a helper from a cell of the student's own, which must survive all of that.
HELPER = "def positive_part(x):\n    return np.maximum(x, 0)"
USES_HELPER = {
    "ReLU": "class ReLU:\n    def forward(self, x):\n"
    "        return Tensor(positive_part(x.data))\n\n"
    "    def __call__(self, x):\n        return self.forward(x)\n"
}

# A ReLU that misbehaves when it is called: it costs the ReLU, and no other function anything.
ROGUES = {
    "hangs": "while True:\n            pass",
    "exits": "import os\n        os._exit(0)",
    "raises-exit": "raise SystemExit(0)",
    "raises-interrupt": "raise KeyboardInterrupt",
    "forges": "import os\n        for fd in range(3, 64):\n            try:\n"
    "                os.write(fd, b'grw1' + bytes([5]) + bytes(15))\n"
    "            except OSError:\n                pass\n        return x",
    "floods": "import os\n        for fd in range(3, 64):\n            try:\n"
    "                while True:\n                    os.write(fd, b'x' * 65536)\n"
    "            except OSError:\n                pass\n        return x",
    "closes": "import os\n        os.closerange(0, 256)\n        return x",
    "slow": "import time\n        time.sleep(0.3)\n        return Tensor(np.maximum(x.data, 0))",
    "kills-zygote": "import os\n        os.kill(os.getppid(), 9)\n        return x",
    "many": "return Tensor(np.zeros((10,) * 6))",
    "huge": "return Tensor(np.ones((1 << 13, 1 << 10)))",
    "broadcast": "t = Tensor(x)\n        t.data = np.broadcast_to(1.0, (1 << 20, 1 << 20))\n"
    "        return t",
    "objects": "t = Tensor(x)\n        t.data = np.array([object()])\n        return t",
    "complex": "t = Tensor(x)\n        t.data = x.data * 1j\n        return t",
    "structured": "t = Tensor(x)\n        t.data = np.zeros(3, 'i4,f8')\n        return t",
    "list": "t = Tensor(x)\n        t.data = x.data.tolist()\n        return t",
    "hostile-text": "class E(Exception):\n            def __str__(self):\n"
    "                raise RuntimeError\n        raise E",
    "escapes": "raise ValueError('\\x1b[31m\\n<script>' + 'x' * 100_000)",
    "recurses": "return self.forward(x)",
    "subclass": "class Liar(np.ndarray):\n            def __array_finalize__(self, other):\n"
    "                pass\n            def tobytes(self, *a):\n                return b'lie'\n"
    "            shape = (3, 4, 5)\n        t = Tensor(x)\n        t.data = x.data.view(Liar)\n"
    "        return t",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the submissions are; temporary files of the grader are in `tmp` beside it."""
    return tmp_path_factory.mktemp("hostile") / "submitted"


@pytest.fixture(scope="module")
def run(filler: Filler, folder: Path) -> Run:
    """All of them, with an honest neighbour before and after each."""
    whole = filler.fill({})
    call = "    def __call__(self, x):\n        return self.forward(x)\n"
    notebooks: dict[str, str | bytes] = {}
    for name, cell in STRAY.items():
        cells = [cell] if isinstance(cell, str) else cell
        notebooks[f"stray-{name}"] = filler.fill(USES_HELPER, extra=[HELPER, *cells])
        notebooks[f"stray-{name}-neighbour"] = whole
    for name, body in ROGUES.items():
        relu = f"class ReLU:\n    def forward(self, x):\n        {body}\n\n{call}"
        notebooks[f"rogue-{name}"] = filler.fill({"ReLU": relu})
        notebooks[f"rogue-{name}-neighbour"] = whole
    scratch = folder.parent / "tmp"
    scratch.mkdir()
    return grade(hand_in(folder, notebooks), env={"TMPDIR": str(scratch)})


def test_everybody_has_a_result(run: Run) -> None:
    """And the run is no infrastructure failure."""
    assert run.code == 0, run.stderr
    assert len(run.document["results"]) == 2 * (len(STRAY) + len(ROGUES))


@pytest.mark.parametrize("name", STRAY)
def test_a_right_submission_keeps_full_marks_whatever_its_other_cells_do(
    run: Run, name: str
) -> None:
    """The cell is left out where it cannot be run, and the rest is graded."""
    assert run.lost(f"stray-{name}") == {}
    assert run[f"stray-{name}"]["score"] == 100


@pytest.mark.parametrize("name", ROGUES)
def test_a_function_that_misbehaves_costs_only_itself(run: Run, name: str) -> None:
    """Nothing is earned by it, and no other function loses anything."""
    lost = run.lost(f"rogue-{name}")
    assert {c["target"] for c in lost.values()} <= {"ReLU", "integration"}
    assert len([c for c in lost.values() if c["target"] == "ReLU"]) == 10
    assert run[f"rogue-{name}"]["score"] >= 100 - 20 - 3


@pytest.mark.parametrize("kind", ["stray", "rogue"])
def test_neighbours_notice_nothing(run: Run, kind: str) -> None:
    """Before and after."""
    scores = {
        r["student"]: r["score"]
        for r in run.document["results"]
        if r["student"].startswith(kind) and r["student"].endswith("neighbour")
    }
    assert scores == dict.fromkeys(scores, 100.0)


def test_a_hang_is_a_timeout_and_a_death_an_error(run: Run) -> None:
    """The status says which it was."""
    statuses = {
        name: run.lost(f"rogue-{name}")["relu-vector"]["status"]
        for name in ("hangs", "exits", "raises-exit")
    }
    assert statuses == {"hangs": "timeout", "exits": "error", "raises-exit": "error"}


def test_student_text_is_cut_and_cleaned(run: Run) -> None:
    """No escape sequence, no flood."""
    message = run.lost("rogue-escapes")["relu-vector"]["message"]
    assert "\x1b" not in message
    assert "\n" not in message
    assert len(message) < 1000


def test_what_is_printed_while_being_judged_is_dropped(run: Run) -> None:
    """It may echo hidden inputs."""
    assert "[output cut]" not in run.stdout


def test_nothing_stays_behind(run: Run, folder: Path) -> None:
    """No process that was started in the grader's temporary folder, and nothing in it."""
    assert run.document
    scratch = folder.parent / "tmp"
    assert list(scratch.iterdir()) == []
    places = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            places.append((process / "cwd").readlink())
        except OSError:
            continue
    assert places
    assert [place for place in places if place.is_relative_to(scratch)] == []
