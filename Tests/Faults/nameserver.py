"""A name server that lies on command. Knows names of the zone faults.test and answers over UDP and TCP.

Lies are told name by name, so that every other name has to go on working:

  nxdomain   the name does not exist       servfail   the server says that it failed
  wrong      an address where nobody is    slow       the right answer, late
  cut        over UDP an answer that is cut off: the question has to be put again over TCP
  odd        first an answer that belongs to another question, then the right one
  silent     no answer at all
"""
import asyncio
import struct

TTL = 1
SLOW_SECONDS = 0.4
WRONG_ADDRESS = bytes([127, 0, 0, 66])
A, ANY_CLASS_IN = 1, 1


class NameServer(asyncio.DatagramProtocol):
    def __init__(self):
        self.addresses = {}
        self.lies = {}
        self.transport = None
        self.port = 0

    async def start(self):
        loop = asyncio.get_running_loop()
        self.tcp = await asyncio.start_server(self.serve_tcp, "127.0.0.1", 0)
        self.port = self.tcp.sockets[0].getsockname()[1]
        self.transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=("127.0.0.1", self.port))

    def stop(self):
        self.transport.close()
        self.tcp.close()

    def datagram_received(self, data, sender):
        try:
            name, _, _ = question(data)
        except (IndexError, struct.error, UnicodeDecodeError):
            return
        lie = self.lies.get(name) or self.lies.get("*")
        if lie == "silent":
            return
        if lie == "odd":
            self.transport.sendto(bytes([data[0] ^ 0x55]) + self.reply(data, "wrong")[1:], sender)
        later = SLOW_SECONDS if lie == "slow" else 0
        asyncio.get_running_loop().call_later(later, self.send, self.reply(data, lie), sender)

    def send(self, data, sender):
        if not self.transport.is_closing():
            self.transport.sendto(data, sender)

    async def serve_tcp(self, reader, writer):
        try:
            while True:
                count, = struct.unpack(">H", await reader.readexactly(2))
                data = await reader.readexactly(count)
                lie = self.lies.get(question(data)[0])
                reply = self.reply(data, None if lie == "cut" else lie)
                writer.write(struct.pack(">H", len(reply)) + reply)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, struct.error, IndexError):
            pass
        finally:
            writer.close()

    def reply(self, data, lie):
        name, kind, end = question(data)
        address = self.addresses.get(name)
        if lie == "wrong":
            address = WRONG_ADDRESS
        code = 3 if lie == "nxdomain" or address is None else 2 if lie == "servfail" else 0
        flags = 0x8580 | code | (0x0200 if lie == "cut" else 0)
        answers = 1 if code == 0 and kind == A and lie != "cut" else 0
        head = data[:2] + struct.pack(">HHHHH", flags, 1, answers, 0, 0) + data[12:end]
        record = b"\xc0\x0c" + struct.pack(">HHIH", A, ANY_CLASS_IN, TTL, 4) + (address or b"")
        return head + (record if answers else b"")


def question(data):
    """(name, type, end of the question) of a message."""
    labels, at = [], 12
    while data[at]:
        labels.append(data[at + 1:at + 1 + data[at]].decode("ascii").lower())
        at += 1 + data[at]
    kind, _ = struct.unpack_from(">HH", data, at + 1)
    return ".".join(labels), kind, at + 5
