"""The embedded servers: shared by all commands of a state folder, and gone with the last of them."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import namedtuple
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from config import servers

COMMAND = """
import sys
sys.path.insert(0, sys.argv[1])
import servers
try:
    servers.start(redis=True)
except servers.ServerError as error:
    sys.exit(str(error))
print("up", flush=True)
sys.stdin.read()
"""
OURS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SETTLEMENT_EMBEDDED")


@pytest.fixture
def folder(tmp_path_factory):
    """A state folder of the test's own; whatever happens, no server of it is left."""
    parent = Path(tmp_path_factory.mktemp("s"))
    yield parent / "state"
    if (parent / "state").exists():
        servers.stop(parent / "state")


def start(folder: Path) -> subprocess.Popen:
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, str(Path(servers.__file__).parent)],
        env=environment | {"SETTLEMENT_STATE": str(folder)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@contextmanager
def command(folder: Path):
    """A command that uses the servers until the block ends or it is killed."""
    process = start(folder)
    try:
        assert process.stdout.readline() == "up\n", process.stderr.read()
        yield process
    finally:
        process.communicate(timeout=60)


def refusal(folder: Path) -> str:
    return start(folder).communicate(timeout=60)[1].strip()


def running(folder: Path) -> tuple[bool, bool]:
    sockets = servers._socket_folder(folder)
    return servers._answers(sockets / ".s.PGSQL.5432"), servers._answers(sockets / "redis.sock")


def soon(condition) -> bool:
    return servers._until(condition, seconds=30)


class SharingTests:
    def test_the_last_one_out_stops_them(self, folder):
        with ExitStack() as outer:
            outer.enter_context(command(folder))
            with command(folder):
                assert running(folder) == (True, True)
            assert running(folder) == (True, True)
        assert running(folder) == (False, False)

    def test_a_killed_last_one_leaves_nothing_behind(self, folder):
        with command(folder) as process:
            process.send_signal(signal.SIGKILL)
        assert soon(lambda: running(folder) == (False, False))

    def test_two_folders_do_not_meet(self, folder):
        other = folder.with_name("other")
        with command(other):
            with command(folder):
                assert servers.secrets_of(folder) != servers.secrets_of(other)
            assert running(folder) == (False, False)
            assert running(other) == (True, True)

    def test_what_a_crash_left_does_not_keep_the_next_from_starting(self, folder):
        with command(folder):
            pass
        # After a restart of the machine these numbers are somebody else's: here, of this very process.
        (folder / "redis.pid").write_text(f"{os.getpid()}\n")
        data = folder / "postgres"
        (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n{int(time.time())}\n5432\n{folder}/run\n\n0 0\n")
        servers.stop(folder)  # ends nothing that is not its own
        with command(folder):
            assert running(folder) == (True, True)

    def test_keys_are_their_owners_alone_and_folders_around_stay_as_they_were(self, folder):
        folder.parent.chmod(0o700)
        with command(folder):
            keys = folder / "secrets.json"
            assert keys.stat().st_mode & 0o777 == 0o600
            assert folder.stat().st_mode & 0o777 == 0o700
            assert folder.parent.stat().st_mode & 0o777 == 0o700
            assert len(bytes.fromhex(json.loads(keys.read_text())["scope_key"])) == 32
            assert not (folder / "postgres.password").exists()


class RefusalTests:
    def test_a_long_path_gets_its_sockets_elsewhere(self, folder):
        sockets = servers._socket_folder(folder / ("long" * 30))
        try:
            assert len(os.fsencode(sockets)) < 90
            assert sockets.stat().st_mode & 0o777 == 0o700
        finally:
            sockets.rmdir()

    def test_where_that_is_too_long_as_well_a_sentence_says_so(self, folder, monkeypatch):
        monkeypatch.setattr(servers.tempfile, "gettempdir", lambda: "/tmp/" + "x" * 100)
        with pytest.raises(servers.ServerError, match="too long for a socket"):
            servers._socket_folder(folder / ("long" * 30))

    def test_another_major_is_named(self, folder):
        (folder / "postgres").mkdir(parents=True)
        (folder / "postgres" / "PG_VERSION").write_text("16\n")
        assert "made by PostgreSQL 16 and this program brings 18" in refusal(folder)

    def test_a_full_disk_is_named(self, folder, monkeypatch):
        usage = namedtuple("usage", "total used free")
        monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**9, 10**9, 1024**2))
        with pytest.raises(servers.ServerError, match="Only 1 MB are free"):
            servers._check_room(folder)

    @pytest.mark.parametrize("state", ["/proc/settlement", "/dev/null/settlement"])
    def test_a_folder_that_cannot_be_made_is_named(self, state):
        said = refusal(Path(state))
        assert "SETTLEMENT_STATE" in said and "Traceback" not in said
