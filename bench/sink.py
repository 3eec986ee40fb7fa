"""An SMTP server that takes everything at once and counts it by X-Maild-Kind: the other end of the measured road.

A process of its own: `python -m bench.sink` prints its port; when its standard input ends, it prints as JSON what it
took: `{"kinds": {KIND: COUNT}, "last": {KIND: SECONDS}}`, times by the machine's monotonic clock.
"""

import asyncio
import json
import re
import sys
import time
from collections import Counter

GREETING = b"220 sink.test ESMTP\r\n"
ANSWERS = {
    b"EHLO": b"250-sink.test\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 100000000\r\n",
    b"HELO": b"250 sink.test\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}
KIND = re.compile(rb"^X-Maild-Kind:\s*([\w-]{1,40})\s*$", re.IGNORECASE | re.MULTILINE)
TAKEN = b"250 2.0.0 taken\r\n"


class Sink:
    """What was taken so far: letters by kind, and when the last of each kind came."""

    def __init__(self) -> None:
        self.kinds: Counter[str] = Counter()
        self.last: dict[str, float] = {}

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One conversation."""
        writer.write(GREETING)
        while line := await reader.readline():
            verb = line[:4].upper().strip()
            writer.write(ANSWERS.get(verb, b"250 2.1.0 ok\r\n"))
            if verb == b"QUIT":
                break
            if verb == b"DATA":
                self._take(await reader.readuntil(b"\r\n.\r\n"))
                writer.write(TAKEN)
        writer.close()

    def _take(self, raw: bytes) -> None:
        found = KIND.search(raw.partition(b"\r\n\r\n")[0])
        kind = found.group(1).decode() if found else "other"
        self.kinds[kind] += 1
        self.last[kind] = time.monotonic()


async def main() -> None:
    """Serve until standard input ends."""
    sink = Sink()
    server = await asyncio.start_server(sink.talk, "127.0.0.1", 0, limit=64 * 1024 * 1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    print(json.dumps({"kinds": sink.kinds, "last": sink.last}), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
