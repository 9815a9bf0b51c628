import os
import signal
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from accounts.catalogues import compile_catalogues
from config import processes, servers
from demo import alive, signins

WORKBOOK = "tests/data/centres.xlsx"
WEB_STARTS_WITHIN = 60  # seconds
MISTAKE = 2


class Command(BaseCommand):
    help = "Start everything with synthetic people on this machine: servers, pages and background work."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000, help="where the pages are served (8000)")

    def handle(self, *args, port, **options):
        if not settings.EMBEDDED:
            raise CommandError(
                "The demo shows its sign-ins and so refuses a server of one's own: unset DATABASE_URL.",
                returncode=MISTAKE,
            )
        _claim(port)
        self.began = time.monotonic()
        os.environ |= {"SETTLEMENT_DEMO": "1", "SETTLEMENT_REQUIRE_SECOND_FACTOR": "0", "SETTLEMENT_HTTPS": "0"}
        self.asked_to_stop = False
        signal.signal(signal.SIGINT, self._interrupt)
        signal.signal(signal.SIGTERM, self._interrupt)
        self.children: list[processes.Child] = []
        try:
            self._prepare()
            self._start(port)
            self._tell(port)
            self._watch()
        except KeyboardInterrupt:
            # Asked once is enough: what follows is not to be broken off half-way.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        finally:
            self._stop()

    def _prepare(self):
        compile_catalogues()
        settings.STATIC_ROOT.mkdir(exist_ok=True)
        self._say(gettext_noop("Preparing the database."))
        self._manage("prepare")
        if not signins.has_records():
            self._say(gettext_noop("Importing the demo workbook; this takes a moment the first time."))
            self._manage("import_workbook", WORKBOOK)
        signins.take_one_centre_out()
        signins.make_sign_ins()
        first = alive.first_missing_day()
        if first:
            self._say(gettext_noop("Making this year's records, up to today."))
            alive.catch_up(first)

    def _manage(self, command: str, *arguments: str):
        log = servers.state_folder() / f"{command}.log"
        status = processes.run(["manage.py", command, *arguments], folder=settings.BASE_DIR, log=log)
        if status:
            raise CommandError(
                gettext("`manage.py %(command)s` failed: %(why)s More stands in %(log)s.")
                % {"command": command, "why": _last_line(log), "log": log}
            )

    def _start(self, port: int):
        self._say(gettext_noop("Starting the pages and the background work."))
        state = servers.state_folder()
        web = ["-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--worker-class", "gthread"]
        celery = ["-m", "celery", "--app", "config"]
        schedule = ["--schedule", str(state / "beat-schedule"), "--pidfile", ""]
        for name, arguments in {
            "web": [*web, "--threads", "4", "--no-control-socket", "config.wsgi"],
            "worker": [*celery, "worker", "--concurrency", "2", "--loglevel", "WARNING", "--without-mingle"],
            "beat": [*celery, "beat", "--loglevel", "WARNING", *schedule],
        }.items():
            log = state / f"{name}.log"
            self.children.append(processes.Child(name, arguments, log=log, folder=settings.BASE_DIR))
        web = self.children[0]
        processes.until(lambda: _answers(port) or web.status is not None, seconds=WEB_STARTS_WITHIN)
        if web.status is not None or not _answers(port):
            raise CommandError(
                gettext("The pages did not start: %(why)s More stands in %(log)s.")
                % {"why": _last_line(web.log), "log": web.log}
            )

    def _tell(self, port: int):
        seconds = round(time.monotonic() - self.began)
        width = max(len(entry.username) for entry in signins.SIGN_INS)
        for language in ("ko", "en"):
            with translation.override(language):
                self.stdout.write("")
                ready = gettext("Ready after %(seconds)d seconds: http://localhost:%(port)s")
                self.stdout.write(ready % {"seconds": seconds, "port": port})
                self.stdout.write(gettext("Password of every sign-in: %(password)s") % {"password": signins.PASSWORD})
                for entry in signins.SIGN_INS:
                    self.stdout.write(f"  {entry.username:<{width}}  {entry.role.label} ({entry.workspace})")
                self.stdout.write(gettext("All people are synthetic. Stop with Ctrl-C."))
        self.stdout.flush()

    def _watch(self):
        while not self.asked_to_stop:
            for child in self.children:
                if child.status is not None:
                    raise CommandError(
                        f"{child.name} ended by itself: {_last_line(child.log)} More stands in {child.log}."
                    )
            time.sleep(0.5)

    def _stop(self):
        if self.children:
            self._say(gettext_noop("Stopping."))
        for child in reversed(self.children):
            child.stop()
        self._say(gettext_noop("Everything that the demo started has been stopped."))

    def _interrupt(self, *args):
        # Also noted down: an exception that a signal raises in a finaliser is lost.
        self.asked_to_stop = True
        raise KeyboardInterrupt

    def _say(self, message: str):
        """A line of progress in Korean and English; ``message`` is the English text."""
        with translation.override("ko"):
            self.stderr.write(f"{gettext(message)} / {message}")
        self.stderr.flush()


def _claim(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            raise CommandError(
                f"Port {port} is taken or not to be had: choose another with --port.", returncode=MISTAKE
            ) from error


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1] if lines else "it said nothing."
