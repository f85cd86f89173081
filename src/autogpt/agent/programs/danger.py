"""Which calls in generated code deserve a look before it runs, for the evidence.

Is not a barrier: what is written to hide from it is not found. The sandbox protects; this informs.
"""

import ast
import re
import warnings
from collections.abc import Iterator

MOST = 200_000
"""Characters of code that are looked at."""

_MOST_FOUND = 50

Found = tuple[int, str]
"""Line, counted from 1, and what the call there does."""


def dangerous(text: str, language: str) -> tuple[str, ...]:
    """Calls that deserve a look, as 'line N: call: what it does', in order of lines, at most 50.

    language: 'python', or 'shell' ('bash', 'sh'); others, and Python that does not parse, give nothing.
    """
    text = text[:MOST]
    match language:
        case "python":
            found = list(_python(text))
        case "shell" | "bash" | "sh":
            found = list(_shell(text))
        case _:
            found = []
    told = dict.fromkeys(f"line {line}: {what}" for line, what in sorted(found, key=lambda pair: pair[0]))
    return tuple(told)[:_MOST_FOUND]


def language(path: str, text: str = "") -> str:
    """What to read a file as: 'python' or 'shell' by its ending or first line, '' for anything else."""
    first = text.partition("\n")[0]
    if path.endswith((".py", ".pyw")) or (first.startswith("#!") and "python" in first):
        return "python"
    if path.endswith((".sh", ".bash")) or re.match(r"#!\S*/(?:env )?(?:ba|da|z|k)?sh\b", first):
        return "shell"
    return ""


_SHELL_CALL = "runs a shell command"
_PROGRAM = "starts a program"
_NETWORK = "uses the network"
_CODE = "runs code made at run time"
_DELETES = "removes a whole folder"
_NATIVE = "calls native code or the kernel directly"
_UNPICKLES = "reads a format that can run code"

_CALLS: dict[str, str] = {
    "__import__": "imports a module by a computed name",
    "code.InteractiveInterpreter": _CODE,
    "compile": _CODE,
    "eval": _CODE,
    "exec": _CODE,
    "importlib.import_module": "imports a module by a computed name",
    "marshal.loads": _UNPICKLES,
    "os.fork": _PROGRAM,
    "os.kill": "sends a signal to a process",
    "os.killpg": "sends a signal to a process",
    "os.popen": _SHELL_CALL,
    "os.posix_spawn": _PROGRAM,
    "os.removedirs": _DELETES,
    "os.setuid": "changes the user it runs as",
    "os.symlink": "makes a symbolic link",
    "os.system": _SHELL_CALL,
    "pickle.load": _UNPICKLES,
    "pickle.loads": _UNPICKLES,
    "pty.spawn": _PROGRAM,
    "shutil.rmtree": _DELETES,
    "asyncio.open_connection": _NETWORK,
    "asyncio.create_subprocess_shell": _SHELL_CALL,
    "asyncio.create_subprocess_exec": _PROGRAM,
    "subprocess.getoutput": _SHELL_CALL,
    "subprocess.getstatusoutput": _SHELL_CALL,
    "yaml.load": _UNPICKLES,
    "yaml.unsafe_load": _UNPICKLES,
}
_PREFIXES: dict[str, str] = {
    "aiohttp.": _NETWORK,
    "cffi.": _NATIVE,
    "ctypes.": _NATIVE,
    "ftplib.": _NETWORK,
    "http.client.": _NETWORK,
    "httpx.": _NETWORK,
    "imaplib.": _NETWORK,
    "mmap.": _NATIVE,
    "os.exec": _PROGRAM,
    "os.spawn": _PROGRAM,
    "paramiko.": _NETWORK,
    "requests.": _NETWORK,
    "smtplib.": _NETWORK,
    "socket.": _NETWORK,
    "subprocess.": _PROGRAM,
    "telnetlib.": _NETWORK,
    "urllib.request.": _NETWORK,
    "urllib3.": _NETWORK,
    "xmlrpc.client.": _NETWORK,
}
_FILE_CALLS = frozenset(
    "open io.open os.open os.remove os.unlink os.rename os.replace os.rmdir os.listdir os.scandir os.walk os.chdir "
    "pathlib.Path pathlib.PurePath shutil.copy shutil.copy2 shutil.copyfile shutil.copytree shutil.move "
    "shutil.rmtree sqlite3.connect zipfile.ZipFile tarfile.open os.symlink os.link".split()
)


