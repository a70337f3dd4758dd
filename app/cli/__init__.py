"""The command line: serve, render, scene, compare, fidelity, doctor, policy, attack, bench, loadtest."""

from __future__ import annotations

import typer

from app.cli.attack import attack
from app.cli.compare import compare_command
from app.cli.doctor import doctor
from app.cli.fidelity import fidelity
from app.cli.measure import bench, loadtest
from app.cli.policy import policy
from app.cli.render import render
from app.cli.scene import scene
from app.cli.serve import serve

app = typer.Typer(
    name="renderserver",
    help="POST a design document, get pixels back. Nothing outside a sandbox ever reads a document.",
    epilog="Every setting can also be given in the environment, as RENDERSERVER_NAME; `renderserver serve --help` "
    "lists them.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command()(serve)
app.command()(render)
app.command()(scene)
app.command("compare")(compare_command)
app.command()(fidelity)
app.command()(doctor)
app.add_typer(policy)
app.command()(attack)
# Their options, --help among them, are their own.
for measure in (bench, loadtest):
    app.command(add_help_option=False, context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(
        measure
    )


def main() -> None:
    """The console script."""
    app()
