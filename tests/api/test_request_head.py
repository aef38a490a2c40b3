"""A real server over a socket: a head without end costs its sender the connection, nobody else."""

import socket
import threading
import time

import pytest
import uvicorn

from hub.api.request_head import HEAD_BYTES_MAX, BoundedHttpProtocol

PATIENCE = 30.0
MUCH = 32 * HEAD_BYTES_MAX


async def echo(scope, receive, send):
    """Answer how long the body is, once it has ended."""
    assert scope["type"] == "http"
    length, more = 0, True
    while more:
        message = await receive()
        length += len(message.get("body", b""))
        more = message.get("more_body", False)
    answer = str(length).encode()
    headers = [(b"content-length", str(len(answer)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


@pytest.fixture
def address():
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(echo, http=BoundedHttpProtocol, lifespan="off", log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield listening.getsockname()
    server.should_exit = True
    thread.join(PATIENCE)
    listening.close()


def answered(address, begin, piece=b"", times=0):
    """What the server says until it hangs up, perhaps while it is being sent to; it must."""
    with socket.create_connection(address, timeout=PATIENCE) as connection:
        said = b""
        try:
            connection.sendall(begin)
            for _ in range(times):
                connection.sendall(piece)
            while read := connection.recv(65536):
                said += read
        except ConnectionError:
            return said
        return said


CHUNKED = b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("begin", "piece"),
    [
        (b"GET /", b"a" * 4096),
        (b"GET / HTTP/1.1\r\nhost: x\r\nlong: ", b"a" * 4096),
        (b"GET / HTTP/1.1\r\nhost: x\r\n", b"many: a\r\n" * 400),
        (CHUNKED + b"1\r\na\r\n0\r\nlong: ", b"a" * 4096),
    ],
    ids=["address", "header", "headers", "trailer"],
)
def test_a_head_without_end_ends_the_connection(address, begin, piece):
    said = answered(address, begin, piece, MUCH // len(piece))

    assert b"200 OK" not in said


def test_requests_with_a_large_body_and_long_headers_are_served_one_after_the_other(address):
    body = b"b" * (4 * HEAD_BYTES_MAX)
    one = (
        b"POST / HTTP/1.1\r\nhost: x\r\nlong: " + b"a" * (HEAD_BYTES_MAX // 2)
        + b"\r\ncontent-length: " + str(len(body)).encode() + b"\r\n"
    )  # fmt: skip
    last = one + b"connection: close\r\n\r\n" + body

    said = answered(address, (one + b"\r\n" + body) * 3 + last)

    assert said.count(b"200 OK") == 4
    assert said.count(str(len(body)).encode()) == 4


def test_a_head_that_comes_slowly_in_small_pieces_is_served(address):
    with socket.create_connection(address, timeout=PATIENCE) as connection:
        for piece in (
            b"GET / HTTP/1.1\r\n",
            b"host: x\r\n",
            b"connection: ",
            b"close\r\n",
            b"\r\n",
        ):
            connection.sendall(piece)
            time.sleep(0.01)
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK")
