"""What the probes go for: files, a process, listeners and shared memory of somebody else's, on the host or in the
control. Nothing of the machine's own is touched: all of it is made here, and removed again."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import hashlib
import os
import secrets
import shutil
import signal
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from sandbox.attack.kernel import call
from sandbox.attack.probe import AttackFacts
from sandbox.mechanisms import capabilities

SECRET: Final = b"renderserver-canary-0d6cbb0e"
VICTIM_UID: Final = 65532
_PLACES: Final = ("/dev/shm", "/run", "/var/tmp")
_HOST_VALUES: Final = ("/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname", "/proc/sys/kernel/domainname")
_IPC_CREAT, _IPC_RMID = 0o1000, 0

_libc = ctypes.CDLL(None, use_errno=True)
_libc.shmat.restype = ctypes.c_void_p
_libc.shmat.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_int]


class _FileHandle(ctypes.Structure):
    _fields_ = [("bytes", ctypes.c_uint), ("type", ctypes.c_int), ("raw", ctypes.c_ubyte * 128)]


@dataclass
class Bait:
    """Use as a context manager. ``folder``: world-readable, gets the file ``canary`` and the folders ``fonts`` and
    ``images``, which a sandbox mounts under those names. :meth:`harmed` says what the host noticed."""

    folder: Path

    def __enter__(self) -> Self:
        self._lay_files()
        self._open_listeners()
        self._share_memory()
        self._start_victim()
        self._before = self._look()
        return self

    @property
    def mounts(self) -> tuple[tuple[str, str], ...]:
        return ((str(self.folder / "fonts"), "/fonts"), (str(self.folder / "images"), "/images"))

    @property
    def facts(self) -> AttackFacts:
        handle_type, handle = handle_of(str(self.folder))
        return AttackFacts(
            canary=str(self.folder / "canary"),
            handle=handle.hex(),
            handle_type=handle_type,
            victim=self.victim,
            secret_address=self._secret_address,
            tcp_port=self._tcp.getsockname()[1],
            udp_port=self._udp.getsockname()[1],
            abstract=self._abstract,
            shm_key=self._shm_key,
            queue=self._queue,
        )

    # --- laying it out --------------------------------------------------------------------------------------------

    def _lay_files(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.folder.chmod(0o755)
        (self.folder / "canary").write_bytes(SECRET)
        (self.folder / "canary").chmod(0o644)
        for name in ("fonts", "images"):
            (self.folder / name).mkdir(exist_ok=True)
            (self.folder / name).chmod(0o777)
            (self.folder / name / "file").write_bytes(b"unchanged")
            (self.folder / name / "file").chmod(0o666)

    def _open_listeners(self) -> None:
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", 0))
        self._abstract = f"renderserver-bait-{secrets.token_hex(6)}"
        self._unix = socket.socket(socket.AF_UNIX)
        self._unix.bind("\0" + self._abstract)
        self._unix.listen()
        for listener in self._listeners:
            listener.setblocking(False)

    @property
    def _listeners(self) -> tuple[socket.socket, ...]:
        return (self._tcp, self._udp, self._unix)

    def _share_memory(self) -> None:
        """A System V segment and a POSIX queue, both open to everybody; either may be missing from a kernel."""
        self._shm_key = secrets.randbelow(1 << 30) + 1
        self._shm = _libc.shmget(self._shm_key, 4096, _IPC_CREAT | 0o666)
        self._shared = _libc.shmat(self._shm, None, 0) if self._shm >= 0 else None
        if self._shared is not None:
            ctypes.memmove(self._shared, SECRET, len(SECRET))
        name = f"renderserver-{secrets.token_hex(6)}"
        self._queue, self._queue_fd = name, _open_queue(name)

    def _start_victim(self) -> None:
        """Of the same uid as a worker, so that only namespaces and the filter stand between the two."""
        self._memory = bytearray(SECRET)
        self._secret_address = ctypes.addressof(ctypes.c_char.from_buffer(self._memory))
        self._ask, theirs = socket.socketpair()
        self.victim = os.fork()
        if self.victim == 0:
            self._ask.close()  # its own copy would keep it waiting after we have been killed
            _be_a_victim(theirs, self._memory)
        theirs.close()
        self._ask.settimeout(5)
        if self._ask.recv(1) != b"r":
            raise ChildProcessError("the bait process did not start")

    # --- looking at it --------------------------------------------------------------------------------------------

    def harmed(self) -> str:
        """What an attack did to the host, in words; empty if nothing."""
        named = zip(("tcp", "udp", "abstract"), self._listeners, strict=True)
        harm = [f"{name} listener reached" for name, listener in named if _visited(listener)]
        after = self._look()
        harm += [f"{name} changed" for name, value in after.items() if value != self._before.get(name)]
        if self._shared is not None and ctypes.string_at(self._shared, len(SECRET)) != SECRET:
            harm.append("shared memory changed")
        return ", ".join([*harm, *self._ask_victim()])

    def renew(self) -> None:
        """After harm was done."""
        self.__exit__(None, None, None)
        for name in ("fonts", "images"):
            shutil.rmtree(self.folder / name / "escape", ignore_errors=True)
            (self.folder / name / "escape").unlink(missing_ok=True)
        self.__enter__()

    def _look(self) -> dict[str, str]:
        files = sorted(path for path in self.folder.rglob("*") if path.is_file())
        found = {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
        found |= {name: "there" for name in ("/escape", "/usr/escape") if os.path.exists(name)}
        for name in _HOST_VALUES:
            with contextlib.suppress(OSError):
                found[name] = Path(name).read_text()
        root = os.stat("/")
        return found | {"root": f"{root.st_dev}:{root.st_ino}"}

    def _ask_victim(self) -> list[str]:
        try:
            self._ask.send(b"?")
            return [] if self._ask.recv(64) == SECRET else ["the victim's memory changed"]
        except OSError:
            return ["the victim does not answer"]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.victim, signal.SIGKILL)
        os.waitpid(self.victim, 0)
        for listener in (*self._listeners, self._ask):
            listener.close()
        if self._shm >= 0:
            _libc.shmdt(ctypes.c_void_p(self._shared))
            _libc.shmctl(self._shm, _IPC_RMID, None)
        if self._queue_fd >= 0:
            os.close(self._queue_fd)
            call("mq_unlink", self._queue.encode())


@contextlib.contextmanager
def place() -> Iterator[Path]:
    """A folder of our own for the bait, outside the machine's ``/tmp``; removed afterwards."""
    home = next((path for path in _PLACES if os.access(path, os.W_OK | os.X_OK)), None)
    folder = Path(tempfile.mkdtemp(prefix="renderserver-attack-", dir=home))
    folder.chmod(0o755)  # a worker could go there, if it could
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _open_queue(name: str) -> int:
    """mq_open(2); -1 where there are none."""
    old = os.umask(0)
    try:
        return call("mq_open", name.encode(), os.O_CREAT | os.O_RDWR, 0o666, 0)
    except OSError:
        return -1
    finally:
        os.umask(old)


