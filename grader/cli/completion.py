"""`grader completion`, and what is completed beside commands, options and paths: assignments."""

from __future__ import annotations

from pathlib import Path

import click
from click.shell_completion import get_completion_class

from grader.cli.common import examples

_SHELLS = ("bash", "zsh", "fish")


@click.command(
    epilog=examples(
        "grader completion bash > ~/.local/share/bash-completion/completions/grader",
        "grader completion zsh > ~/.zfunc/_grader",
        "grader completion fish > ~/.config/fish/completions/grader.fish",
    )
)
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print what makes a shell complete commands, options and assignments.

    For the running bash only: eval "$(grader completion bash)". In zsh the folder has to be in
    fpath before compinit is called.
    """
    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(ctx.find_root().command, {}, "grader", "_GRADER_COMPLETE").source())


def assignments(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """The assignments of the course, of which one is begun; those with a rubric, if there are any.

    Looked up by their folders alone, since somebody waits for it with a finger on the Tab key.
    """
    course = ctx.params.get("course")
    start = Path(course) if course else Path.cwd()
    for folder in (start,) if course else (start, *start.parents):
        if (folder / "nbgrader_config.py").is_file():
            graded = {path.parent.name for path in folder.glob("grader/rubrics/*/rubric.py")}
            found = graded or {path.name for path in folder.glob("source/*") if path.is_dir()}
            return sorted(name for name in found if name.startswith(incomplete))
    return []


assignment_argument = click.argument("assignment", shell_complete=assignments)