def _python(text: str) -> Iterator[Found]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text.removeprefix("\ufeff"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    names = _imported(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _call(node, _dotted(node.func, names))


def _imported(tree: ast.Module) -> dict[str, str]:
    """What each imported name stands for, wherever in the code it is imported."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname:
                    names[alias.asname] = alias.name
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def _dotted(node: ast.expr, names: dict[str, str]) -> str:
    """The function's full name, '' where it is not simply named. `getattr(os, "system")` counts as `os.system`."""
    parts: list[str] = []
    for _ in range(20):
        match node:
            case ast.Attribute(value=inner, attr=attr):
                parts.append(attr)
                node = inner
            case (
                ast.Call(func=ast.Name(id="getattr"), args=[inner, ast.Constant(value=str() as attr), *_])
                | ast.Subscript(
                    value=ast.Attribute(value=inner, attr="__dict__"), slice=ast.Constant(value=str() as attr)
                )
            ):
                parts.append(attr)
                node = inner
            case ast.Name(id=name):
                parts.append(names.get(name, name))
                dotted = ".".join(reversed(parts))
                return dotted.removeprefix("builtins.").removeprefix("__builtins__.")
            case _:
                return ""
    return ""


def _call(node: ast.Call, name: str) -> Iterator[Found]:
    if not name:
        return
    what = _CALLS.get(name) or next((what for prefix, what in _PREFIXES.items() if name.startswith(prefix)), None)
    texts = [text for argument in node.args for text in _texts(argument)]
    if name.startswith("subprocess.") and any(
        keyword.arg == "shell" and not (isinstance(keyword.value, ast.Constant) and not keyword.value.value)
        for keyword in node.keywords
    ):
        what = _SHELL_CALL
    if name == "yaml.load" and any(_dotted(k.value, {}).endswith("SafeLoader") for k in node.keywords):
        what = None
    if what:
        yield node.lineno, f"{name}: {what}"
    if what in (_SHELL_CALL, _PROGRAM) and texts:
        for _, inner in _shell(" ".join(texts)):
            yield node.lineno, f"{name}: {inner}"
    if name in _FILE_CALLS:
        for path in texts:
            if _is_outside(path):
                yield node.lineno, f"{name}: touches {path[:80]!r}, outside the workspace"
    if name.rpartition(".")[2] == "chmod" and any(_is_open_mode(argument) for argument in node.args):
        yield node.lineno, f"{name}: lets everybody write"


def _texts(node: ast.expr) -> Iterator[str]:
    """Literal text in an argument, also in a list of words."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.List | ast.Tuple):
        for element in node.elts:
            if isinstance(element, ast.Constant) and isinstance(element.value, str):
                yield element.value


def _is_open_mode(node: ast.expr) -> bool:
    value = node.value if isinstance(node, ast.Constant) else None
    return isinstance(value, int) and not isinstance(value, bool) and bool(value & 0o002)


def _is_outside(path: str) -> bool:
    """Whether the path leads out of the workspace and of /tmp."""
    if path.startswith("~"):
        return True
    depth = 0
    parts = path.split("/")
    if path.startswith("/"):
        if len(parts) < 2 or parts[1] not in ("workspace", "tmp", "dev"):
            return True
        if parts[1] == "dev":
            return path not in ("/dev/null", "/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/urandom", "/dev/zero")
        parts = parts[2:]
    for part in parts:
        depth += -1 if part == ".." else part not in ("", ".")
        if depth < 0:
            return True
    return False


_BEFORE = frozenset("sudo doas env nohup time exec command xargs then do else if while ! ( { nice timeout".split())
_SHELLS = frozenset("sh bash zsh dash ksh python python3 perl ruby node".split())
_COMMANDS: dict[str, str] = {
    **dict.fromkeys(("curl", "wget", "nc", "ncat", "ssh", "scp", "rsync", "ftp", "telnet", "socat"), _NETWORK),
    **dict.fromkeys(("apt", "apt-get", "dnf", "yum", "apk", "brew", "snap"), "installs software"),
    **dict.fromkeys(("crontab", "systemctl", "service", "at"), "changes what the system runs"),
    **dict.fromkeys(("shutdown", "reboot", "halt", "poweroff"), "stops the machine"),
    **dict.fromkeys(("mkfs", "fdisk", "parted", "wipefs", "shred"), "destroys data"),
    **dict.fromkeys(("mount", "umount", "insmod", "chroot", "nsenter", "unshare"), "changes the system"),
    "eval": _CODE,
    "killall": "ends processes by name",
    "pkill": "ends processes by name",
}


def _shell(text: str) -> Iterator[Found]:
    """Each command word by word: no pattern that could take long on text made for it."""
    for number, line in enumerate(text.replace("\\\n", "  ").split("\n"), 1):
        if re.search(r"\(\)\s*\{[^}|]{0,80}\|[^}&]{0,80}&", line):
            yield number, "fork bomb: starts itself without end"
        before = ""
        for piece in re.split(r"([;&`\n]|\$\(|\|\|?)", line.split(" #")[0]):
            words = [word.strip("\"'") for word in piece.split()]
            while words and (words[0] in _BEFORE or re.fullmatch(r"\w+=\S*", words[0])):
                if words[0] in ("sudo", "doas"):
                    yield number, f"{words[0]}: asks for more rights"
                words.pop(0)
            if not words or words == ["|"]:
                continue
            command = words[0].rpartition("/")[2]
            for what in _command(command, words[1:]):
                yield number, f"{command}: {what}"
            if before in ("curl", "wget", "base64") and command in _SHELLS:
                yield number, f"{before} | {command}: runs code that was fetched or hidden"
            before = command


def _command(command: str, words: list[str]) -> Iterator[str]:
    flags = "".join(word[1:] for word in words if re.fullmatch(r"-[a-zA-Z]+", word))
    if command in _COMMANDS:
        yield _COMMANDS[command]
    if command.startswith("mkfs."):
        yield _COMMANDS["mkfs"]
    if command == "rm" and ("r" in flags or "R" in flags or "--recursive" in words):
        yield _DELETES
    if command == "find" and "-delete" in words:
        yield _DELETES
    if command == "chmod" and any(
        re.fullmatch(r"0?[0-7]?[0-7]{2}[2367]|a?\+\w*w\w*|[ugoa]*\+\w*s\w*", w) for w in words
    ):
        yield "lets everybody write, or run it as its owner"
    if command == "dd" and any(word.startswith("of=/dev/") for word in words):
        yield "writes to a device"
    if command == "kill" and "-1" in words:
        yield "ends every process"
    if command == "git" and "push" in words:
        yield _NETWORK
    if (command in ("pip", "pip3", "npm", "gem", "cargo", "uv") and "install" in words) or (
        command in _SHELLS and words[:3] == ["-m", "pip", "install"]
    ):
        yield "installs software"
    for place, word in enumerate(words):
        target = word.lstrip("0123456789&>")
        if ">" in word and not target and place + 1 < len(words):
            target = words[place + 1]
        elif ">" not in word:
            target = word if command in ("rm", "mv", "cp", "cat", "cd", "ln", "tee", "touch", "mkdir") else ""
        if target and not target.startswith("-") and _is_outside(target):
            yield f"touches {target[:80]!r}, outside the workspace"
