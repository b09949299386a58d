"""The nodes under test, their PostgreSQL server, their upstreams' process and, as root, the network to one of those."""
import asyncio
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import resources

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
ADMIN_SECONDS = 8


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for sock in sockets:
        sock.bind(("127.0.0.1", 0))
    ports = [sock.getsockname()[1] for sock in sockets]
    for sock in sockets:
        sock.close()
    return ports


class Database:
    """A PostgreSQL server to throw away (scripts/postgres.sh), that can be stopped, started and frozen."""

    def __init__(self, folder):
        self.folder = folder
        self.script = str(ROOT / "scripts/postgres.sh")

    def create(self):
        output = subprocess.run([self.script, "start", self.folder], check=True, stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, text=True).stdout
        self.port = int(output.split()[-1])

    def control(self, *words):
        bins = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        command = [str(bins[-1] / "pg_ctl"), "-D", self.folder + "/data", "-l", self.folder + "/server.log", *words]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self):
        self.control("-m", "immediate", "-w", "stop")

    def start(self):
        # The options of the first start stand in the data folder.
        options = Path(self.folder, "data/postmaster.opts").read_text().split('"-p"', 1)[1].replace('"', "'")
        self.control("-w", "-t", "30", "-o", "-p" + options, "start")

    def processes(self):
        master = int(Path(self.folder, "data/postmaster.pid").read_text().split()[0])
        return [master, *resources.children(master)]

    def freeze(self):
        """Nobody answers, and no connection ends: as if the network to the server were cut."""
        self.frozen = self.processes()
        for pid in self.frozen:
            os.kill(pid, signal.SIGSTOP)

    def thaw(self):
        for pid in self.frozen:
            try:
                os.kill(pid, signal.SIGCONT)
            except ProcessLookupError:
                pass

    def remove(self):
        subprocess.run([self.script, "stop", self.folder], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Node:
    def __init__(self, program, name, folder, settings):
        self.program, self.name, self.prefix = program, name, f"{folder}/node-{name}"
        os.makedirs(self.prefix)
        self.http, self.tls, self.h2c, self.tcp, self.admin = free_ports(5)
        self.settings = {
            "prefix": self.prefix, "anonymous_reports": "off", "nginx_worker_processes": "2",
            "proxy_listen": f"127.0.0.1:{self.http}, 127.0.0.1:{self.tls} ssl http2, 127.0.0.1:{self.h2c} http2",
            "stream_listen": f"127.0.0.1:{self.tcp}", "admin_listen": f"127.0.0.1:{self.admin}", **settings,
        }
        self.conf = f"{self.prefix}/kong.conf"
        Path(self.conf).write_text("".join(f"{name} = {value}\n" for name, value in self.settings.items()))

    def run(self, *words):
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("KONG_", "PG"))}
        return subprocess.run([self.program, *words], env=environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def must(self, *words):
        done = self.run(*words)
        if done.returncode:
            sys.exit(f"kong {' '.join(words)}: {done.stdout}")

    def start(self):
        self.must("start", "-c", self.conf)

    def stop(self):
        self.run("stop", "-p", self.prefix)

    @property
    def master(self):
        return int(Path(self.prefix, "pids/nginx.pid").read_text())

    @property
    def workers(self):
        return resources.children(self.master)

    def log(self, name="error.log"):
        try:
            return Path(self.prefix, "logs", name).read_text(errors="replace")
        except OSError:
            return ""

    def ask(self, method, path, body=None):
        """One call of the Admin API: (status, JSON)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.admin, timeout=ADMIN_SECONDS)
        try:
            text = None if body is None else json.dumps(body)
            connection.request(method, path, text, {"Content-Type": "application/json"} if text else {})
            answer = connection.getresponse()
            data = answer.read()
            return answer.status, json.loads(data) if data else None
        finally:
            connection.close()

    def make(self, path, body):
        status, answer = self.ask("POST", path, body)
        if status != 201:
            sys.exit(f"POST {path} {body}: {status} {answer}")
        return answer


class Upstreams:
    """The process of the upstreams, which takes commands."""

    def __init__(self, process, ports, address):
        self.process, self.ports, self.address = process, ports, address
        self.lock = asyncio.Lock()

    @classmethod
    async def start(cls, address, names, prefix=()):
        process = await asyncio.create_subprocess_exec(
            *prefix, sys.executable, str(HERE / "origins.py"), address, *names,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
        return cls(process, json.loads(await process.stdout.readline()), address)

    async def tell(self, name, mode):
        async with self.lock:
            self.process.stdin.write(json.dumps([name, mode]).encode() + b"\n")
            await self.process.stdin.drain()
            if not await self.process.stdout.readline():
                sys.exit("the upstreams' process has ended")

    async def stop(self):
        if self.process.returncode is None:
            self.process.stdin.close()
            await self.process.wait()


class Network:
    """A network namespace behind a pair of virtual interfaces that can be cut: packets vanish, and nobody says so."""

    def __init__(self):
        mark = os.getpid() % 16000
        self.name, self.near, self.far = f"gibbon-{os.getpid()}", f"gn{mark}", f"gf{mark}"
        block = f"10.213.{mark >> 6}.{(mark & 63) * 4}"
        base, last = block.rsplit(".", 1)
        self.near_address, self.address = f"{base}.{int(last) + 1}", f"{base}.{int(last) + 2}"

    @staticmethod
    def ip(*words, check=True):
        return subprocess.run(["ip", *words], check=check, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode == 0

    @classmethod
    def make(cls):
        """None where the system does not let us."""
        network = cls()
        if os.geteuid() != 0:
            return None
        try:
            network.ip("netns", "add", network.name)
            network.ip("link", "add", network.near, "type", "veth", "peer", "name", network.far)
            network.ip("link", "set", network.far, "netns", network.name)
            network.ip("addr", "add", network.near_address + "/30", "dev", network.near)
            network.ip("link", "set", network.near, "up")
            network.inside("addr", "add", network.address + "/30", "dev", network.far)
            network.inside("link", "set", network.far, "up")
            network.inside("link", "set", "lo", "up")
            return network
        except (OSError, subprocess.CalledProcessError):
            network.remove()
            return None

    def inside(self, *words):
        self.ip("-n", self.name, *words)

    @property
    def prefix(self):
        return ("ip", "netns", "exec", self.name)

    def cut(self):
        # The interface at the other end: here packets go on being sent, into nothing.
        self.inside("link", "set", self.far, "down")

    def mend(self):
        self.inside("link", "set", self.far, "up")

    def remove(self):
        self.ip("link", "del", self.near, check=False)
        self.ip("netns", "del", self.name, check=False)
