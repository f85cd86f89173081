"""Nothing that a hostile program tries gets through, on any sandbox that works here, as root and as a plain user."""

import abuses
import pytest
from sandbox_stages import Attacked


@pytest.mark.parametrize("abuse", [abuse.name for abuse in abuses.ABUSES])
def test_abuse_does_not_get_through(attacked, abuse):
    seen = attacked.run(abuse)
    assert seen["through"] == [], seen


# Of those that do not harm the machine that runs the tests.
NOTICED = """read_a_private_file list_outside read_through_symlink read_through_prepared_symlink hardlink_outside
write_through_prepared_symlink change_outside change_modes_by_path_descriptor set_user_id_files
environments_of_others command_lines_of_others memory_of_others limits_of_others memfd loopback_of_host
loopback_by_datagram unix_socket unix_socket_by_pair other_families shared_ipc second_call_table our_environment
terminal_input reserve_disk""".split()


@pytest.fixture(scope="module")
def unconfined():
    stage = Attacked("user", "none")
    yield stage
    stage.close()


@pytest.mark.parametrize("abuse", NOTICED)
def test_without_a_sandbox_the_abuse_is_noticed(unconfined, abuse):
    assert unconfined.run(abuse)["through"] != []


def test_the_sandbox_is_the_one_that_was_to_be_attacked(attacked, request):
    who, choice = request.node.callspec.id.split("-")
    assert attacked.about["backend"] == ("bubblewrap-root" if (who, choice) == ("root", "bubblewrap") else choice)
    assert (attacked.about["uid"] == 0) == (who == "root")
