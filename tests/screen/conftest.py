"""Starts the program under test on a screen, with the datasets that the tests share.

MEMTOP            the program (./memtop)
MEMTOP_GENERATE   writes the golden screens anew; look at them before keeping them
MEMTOP_SANITIZED  longer deadlines (a build with AddressSanitizer is noticed anyway)
"""

import shutil

import pytest

from terminal import SANITIZED, TOP, Terminal


@pytest.fixture
def shop(tmp_path):
    """The bundled dataset, alone in a folder of its own."""
    return shutil.copy(TOP / "assets/shop.csv", tmp_path / "shop.csv")


@pytest.fixture(scope="session")
def big(tmp_path_factory):
    """A file that takes a while to scan and to export, alone in its folder."""
    path = tmp_path_factory.mktemp("big") / "big.csv"
    block = "".join(
        f"{i},{i * 0.37:.2f},name {i * 7919 % 100003},2024-01-{i % 28 + 1:02} 10:00:00,{i % 7}\n"
        for i in range(20_000)
    ).encode()
    with open(path, "wb") as file:
        file.write(b"id,price,name,at,kind\n")
        while file.tell() < (40 if SANITIZED else 80) << 20:
            file.write(block)
    yield path
    path.unlink()


@pytest.fixture
def start():
    """start(file, option..., size=, term=, env=) opens the dashboard; it ends with the test."""
    running = []

    def begin(*arguments, **keywords):
        running.append(Terminal(*arguments, **keywords))
        return running[-1]

    yield begin
    for terminal in running:
        terminal.__exit__()
