#!/usr/bin/env python3
"""gRPC through a gateway to server.py: client.py [--ca FILE] PORT. Needs Debian's python3-grpcio.

With --ca the gateway is spoken to over TLS. Calls of test.Refused must be refused by the gateway with 403 and the text
"no entry", calls of test.Unknown by no route, and the server of test.Gone must not be there. The last line is
'N passed, N failed'.
"""
import argparse
import queue
import sys
from pathlib import Path

import grpc

UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
# A call that comes back at all comes back at once, on a machine that has time for it.
PATIENCE_SECONDS = 20


class Checks:
    """What is tried with a channel: every method whose name begins with "check"."""

    def __init__(self, channel):
        self.channel = channel
        self.echo = channel.unary_unary("/test.Service/Echo")
        self.count = channel.unary_stream("/test.Service/Count")
        self.total = channel.stream_unary("/test.Service/Sum")
        self.talk = channel.stream_stream("/test.Service/Talk")

    def failure(self, method, request=b"", seconds=PATIENCE_SECONDS):
        """The error of a unary call."""
        try:
            self.channel.unary_unary(method)(request, timeout=seconds)
        except grpc.RpcError as error:
            return error
        raise AssertionError("the call succeeded")

    def check_unary(self):
        return self.echo(b"hi", timeout=PATIENCE_SECONDS) == b"echo:hi"

    def check_empty_message(self):
        return self.echo(b"", timeout=PATIENCE_SECONDS) == b"echo:"

    def check_large_message(self):
        message = bytes(range(256)) * 12_000
        return self.echo(message, timeout=60) == b"echo:" + message

    def check_compressed_message(self):
        answer = self.echo(b"x" * 100_000, timeout=PATIENCE_SECONDS, compression=grpc.Compression.Gzip)
        return answer == b"echo:" + b"x" * 100_000

    def check_server_streaming(self):
        return list(self.count(b"500", timeout=60)) == [b"%d" % number for number in range(500)]

    def check_empty_stream(self):
        return list(self.count(b"0", timeout=PATIENCE_SECONDS)) == []

    def check_client_streaming(self):
        return self.total(iter([b"a" * 1000] * 500), timeout=60) == b"500000"

    def check_bidirectional_streaming_in_lockstep(self):
        messages = queue.Queue()
        answers = self.talk(iter(messages.get, None), timeout=60)
        for number in range(20):
            messages.put(b"%d" % number)
            if next(answers) != b"heard:%d" % number:
                return False
        messages.put(None)
        return list(answers) == []

    def check_status_and_text_of_an_error(self):
        error = self.failure("/test.Service/Echo", b"fail")
        return error.code() == grpc.StatusCode.INVALID_ARGUMENT and error.details() == "bad: 100 % \u00e9"

    def check_method_that_is_not_there(self):
        return self.failure("/test.Service/None").code() == grpc.StatusCode.UNIMPLEMENTED

    def check_deadline(self):
        return self.failure("/test.Service/Echo", b"slow", 0.5).code() == grpc.StatusCode.DEADLINE_EXCEEDED

    def check_metadata(self):
        answer, call = self.echo.with_call(b"meta", timeout=PATIENCE_SECONDS, metadata=(("x-own", "mine"),))
        last = dict(call.trailing_metadata())
        return (answer == b"mine" and ("x-first", "1") in call.initial_metadata() and last["x-last"] == "2"
                and last["x-last-bin"] == b"\0\xff")

    def check_call_after_a_cancelled_one(self):
        messages = queue.Queue()
        answers = self.talk(iter(messages.get, None))
        messages.put(b"x")
        next(answers)
        answers.cancel()
        messages.put(None)
        return self.echo(b"z", timeout=PATIENCE_SECONDS) == b"echo:z"

    def check_many_at_once(self):
        calls = [self.echo.future(b"%d" % number, timeout=60) for number in range(300)]
        return all(call.result() == b"echo:%d" % number for number, call in enumerate(calls))

    def check_refusal_of_the_gateway(self):
        error = self.failure("/test.Refused/Echo")
        return error.code() == grpc.StatusCode.PERMISSION_DENIED and error.details() == "no entry"

    def check_call_without_a_route(self):
        error = self.failure("/test.Unknown/Echo")
        return error.code() == grpc.StatusCode.NOT_FOUND and error.details() == "no Route matched with those values"

    def check_server_that_is_gone(self):
        return self.failure("/test.Gone/Echo").code() == grpc.StatusCode.UNAVAILABLE


def open_channel(options):
    address = f"localhost:{options.port}"
    if not options.ca:
        return grpc.insecure_channel(address, options=UNLIMITED)
    return grpc.secure_channel(
        address, grpc.ssl_channel_credentials(Path(options.ca).read_bytes()), options=UNLIMITED)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ca")
    parser.add_argument("port", type=int)
    options = parser.parse_args()
    passed = failed = 0
    with open_channel(options) as channel:
        checks = Checks(channel)
        for name in [name for name in dir(checks) if name.startswith("check_")]:
            fault = ""
            try:
                holds = getattr(checks, name)()
            except Exception as error:  # whatever it is, the next check may hold
                holds, fault = False, repr(error)
            passed, failed = passed + bool(holds), failed + (not holds)
            print("ok  " if holds else "FAIL", name, fault, flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
