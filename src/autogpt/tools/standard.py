"""The tools every run has."""

from autogpt.tools.code import run_command, run_python
from autogpt.tools.edit import edit_file
from autogpt.tools.files import delete_file, list_files, move_file, read_file, undo, write_file
from autogpt.tools.human import ask_person, hand_in
from autogpt.tools.processes import http_get, process_log, start_process, stop_process
from autogpt.tools.search import find
from autogpt.tools.tool import Tool

TOOLS: tuple[Tool, ...] = (
    list_files,
    read_file,
    write_file,
    edit_file,
    find,
    move_file,
    delete_file,
    undo,
    run_python,
    run_command,
    start_process,
    process_log,
    stop_process,
    http_get,
    ask_person,
    hand_in,
)
"""In the order the model is shown them, which never changes, so that the engine's prefix cache answers."""