def handle_of(path: str) -> tuple[int, bytes]:
    """name_to_handle_at(2): (type, bytes); empty where the file system has no handles."""
    handle, mount = _FileHandle(bytes=128), ctypes.c_int()
    if _libc.name_to_handle_at(-100, path.encode(), ctypes.byref(handle), ctypes.byref(mount), 0) != 0:
        return 0, b""
    return handle.type, bytes(handle.raw[: handle.bytes])


# --- the victim -------------------------------------------------------------------------------------------------------


def _be_a_victim(channel: socket.socket, memory: bytearray) -> None:
    try:
        _hide_secret_in_environment()
        if os.geteuid() == 0:
            _become_victim()
        channel.send(b"r")
        while channel.recv(1):
            channel.send(bytes(memory))
    finally:
        os._exit(0)


def _hide_secret_in_environment() -> None:
    """Over the strings that /proc/<pid>/environ shows, which are plain memory (proc(5), fields 50 and 51 of stat)."""
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    start, end = int(fields[47]), int(fields[48])
    if end - start > len(SECRET):
        ctypes.memmove(start, SECRET, len(SECRET))


def _become_victim() -> None:
    """In the control's user namespace there is only the one id; the victim already has it then."""
    try:
        os.setresgid(VICTIM_UID, VICTIM_UID, VICTIM_UID)
        os.setresuid(VICTIM_UID, VICTIM_UID, VICTIM_UID)
    except OSError:
        return
    capabilities.set_dumpable()  # a victim should be as easy as can be


def _visited(listener: socket.socket) -> bool:
    try:
        if listener.type == socket.SOCK_DGRAM:
            return bool(listener.recv(64))
        listener.accept()[0].close()
    except BlockingIOError:
        return False
    except OSError as error:
        return error.errno != errno.EAGAIN
    return True
