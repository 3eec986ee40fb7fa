"""A threaded server for one line protocol: what the hand-made bad servers have in common."""

import contextlib
import socket
import ssl
import threading
from typing import Self

from tests.servers.basics import HOST
from tests.servers.certs import Pair


class Cut(Exception):
    """The server drops the connection at this point."""


class Talk:
    """One connection as the server sees it."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # what is sent apart arrives apart
        self._ahead = b""

    def send(self, data: bytes | str) -> None:
        """Send at once, in one segment where it is short."""
        self.sock.sendall(data.encode() if isinstance(data, str) else data)

    def line(self) -> bytes:
        """The next line without its CRLF. Raises Cut at the end of the connection."""
        while b"\n" not in self._ahead:
            self._more()
        line, self._ahead = self._ahead.split(b"\n", 1)
        return line.rstrip(b"\r")

    def exactly(self, size: int) -> bytes:
        """So many bytes, for a literal."""
        while len(self._ahead) < size:
            self._more()
        data, self._ahead = self._ahead[:size], self._ahead[size:]
        return data

    def silence(self) -> None:
        """Say nothing more, take everything, until the other side goes."""
        while True:
            self._ahead = b""
            self._more()

    def secure(self, pair: Pair) -> None:
        """TLS from here on."""
        self.sock = _context(pair).wrap_socket(self.sock, server_side=True)
        self._ahead = b""

    def _more(self) -> None:
        data = self.sock.recv(65536)
        if not data:
            raise Cut
        self._ahead += data


class Server:
    """Listens on a free port of loopback from `start` (or `with`) to `stop`; `serve` is one conversation."""

    def __init__(self, tls: Pair | None = None) -> None:
        self._tls = tls
        self._listener: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.port = 0
        self.connections = 0

    host = HOST

    def serve(self, talk: Talk) -> None:
        """One conversation; may raise Cut or OSError."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(self, *error: object) -> None:
        """Stop."""
        self.stop()

    def start(self) -> Self:
        """Listen; the port is the same after a `stop`."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, self.port))
        listener.listen(50)
        self._listener, self.port = listener, listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        return self

    def stop(self) -> None:
        """Close the port and all connections."""
        if self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        self.cut_all()

    @property
    def talking(self) -> int:
        """How many connections are open."""
        with self._lock:
            return len(self._open)

    def cut_all(self) -> None:
        """Drop all connections; new ones are welcome."""
        with self._lock:
            connections = list(self._open)
        for sock in connections:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._converse, args=(sock,), daemon=True).start()

    def _converse(self, sock: socket.socket) -> None:
        with self._lock:
            self._open.add(sock)
        talk = Talk(sock)
        try:
            if self._tls is not None:
                talk.secure(self._tls)
            self.serve(talk)
        except (Cut, OSError):
            pass
        finally:
            with self._lock:
                self._open.discard(sock)
            talk.sock.close()


def _context(pair: Pair) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.cert, pair.key)
    return context
