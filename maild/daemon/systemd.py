"""The word to systemd (sd_notify): ready, alive, stopping. Without NOTIFY_SOCKET nothing is said."""

import os
import socket


def notify(state: str) -> None:
    """Send one line such as READY=1; a socket that does not answer is not our trouble."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):  # an abstract address begins with NUL
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as link:
        try:
            link.connect(address)
            link.sendall(state.encode())
        except OSError:
            return
