#!/usr/bin/env python3
"""fuzz.py --kong PROGRAM [--requests N] [--seed N] [--databases sqlite,postgres]: sends generated requests, good and
broken, to the Admin API of nodes that it starts, one on SQLite and one on a PostgreSQL server of its own, and stops them.

It fails when an answer is a 5xx, takes 30 seconds or does not come, when a refusal names neither a field nor what is
wrong with the body, when a worker ends or complains, or when the node can't list everything or proxy a request
afterwards. A run is repeated with its seed. The last line is 'N passed, N failed'."""

import argparse
import http.server
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True  # nothing is left in the source tree

from client import Client, Hang
from generator import COLLECTIONS, Requests
from values import Values

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# Bodies that are refused as a whole: the text says what is wrong.
BODY_TEXTS = re.compile(r"(?i)json|body|bytes|size|form|argument|expected|invalid|must|cannot|required|unknown|not")
SHOWN_FAULTS = 20
# Collections whose rows have no path of their own.
LISTS = ("tags", "key-auths", "basic-auths", "hmac-auths", "jwts", "acls", "oauth2")


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Node:
    """A node of the gateway with a folder and ports of its own."""

    def __init__(self, kong, folder, settings):
        self.kong, self.prefix = kong, folder
        self.admin_port, self.proxy_port, tls_port = free_ports(3)
        os.makedirs(folder)
        lines = {
            "prefix": folder, "anonymous_reports": "off", "nginx_worker_processes": "1",
            "proxy_listen": f"127.0.0.1:{self.proxy_port}, 127.0.0.1:{tls_port} ssl",
            "admin_listen": f"127.0.0.1:{self.admin_port}", **settings,
        }
        self.conf = folder + ".conf"
        with open(self.conf, "w") as file:
            file.writelines(f"{name} = {value}\n" for name, value in lines.items())
        if settings["database"] == "postgres":
            self.run("migrations", "bootstrap", "-c", self.conf)
        self.run("start", "-c", self.conf)
        self.workers = self.living_workers()

    def run(self, *arguments):
        done = subprocess.run([self.kong, *arguments], capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            raise SystemExit(f"kong {' '.join(arguments)}: {done.stdout}{done.stderr}")

    def stop(self):
        subprocess.run([self.kong, "stop", "-p", self.prefix], capture_output=True, timeout=60)

    def living_workers(self):
        with open(self.prefix + "/pids/nginx.pid") as file:
            master = file.read().strip()
        with open(f"/proc/{master}/task/{master}/children") as file:
            return file.read().split()

    def text(self, name):
        with open(os.path.join(self.prefix, name), errors="replace") as file:
            return file.read()

    def complaints(self):
        """Lines of the error log that no request may cause."""
        return re.findall(r".*(?:\[(?:crit|alert|emerg)\]|Fatal error|worker process \d+ (?:ended|exited)).*",
                          self.text("logs/error.log"))


class Fuzz:
    """One run against one node."""

    def __init__(self, node, seed):
        self.node, self.client = node, Client(node.admin_port)
        self.rng = random.Random(seed)
        self.faults, self.statuses = [], {}
        plugins = self.get("/plugins/enabled")["enabled_plugins"]
        schemas = {name: self.get("/plugins/schema/" + name) for name in plugins}
        self.values = Values(self.rng, schemas, node.text("ssl/kong-default.crt"), node.text("ssl/kong-default.key"))
        self.requests = Requests(self.rng, self.values)

    def get(self, path):
        answer = self.client.request("GET", path)
        return answer.json if answer and answer.status == 200 else None

    def run(self, count):
        for number in range(count):
            if len(self.faults) >= SHOWN_FAULTS:
                break
            self.send(number, self.requests.next())

    def send(self, number, request):
        try:
            answer = self.client.request(request.method, request.target, request.fields, request.body, request.length)
        except Hang as hang:
            return self.fault(number, request, str(hang))
        if answer is None:
            # A body that never comes whole can't be answered with more than the end of the connection.
            if request.length is None:
                self.fault(number, request, "the connection was closed without an answer")
            return None
        self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
        if text := self.wrong(request, answer):
            self.fault(number, request, f"{answer.status} {answer.body[:400]!r}: {text}")
        elif request.learns and answer.status in (200, 201) and isinstance(answer.json, dict):
            for row in answer.json.get("data", [answer.json]):
                self.values.learn(request.learns, row)

    def fault(self, number, request, text):
        self.faults.append(f"request {number}: {text}\n    {request}")

    @staticmethod
    def wrong(request, answer):
        """What is wrong with an answer, or None."""
        if answer.status >= 500:
            return "a fault of the node"
        if answer.status != 400 or request.method == "HEAD" or not answer.fields.get("content-type", "").startswith("application/json"):
            return None
        body = answer.json
        if not isinstance(body, dict):
            return "no JSON object"
        if body.get("code") == 2:
            return None if body.get("fields") else "a violation without a field"
        if body.get("fields"):
            return None
        text = body.get("message") or body.get("error") or ""
        return None if isinstance(text, str) and BODY_TEXTS.search(text) else "it doesn't say what is wrong"

    # Afterwards.

    def check(self, origin_port):
        """What must hold when all is over; returns a list of faults."""
        faults = list(self.node.complaints())
        if self.node.living_workers() != self.node.workers:
            faults.append(f"worker {self.node.workers} is now {self.node.living_workers()}")
        if self.get("/status") is None:
            faults.append("GET /status fails")
        for name in COLLECTIONS + ["tags"]:
            if name == "targets":
                continue
            if (text := self.walk(name)) is not None:
                faults.append(f"GET /{name}: {text}")
        return faults or self.proxy(origin_port)

    def walk(self, collection):
        """Reads all pages of a collection, and the first rows of each one by one."""
        path, seen, first = f"/{collection}?size=100", set(), True
        while path:
            page = self.get(path)
            if page is None:
                return f"{path} fails"
            for row in page["data"]:
                name = (row.get("id") or row.get("entity_id")) + str(row.get("tag", "")) + str(row.get("entity_name", ""))
                if name in seen:
                    return f"row {name} is on two pages"
                seen.add(name)
            for row in page["data"][:3] if first and collection not in LISTS else []:
                if (again := self.get(f"/{collection}/{row['id']}")) != row:
                    return f"row {row['id']} alone is {again}, in the list {row}"
            path, first = page.get("next"), False
        return None

    def proxy(self, origin_port):
        """Deletes all plugins and has a request proxied."""
        while rows := (self.get("/plugins?size=1000") or {}).get("data"):
            for row in rows:
                answer = self.client.request("DELETE", "/plugins/" + row["id"])
                if answer is None or answer.status != 204:
                    return [f"DELETE /plugins/{row['id']}: {answer and answer.status}"]
        made = self.client.request(
            "POST", "/services", [("Content-Type", "application/json")],
            b'{"name":"the-last-service","url":"http://127.0.0.1:%d/origin"}' % origin_port)
        route = self.client.request(
            "POST", "/services/the-last-service/routes", [("Content-Type", "application/json")],
            b'{"hosts":["the.last.test"],"paths":["/the-last"],"methods":["GET"]}')
        if made is None or route is None or (made.status, route.status) != (201, 201):
            return [f"service: {made and made.body}, route: {route and route.body}"]
        answer = Client(self.node.proxy_port).request("GET", "/the-last", [("Host", "the.last.test")])
        if answer is None or answer.status != 200 or answer.body != b"origin":
            return [f"the proxy answers {answer and (answer.status, answer.body)}"]
        return []


class Origin(http.server.BaseHTTPRequestHandler):
    """The upstream of the request that is proxied at the end."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "6")
        self.end_headers()
        self.wfile.write(b"origin")

    def log_message(self, *_):
        pass


def play(options, database, scratch, settings, origin_port):
    """Runs against one node; returns whether all was well."""
    node = Node(options.kong, os.path.join(scratch, database + "-node"), {"database": database, **settings})
    began = time.monotonic()
    try:
        fuzz = Fuzz(node, options.seed)
        fuzz.run(options.requests)
        faults = fuzz.faults + fuzz.check(origin_port)
    finally:
        node.stop()
    for fault in faults:
        print(fault)
    answers = ", ".join(f"{count} x {status}" for status, count in sorted(fuzz.statuses.items()))
    print(f"{database}: seed {options.seed}, {time.monotonic() - began:.0f} s; {answers}", flush=True)
    if faults:
        print("end of the error log:", *node.text("logs/error.log").splitlines()[-10:], sep="\n    ")
    return not faults


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kong", required=True, help="the program")
    parser.add_argument("--requests", type=int, default=20000, help="how many, for each database")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--databases", default="sqlite,postgres")
    options = parser.parse_args()
    sys.setrecursionlimit(10000)  # bodies nest deeply
    scratch = tempfile.mkdtemp(prefix="gibbon-fuzz.")
    os.chmod(scratch, 0o755)
    origin = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Origin)
    threading.Thread(target=origin.serve_forever, daemon=True).start()
    script, server = os.path.join(ROOT, "scripts/postgres.sh"), os.path.join(scratch, "postgres")
    passed = failed = 0
    try:
        for database in options.databases.split(","):
            settings = {}
            if database == "postgres":
                port = subprocess.check_output([script, "start", server], text=True, stderr=subprocess.DEVNULL).split()[-1]
                settings = {"pg_host": "127.0.0.1", "pg_port": port, "pg_user": "postgres", "pg_password": "postgres",
                            "pg_database": "postgres"}
            if play(options, database, scratch, settings, origin.server_address[1]):
                passed += 1
            else:
                failed += 1
    finally:
        subprocess.run([script, "stop", server], check=False)
        shutil.rmtree(scratch, ignore_errors=True)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
