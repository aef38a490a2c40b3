"""Every story of the town is played, and what it states is seen in a browser where it says so."""

import json
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest
from playwright.sync_api import sync_playwright

from hub.api.times import day as in_words
from hub.demo.every_story import ON_REQUEST, STORIES
from hub.demo.home import DemoHome
from hub.demo.newcomers import with_newcomers
from hub.demo.school_days import is_school_day
from hub.demo.sights import CINDER_LANE_LEAD, Moment, Page
from hub.demo.story_sights import sights_of
from hub.demo.town import build_town, story_named
from hub.settings import local_database_url
from tests.browser.visitor import CHROMIUM, LAUNCH, Visitor
from tests.demo.installation import played

pytestmark = [
    pytest.mark.stack,
    pytest.mark.browser,
    pytest.mark.alone,
    pytest.mark.timeout(1800),
]

PAGE_MILLISECONDS_MAX = 60_000
LATE_SECONDS_MAX = 300
LONDON = ZoneInfo("Europe/London")


@pytest.fixture(scope="module")
def demo(free_port):
    if CHROMIUM is None:
        pytest.skip("Chromium is missing: apt-get install chromium.")
    with played(free_port(following=9)) as demo:  # each hospital has a listener
        yield demo


@pytest.fixture(scope="module")
def town(demo):
    told = json.loads((demo.home / "demo" / "town.json").read_text())
    anchor = date.fromisoformat(told["anchor"])
    return build_town(seed=told["seed"], anchor=anchor, children=told["children"])


class Onlookers:
    """The people of the demo, each signed in once in a browser of their own."""

    def __init__(self, browser, url):
        self._browser, self._url = browser, url
        self._visitors = {}

    def __getitem__(self, user_id):
        if user_id not in self._visitors:
            visitor = Visitor(self._browser, self._url)
            visitor.page.set_default_timeout(PAGE_MILLISECONDS_MAX)
            visitor.sign_in(user_id)
            self._visitors[user_id] = visitor
        return self._visitors[user_id]


@pytest.fixture(scope="module")
def onlookers(demo):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=LAUNCH)
        yield Onlookers(browser, demo.address)
        browser.close()


def words_on(visitor):
    return " ".join(visitor.page.inner_text("main").split())


def look_at_check(visitor, sight):
    asked = sight.asked
    names = {"postcode": asked.postcode, "family_name": asked.family_name}
    given = {**names, "given_name": asked.given_name}
    born = asked.birth_date
    visitor.page.goto(f"{visitor.url}/check")
    visitor.check(
        asked.nhs_number,
        (str(born.day), str(born.month), str(born.year)),
        **{name: value for name, value in given.items() if value},
    )
    return words_on(visitor)


def rows_of(visitor, sight):
    """The alerts of the child in the whole inbox: the words of each, and its page."""
    whom = f"born {in_words(sight.about.birth_date)}." if sight.about else "Child, not born yet"
    address, found = "/inbox?shows=all", []
    while address:
        visitor.page.goto(visitor.url + address)
        for row in visitor.page.locator("li.hub-alert").all():
            section = row.locator("xpath=ancestor::section[1]").locator(".hub-severity")
            words = " ".join(f"{row.inner_text()} {section.first.inner_text()}".split())
            if whom in words and sight.alert in words:
                found.append((words, row.locator("h3 a").get_attribute("href")))
        following = visitor.page.locator("a[rel='next']")
        address = following.get_attribute("href") if following.count() else None
    return found


def look_at_alert(visitor, sight):
    found = rows_of(visitor, sight)
    if sight.or_none and not found:
        return None
    assert len(found) == 1, f"{sight.told} {len(found)} such alerts are in the inbox"
    words, address = found[0]
    visitor.page.goto(visitor.url + address)
    return f"{words} {words_on(visitor)}"


def notice_of(visitor, person):
    """The notice about a person in the list of the one who looks."""
    visitor.page.goto(f"{visitor.url}/notices")
    name = " ".join((*person.given_names, person.family_name))
    return visitor.page.locator("li.hub-alert", has_text=f"{name}, born")


def look_at_notice(visitor, sight):
    rows = notice_of(visitor, sight.about)
    assert rows.count() == 1, f"{sight.told} {rows.count()} such notices are there"
    listed = rows.inner_text()
    rows.locator("a").click()
    if not sight.presses:
        return f"{' '.join(listed.split())} {words_on(visitor)}"
    with visitor.page.expect_navigation():
        visitor.page.click(f"button:has-text('{sight.presses}')")
    if visitor.page.url.endswith("/notices"):
        return " ".join(notice_of(visitor, sight.about).inner_text().split())
    return words_on(visitor)


