#!/usr/bin/env python3
"""gRPC calls without a pause until a file appears: load.py PORT FILE. Needs Debian's python3-grpcio.

Calls test.Service/Echo on two connections, eight at a time each, and prints a line at the first answer. The last line
is 'N answered, N failed'.
"""
import sys
import threading
from pathlib import Path

import grpc

answered, failures = 0, []
lock = threading.Lock()
begun = threading.Event()


def call(echo, stop):
    global answered
    while not stop.exists():
        try:
            holds = echo(b"hi", timeout=30) == b"echo:hi"
            with lock:
                answered += holds
            begun.set()
        except grpc.RpcError as error:
            with lock:
                failures.append(f"{error.code()} {error.details()}")


def main():
    port, stop = sys.argv[1], Path(sys.argv[2])
    # Channels with the same options would share one connection.
    channels = [grpc.insecure_channel(f"127.0.0.1:{port}", options=[("test.number", number)]) for number in range(2)]
    calls = [channel.unary_unary("/test.Service/Echo") for channel in channels for _ in range(8)]
    threads = [threading.Thread(target=call, args=(echo, stop)) for echo in calls]
    for thread in threads:
        thread.start()
    begun.wait()
    print("the first answer is there", flush=True)
    for thread in threads:
        thread.join()
    print(*failures[:10], sep="\n")
    print(f"{answered} answered, {len(failures)} failed")


if __name__ == "__main__":
    main()
