"""Reads HTTP with httptools, and ends a connection whose head has no end.

httptools gathers a header until it is whole, however long, and copies what it has at every read. So
one client that has not signed in could fill the memory and stop the event loop for everybody.
"""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES_MAX = 64 * 1024
"""Of what is no body, beyond the read in which it begins; as much as h11 takes in all."""

_TOO_LARGE = "The head of the request is larger than any that the hub takes."


class BoundedHttpProtocol(HttpToolsProtocol):
    """The same, with a limit on request line, headers and trailers."""

    _unfinished = 0
    """How much has come since the last read that ended a head or a request, or held body."""
    _got_on = False

    def data_received(self, data: bytes) -> None:
        """Read on, or refuse."""
        self._got_on = False
        super().data_received(data)
        self._unfinished = 0 if self._got_on else self._unfinished + len(data)
        if self._unfinished > HEAD_BYTES_MAX and not self.transport.is_closing():
            if self.cycle is None or self.cycle.response_complete:
                self.send_400_response(_TOO_LARGE)
            else:
                self.transport.close()  # an answer is on its way: another cannot stand in it

    def on_message_begin(self) -> None:
        """Begin a request: what came with it before is another's."""
        self._got_on = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """End the head."""
        self._got_on = True
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take some of the body, which is counted elsewhere."""
        self._got_on = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        """End the request."""
        self._got_on = True
        super().on_message_complete()
