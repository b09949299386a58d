"""HTTP/1.1 by hand, for both ends of the run: a library would hide just what is looked for here."""
import asyncio
import hashlib

HEAD_LIMIT = 256 << 10


class BadMessage(Exception):
    """A message that is none, or that is not whole."""


def pattern(tag, count):
    """A body that nobody else's answer can be mistaken for."""
    unit = f"{tag}:".encode()
    return (unit * (count // len(unit) + 1))[:count]


def digest(data):
    return f"{len(data)} {hashlib.sha1(data).hexdigest()}".encode()


async def read_head(reader):
    """The first line's words and the fields, or None at the end of the connection."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if not error.partial:
            return None
        raise BadMessage("truncated head")
    except asyncio.LimitOverrunError:
        raise BadMessage("endless head")
    first, *lines = head[:-4].decode("latin-1").split("\r\n")
    fields = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise BadMessage("line without a colon")
        fields[name.lower()] = value.strip()
    return first.split(" ", 2), fields


async def read_body(reader, fields, until_close=False):
    if fields.get("transfer-encoding", "").lower() == "chunked":
        return await read_chunks(reader)
    try:
        if "content-length" in fields:
            return await reader.readexactly(int(fields["content-length"]))
    except asyncio.IncompleteReadError:
        raise BadMessage("truncated body")
    return await reader.read() if until_close else b""


async def read_chunks(reader):
    body = bytearray()
    try:
        while True:
            line = await reader.readuntil(b"\r\n")
            count = int(line.split(b";")[0], 16)
            data = await reader.readexactly(count + 2)
            if count == 0:
                return bytes(body)
            body += data[:-2]
    except asyncio.IncompleteReadError:
        raise BadMessage("truncated chunks")
    except ValueError:
        raise BadMessage("broken chunks")


def chunked(data, size=7000):
    pieces = [data[at:at + size] for at in range(0, len(data), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
