"""What a repository that strangers use must have, and must not carry."""

import re
import tomllib
from urllib.parse import urlsplit

PLACES = re.compile(
    r"(?<![\w.}/-])/(?:root|work|home/(?!agent\b)\w+|Users/\w+|mnt|spike)/[\w.-]+|file:///(?:opt|root|work)"
)
INDEXES = re.compile(r"(?:index-url|find-links|trusted-host|registry)\s*[=:]?\s*(?:https?|file):", re.I)
URL = re.compile(r"https?://[^\s\"'`<>)\]}]+")
KNOWN_HOSTS = {"localhost", "pypi.org", "github.com", "www.apache.org", "keepachangelog.com", "semver.org"}
"""Where addresses in our files may point to, beside example.org and this machine."""
TEXTS = {"", ".cfg", ".css", ".html", ".json", ".md", ".po", ".py", ".sh", ".toml", ".txt", ".yaml", ".yml"}


def texts(tracked):
    for path in tracked:
        if path.suffix in TEXTS and path.name != "test_repository.py":
            yield path, path.read_text("utf-8", errors="replace")


def test_no_file_carries_a_place_of_one_machine(tracked, root):
    found = [
        f"{path.relative_to(root)}: {match[0]}"
        for path, text in texts(tracked)
        for match in (*PLACES.finditer(text), *INDEXES.finditer(text))
    ]
    assert found == []


def test_documents_point_to_hosts_that_belong_there(tracked, root):
    found = [
        f"{path.relative_to(root)}: {url}"
        for path, text in texts(tracked)
        if path.suffix in (".md", ".toml", ".txt", "") and "tests" not in path.relative_to(root).parts
        for url in URL.findall(text)
        if not known(urlsplit(url).hostname or "")
    ]
    assert found == []


def known(host: str) -> bool:
    return host in KNOWN_HOSTS or host.startswith("127.") or host.isupper() or host.split(".")[-2:-1] == ["example"]


def test_no_link_leads_out_of_the_repository(tracked, root):
    assert [path for path in tracked if path.is_symlink() and not path.resolve().is_relative_to(root)] == []


def test_the_changelog_begins_with_the_current_version(root):
    version = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    headings = re.findall(r"^## \[?([\w.]+)", (root / "CHANGELOG.md").read_text("utf-8"), re.M)
    assert headings[0] == version


def test_licence_and_notices_are_there_and_packaged(root):
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["license"] == "MIT"
    assert "Permission is hereby granted, free of charge" in (root / "LICENSE").read_text("utf-8")
    assert set(project["license-files"]) == {"LICENSE", "THIRD_PARTY_NOTICES.md"}


def test_the_notices_name_every_model_on_the_shelf(root):
    from autogpt.models.shelf import SHELF

    notices = (root / "THIRD_PARTY_NOTICES.md").read_text("utf-8")
    for known_ in SHELF.values():
        assert known_.title.split(",")[0] in notices
        assert known_.licence in notices
        assert known_.parts[0].package in notices


def names_of(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=;! ]", line)[0].lower().replace("_", "-") for line in requirements}


def test_every_dependency_is_pinned_once_the_same_for_people_and_for_ci(root):
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = names_of(project["dependencies"])
    for extra in ("local", "hosted", "studio", "dev"):
        wanted |= names_of(project["optional-dependencies"][extra])
    pins = re.findall(r"^([\w.-]+==[\w.]+)", (root / "constraints.txt").read_text("utf-8"), re.M)
    hashed = re.findall(r"^([\w.-]+==[\w.]+)", (root / ".ci" / "requirements.txt").read_text("utf-8"), re.M)
    assert wanted - names_of(pins) == set()
    # torch comes first and alone, as the build for the CPU; what its other build brings along comes from nowhere.
    (torch,) = re.findall(r"^torch==[\w.]+", (root / ".ci" / "torch.txt").read_text("utf-8"), re.M)
    apart = [pin for pin in pins if pin == torch or pin.startswith(("cuda-", "nvidia-", "triton"))]
    assert [pin for pin in pins if pin not in apart] == hashed


def test_errors_advise_only_extras_that_exist(root):
    extras = set(tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"])
    advised = {
        extra
        for path in (root / "src").rglob("*.py")
        for listed in re.findall(r"autogpt\[([\w,]+)\]", path.read_text("utf-8"))
        for extra in listed.split(",")
    }
    assert advised - extras == set()


def test_test_files_have_names_of_their_own(root):
    """pytest imports them by their bare name: of two with one name, the second is an error."""
    names = [path.name for path in (root / "tests").rglob("test_*.py") if "solutions" not in path.parts]
    assert {name for name in names if names.count(name) > 1} == set()
