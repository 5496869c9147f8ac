"""What honest code may rely on inside a worker, and what is closed to all code."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from grader.course import Assignment, find_submissions
from grader.grading import Grader
from grader.isolation import Policy
from grader.model import Limits
from grader.sandbox import Zygote
from tests.conftest import grade, hand_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from grader.model import CellRun
    from grader.sample import Filler

# Cells that work on the student's own machine, and must here.
ORDINARY = {
    "arrays-in-files": "np.save('a.npy', np.arange(3))\nassert np.load('a.npy')[2] == 2",
    "text-files": "from pathlib import Path\nPath('d/e').mkdir(parents=True)\n"
    "Path('d/e/f.txt').write_text('x')\nPath('d/e/f.txt').rename('g.txt')\n"
    "Path('g.txt').touch()\nPath('h').symlink_to('g.txt')\nassert Path('h').read_text() == 'x'",
    "copies": "import shutil\nopen('a', 'w').write('x')\nshutil.copy2('a', 'b')\n"
    "shutil.copytree('.', 'c', ignore=lambda *_: ['c'])\nshutil.rmtree('c')\nshutil.move('b', 'd')",
    "permissions": "import os\nopen('a', 'w').close()\nos.chmod('a', 0o600)\nos.utime('a')",
    "temporary": "import tempfile\nwith tempfile.TemporaryDirectory() as d, "
    "tempfile.NamedTemporaryFile() as f:\n    f.write(b'x')",
    "archives": "import zipfile\nwith zipfile.ZipFile('z.zip', 'w') as z:\n"
    "    z.writestr('a', 'x')\nzipfile.ZipFile('z.zip').extractall('out')",
    "database": "import sqlite3\nc = sqlite3.connect('x.db')\nc.execute('create table t (a)')\n"
    "c.commit()\nc.close()",
    "plots": "plt.plot([1, 2], label='$x^2$')\nplt.legend()\nplt.savefig('p.png')\n"
    "plt.savefig('p.pdf')\nplt.show()",
    "styles": "plt.style.use('ggplot')\nplt.imshow(np.eye(3), cmap='magma')",
    "display": "from IPython.display import HTML, Image, Markdown, display\n"
    "plt.savefig('p.png')\ndisplay(HTML('<b>x</b>'), Image('p.png'), Markdown('x'))",
    "linear-algebra": "a = np.random.rand(200, 200)\nnp.linalg.svd(a @ a)\nnp.fft.fft(a)",
    "formats": "import csv, gzip, json, lzma, pickle, tarfile\n"
    "pickle.dump([1], open('a.pkl', 'wb'))\nnp.savez('b.npz', a=np.eye(2))\n"
    "with tarfile.open('a.tar.gz', 'w:gz') as t:\n    t.add('a.pkl')\n"
    "tarfile.open('a.tar.gz').extractall('o')\n"
    "np.savetxt('c.txt', np.eye(2))\nnp.loadtxt('c.txt')\n"
    "m = np.memmap('d.bin', dtype=float, mode='w+', shape=(10,))\nm[:] = 1\nm.flush()",
    "three-axes": "import mpl_toolkits.mplot3d, matplotlib.animation\n"
    "plt.figure().add_subplot(projection='3d').plot([1], [2], [3])\nplt.show()",
    "libraries": "import numpy.testing, numpy.polynomial, decimal, fractions, statistics, timeit",
    "networks-imported": "import ssl, http.client, urllib.request, email, smtplib, socketserver",
    "mime": "import mimetypes\nassert mimetypes.guess_type('a.png')[0] == 'image/png'",
    "threads": "from concurrent.futures import ThreadPoolExecutor\n"
    "with ThreadPoolExecutor(8) as pool:\n    assert sum(pool.map(abs, range(-9, 9))) == 81",
    "asyncio": "import asyncio\nasync def f():\n    await asyncio.sleep(0)\n    return 1\n"
    "assert await f() == 1\nawait asyncio.to_thread(sum, [1])",
    "own-loop": "import asyncio\nloop = asyncio.new_event_loop()\nloop.close()",
    "machine": "import os, platform, multiprocessing\nplatform.platform()\nos.cpu_count()\n"
    "multiprocessing.cpu_count()\nos.getpid()\nos.getcwd()\nos.listdir()",
    "time-zones": "import time, datetime, zoneinfo\ntime.localtime()\n"
    "zoneinfo.ZoneInfo('Europe/Berlin')",
    "home": "import os, pathlib\nassert os.path.samefile(pathlib.Path.home(), os.getcwd())",
    "source": "import inspect\nassert 'forward' in inspect.getsource(ReLU.forward)",
    "library-source": "import inspect\ninspect.getsource(np.mean)",
    "magics": "%matplotlib inline\n%timeit -n1 -r1 1 + 1\n%who\n%load_ext autoreload\n"
    "%autoreload 0\n%config InlineBackend.figure_format = 'retina'",
    "folders": "%cd -q .\n%pwd\n%ls\n%env X=1\n%history\n%alias_magic t time\n%lsmagic",
    "profile": "%prun -q sum(range(10))",
    "capture": "%%capture out\nprint(1)",
    "shell-commands": "!ls\n!pip install numpy\nx = !echo 1\n%pip install numpy",
    "help": "np.sin?",
    "write-a-module": "%%writefile mine.py\nx = 1",
    "callbacks": "import ctypes\nkind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)\n"
    "f = kind(lambda x: x + 1)\nassert f(1) == 2",
    "niceness": "import os\nos.nice(1)",
    "logging": "import logging, warnings\nlogging.warning('x')\nwarnings.warn('x')",
    "random": "import random, secrets, uuid\nsecrets.token_hex()\nuuid.uuid4()\n"
    "np.random.default_rng().normal()",
    "signals": "import signal\nsignal.signal(signal.SIGALRM, lambda *_: None)\nsignal.alarm(1)\n"
    "signal.alarm(0)\nsignal.raise_signal(signal.SIGALRM)",
    "garbage": "import gc, tracemalloc\ntracemalloc.start()\ngc.collect()\ntracemalloc.stop()",
    "import-own-file": "open('helper.py', 'w').write('y = 2')\nimport importlib\n"
    "importlib.invalidate_caches()\nimport helper\nassert helper.y == 2",
    "import-anew": "import importlib, numpy.polynomial\nimportlib.reload(numpy.polynomial)",
    "null-device": "open('/dev/null', 'w').write('x')\nopen('/dev/urandom', 'rb').read(1)",
}


def test_ordinary_cells_work(assignment: Assignment, filler: Filler, tmp_path: Path) -> None:
    """Confinement denies by need: whatever honest notebooks do goes through, without an error."""
    runs = run_cells(assignment, filler, tmp_path, ORDINARY, Policy())
    assert {name: run.error or run.left_out for name, run in runs.items()} == dict.fromkeys(
        ORDINARY, ""
    )


@pytest.mark.parametrize("layers", ["landlock:1,seccomp,rlimits", "landlock:4,seccomp,rlimits"])
def test_ordinary_cells_work_on_older_kernels(
    assignment: Assignment,
    filler: Filler,
    tmp_path: Path,
    layers: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Landlock's first version cannot allow moving a file to another folder; all else works."""
    monkeypatch.setenv("GRADER_SANDBOX_LAYERS", layers)
    cells = dict(ORDINARY)
    if layers.startswith("landlock:1,"):
        cells["text-files"] = (
            cells["text-files"]
            .replace(".rename('g.txt')", ".touch()")
            .replace("Path('g.txt').touch()", "Path('g.txt').write_text('x')")
        )
    runs = run_cells(assignment, filler, tmp_path, cells, Policy())
    assert {name: run.error or run.left_out for name, run in runs.items()} == dict.fromkeys(
        cells, ""
    )


