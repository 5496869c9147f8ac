"""pyplot is there for every notebook, and costs those that do not use it nothing."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.cells import looks_like_plots
from grader.isolation import Policy
from grader.model import Limits
from grader.places import LAYERS_VARIABLE
from grader.portable import workers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.sandbox import Zygote

IMPORT = "import matplotlib.pyplot as plt\nimport matplotlib, sys"
LOADED = "str('matplotlib.figure' in sys.modules)"


@pytest.fixture(scope="module", params=["", "separate"], ids=["forked", "separate"])
def zygote(request: pytest.FixtureRequest) -> Iterator[Zygote]:
    """What makes workers, with nothing imported for plots."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param:
            patch.setenv(LAYERS_VARIABLE, request.param)
        made = workers(None, Policy(allow_weak=True))
    with made as zygote:
        yield zygote


def run(zygote: Zygote, cells: Sequence[str], *, plots: bool = False) -> list[dict[str, Any]]:
    """What cells do in a worker of their own."""
    worker = zygote.spawn(Path(tempfile.mkdtemp(dir=zygote.work)), Limits(), plots=plots)
    try:
        seconds = [60.0] * len(cells)
        return list(worker.run("", [], cells, seconds, 1e12, careful=False))
    finally:
        worker.close()


USES = {
    "an attribute": "plt.plot([1, 2])",
    "another module of matplotlib": "import matplotlib.patches\nplt.plot([1, 2])",
    "from the package": "from matplotlib import pyplot\npyplot.plot([1, 2])",
    "from pyplot": "from matplotlib.pyplot import plot\nplot([1, 2])",
    "all of it": "from matplotlib.pyplot import *\nplot([1, 2])",
    "what there is": "assert 'plot' in dir(plt)\nplt.plot([1, 2])",
    "by the package": "matplotlib.rcParams['lines.linewidth'] = 3\nmatplotlib.pyplot.plot([1, 2])",
    "configured": "%config InlineBackend.figure_format = 'retina'\nplt.plot([1, 2])",
}


@pytest.mark.parametrize("use", USES)
def test_what_is_asked_for_is_there(zygote: Zygote, use: str) -> None:
    """Whatever it is: a figure is shown after its cell."""
    before, _, after = run(zygote, [f"{IMPORT}\n{LOADED}", USES[use], LOADED])
    drawn = run(zygote, [IMPORT, USES[use]])[1]["outputs"]
    assert (before["value"], after["value"]) == ("'False'", "'True'")
    assert any("image/png" in output.get("data", {}) for output in drawn), json.dumps(drawn)[:500]


def test_looking_at_all_modules_is_not_asking_for_it(zygote: Zygote) -> None:
    """As `inspect`, `unittest` and `%autoreload` do."""
    look = (
        "import inspect, unittest\n"
        "def f(): pass\n"
        "assert inspect.ismodule(plt) and inspect.getmodule(f)\n"
        "with unittest.TestCase().assertWarns(UserWarning):\n"
        "    __import__('warnings').warn('one')\n"
        "assert importlib.util.find_spec('matplotlib.pyplot') and repr(plt)\n"
        "%load_ext autoreload\n%autoreload 2"
    )
    reports = run(zygote, [f"{IMPORT}\nimport importlib.util", look, "%matplotlib inline", LOADED])
    assert [report["error"] for report in reports] == [None] * 4
    assert reports[-1]["value"] == "'False'"


@pytest.mark.parametrize("use", ["plt . plot(x)", "from matplotlib import cm", "import pylab as p"])
def test_a_notebook_that_looks_as_if_it_uses_it_finds_it_imported(zygote: Zygote, use: str) -> None:
    """So that its own time goes into its plots."""
    assert looks_like_plots(use)
    assert not looks_like_plots(
        "import numpy as np\nimport matplotlib.pyplot as plt\nx = np.exp(1)"
    )
    (report,) = run(zygote, [f"import sys\n{LOADED}"], plots=True)
    assert report["value"] == "'True'"
