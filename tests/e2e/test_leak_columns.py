"""No column of the database holds texts of which nobody has said what they are."""

import psycopg
import pytest

from hub.adapters.store.migrate import migrate
from tests.e2e.canaries import CHILDREN, CONTROL, texts_of
from tests.e2e.leak_columns import CODE, EVERY, columns_with_text, no_codes

pytestmark = pytest.mark.stack


def test_every_column_with_text_is_of_a_stated_kind(database_url):
    migrate(database_url)
    stated = frozenset().union(*EVERY)
    there = columns_with_text(database_url)
    assert there - stated == set(), "say in tests/e2e/leak_columns.py what may stand there"
    assert stated - there == set(), "such a column is not there any more"


def test_no_column_is_of_two_kinds():
    assert len(frozenset().union(*EVERY)) == sum(map(len, EVERY))


def test_a_name_in_a_column_of_codes_is_seen(database_url):
    migrate(database_url)
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO publisher (publisher, name, created_at) VALUES (%s, 'A force', now())",
            (CONTROL.family,),
        )
    assert list(no_codes(database_url)) == [("publisher.publisher", CONTROL.family)]


@pytest.mark.parametrize("person", CHILDREN, ids=lambda one: one.family)
def test_no_name_and_no_street_has_the_form_of_a_code(person):
    assert [
        text for text in (person.family, person.given, person.street) if CODE.fullmatch(text)
    ] == []
    assert person.family in set(texts_of(person))
