"""The search for people finds them in every form and encoding, and nothing where they are not."""

import os

from tests.e2e.canaries import CHILDREN, CONTROL, MOTHER, Search, every_encoding_of, texts_of


def test_every_text_is_found_in_every_encoding():
    search = Search([CONTROL])
    around = b"\x00\xff{'x': 1}"
    for text, data in every_encoding_of(CONTROL):
        assert text in search.found_in(around + data + around), (text, data)


def test_nothing_is_found_in_bytes_of_chance_or_of_others():
    search = Search([CONTROL])
    others = "\n".join(text for one in (*CHILDREN, MOTHER) for text in texts_of(one))
    assert search.found_in(others.encode()) == []
    assert search.found_in(os.urandom(1 << 20)) == []


def test_no_two_people_share_what_is_looked_for():
    texts = [text for one in (*CHILDREN, MOTHER, CONTROL) for text in set(texts_of(one))]
    assert len(texts) == len(set(texts))
