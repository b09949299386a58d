#!/usr/bin/env python3
"""Receives what logging plugins send and writes it to a file, one message a line, behind the number of its connection.

receive.py udp FILE
receive.py tcp FILE
receive.py tls FILE CERTIFICATE KEY     the server name that was asked for stands behind the number
receive.py unix FILE SOCKET             datagrams on a socket that is a file, as syslogd has it

Prints the port, or the socket's path, as soon as it listens.
"""
import os
import socket
import ssl
import sys
import threading

kind, path, *rest = sys.argv[1:]
# Made before anybody may look for it.
output = open(path, "ab", buffering=0)


def note(label, message):
    # One write, so that no reader sees half of it.
    output.write(label.encode() + b" " + message.rstrip(b"\n") + b"\n")


def ready(where):
    print(where, flush=True)


def datagrams(family, address):
    server = socket.socket(family, socket.SOCK_DGRAM)
    server.bind(address)
    if family == socket.AF_UNIX:
        # As syslogd's: everybody may write.
        os.chmod(address, 0o666)
    ready(address if family == socket.AF_UNIX else server.getsockname()[1])
    while True:
        note("0", server.recv(1 << 16))


def lines(number, client, context):
    names = [""]
    try:
        if context:
            context.sni_callback = lambda _, name, __: names.append(name or "")
            client = context.wrap_socket(client, server_side=True)
        for line in client.makefile("rb"):
            note(f"{number}{names[-1]}", line)
    except OSError as error:
        print(error, flush=True)


def streams(context):
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen()
    ready(server.getsockname()[1])
    number = 0
    while True:
        client, _ = server.accept()
        number += 1
        threading.Thread(target=lines, args=(number, client, context), daemon=True).start()


if kind == "udp":
    datagrams(socket.AF_INET, ("127.0.0.1", 0))
elif kind == "unix":
    datagrams(socket.AF_UNIX, rest[0])
elif kind == "tcp":
    streams(None)
else:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*rest)
    streams(tls)
