"""pyplot, which nearly every notebook imports and hardly any needs while it is graded.

Importing it is half of a zygote's start, and a quarter of the memory that each worker's fork and
end have to go through. So `import matplotlib.pyplot as plt` gives a stand-in until something of it
is asked for. Where a notebook looks as if it will, the zygote imports it before the fork.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
from IPython.core import pylabtools

if TYPE_CHECKING:
    from .shell import Shell

_NAME: Final = "matplotlib.pyplot"


class Later(ModuleType):
    """Stands in for pyplot, and is like it once anything of it is asked for."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(_NAME)
        self.__spec__ = find_spec(_NAME)
        self.__file__ = self.__spec__.origin if self.__spec__ else None
        self.__dict__["_shell"] = shell

    def __getattr__(self, name: str) -> Any:
        # Names like these are looked for in all modules there are; that is no wish to use it.
        if name.startswith("__") and name != "__all__":
            raise AttributeError(f"module {_NAME!r} has no attribute {name!r}")
        load_pyplot(self.__dict__["_shell"])
        return getattr(sys.modules[_NAME], name)

    def __dir__(self) -> list[str]:
        load_pyplot(self.__dict__["_shell"])
        return dir(sys.modules[_NAME])


def stand_in(shell: Shell) -> None:
    """Let importing pyplot cost nothing for now."""
    sys.modules[_NAME] = mpl.pyplot = Later(shell)  # type: ignore[attr-defined]


def load_pyplot(shell: Shell) -> None:
    """Import it as `%matplotlib inline` does: figures are shown, and closed, after their cell."""
    here = sys.modules.get(_NAME)
    if isinstance(here, Later):
        del sys.modules[_NAME], mpl.pyplot  # type: ignore[attr-defined]
    import_module(_NAME)
    from matplotlib_inline import backend_inline

    pylabtools.activate_matplotlib("module://matplotlib_inline.backend_inline")
    backend_inline.configure_inline_support(shell, "inline")
    if isinstance(here, Later):  # a notebook may hold on to it
        vars(here).update(vars(sys.modules[_NAME]))