def questions_of(visitor, person):
    """The questions of who is who that wait and name a person born on that day."""
    visitor.page.goto(f"{visitor.url}/reviews")
    return visitor.page.locator("li.hub-alert", has_text=f"born {in_words(person.birth_date)}")


def look_at_question(visitor, sight):
    rows = questions_of(visitor, sight.about)
    assert rows.count() == 1, f"{sight.told} {rows.count()} such questions wait"
    listed = " ".join(rows.inner_text().split())
    rows.locator("a").click()
    return f"{listed} {words_on(visitor)}"


def look_at_no_alert(visitor, sight):
    assert rows_of(visitor, sight) == [], sight.told
    return words_on(visitor)


def look_at_no_question(visitor, sight):
    assert questions_of(visitor, sight.about).count() == 0, sight.told
    return words_on(visitor)


def look_at_page(path):
    def look(visitor, sight):
        del sight
        visitor.page.goto(visitor.url + path)
        return words_on(visitor)

    return look


LOOKS = {
    Page.CHECK: look_at_check,
    Page.ALERT: look_at_alert,
    Page.NO_ALERT: look_at_no_alert,
    Page.NOTICE: look_at_notice,
    Page.QUESTION: look_at_question,
    Page.NO_QUESTION: look_at_no_question,
    Page.CHANGED: look_at_page("/check"),
    Page.FEEDS: look_at_page("/feeds"),
}


def personal(story):
    """What may stand in no title and no address."""
    for person in (*story.people, *story.adults):
        yield from (person.family_name, *person.given_names, person.home.postcode)
        yield from (person.birth_date.isoformat(), person.nhs_number or person.family_name)


def what_is_wrong(sight, story, visitor):
    seen = LOOKS[sight.page](visitor, sight)
    if seen is None:
        return []
    outside = f"{visitor.page.title()} {visitor.page.url}"
    wrong = [f"not there: {words}" for words in sight.shown if words not in seen]
    wrong += [f"there: {words}" for words in sight.not_shown if words in seen]
    wrong += ["a person in a title or an address"] * any(one in outside for one in personal(story))
    return [f"{sight.told} ({sight.who}, {sight.page}) {one}; seen: {seen}" for one in wrong]


@pytest.mark.parametrize("name", [tell.__name__ for tell in STORIES])
def test_what_a_story_states_is_seen(name, demo, town, onlookers):
    story = story_named(town, name)
    lasting = [sight for sight in sights_of(story) if sight.until_end]
    wrong = [one for sight in lasting for one in what_is_wrong(sight, story, onlookers[sight.who])]
    assert wrong == []


def test_a_school_is_to_know_before_its_next_school_day_begins(demo, town):
    """A callout of a Friday night is due on Monday morning, however the day falls."""
    born = story_named(town, "callout_at_night").people[0].birth_date.isoformat()
    told = demo.get("/v1/notices", CINDER_LANE_LEAD)["notices"]
    (due_at,) = (one["due_at"] for one in told if one["child"]["birth_date"] == born)
    due = datetime.fromisoformat(due_at).astimezone(LONDON)
    assert is_school_day(due.date())
    assert due.date() <= next_school_day_after(datetime.now(LONDON).date())


def next_school_day_after(day):
    day += timedelta(days=1)
    while not is_school_day(day):
        day += timedelta(days=1)
    return day


def test_a_notice_that_nobody_reads_in_time_is_shown_to_the_forces_desk(demo, town, onlookers):
    """Its time is brought forward in the tables; that it passes is the timekeeper's to see."""
    story = story_named(town, "callout_at_night")
    (sight,) = (one for one in sights_of(story) if one.after is Moment.LATE)
    desk = onlookers[sight.who]
    assert notice_of(desk, sight.about).count() == 0
    with psycopg.connect(local_database_url(home=demo.home, port=demo.postgres_port)) as database:
        database.execute(
            "UPDATE encompass_notice SET due_at = made_at"
            " WHERE recipient_kind = 'school' AND acknowledged_at IS NULL"
        )
        database.execute(
            "UPDATE timer SET due_at = made_at FROM encompass_notice WHERE subject_id = notice_id"
        )
    limit = time.monotonic() + LATE_SECONDS_MAX
    while notice_of(desk, sight.about).count() == 0:
        assert time.monotonic() < limit, "no notice became late"
        time.sleep(0.5)
    assert what_is_wrong(sight, story, desk) == []


def plays(demo):
    """The stories that were played by themselves, in the fresh families that they got."""
    return DemoHome(demo.home).plays()


