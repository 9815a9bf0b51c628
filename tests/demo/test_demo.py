"""The demo, as a newcomer starts it: one command, a sign-in, the KPI sheet, and nothing left behind."""

import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import psutil
from django.utils import timezone

from demo.signins import PASSWORD

ROOT = Path(__file__).parents[2]
STARTS_WITHIN = 120  # seconds


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(state: Path) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SETTLEMENT_", "DATABASE_", "REDIS_"))
    }
    return kept | {"SETTLEMENT_STATE": str(state), "PYTHONUNBUFFERED": "1"}


@contextmanager
def running(state: Path, port: int):
    """The demo, up to its last line; whatever happens, it ends with the block."""
    demo = subprocess.Popen(
        [sys.executable, "manage.py", "demo", "--port", str(port)],
        cwd=ROOT, env=environment(state), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        said = []
        for line in demo.stdout:
            said.append(line)
            if "Stop with Ctrl-C" in line:
                break
        assert demo.poll() is None, "".join(said)
        yield demo, "".join(said)
    finally:
        if demo.poll() is None:
            demo.kill()
        demo.stdout.close()
        demo.wait(30)


class Visitor:
    """A browser of the simplest kind."""

    def __init__(self, port: int):
        self.address = f"http://127.0.0.1:{port}"
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def get(self, path: str) -> str:
        with self.opener.open(self.address + path, timeout=60) as answer:
            assert answer.status == 200
            return answer.read().decode()

    def sign_in(self, username: str) -> None:
        self._post("/accounts/login/", login=username, password=PASSWORD)

    def choose_language(self, code: str) -> None:
        self._post("/language/", language=code, next="/accounts/password/")

    def _post(self, path: str, **fields: str) -> None:
        page = self.get("/accounts/login/") if path == "/accounts/login/" else self.get("/accounts/password/")
        fields["csrfmiddlewaretoken"] = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
        with self.opener.open(self.address + path, urllib.parse.urlencode(fields).encode(), timeout=60) as answer:
            assert answer.status == 200


def of_folder(state: Path) -> list[psutil.Process]:
    """The processes that belong to a state folder."""
    found = []
    for process in psutil.process_iter():
        try:
            mine = str(state) in " ".join(process.cmdline()) or process.environ().get("SETTLEMENT_STATE") == str(state)
        except psutil.Error:
            continue
        if mine and process.status() != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


def gone(state: Path, *, within: float) -> bool:
    end = time.monotonic() + within
    while of_folder(state):
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True


class DemoTests:
    def test_starts_serves_stops_and_keeps_what_was_typed(self, tmp_path):
        state, port = tmp_path / "demo", free_port()
        with running(state, port) as (demo, said):
            assert f"http://localhost:{port}" in said
            assert PASSWORD in said
            assert "준비되었습니다" in said
            assert re.search(r"Ready after \d+ seconds", said)
            visitor = Visitor(port)
            visitor.sign_in("province")
            sheet = visitor.get("/kpi/2025/")
            assert "성과지표 2025" in sheet and "다른 수치는 모두 예시입니다" in sheet
            visitor.choose_language("en")
            counsellor = Visitor(port)
            counsellor.sign_in("counsellor")
            assert f"{timezone.localdate():%Y-%m-%d}" in counsellor.get("/sessions/")
            demo.send_signal(signal.SIGINT)
            assert demo.wait(60) == 0
            assert "has been stopped" in demo.stdout.read()
        assert gone(state, within=15)
        with running(state, port) as (demo, said):
            assert "Importing" not in said and "Making this year" not in said
            again = Visitor(port)
            again.sign_in("province")
            assert "Performance indicators 2025" in again.get("/kpi/2025/")
            # Killed without a word, it takes what it started with it all the same.
            demo.kill()
            demo.wait(30)
        assert gone(state, within=40)

    def test_a_taken_port_is_told_in_one_sentence(self, tmp_path):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = str(taken.getsockname()[1])
            done = self.demo("--port", port, state=tmp_path / "demo")
        assert done.returncode == 2
        assert "--port" in done.stderr.strip().splitlines()[-1]

    def test_refuses_a_server_of_one_s_own(self, tmp_path):
        done = self.demo(state=tmp_path / "demo", DATABASE_URL="postgresql://me@db.example.kr/settlement")
        assert done.returncode == 2
        assert done.stderr.strip() == (
            "CommandError: The demo shows its sign-ins and so refuses a server of one's own: unset DATABASE_URL."
        )

    def demo(self, *arguments: str, state: Path, **variables: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "manage.py", "demo", *arguments],
            cwd=ROOT, env=environment(state) | variables, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
