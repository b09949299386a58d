"""Compressed header blocks: RFC 7541."""
from cases import case
from frames import *

INVALID = [
    ("2.3.3", "an index behind the tables", b"\xc6", False),
    ("2.3.3", "a literal whose name is behind the tables", b"\x7f\x07\x01x", False),
    ("4.2", "a change of the table's size at the end of a block", b"\x20", False),
    ("4.2", "a table's size above the setting", b"\x3f\xe1\xff\x03", True),
    ("5.1", "an integer that overflows", b"\x7f" + b"\xff" * 9 + b"\x7f", False),
    ("5.2", "padding above seven bits", b"\x00\x01x\x86\xf2\xb2\x4a\x84\xff\xff", False),
    ("5.2", "padding of zeros", b"\x00\x01x\x83\x49\x50\x90", False),
    ("5.2", "the end-of-string symbol", b"\x00\x01x\x88\xf2\xb2\x4a\x84\xff\xff\xff\xff", False),
    ("5.2", "a string longer than the block", b"\x00\x01x\x7f\xff\x01y", False),
    ("6.1", "index 0", b"\x80", False),
]

for section, what, octets, comes_first in INVALID:
    @case(f"HPACK {section}", what)
    def _(octets=octets, comes_first=comes_first):
        client = Connection()
        block = client.block(GET)
        client.send(frame(HEADERS, END_STREAM | END_HEADERS, 1, octets + block if comes_first else block + octets))
        return client.fails(COMPRESSION_ERROR)


# "user-agent: x" (an indexed name) and "x-a: x", in every form that a literal has.
for form, indexed, new in [("with indexing", b"\x7a", b"\x40"), ("without indexing", b"\x0f\x2b", b"\x00"),
                           ("never indexed", b"\x1f\x2b", b"\x10")]:
    for coding, value, name in [("plain", b"\x01x", b"\x03x-a"), ("Huffman", b"\x81\xf3", b"\x83\xf2\xb0\xff")]:
        @case("HPACK 6.2", f"a literal {form}, {coding}, with an indexed name")
        def _(octets=indexed + value):
            client = Connection()
            client.send(frame(HEADERS, END_STREAM | END_HEADERS, 1, client.block(GET) + octets))
            return client.status(1) == 200

        @case("HPACK 6.2", f"a literal {form}, {coding}, with a new name")
        def _(octets=new + name + value):
            client = Connection()
            client.send(frame(HEADERS, END_STREAM | END_HEADERS, 1, client.block(GET) + octets))
            return client.status(1) == 200


for what, octets in [("a change", b"\x3e"), ("two changes", b"\x20\x3f\xe1\x1f")]:
    @case("HPACK 6.3", f"{what} of the table's size at the beginning of a block")
    def _(octets=octets):
        client = Connection()
        client.send(frame(HEADERS, END_STREAM | END_HEADERS, 1, octets + client.block(GET)))
        return client.status(1) == 200
