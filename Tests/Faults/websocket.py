"""As much of RFC 6455 as both ends of the run need: the handshake, and short frames without fragments."""
import base64
import hashlib
import os

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE = 1, 8


def new_key():
    return base64.b64encode(os.urandom(16))


def accept(key):
    return base64.b64encode(hashlib.sha1(key + GUID).digest())


def frame(opcode, data, masked):
    assert len(data) < 65536
    head = bytes([0x80 | opcode])
    flag = 0x80 if masked else 0
    head += bytes([flag | len(data)]) if len(data) < 126 else bytes([flag | 126]) + len(data).to_bytes(2, "big")
    if not masked:
        return head + data
    mask = os.urandom(4)
    return head + mask + bytes(byte ^ mask[place & 3] for place, byte in enumerate(data))


async def read_frame(reader):
    first, second = await reader.readexactly(2)
    count = second & 0x7F
    if count == 126:
        count = int.from_bytes(await reader.readexactly(2), "big")
    mask = await reader.readexactly(4) if second & 0x80 else None
    data = await reader.readexactly(count)
    if mask:
        data = bytes(byte ^ mask[place & 3] for place, byte in enumerate(data))
    return first & 0x0F, data
