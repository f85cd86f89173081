"""Runs inside a cell: starts jobs there, relays their output, ends whole job trees. Uses the standard library only.

It shares the sandbox with hostile code of the same uid. That code can kill or stop it, which ends the cell and
nothing else; it cannot speak for it: the two protocol descriptors are close-on-exec, and a process that is not
dumpable hides its memory and descriptors from its own uid. (No pathlib here: importing it doubles the start.)

Orders come as a length (4 bytes) and JSON. Answers go as length, kind (1 byte), number of the call, payload; kinds:
`r` ready, `o` and `e` output, `x` the end of a call, as JSON.

Started as `python -I -S -c STARTER <fd of this text> <read fd> <write fd> <fd of the text of interpreter.py>`.
"""

import contextlib
import ctypes
import json
import os
import select
import signal
import struct
import sys
import tempfile
import time
from typing import Any

# Runs the program that the descriptor of the first argument holds; so it is no argument that `ps` would show.
STARTER = "import os,sys;exec(compile(os.pread(int(sys.argv[1]),1<<20,0),'<cell>','exec'))"
_SET_DUMPABLE, _SET_SUBREAPER, _SET_DEATH_SIGNAL = 4, 36, 1
_PAGE = os.sysconf("SC_PAGE_SIZE")
_libc = ctypes.CDLL(None, use_errno=True)


class Job:
    """A program and all its descendants, under a warden process that reaps them."""

    def __init__(self, number: int, memory_bytes: int) -> None:
        self.number = number
        self.memory_bytes = memory_bytes
        self.why = "exit"
        self.warden = self.status = self.out = self.err = -1
        self.told = b""
        """What the warden wrote: the main process's wait status."""

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.warden, signal.SIGTERM)
            os.kill(self.warden, signal.SIGCONT)


class Interpreter:
    """The kept Python interpreter; itself a job."""

    def __init__(self, job: Job, send: int, receive: int) -> None:
        self.job = job
        self.send = send
        self.receive = receive
        self.told = b""
        self.heard = True
        self.call: int | None = None
        """The call it works on."""