def test_places_that_a_course_allows_can_be_read_and_not_written(
    assignment: Assignment, filler: Filler, tmp_path: Path
) -> None:
    """Nothing beside them can."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "a.txt").write_text("x")
    (tmp_path / "b.txt").write_text("y")
    cells = {
        "read": f"assert open({str(data / 'a.txt')!r}).read() == 'x'",
        "write": f"open({str(data / 'a.txt')!r}, 'a').write('z')",
        "beside": f"open({str(tmp_path / 'b.txt')!r}).read()",
    }
    runs = run_cells(assignment, filler, tmp_path / "in", cells, Policy(readable=(data,)))
    assert runs["read"].error == ""
    for name in ("write", "beside"):
        assert runs[name].error.startswith(("PermissionError", "FileNotFoundError", "OSError"))
    assert (data / "a.txt").read_text() == "x"


def test_writes_are_capped(assignment: Assignment, filler: Filler, tmp_path: Path) -> None:
    """One file, and all together: the cell is left out or gets an error, and the rest is graded."""
    cells = {
        "one": "with open('a', 'wb') as f:\n    for _ in range(40):\n"
        "        f.write(bytes(1 << 20))",
        "many": "import time\nfor n in range(90):\n    open(str(n), 'wb').write(bytes(1 << 20))\n"
        "while True:\n    pass",
    }
    limits = Limits.within(12).but(file_size=8 << 20, disk=32 << 20)
    runs = run_cells(assignment, filler, tmp_path, cells, Policy(), limits)
    assert "File too large" in runs["one"].error
    assert "wrote more to its folder than it may" in runs["many"].left_out


def test_side_by_side_each_worker_has_a_core_of_its_own(filler: Filler, tmp_path: Path) -> None:
    """However many threads it has, and whatever it asks for: others are not slowed down."""
    text = filler.fill(
        {
            "ReLU": "import os\nclass ReLU:\n    def forward(self, x):\n"
            "        os.sched_setaffinity(0, range(os.cpu_count()))\n"
            "        assert len(os.sched_getaffinity(0)) == 1\n"
            "        return Tensor(np.maximum(x.data, 0))\n\n"
            "    def __call__(self, x):\n        return self.forward(x)\n"
        }
    )
    folder = hand_in(tmp_path / "submitted", dict.fromkeys("abcd", text))
    run = grade(folder, options=("--jobs", "2"))
    assert [result["score"] for result in run.document["results"]] == [100] * 4


def run_cells(
    assignment: Assignment,
    filler: Filler,
    folder: Path,
    cells: Mapping[str, str],
    policy: Policy,
    limits: Limits | None = None,
) -> dict[str, CellRun]:
    """What cells of a right submission did, by name; it keeps full marks."""
    text = filler.fill({}, extra=list(cells.values()))
    (submission,) = find_submissions([hand_in(folder, {"ada": text})], "activations")
    zygote = Zygote(policy=policy)
    with closing(Grader(assignment, limits or Limits.within(30), zygote)) as grader:
        result = grader.examine(submission)
    assert result.status == "graded", result.message
    assert result.score == result.max_score
    return dict(zip(cells, result.cells[-len(cells) :], strict=True))
