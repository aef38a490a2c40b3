# ruff: noqa: INP001  # a folder of scripts is not a package
"""Fetch the pinned front-end packages and keep only what is served, with a manifest.

Run as ``python scripts/vendor_frontend.py`` when a version changes; it needs ``npm``. The files are
committed, so installing the hub needs neither Node nor the network. ``--check`` fetches nothing
and compares the committed files with their manifests.

What is changed on the way in, and why: the two ``@font-face`` rules go (they fetch Frutiger, which
is licensed to the NHS, from another server), the font stack starts at Arial, source map references
go (they answer 404), and of the images only the plain interface icons are kept (the others draw
the NHS logo, a registered trade mark).
"""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SERVED = ROOT / "hub" / "web" / "static" / "vendor"
TESTS_ONLY = ROOT / "tests" / "browser" / "vendor"
NHSUK = ("nhsuk-frontend", "10.6.1", "MIT")
AXE = ("axe-core", "4.14.1", "MPL-2.0")
ICONS = re.compile(r"nhsuk-icon-(arrow|chevron|cross|minus|plus|search|tick|user)[a-z-]*\.svg")
MIT_TEXT = """MIT License

Copyright (c) NHS England and the contributors to nhsuk-frontend

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""


def main() -> int:
    """Vendor the files, or with ``--check`` compare them; answer the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="compare files with the manifests")
    if parser.parse_args().check:
        return _report(differences(SERVED) + differences(TESTS_ONLY))
    with tempfile.TemporaryDirectory() as scratch:
        _vendor_nhsuk(_fetch(NHSUK, Path(scratch)))
        _vendor_axe(_fetch(AXE, Path(scratch)))
    return _report(differences(SERVED) + differences(TESTS_ONLY))


def differences(folder: Path) -> list[str]:
    """Answer one sentence for each file that is not what the folder's manifest says."""
    manifest = json.loads((folder / "manifest.json").read_text())
    listed = {name: entry for package in manifest for name, entry in package["sha256"].items()}
    present = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    wrong = [f"{name} is not listed" for name in sorted(present - {"manifest.json"} - set(listed))]
    for name, expected in sorted(listed.items()):
        path = folder / name
        if not path.is_file() or _digest(path) != expected:
            wrong.append(f"{name} is missing or changed")
    return wrong


def _report(wrong: list[str]) -> int:
    for sentence in wrong:
        sys.stderr.write(f"vendored files: {sentence}\n")
    return 1 if wrong else 0


def _fetch(package: tuple[str, str, str], scratch: Path) -> Path:
    """Download and unpack one package, running none of its scripts."""
    name, version, _ = package
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is missing: install Node.js (Debian: apt-get install npm).")
    subprocess.run(  # noqa: S603  # a fixed command with pinned names
        [npm, "pack", "--ignore-scripts", "--silent", f"{name}@{version}"], cwd=scratch, check=True
    )
    target = scratch / name
    with tarfile.open(scratch / f"{name}-{version}.tgz") as archive:
        archive.extractall(target, filter="data")
    return target / "package"


def _vendor_nhsuk(package: Path) -> None:
    shutil.rmtree(SERVED, ignore_errors=True)
    images = SERVED / "assets" / "images"
    images.mkdir(parents=True)
    source = package / "dist" / "nhsuk"
    css = (source / "nhsuk-frontend.min.css").read_text()
    (SERVED / "nhsuk-frontend.min.css").write_text(clean_css(css))
    script = (source / "nhsuk-frontend.min.js").read_text()
    (SERVED / "nhsuk-frontend.min.js").write_text(_without_source_map(script))
    (SERVED / "LICENCE-nhsuk-frontend.txt").write_text(MIT_TEXT)
    for icon in sorted((source / "assets" / "images").iterdir()):
        if ICONS.fullmatch(icon.name):
            shutil.copyfile(icon, images / icon.name)
    _write_manifest(SERVED, NHSUK)


def _vendor_axe(package: Path) -> None:
    shutil.rmtree(TESTS_ONLY, ignore_errors=True)
    TESTS_ONLY.mkdir(parents=True)
    shutil.copyfile(package / "axe.min.js", TESTS_ONLY / "axe.min.js")
    shutil.copyfile(package / "LICENSE", TESTS_ONLY / "LICENCE-axe-core.txt")
    _write_manifest(TESTS_ONLY, AXE)


def clean_css(css: str) -> str:
    """Answer the style sheet without fonts or addresses of other servers."""
    without_fonts = re.sub(r"@font-face\{[^}]*\}", "", css)
    plain = without_fonts.replace("Frutiger W01,arial", "arial")
    return _without_source_map(plain)


def _without_source_map(text: str) -> str:
    return re.sub(r"(//|/\*)# sourceMappingURL=\S+( \*/)?\s*$", "", text).rstrip() + "\n"


def _write_manifest(folder: Path, package: tuple[str, str, str]) -> None:
    name, version, licence = package
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    entry = {
        "name": name,
        "version": version,
        "licence": licence,
        "sha256": {str(path.relative_to(folder)): _digest(path) for path in files},
    }
    (folder / "manifest.json").write_text(json.dumps([entry], indent=2) + "\n")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    raise SystemExit(main())