class Agent:
    def __init__(self, read: int, write: int, interpreter_text: int) -> None:
        self.read = read
        self.write = write
        self.text = interpreter_text
        """Descriptor of the interpreter's program."""
        self.buffer = bytearray()
        self.jobs: dict[int, Job] = {}
        self.by_descriptor: dict[int, tuple[Job, bytes]] = {}
        self.interpreter: Interpreter | None = None
        self.poll = select.poll()
        self.poll.register(read, select.POLLIN)
        self.look = 0.0

    def serve(self) -> None:
        self.send(b"r", 0)
        while True:
            wait = 50 if self.jobs else 1000
            for descriptor, _ in self.poll.poll(wait):
                if descriptor == self.read:
                    if not self.take():
                        return
                elif self.interpreter and descriptor == self.interpreter.receive:
                    self.answered(self.interpreter)
                elif descriptor in self.by_descriptor:
                    self.relay(descriptor)
            now = time.monotonic()
            if now >= self.look:
                self.measure()
                self.bury()
                self.look = time.monotonic() + max(0.05, 4 * (time.monotonic() - now))

    def send(self, kind: bytes, number: int, payload: bytes = b"") -> None:
        data = memoryview(struct.pack("=IcI", len(payload), kind, number) + payload)
        while data:
            data = data[os.write(self.write, data) :]

    def take(self) -> bool:
        data = os.read(self.read, 1 << 20)
        self.buffer += data
        while len(self.buffer) >= 4:
            (length,) = struct.unpack_from("=I", self.buffer)
            if len(self.buffer) < 4 + length:
                break
            order = json.loads(self.buffer[4 : 4 + length])
            del self.buffer[: 4 + length]
            self.obey(order)
        return bool(data)

    def obey(self, order: dict[str, Any]) -> None:
        match order["do"]:
            case "run" | "python":
                try:
                    self.begin_call(order)
                except OSError as error:  # hostile code has used up the processes or the space for input
                    self.send(b"e", order["id"], f"cannot start: {error.strerror}\n".encode())
                    self.exit(order["id"], 126, "exit", False)
            case "kill":
                if order["id"] in self.jobs:
                    self.jobs[order["id"]].kill()
                elif self.interpreter and self.interpreter.call == order["id"]:
                    self.interpreter.job.kill()
            case "interrupt":
                if self.interpreter and self.interpreter.call == order["id"]:
                    os.kill(self.interpreter.job.warden, signal.SIGUSR1)
            case _:
                raise ValueError(order["do"])

    def begin_call(self, order: dict[str, Any]) -> None:
        number = order["id"]
        if order["do"] == "python":
            self.evaluate(number, order["code"], order["memory"])
        else:
            self.jobs[number] = self.begin(number, order["argv"], order["env"], order["stdin"], order["memory"])

    def begin(
        self, number: int, argv: list[str], env: dict[str, str], stdin: str, memory: int, keep: tuple[int, ...] = ()
    ) -> Job:
        job = Job(number, memory)
        given = _file(stdin)
        (job.status, status), (job.out, out), (job.err, err) = os.pipe(), os.pipe(), os.pipe()
        job.warden = _fork((given, job.status, status, job.out, out, job.err, err))
        if job.warden == 0:
            try:
                _warden(argv, {**os.environ, **env}, (given, out, err), status, keep)
            finally:
                os._exit(70)
        for descriptor in (given, out, err, status):
            os.close(descriptor)
        for descriptor, kind in ((job.out, b"o"), (job.err, b"e"), (job.status, b"s")):
            os.set_blocking(descriptor, False)
            self.by_descriptor[descriptor] = (job, kind)
            self.poll.register(descriptor, select.POLLIN)
        return job

    def relay(self, descriptor: int) -> None:
        """Pass on what a job wrote, or take note that its warden is done."""
        job, kind = self.by_descriptor[descriptor]
        for _ in range(16):
            try:
                data = os.read(descriptor, 65536)
            except BlockingIOError:
                return
            if not data:
                break
            if kind == b"s":
                job.told += data
            else:
                call = self.interpreter.call if self.interpreter and self.interpreter.job is job else job.number
                if call is not None:
                    self.send(kind, call, data)
        else:
            return
        if kind == b"s":
            self.ended(job)
        else:
            self.forget(descriptor)

    def ended(self, job: Job) -> None:
        for descriptor in (job.out, job.err):
            if descriptor in self.by_descriptor:
                self.relay(descriptor)
        for descriptor in (job.out, job.err, job.status):
            if descriptor in self.by_descriptor:
                self.forget(descriptor)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(job.warden, 0)
        code = struct.unpack("=i", job.told)[0] if len(job.told) == 4 else -9
        call, lost = job.number, False
        if self.interpreter and self.interpreter.job is job:
            if self.interpreter.heard:
                self.poll.unregister(self.interpreter.receive)
            os.close(self.interpreter.receive)
            os.close(self.interpreter.send)
            call, lost = self.interpreter.call, True
            self.interpreter = None
        self.jobs.pop(job.number, None)
        if call is not None:
            self.exit(call, code, job.why, lost)

    def forget(self, descriptor: int) -> None:
        self.poll.unregister(descriptor)
        del self.by_descriptor[descriptor]
        os.close(descriptor)

    def exit(self, call: int, code: int, why: str, lost: bool) -> None:
        self.send(b"x", call, json.dumps({"exit": code, "why": why, "lost": lost}).encode())

    def evaluate(self, call: int, code: str, memory: int) -> None:
        if self.interpreter is None:
            theirs, send = os.pipe()
            receive, answer = os.pipe()
            keep = (self.text, theirs, answer)
            job = self.begin(0, [sys.executable, "-c", STARTER, *map(str, keep)], {}, "", memory, keep)
            os.close(theirs)
            os.close(answer)
            self.interpreter = Interpreter(job, send, receive)
            self.poll.register(receive, select.POLLIN)
        self.interpreter.call = call
        data = code.encode("utf-8", "surrogateescape")
        data = memoryview(struct.pack("=I", len(data)) + data)
        with contextlib.suppress(BrokenPipeError):  # its end is told by its warden
            while data:
                data = data[os.write(self.interpreter.send, data) :]

    def answered(self, interpreter: Interpreter) -> None:
        data = os.read(interpreter.receive, 4 - len(interpreter.told))
        interpreter.told += data
        if not data:
            self.poll.unregister(interpreter.receive)
            interpreter.heard = False
        if len(interpreter.told) < 4:
            return
        (code,) = struct.unpack("=i", interpreter.told)
        interpreter.told = b""
        if interpreter.call is None:
            return
        for descriptor in (interpreter.job.out, interpreter.job.err):
            if descriptor in self.by_descriptor:
                self.relay(descriptor)
        call, interpreter.call = interpreter.call, None
        self.exit(call, code, "exit", False)

    def measure(self) -> None:
        """End a job that holds too much memory."""
        jobs = [*self.jobs.values(), *([self.interpreter.job] if self.interpreter else [])]
        for job in jobs:
            if job.why == "exit" and sum(map(_resident, _tree(job.warden))) > job.memory_bytes:
                job.why = "memory"
                job.kill()

    def bury(self) -> None:
        """End and reap processes that escaped from a warden that was killed."""
        wardens = {job.warden for job in self.jobs.values()}
        if self.interpreter:
            wardens.add(self.interpreter.job.warden)
        for child in _children(os.getpid()):
            if child not in wardens:
                with contextlib.suppress(ProcessLookupError, ChildProcessError):
                    os.kill(child, signal.SIGKILL)
                    os.waitpid(child, os.WNOHANG)


