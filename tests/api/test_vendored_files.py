"""The vendored front end is what its manifest says, of the version that the templates expect."""

import json
import re
from importlib.metadata import metadata

import pytest

from hub.api.pages import STATIC_FOLDER, WEB_FOLDER
from scripts.vendor_frontend import SERVED, TESTS_ONLY, clean_css, differences

CSS = (SERVED / "nhsuk-frontend.min.css").read_text()
OWN_FILES = [*STATIC_FOLDER.glob("*.*"), *(WEB_FOLDER / "templates").glob("*.html")]


@pytest.mark.parametrize("folder", [SERVED, TESTS_ONLY])
def test_no_vendored_file_was_changed_added_or_lost(folder):
    assert differences(folder) == []


def test_a_changed_file_is_noticed(tmp_path):
    (tmp_path / "manifest.json").write_text(json.dumps([{"sha256": {"a.css": "0" * 64}}]))
    (tmp_path / "a.css").write_text("")
    (tmp_path / "b.css").write_text("")
    assert differences(tmp_path) == ["b.css is not listed", "a.css is missing or changed"]


def test_the_style_sheet_is_of_the_version_that_the_manifest_names():
    (entry,) = json.loads((SERVED / "manifest.json").read_text())
    assert f'--nhsuk-frontend-version:"{entry["version"]}"' in CSS
    assert (entry["name"], entry["licence"]) == ("nhsuk-frontend", "MIT")


def test_the_templates_are_of_the_port_that_targets_that_version():
    (entry,) = json.loads((SERVED / "manifest.json").read_text())
    port = metadata("nhsuk-frontend-jinja")
    versions = f"| {entry['version']} | {port['Version']} |"
    assert versions in str(port.get_payload() or port["Description"])


def test_nothing_is_fetched_from_anywhere_else():
    assert not re.search(r"https?://|@font-face|Frutiger", CSS)
    for path in OWN_FILES:
        text = path.read_text().replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|@import|(src|href)=\"//", text), path.name


def test_cleaning_removes_fonts_and_foreign_addresses():
    dirty = (
        "@font-face{font-family:Frutiger W01;src:url(https://a.example/f.woff2)}"
        "body{font-family:Frutiger W01,arial,sans-serif}\n/*# sourceMappingURL=x.map */"
    )
    assert clean_css(dirty) == "body{font-family:arial,sans-serif}\n"


def test_every_image_that_the_style_sheet_names_is_there():
    named = set(re.findall(r"url\(/assets/([^)]+)\)", CSS))
    assert named
    for name in named:
        assert (SERVED / "assets" / name).is_file()


def test_no_image_draws_the_nhs_logo():
    names = {path.name for path in SERVED.rglob("*.svg")}
    assert not {name for name in names if "favicon" in name or "mask" in name or "180" in name}


@pytest.mark.parametrize("path", OWN_FILES, ids=lambda path: path.name)
def test_no_template_has_a_script_or_a_style_of_its_own(path):
    text = path.read_text()
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son[a-z]+=\"", text)
    assert "| safe" not in text.replace("{{ extra | safe }}", "")
