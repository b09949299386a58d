#!/usr/bin/env python3
"""A gRPC server for tests, without TLS and with it: server.py CERTIFICATE KEY. Needs Debian's python3-grpcio.

Its first line names its two ports. The methods of the service test.Service take and give bytes as they are:

  Echo      unary; "fail" fails, "slow" takes a minute, "meta" answers with a request header and sets a trailer
  Count     a stream of as many answers as the request says
  Sum       takes a stream, answers with the sum of its messages' lengths
  Talk      answers each message of a stream before the next one comes
"""
import sys
import time
from concurrent import futures
from pathlib import Path

import grpc

UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


def echo(request, context):
    if request == b"fail":
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, "bad: 100 % \u00e9")
    if request == b"slow":
        time.sleep(60)
    if request == b"meta":
        context.send_initial_metadata((("x-first", "1"),))
        context.set_trailing_metadata((("x-last", "2"), ("x-last-bin", b"\0\xff")))
        return dict(context.invocation_metadata()).get("x-own", "none").encode()
    return b"echo:" + request


def count(request, context):
    for number in range(int(request)):
        yield b"%d" % number


def total(requests, context):
    return b"%d" % sum(len(request) for request in requests)


def talk(requests, context):
    for request in requests:
        yield b"heard:" + request


def main():
    certificate, key = (Path(name).read_bytes() for name in sys.argv[1:3])
    server = grpc.server(futures.ThreadPoolExecutor(24), options=UNLIMITED)
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler("test.Service", {
        "Echo": grpc.unary_unary_rpc_method_handler(echo),
        "Count": grpc.unary_stream_rpc_method_handler(count),
        "Sum": grpc.stream_unary_rpc_method_handler(total),
        "Talk": grpc.stream_stream_rpc_method_handler(talk),
    })])
    plain = server.add_insecure_port("127.0.0.1:0")
    tls = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([(key, certificate)]))
    server.start()
    print(plain, tls, flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
