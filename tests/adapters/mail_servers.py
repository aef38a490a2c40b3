"""Mail servers of tests: one that notes what it is given, and one over a real socket with TLS."""

import asyncio
import email.policy
import ipaddress
import ssl
import threading
from datetime import UTC, datetime, timedelta
from email import message_from_bytes

from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hub.adapters.delivery.smtp import Security, SmtpServer
from hub.core.delivery import Pushed

USER, PASSWORD = "hub", "only these tests use it"


class FakeMailServer:
    """Takes messages in memory, and answers as a test wants."""

    def __init__(self):
        self.taken = []
        self.answers = []

    def send(self, message, sender, recipient):
        code = self.answers.pop(0) if self.answers else 250
        if code == 250:
            again = message_from_bytes(message.as_bytes(), policy=email.policy.SMTP)
            self.taken.append((sender, [recipient], again))
            return Pushed.SENT, ""
        return (Pushed.DEAD if code >= 500 else Pushed.AGAIN), f"smtp_{code}"


class RealMailServer:
    """The same over a socket of this machine."""

    def __init__(self, folder, security=Security.STARTTLS):
        self.taken = []
        self.answers = []
        self.hold = None
        key, certificate = a_certificate(folder)
        mine = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        mine.load_cert_chain(certificate, key)
        self._folder, self._certificate, self._security = folder, certificate, security
        self._over_tls = mine if security is Security.TLS else None
        self._to_tls = mine if security is Security.STARTTLS else None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server = None

    def _protocol(self):
        return SMTP(
            self,
            loop=self._loop,
            tls_context=self._to_tls,
            require_starttls=self._to_tls is not None,
            authenticator=known,
            auth_required=self._to_tls is not None,
            auth_require_tls=self._to_tls is not None,
        )

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802  # aiosmtpd's name
        code = self.answers.pop(0) if self.answers else 250
        if code == 250:
            envelope.rcpt_tos.append(address)
            return "250 OK"
        return f"{code} <{address}> is not wanted here"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802  # aiosmtpd's name
        if self.hold is not None:
            await self._loop.run_in_executor(None, self.hold.wait, 60)
        message = message_from_bytes(envelope.content, policy=email.policy.SMTP)
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, message))
        return "250 OK"

    def start(self):
        self._thread.start()
        listening = self._loop.create_server(self._protocol, "127.0.0.1", 0, ssl=self._over_tls)
        self._server = asyncio.run_coroutine_threadsafe(listening, self._loop).result(30)
        self.port = self._server.sockets[0].getsockname()[1]

    def stop(self):
        if self._server is None:
            return
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()
        self._server = None

    async def _end(self):
        self._server.close()
        await self._server.wait_closed()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def client(self, **changes):
        trusted = ssl.create_default_context(cafile=self._certificate)
        usual = {
            "host": "127.0.0.1",
            "port": self.port,
            "security": self._security,
            "user": USER,
            "password": PASSWORD,
            "limit_seconds": 30.0,
            "trusted": trusted,
        }
        return SmtpServer(**usual | changes)

    def send(self, message, sender, recipient):
        return self.client().send(message, sender, recipient)


def known(_server, _session, _envelope, _mechanism, data):
    right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)


def a_certificate(folder):
    """Make a key and a certificate of this machine that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    key_file, certificate_file = folder / "mail.key", folder / "mail.pem"
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return key_file, certificate_file
