#!/usr/bin/env python3
"""Checks an HTTP/2 server frame by frame: the sections of RFC 9113 and RFC 7541 as h2spec tests them, and abuse.

  conform.py [--tls] [--verbose] [--only WORD] PORT

The server has to answer GET, HEAD and POST of / with 200, the first with a body of at least three bytes, and must not
read the bodies of requests to /stuck. The last line is 'N passed, N failed'. Needs Debian's python3-hpack.
"""
import argparse
import sys

import abuse  # noqa: F401 (the modules fill the list of cases)
import connection_cases  # noqa: F401
import downgrade  # noqa: F401
import frame_cases  # noqa: F401
import hpack_cases  # noqa: F401
import message_cases  # noqa: F401
from cases import CASES
from frames import Connection


def outcome(check):
    """Whether a check holds, and why not if it broke."""
    try:
        return bool(check()), ""
    except Exception as fault:  # a server may break anything
        return False, repr(fault)


def is_well():
    """Whether the server still answers."""
    client = Connection()
    client.request(1)
    return client.status(1) == 200


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("port", type=int)
    options = parser.parse_args()
    Connection.port, Connection.tls = options.port, options.tls
    passed = failed = 0
    cases = [one for one in CASES if options.only in f"{one[0]} {one[1]}"]
    for section, name, check in cases + [("end", "the server is well afterwards", is_well)]:
        holds, fault = outcome(check)
        passed, failed = passed + holds, failed + (not holds)
        if options.verbose or not holds:
            print("ok  " if holds else "FAIL", section, name, fault, flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
