"""What is committed: no machine's own paths, no package host, nothing large, no dead link."""

import re

import pytest

from tests.architecture.source_tree import ROOT, committed, is_vendored

LARGEST = 500_000
OF_A_MACHINE = re.compile(
    r"(?<![\w.:/-])/(?:work|root|mnt|Users|home/(?!someone\b|runner\b)\w+)/[\w.-]+"
)
PACKAGE_HOST = re.compile(
    r"(?i)\b(?:extra-)?index-url\b|\btrusted-host\b|--find-links|\bartifactory\b|\bnexus\.\w+"
    r"|https?://[^\s\"'<>]*\b(?:pypi|simple/|registry|mirror)"
)
LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)#\s]+)(?:#[^)\s]*)?\)")
SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_\w{36}|\bglpat-[\w-]{20}|\bxox[abp]-[\w-]{10,}"
    r"|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}"
    r"|://[^/\s:@'\"]+:[^/\s:@'\"{}]{4,}@(?![\w.-]*\.example\b)"
    r"|(?i:password|passwd|secret|api_?key|token)['\"]?\s*[:=]\s*['\"][\w+/=-]{20,}['\"]"
)


def texts():
    """Every committed text, line by line; vendored files are kept as they came."""
    for path in committed():
        if not is_vendored(path):
            content = path.read_bytes()
            if b"\0" not in content[:8000]:
                for number, line in enumerate(content.decode(errors="replace").splitlines(), 1):
                    yield f"{path.relative_to(ROOT)}:{number}", line


@pytest.mark.parametrize("pattern", [OF_A_MACHINE, PACKAGE_HOST, SECRET])
def test_no_line_has_what_belongs_to_one_machine(pattern):
    here = "tests/architecture/test_committed_files.py"
    found = [at for at, line in texts() if pattern.search(line) and not at.startswith(here)]
    assert found == []


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (OF_A_MACHINE, "see /home/anna/hub"),
        (OF_A_MACHINE, "cd /work/main"),
        (OF_A_MACHINE, "'/root/notes.md'"),
        (PACKAGE_HOST, "--extra-index-url https://packages.example/simple"),
        (PACKAGE_HOST, "https://pypi.internal.example/a"),
        (SECRET, "-----BEGIN PRIVATE KEY-----"),
        (SECRET, "postgresql://hub:hunter22@db.internal/hub"),
        (SECRET, 'API_KEY = "f3b1c2d4e5a697887766"'),
        (SECRET, "token: 'f3b1c2d4e5a697887766'"),
    ],
)
def test_a_planted_line_is_seen(pattern, line):
    assert pattern.search(line)


@pytest.mark.parametrize("line", ["docs/work/plan.md", "/health/ready", "https://x.example/home/a"])
def test_other_paths_are_in_order(line):
    assert not OF_A_MACHINE.search(line)


def test_no_file_is_large():
    large = [
        path.relative_to(ROOT).as_posix()
        for path in committed()
        if path.stat().st_size > LARGEST and not is_vendored(path)
    ]
    assert large == []


def dead_links(path):
    """Links of a page that lead to no file."""
    for link in LINK.finditer(path.read_text(encoding="utf-8")):
        target = link["target"]
        elsewhere = "://" in target or target.startswith("mailto:")
        if not elsewhere and not (path.parent / target).exists():
            yield f"{path.name}: {target}"


def test_every_link_in_the_pages_leads_somewhere():
    pages = [path for path in committed() if path.suffix == ".md" and not is_vendored(path)]
    assert pages
    assert [dead for page in pages for dead in dead_links(page)] == []


def test_a_planted_dead_link_is_seen(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("See [the other](other.md), [this](page.md#top) and [that](https://x.example).")
    assert list(dead_links(page)) == ["page.md: other.md"]
