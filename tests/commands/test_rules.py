"""`hub rules`: the page on the rules that anybody may read, and their list."""

from datetime import timedelta

import pytest
from typer.testing import CliRunner

from hub.adapters.policy_files import load_policies
from hub.commands import rules
from hub.core.rules import RULES
from hub.core.rules_published import rules_published
from hub.errors import ConfigurationError
from hub.settings import PROJECT_ROOT

SHIPPED = PROJECT_ROOT / "deploy" / "policies"
BRADFORD = "E08000032"


@pytest.fixture
def policies(tmp_path):
    """The shipped policies in a folder of the test's own."""
    for file in SHIPPED.glob("*.toml"):
        (tmp_path / file.name).write_text(file.read_text())
    return tmp_path


def run(*arguments):
    done = CliRunner().invoke(rules.app, [*map(str, arguments)])
    assert done.exit_code == 0, done.output
    return done.stdout


def page_of(policies, *more):
    out = policies / "page.html"
    run("publish", "--policy", policies, "--out", out, *more)
    return out.read_text()


def test_the_page_tells_of_every_rule_who_answers_for_it_and_where_each_number_is_from(policies):
    page = page_of(policies)

    for rule in RULES:
        assert rule.title.replace("'", "&#39;") in page
        assert rule.owner.replace("'", "&#39;") in page
    assert "Greenfield, EMJ 2021;38:146" in page
    assert "local choice, no source" in page
    assert "No published source: local choice" in page
    assert "from 1 September 2026 on" in page


def test_the_page_stands_by_itself(policies):
    page = page_of(policies)

    for outside in ("<script", "<link", "src=", "http://", "https://", "@import", "url("):
        assert outside not in page


def test_a_page_that_cannot_be_written_there_is_a_sentence(policies):
    for out in (policies, policies / "nowhere" / "page.html"):
        with pytest.raises(ConfigurationError, match="cannot be written: "):
            CliRunner().invoke(
                rules.app,
                ["publish", "--policy", str(policies), "--out", str(out)],
                catch_exceptions=False,
            )


def test_authorities_that_use_the_rules_alike_stand_together_and_others_apart(policies):
    places = rules_published(load_policies(policies))
    apart = {one.names for one in places if len(one.names) == 1}
    assert apart == {("Calderdale",)}, "whose household table says otherwise"
    file = policies / f"{BRADFORD}.toml"
    file.write_text(file.read_text() + "\n[rules.repeat_attendance]\nattendances = 7\n")

    places = rules_published(load_policies(policies))

    apart = {one.names for one in places if len(one.names) == 1}
    assert apart == {("Bradford",), ("Calderdale",)}
    assert len(places) == 3


SAID = (
    "Being tried: what it finds is recorded, and nobody is told.",
    "Off: nothing is concluded.",
    "On: alerts go to children's services.",
)


def test_a_rule_that_is_tried_or_off_is_not_said_to_be_on(policies):
    before = [page_of(policies, "--authority", BRADFORD).count(said) for said in SAID]
    file = policies / f"{BRADFORD}.toml"
    modes = '[rules.repeat_attendance]\nmode = "shadow"\n[rules.plan_match]\nmode = "off"\n'
    file.write_text(f"{file.read_text()}\n{modes}")

    page = page_of(policies, "--authority", BRADFORD)

    tried, off, on = before
    assert [page.count(said) for said in SAID] == [tried + 1, off + 1, on - 2]
    assert page.count("Off here: this authority does not let rules read") == 2
    assert "Leeds" not in page


def test_a_rule_past_its_review_date_is_flagged_on_the_page_and_in_the_list(policies, monkeypatch):
    assert "OVERDUE" not in run("list", "--policy", policies)
    late = max(rule.review_on for rule in RULES) + timedelta(days=1)
    monkeypatch.setattr(rules, "_today", lambda: late)

    assert "which is overdue" in page_of(policies)
    assert "OVERDUE" in run("list", "--policy", policies)


def test_the_list_says_which_authority_has_a_rule_in_which_mode(policies):
    file = policies / f"{BRADFORD}.toml"
    file.write_text(f'{file.read_text()}\n[rules.repeat_attendance]\nmode = "shadow"\n')

    assert rules.modes_of(load_policies(policies), "repeat_attendance").startswith("shadow: Brad")
    assert rules.modes_of(load_policies(policies), "plan_match") == "live"
