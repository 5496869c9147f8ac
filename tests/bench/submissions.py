"""Classes to grade: right ones, wrong ones, the sample class; no two students' files are alike."""

from __future__ import annotations

import ast
import json
import random
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from grader.sample import Filler, Implementation, implementations
from tests.bench.measure import GRADER, NBGRADER, run
from tests.courses import STOCK, Course, activations_course

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

COURSE = Path(__file__).parents[2]
NAME = "activations"
RUBRIC = Path("grader/rubrics") / NAME

# Correct, but element by element in Python, or with a print or a new seed at each call.
SLOW = {
    "relu_list", "relu_ndindex", "relu_prints", "relu_recursive", "relu_sets_numpy_state",
    "relu_vectorize",
    "sigmoid_math", "tanh_list", "tanh_vectorize", "softmax_apply_along_axis", "softmax_fsum",
    "softmax_loop_over_slices", "softmax_online", "softmax_pairwise", "softmax_recursive",
}  # fmt: skip
WRONG = {
    "ReLU": ("relu_swallows_nan", "relu_times_mask", "relu_leaky", "relu_in_place"),
    "Sigmoid": ("sigmoid_overflows", "sigmoid_clip_20", "sigmoid_float64"),
    "Tanh": ("tanh_exp_overflows", "tanh_sigmoid_not_doubled", "tanh_float32_inside"),
    "Softmax": ("softmax_no_shift", "softmax_axis_1", "softmax_ignores_dim", "softmax_global_max"),
}
# Of the sample class: they hang or end the process, for which stock nbgrader waits or fails; the
# last is no notebook, on which it ends.
HANG = {"jun", "stray-loop"}
ODD = HANG | {"kofi", "not-a-notebook"}


@dataclass
class Authors:
    """Write notebooks, each in their own words, by number."""

    filler: Filler = field(default_factory=lambda: Filler(COURSE, NAME))
    wheats: list[Implementation] = field(
        default_factory=lambda: implementations(COURSE / RUBRIC / "wheats")
    )
    chaffs: dict[str, Implementation] = field(
        default_factory=lambda: {c.name: c for c in implementations(COURSE / RUBRIC / "chaffs")}
    )

    def right(self, number: int, *, slow: bool = False) -> str:
        """One of the right notebooks: for each function one of the correct formulas."""
        chosen = random.Random(number)
        known: dict[str, list[str]] = {name: [code] for name, code in self.filler.by_name.items()}
        for wheat in self.wheats:
            parts = wheat.parts(self.filler.by_name)
            if len(parts) == 1 and (slow or wheat.name not in SLOW):
                ((name, code),) = parts.items()
                known[name].append(code)
        return own_words(self.filler.fill({n: chosen.choice(c) for n, c in known.items()}), number)

    def as_solved(self, number: int) -> str:
        """The course's own solution."""
        return own_words(self.filler.fill({}), number)

    def wrong(self, number: int) -> str:
        """All four functions are wrong; each fails one criterion or several."""
        chosen = random.Random(number)
        classes: dict[str, str] = {}
        for names in WRONG.values():
            classes |= self.chaffs[chosen.choice(names)].parts(self.filler.by_name)
        return own_words(self.filler.fill(classes), number)

    def untouched(self, number: int) -> str:
        """The release, as it was handed out."""
        return own_words(self.filler.release, number)

    def looping(self, number: int) -> str:
        """Right, with a cell that never ends."""
        loop = f"while True:\n    pass  # {number}"
        return own_words(self.filler.fill({}, extra=[loop]), number)


def own_words(text: str, number: int) -> str:
    """A notebook with other local names and comments in its solutions."""
    try:
        notebook = json.loads(text)
    except ValueError:
        return f"{text}{number}\n"
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["source"] = f"# my answer, {number}\n{renamed(''.join(cell['source']), number)}"
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def renamed(code: str, number: int) -> str:
    """Code with a number after the names of its functions' own variables."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return code
    places = sorted(_local_names(tree), reverse=True)
    lines = [line.encode() for line in code.splitlines(keepends=True)]
    for row, column, name in places:
        end = column + len(name.encode())
        line = lines[row - 1]
        lines[row - 1] = line[:end] + f"_{number}".encode() + line[end:]
    return b"".join(lines).decode()


def _local_names(tree: ast.AST) -> Iterator[tuple[int, int, str]]:
    """Where the variables stand that are set in functions and nowhere else."""
    functions = [n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.Lambda))]
    inside = {id(n): n for f in functions for n in ast.walk(f) if isinstance(n, ast.Name)}
    names = [n for n in ast.walk(tree) if isinstance(n, ast.Name)]
    own = {n.id for n in inside.values() if isinstance(n.ctx, ast.Store)}
    own -= {n.id for n in names if id(n) not in inside}
    own -= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    for node in ast.walk(tree):
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            own -= set(node.names)
    return ((n.lineno, n.col_offset, n.id) for n in names if n.id in own)


def sample_class(folder: Path, without: set[str]) -> list[str]:
    """What the sample class hands in, but for some."""
    run([*GRADER, "sample", NAME, "--to", folder], COURSE)
    return [
        (place / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8")
        for place in sorted(folder.iterdir())
        if place.name not in without
    ]


@dataclass
class Courses:
    """Course directories that know the assignment: copies of one, since nbgrader takes a while."""

    folder: Path
    made: int = 0

    def __post_init__(self) -> None:
        course = activations_course(self.folder / "template")
        run([*NBGRADER, "generate_assignment", NAME, "--create", "--force"], course.root)

    def new(self, texts: Iterable[str], *, stock: bool = False) -> Course:
        """A course in which students have handed these in."""
        self.made += 1
        course = Course(self.folder / f"course-{self.made}")
        shutil.copytree(self.folder / "template", course.root)
        if stock:
            (course.root / "nbgrader_config.py").write_text(STOCK, encoding="utf-8")
        for number, text in enumerate(texts):
            place = course.root / "submitted" / f"s{number:05}" / NAME
            place.mkdir(parents=True)
            (place / f"{NAME}.ipynb").write_text(text, encoding="utf-8")
        return course