def _fork(descriptors: tuple[int, ...]) -> int:
    try:
        return os.fork()
    except OSError:
        for descriptor in descriptors:
            os.close(descriptor)
        raise


def _warden(
    argv: list[str], env: dict[str, str], streams: tuple[int, int, int], status: int, keep: tuple[int, ...]
) -> None:
    """Start the program; when it ends, or on SIGTERM, end every descendant; write the wait status."""
    _libc.prctl(_SET_SUBREAPER, 1, 0, 0, 0)
    _libc.prctl(_SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    main = os.fork()
    if main == 0:
        _become(argv, env, streams, keep)
    for descriptor in streams:
        os.close(descriptor)
    code = -9

    def stop(*_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise InterruptedError

    def interrupt(*_: object) -> None:
        os.kill(main, signal.SIGINT)

    signal.signal(signal.SIGUSR1, interrupt)
    signal.signal(signal.SIGTERM, stop)
    try:
        while True:
            pid, ended = os.waitpid(-1, 0)
            if pid == main:
                code = os.waitstatus_to_exitcode(ended)
                break
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    except InterruptedError:
        pass
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    _end_all(main)
    os.write(status, struct.pack("=i", code))
    os._exit(0)


def _become(argv: list[str], env: dict[str, str], streams: tuple[int, int, int], keep: tuple[int, ...]) -> None:
    try:
        os.setsid()
        for number, descriptor in enumerate(streams):
            os.dup2(descriptor, number)
        for descriptor in keep:
            os.set_inheritable(descriptor, True)
        for name in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT):
            signal.signal(name, signal.SIG_DFL)
        os.execvpe(argv[0], argv, env)  # noqa: S606
    except OSError as error:
        os.write(2, f"{argv[0]}: {error.strerror}\n".encode("utf-8", "replace"))
        os._exit(127 if isinstance(error, FileNotFoundError) else 126)


def _end_all(main: int) -> None:
    deadline = time.monotonic() + 1.5
    while time.monotonic() < deadline:
        for pid in _tree(os.getpid())[1:]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(main, signal.SIGKILL)  # where /proc is hidden, this is all that can be reached
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.001)


def _file(content: str) -> int:
    if not content:
        return os.open("/dev/null", os.O_RDONLY)
    with tempfile.TemporaryFile() as file:
        file.write(content.encode())
        file.seek(0)
        return os.dup(file.fileno())


def _tree(root: int) -> list[int]:
    found = [root]
    for pid in found:
        found += _children(pid)
    return found


def _children(pid: int) -> list[int]:
    children: list[int] = []
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208
            with open(f"/proc/{pid}/task/{thread}/children", "rb") as file:  # noqa: PTH123
                children += map(int, file.read().split())
    return children


def _resident(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:  # noqa: PTH123
            return int(file.read().split()[1]) * _PAGE
    except OSError:
        return 0


def main() -> None:
    read, write, text = map(int, sys.argv[2:5])
    _libc.prctl(_SET_DUMPABLE, 0, 0, 0, 0)
    _libc.prctl(_SET_SUBREAPER, 1, 0, 0, 0)
    for descriptor in (read, write, text):
        os.set_inheritable(descriptor, False)
    Agent(read, write, text).serve()


if __name__ == "__main__":
    main()
