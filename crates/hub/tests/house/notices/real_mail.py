"""A mail server that nobody here wrote (aiosmtpd), set up for one test.

real_mail.py FOLDER MODE: MODE is `starttls` or `tls`. FOLDER holds server.pem
and server.key, and takes each mail as a file. Prints its port, then listens
until its input ends. One login is known: canh, with the password of the test.
Mailboxes that begin with `gone` do not exist.
"""

import socket
import ssl
import sys
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

with socket.create_server(("localhost", 0)) as free:
    PORT = free.getsockname()[1]
FOLDER, MODE = Path(sys.argv[1]), sys.argv[2]


class Boxes:
    count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("gone"):
            return "550 5.1.1 no such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        (FOLDER / f"{self.count}.eml").write_bytes(envelope.original_content)
        return "250 taken"


def authenticator(server, session, envelope, mechanism, data):
    known = data.login == b"canh" and data.password == "mật khẩu thư".encode()
    return AuthResult(success=known, handled=False)


context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(FOLDER / "server.pem", FOLDER / "server.key")
starttls = MODE == "starttls"
controller = Controller(
    Boxes(),
    hostname="localhost",
    port=PORT,
    ssl_context=None if starttls else context,
    tls_context=context if starttls else None,
    require_starttls=starttls,
    auth_required=True,
    auth_require_tls=starttls,
    authenticator=authenticator,
    decode_data=False,
)
controller.start()
print(PORT, flush=True)
sys.stdin.read()
controller.stop()
