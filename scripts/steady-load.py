#!/usr/bin/env python3
"""Requests without a pause over several connections, half of them kept and half made anew, until the standard input
ends. Prints 'N requests, M failed' and the first failures; ends with 1 if there were any.

  steady-load.py PORT PATH
"""
import http.client
import sys
import threading

CONNECTIONS = 8

port, path = int(sys.argv[1]), sys.argv[2]
stopped = threading.Event()
lock = threading.Lock()
answered, failures = 0, []


def run(keeps):
    global answered
    connection = None
    while not stopped.is_set():
        try:
            connection = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", path, headers={} if keeps else {"Connection": "close"})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise OSError(f"status {answer.status}")
            with lock:
                answered += 1
            if answer.will_close:
                connection = None
        except (OSError, http.client.HTTPException) as error:
            connection = None
            with lock:
                failures.append(f"{'kept' if keeps else 'new'} connection: {error!r}")
            stopped.wait(0.1)


threads = [threading.Thread(target=run, args=(number % 2 == 0,)) for number in range(CONNECTIONS)]
for thread in threads:
    thread.start()
sys.stdin.read()
stopped.set()
for thread in threads:
    thread.join()
print(f"{answered} requests, {len(failures)} failed")
for failure in failures[:10]:
    print(f"  {failure}")
sys.exit(1 if failures or not answered else 0)