def test_a_story_that_is_played_by_itself_is_seen_step_by_step(demo, town, onlookers):
    """A visitor presses Enter between the steps, and looks before each."""
    before = len(plays(demo))
    wrong, looked = [], []
    with subprocess.Popen(
        [sys.executable, "-m", "hub", "demo", "story", "play", "cancelled_arrival", "--step"],
        env=demo.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as telling:
        said = []
        for line in iter(telling.stdout.readline, ""):
            said.append(line)
            if not line.startswith("Press Enter"):
                continue
            assert len(plays(demo)) == before + 1
            story = with_newcomers(town, plays(demo)).newcomers[-1]
            for sight in sights_of(story):
                if not sight.until_end and any(sight.told in one for one in said):
                    looked.append(sight)
                    wrong += what_is_wrong(sight, story, onlookers[sight.who])
            said.clear()
            telling.stdin.write("\n")
            telling.stdin.flush()
    assert telling.returncode == 0
    assert len(looked) == 1
    for sight in sights_of(story):
        if sight.until_end:
            wrong += what_is_wrong(replace(sight, or_none=False), story, onlookers[sight.who])
    assert wrong == []


def told_step_by_step(demo, name):
    """Play a story with Enter after each step; yield the lines that each step told."""
    with subprocess.Popen(
        [sys.executable, "-m", "hub", "demo", "story", "play", name, "--step"],
        env=demo.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as telling:
        said = []
        for line in iter(telling.stdout.readline, ""):
            said.append(line)
            if line.startswith("Press Enter"):
                yield said
                said = []
                telling.stdin.write("\n")
                telling.stdin.flush()
        yield said
    assert telling.returncode == 0


def is_told_otherwise(demo, sight, audit_id):
    """Whether a client, too, is told that the answer under this row of the audit has changed."""
    told = demo.get("/v1/checks/changed", sight.who)["changed"]
    return audit_id in [one["audit_id"] for one in told]


def play_and_look(demo, town, onlookers, name):
    """Play a story, and look after each step at what it says can be seen then."""
    wrong, looked, audit_id = [], [], None
    for said in told_step_by_step(demo, name):
        told = "".join(said)
        if "audit number " in told:
            audit_id = told.split("audit number ")[1].split()[0]
        story = with_newcomers(town, plays(demo)).newcomers[-1]
        for sight in (one for one in sights_of(story) if f". {one.told}\n" in told):
            looked.append(sight)
            wrong += what_is_wrong(sight, story, onlookers[sight.who])
            if sight.page is Page.CHANGED and not is_told_otherwise(demo, sight, audit_id):
                wrong.append(f"{sight.told} A client is not told.")
    assert len(looked) == len(sights_of(story))
    for sight in (one for one in sights_of(story) if one.until_end):
        wrong += what_is_wrong(sight, story, onlookers[sight.who])
    assert wrong == []


@pytest.mark.parametrize("name", [tell.__name__ for tell in ON_REQUEST])
def test_a_correction_is_seen_step_by_step(name, demo, town, onlookers):
    play_and_look(demo, town, onlookers, name)


def test_a_story_of_three_agencies_is_played_in_a_family_of_its_own(demo, town, onlookers):
    told = demo.run("story", "play", "three_small_signs", seconds=900)
    assert told.returncode == 0, told.stderr
    everyone = with_newcomers(town, plays(demo))
    story = everyone.newcomers[-1]
    numbers = Counter(one.nhs_number for one in everyone.by_key.values() if one.nhs_number)
    assert [one for one in story.people if numbers[one.nhs_number] > 1] == []
    wrong = [
        one
        for sight in sights_of(story)
        for one in what_is_wrong(sight, story, onlookers[sight.who])
    ]
    assert wrong == []


def test_after_such_plays_the_day_still_stands_as_it_was(demo, town, onlookers):
    """The councils' registers stay whole, and "no plan found" may still be said."""
    story = story_named(town, "never_seen")
    wrong = [
        one
        for sight in sights_of(story)
        for one in what_is_wrong(sight, story, onlookers[sight.who])
    ]
    assert wrong == []


def test_a_story_that_there_is_not_is_refused_with_the_nearest_names(demo):
    refused = demo.run("story", "play", "twin")
    assert refused.returncode == 2
    assert "twins" in refused.stderr


def test_the_list_names_every_story_and_how_far_it_is(demo):
    told = demo.run("story", "list").stdout
    assert all(tell.__name__ in told for tell in STORIES)
    assert "played" in told


def test_nobody_who_looked_saw_a_message_of_the_browser_or_called_another_server(onlookers):
    for visitor in onlookers._visitors.values():
        assert visitor.console == []
        assert visitor.foreign == []
