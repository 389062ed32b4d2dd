"""The examples, as a reader would run them: as files, and as the README has them."""

import re
import subprocess
import sys
from pathlib import Path

import conftest
import haven
import pytest

EXAMPLES = sorted((conftest.ROOT / "examples" / "python").glob("*.py"))
PAGES = [conftest.ROOT / "README.md", conftest.ROOT / "haven-py" / "README.md"]


def run(*arguments: str | Path) -> str:
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_example_runs_in_this_process_and_on_a_server(example: Path, server: conftest.Server) -> None:
    local = run(example)
    assert "running" in local
    remote = run(example, server.url.replace("://", f"://admin:{conftest.PASSWORD.replace(' ', '%20')}@"))
    assert "running" in remote


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.parent.name)
def test_the_snippets_of_a_page_run(page: Path) -> None:
    snippets = re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)
    assert snippets
    for snippet in snippets:
        run("-c", snippet)


def test_the_snippets_of_the_documentation_run() -> None:
    for module in (haven, __import__("haven.blocking").blocking):
        for snippet in re.findall(r"```python\n(.*?)```", module.__doc__ or "", re.DOTALL):
            run("-c", snippet)
