"""Where messages begin and end, however the bytes are cut."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from connectors.health.framing import END, START, Flaw, FrameSplitter, LineSplitter, Piece
from tests.connectors.health.messages import a_message

ONE = a_message(msh={10: "ONE"}).encode()
TWO = a_message("A03", msh={10: "TWO"}).encode()


def split(splitter, content, cuts=()):
    pieces = []
    places = [0, *sorted(cut % (len(content) + 1) for cut in cuts), len(content)]
    for start, end in pairwise(places):
        pieces += splitter.feed(content[start:end])
    return [*pieces, *splitter.finish()]


def frame(*messages):
    return b"".join(START + message + END for message in messages)


CUTS = st.lists(st.integers(0, 5_000), max_size=12)


@given(CUTS)
def test_frames_are_found_however_the_bytes_are_cut(cuts):
    found = split(FrameSplitter(), frame(ONE, TWO), cuts)
    assert found == [Piece(content=ONE), Piece(content=TWO)]


@given(CUTS, st.sampled_from([b"\r", b"\n", b"\r\n"]))
def test_messages_in_a_file_are_found_however_the_bytes_are_cut(cuts, line_end):
    one, two = (text.replace(b"\r", line_end) for text in (ONE, TWO))
    found = split(LineSplitter(), one + two, cuts)
    assert found == [Piece(content=one.strip()), Piece(content=two.strip())]


@given(CUTS)
def test_a_large_frame_is_refused_without_being_held_and_the_next_is_read(cuts):
    splitter = FrameSplitter(message_bytes_max=1_000)
    large = ONE + b"NTE|" + b"x" * 4_000
    found = split(splitter, frame(large, TWO), cuts)
    assert [piece.flaw for piece in found] == [Flaw.TOO_LARGE, None]
    assert large.startswith(found[0].content[:1_000])
    assert found[1].content == TWO


@given(CUTS)
def test_a_large_message_in_a_file_is_refused_and_the_next_is_read(cuts):
    splitter = LineSplitter(message_bytes_max=1_000)
    found = split(splitter, ONE + b"NTE|" + b"x" * 4_000 + b"\r" + TWO, cuts)
    assert [piece.flaw for piece in found] == [Flaw.TOO_LARGE, None]
    assert found[1].content == TWO.strip()


def test_a_large_frame_is_never_held():
    splitter = FrameSplitter(message_bytes_max=10_000)
    list(splitter.feed(START))
    for _ in range(1_000):
        assert list(splitter.feed(b"x" * 1_000)) == []
        assert len(splitter._buffer) <= 11_000
    assert [piece.flaw for piece in splitter.feed(END)] == [Flaw.TOO_LARGE]


def test_a_large_message_in_a_file_is_never_held():
    splitter = LineSplitter(message_bytes_max=10_000)
    list(splitter.feed(b"MSH|^~\\&|"))
    for _ in range(1_000):
        assert list(splitter.feed(b"x" * 1_000)) == []
        assert len(splitter._buffer) <= 11_000
    assert [piece.flaw for piece in splitter.finish()] == [Flaw.TOO_LARGE]


def test_a_frame_without_an_end_is_cut_short():
    assert [p.flaw for p in split(FrameSplitter(), frame(ONE) + START + TWO[:90])] == [
        None,
        Flaw.CUT_SHORT,
    ]


def test_bytes_between_frames_are_passed_over_and_counted():
    splitter = FrameSplitter()
    found = split(splitter, b"hello" + frame(ONE) + b"\r\n" + frame(TWO) + b"!")
    assert [piece.content for piece in found] == [ONE, TWO]
    assert splitter.stray_bytes == 6


def test_a_vertical_tab_inside_a_message_does_not_begin_another():
    noted = ONE + b"NTE|1||first\x0bsecond\r"
    assert [p.content for p in split(FrameSplitter(), frame(noted))] == [noted]


def test_batch_headers_and_trailers_are_passed_over():
    content = b"FHS|^~\\&|\rBHS|^~\\&|\r" + ONE + b"BTS|1\rFTS|1\r"
    (piece,) = split(LineSplitter(), content)
    assert piece.content.startswith(b"MSH")


def test_what_is_no_message_is_named():
    (piece, message) = split(LineSplitter(), b"name,number\rRobin,1\r" + ONE)
    assert piece.flaw is Flaw.NOT_A_MESSAGE
    assert message.flaw is None


def test_an_empty_file_holds_nothing():
    assert split(LineSplitter(), b"") == []
    assert split(LineSplitter(), b"\r\n \r\n") == []


@given(st.binary(max_size=400), CUTS)
def test_no_bytes_make_splitting_fail(content, cuts):
    for splitter in (FrameSplitter(60), LineSplitter(60)):
        whole = split(type(splitter)(60), content)
        assert len(split(splitter, content, cuts)) == len(whole)
