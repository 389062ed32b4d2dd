"""The types of the package: whole, and as the native half has them."""

import os
import subprocess
import sys
from pathlib import Path

import haven

PACKAGE = Path(__file__).parents[1]
INSTALLED = Path(haven.__file__).parent


def test_the_stubs_are_those_of_the_native_half(tmp_path: Path) -> None:
    made = tmp_path / "haven" / "_haven.pyi"
    maturin = [sys.executable, "-m", "maturin", "generate-stubs", "--quiet", "--features", "stubs", "--out", str(tmp_path)]
    subprocess.run(maturin, cwd=PACKAGE, check=True, capture_output=True)
    committed = PACKAGE / "python" / "haven" / "_haven.pyi"
    if os.environ.get("HAVEN_BLESS"):
        committed.write_text(made.read_text())
    assert made.read_text() == committed.read_text(), "run with HAVEN_BLESS=1 and commit"


def mypy(*arguments: str | Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--python-version", "3.10", *arguments],
        cwd=PACKAGE / "tests",
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


def test_the_package_and_its_tests_are_typed() -> None:
    code, said = mypy("-p", "haven")
    assert code == 0, said
    code, said = mypy(*sorted((PACKAGE / "tests").glob("*.py")), *sorted((PACKAGE.parent / "examples/python").glob("*.py")))
    assert code == 0, said


def test_a_slip_of_the_pen_is_found_before_the_program_runs(tmp_path: Path) -> None:
    program = tmp_path / "slips.py"
    program.write_text(
        """
import haven

async def slips(fleet: haven.Haven, container: haven.Container) -> None:
    container.nmae
    container.name = "other"
    container.state == "runing"
    await fleet.containers.stop("a")
    for at in (await fleet.containers.list()).items:
        at.item.stats
    async for event in fleet.events.follow(severity="loud"):
        event.bytes
"""
    )
    code, said = mypy(program)
    found = [int(line.split(":")[1]) for line in said.splitlines() if ": error:" in line]
    assert found == [5, 6, 7, 8, 10, 11, 12], said


def test_the_marker_and_the_stubs_are_installed() -> None:
    assert (INSTALLED / "py.typed").exists() and (INSTALLED / "_haven.pyi").exists()
