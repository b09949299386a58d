#!/usr/bin/env python3
"""Requests over HTTP/2 by a client that heeds GOAWAY, until a file appears: load.py PORT FILE.

Prints a line at the first answer. Whatever stream a GOAWAY names as taken must be answered; a later one may be sent
again elsewhere. The last line is 'N answered, N lost, N connections'; connections that could not be made count as lost.
Needs Debian's python3-hpack.
"""
import sys
import threading
from pathlib import Path

from frames import *

AT_ONCE = 10


class Load:
    """The requests of all connections and what became of them."""

    def __init__(self, stop):
        self.stop = stop
        self.lock = threading.Lock()
        self.answered = self.connections = 0
        self.lost = []
        self.begun = threading.Event()

    def note(self, answered, lost):
        with self.lock:
            self.answered += answered
            self.lost += lost
            self.connections += 1

    def run(self):
        while not self.stop.exists():
            try:
                self.use(Connection())
            except OSError as fault:
                self.note(0, [repr(fault)])

    def use(self, client):
        """Sends on one connection until it ends."""
        stream, waiting, last = 1, set(), None
        answered, lost = 0, []
        while True:
            while last is None and len(waiting) < AT_ONCE and not client.closed and not self.stop.exists():
                client.request(stream)
                waiting.add(stream)
                stream += 2
            if not waiting:
                break
            seen = client.next(30)
            if seen is None:
                break
            if seen.kind == GOAWAY:
                last = int.from_bytes(seen.payload[:4], "big") & 0x7FFFFFFF
            elif seen.kind == PING and not seen.flags & ACK:
                client.send(frame(PING, ACK, 0, seen.payload))
            elif seen.kind == RST_STREAM and seen.stream in waiting:
                waiting.discard(seen.stream)
                lost.append(f"stream {seen.stream} was reset with {read_error(seen)}, GOAWAY {last}")
            elif seen.stream in waiting and seen.ends_stream:
                waiting.discard(seen.stream)
                answered += 1
                self.begun.set()
        lost += [f"stream {one} had no answer, GOAWAY {last}" for one in waiting if last is None or one <= last]
        self.note(answered, lost)
        client.close()


def main():
    Connection.port = int(sys.argv[1])
    load = Load(Path(sys.argv[2]))
    threads = [threading.Thread(target=load.run) for _ in range(6)]
    for thread in threads:
        thread.start()
    load.begun.wait()
    print("the first answer is there", flush=True)
    for thread in threads:
        thread.join()
    print(*load.lost[:10], sep="\n")
    print(f"{load.answered} answered, {len(load.lost)} lost, {load.connections} connections")


if __name__ == "__main__":
    main()
