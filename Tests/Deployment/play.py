#!/usr/bin/env python3
"""Plays the commands of a document and compares what they print with what the document says.

  play.py --kong PATH_TO_KONG [--verbose] DOCUMENT.md...

Each document is played on a machine of its own: the commands run as root at the real paths and ports, but in
namespaces in which /etc, /usr, /var, /run and /root are overlays, the network is a loopback interface and a PostgreSQL
server listens at its usual place. All of it is gone when the document ends. Needs root and Linux' namespaces.

Of a document, the blocks marked `console` are played, from the top. A line that begins with a prompt ("# ", "$ ") is
a command, the lines up to the next one are its output; a backslash continues a line. Lines with the prompt
"postgres=# " are what is typed into the command before them. "node-2# " is a second machine in the same network, with
the first one's kong.conf and its database. In an output,

  ...            alone in a line stands for any lines, within a line for anything
  times, pids    and what else differs from run to run are compared by their form (see MASKS)

A comment before a block changes what is done with it:

  <!-- play: skip, because ... -->         it is not played
  <!-- play: file /etc/kong/kong.conf -->  the block, of whatever kind, becomes that file
  <!-- play: any order -->                 the lines of the output may come in another order
  <!-- play: within 5 -->                  a command is repeated until it prints what it should, for so many seconds
  <!-- play: first COMMAND -->             a command of whose output nothing is expected

The last line is 'N passed, N failed'.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OVERLAID = ["/etc", "/usr", "/var", "/root"]
PROMPT = re.compile(r"^(?:# |\$ |node-(\d)# )(.*)$")
TYPED = "postgres=# "
LIMIT_SECONDS = 60

# What differs from run to run: a pattern of documents, and what may stand there instead.
MASKS = [
    (r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d", r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d"),
    (r"\d\d/[A-Z][a-z]{2}/\d{4}(:\d\d){3}", r"\d\d/[A-Z][a-z]{2}/\d{4}(:\d\d){3}"),
    (r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} (\d\d:){2}\d\d GMT", r"\w{3}, \d\d \w{3} \d{4} (\d\d:){2}\d\d GMT"),
    (r"(?<=log-)\d{8}", r"\d{8}"),
    (r"(?<=curl/)[\d.]+", r"[\d.]+"),
    (r"^\d{4,}$", r"\d+"),                                # a line with a process's number
    (r"(?<=\} )\d+$", r"[\d.e+]+"),                       # a figure of a series with labels
    (r"\.\.\.", r".*"),
]


class Block:
    """A fenced block of a document with the remark before it."""

    def __init__(self, kind, line, remark):
        self.kind, self.line, self.remark, self.lines = kind, line, remark, []


def blocks(text):
    """The fenced blocks, in order."""
    found, current, fence, remark = [], None, None, ""
    for number, line in enumerate(text.split("\n"), 1):
        mark = re.match(r"^( *)```(\w*)$", line)
        if current is None and mark:
            fence, current = mark.group(1), Block(mark.group(2), number, remark)
        elif current is not None and mark:
            found.append(current)
            current, remark = None, ""
        elif current is not None:
            current.lines.append(line.removeprefix(fence))
        elif match := re.match(r"^ *<!-- play: (.*) -->$", line):
            remark = match.group(1)
        elif line.strip():
            remark = ""
    return found


class Step:
    """A command with what is typed into it and the output that the document shows."""

    def __init__(self, line, node, command):
        self.line, self.node, self.command, self.typed, self.output = line, node, command, [], []


def steps(block):
    found, continued = [], False
    for number, line in enumerate(block.lines, block.line + 1):
        match = PROMPT.match(line)
        if continued:
            found[-1].command += "\n" + line
        elif line.startswith(TYPED) and found:
            found[-1].typed.append(line.removeprefix(TYPED))
            continue
        elif match and not (line.startswith("# ") and re.match(r"# (HELP|TYPE) ", line)):
            found.append(Step(number, int(match.group(1) or 1), match.group(2)))
        elif found:
            found[-1].output.append(line.rstrip())
            continue
        continued = line.endswith("\\")
    for step in found:
        while step.output and not step.output[-1]:
            step.output.pop()
    return found


def pattern(line):
    """A line of an output as a regular expression."""
    if line == "...":
        return r"(?:.*\n)*?"
    places = sorted((match.start(), match.end(), put) for mask, put in MASKS for match in re.finditer(mask, line))
    text, done = "", 0
    for start, end, put in places:
        if start < done:
            continue
        text += re.escape(line[done:start]) + put
        done = end
    return text + re.escape(line[done:]) + r"\n"


def matches(step, printed, any_order):
    lines = [line.rstrip() for line in printed.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    expected = step.output
    if any_order:
        lines, expected = sorted(lines), sorted(expected)
    return re.fullmatch("".join(map(pattern, expected)), "".join(line + "\n" for line in lines)) is not None


class Machine:
    """What the commands run on: this process's namespaces and those of further nodes."""

    def __init__(self, kong, folder):
        self.folder = folder
        self.others = {}
        self.environment = {"PATH": os.environ["PATH"] + ":/usr/sbin:/sbin", "HOME": "/root", "LC_ALL": "C"}
        self.overlay()
        run("ip", "link", "set", "lo", "up")
        self.start_postgres()
        self.bring_files(kong)

    def overlay(self):
        run("mount", "--make-rprivate", "/")
        run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", self.folder)
        for path in OVERLAID:
            upper, work = f"{self.folder}/upper{path}", f"{self.folder}/work{path}"
            os.makedirs(upper)
            os.makedirs(work)
            shutil.copystat(path, upper)
            run("mount", "-t", "overlay", "overlay", "-o", f"lowerdir={path},upperdir={upper},workdir={work}", path)
        run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run")
        # Nothing of a node that this machine may have had.
        for path in ["/etc/kong", "/usr/local/kong", "/var/log/kong", "/usr/local/bin/kong"]:
            shutil.rmtree(path, ignore_errors=True) if os.path.isdir(path) else Path(path).unlink(missing_ok=True)

    def start_postgres(self):
        programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))[-1]
        data, sockets = f"{self.folder}/postgres", "/run/postgresql"
        for path in [data, sockets]:
            os.makedirs(path)
            shutil.chown(path, "postgres", "postgres")
        self.environment |= {"PGDATA": data, "PATH": f"{self.environment['PATH']}:{programs}"}
        # As packages set it up: passwords for connections over the network, the system's word for local ones.
        self.as_postgres("initdb", "--auth-host=scram-sha-256", "--auth-local=peer", "--encoding=UTF8", "--locale=C",
                         "--no-sync")
        with open(f"{data}/pg_hba.conf", "a") as rules:
            rules.write("host all all 10.0.0.0/24 scram-sha-256\n")
        with open(f"{data}/postgresql.conf", "a") as settings:
            settings.write(f"listen_addresses = '*'\nunix_socket_directories = '{sockets}'\nfsync = off\n")
        self.as_postgres("pg_ctl", "-l", f"{data}/log", "-w", "start")

    def as_postgres(self, *command):
        run("runuser", "-u", "postgres", "--", *command, env=self.environment, stdout=subprocess.DEVNULL)

    def bring_files(self, kong):
        """What somebody has in the folder from which a node is installed: the program and the files beside it."""
        self.home = f"{self.folder}/files"
        shutil.copytree(ROOT / "packaging", self.home)
        shutil.copy(kong, self.home + "/kong")
        for unit in Path(self.home, "systemd").iterdir():
            shutil.copy(unit, self.home)
        # On a terminal curl does not show how far it is.
        Path("/root/.curlrc").write_text("silent\nshow-error\n")

    def prefix(self, node):
        """What makes a command run on another node."""
        if node == 1:
            return []
        if node not in self.others:
            self.add(node)
        return ["nsenter", "-t", str(self.others[node].pid), "-n", "-m"]

    def add(self, node):
        other = subprocess.Popen(["unshare", "--net", "--mount", "sleep", "infinity"])
        self.others[node] = other
        own = os.readlink("/proc/self/ns/net")
        until(5, lambda: os.readlink(f"/proc/{other.pid}/ns/net") != own)
        name = f"node-{node}"
        run("ip", "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", str(other.pid))
        run("ip", "address", "add", "10.0.0.1/24", "dev", name)
        run("ip", "link", "set", name, "up")
        for line in [
            f"ip address add 10.0.0.{node}/24 dev eth0", "ip link set eth0 up", "ip link set lo up",
            "cp -r /etc/kong /run/kong-settings", "sed -i 's/^pg_host =.*/pg_host = 10.0.0.1/' /run/kong-settings/*",
            "mount --bind /run/kong-settings /etc/kong", "mount -t tmpfs -o mode=755 tmpfs /usr/local/kong",
            "mount -t tmpfs -o mode=755 tmpfs /var/log/kong", "kong start -c /etc/kong/kong.conf",
        ]:
            run(*self.prefix(node), "sh", "-c", line, stdout=subprocess.DEVNULL)

    def play(self, step):
        command = self.prefix(step.node) + ["bash", "-c", step.command]
        typed = "".join(line + "\n" for line in step.typed)
        with tempfile.TemporaryFile("w+") as output:
            # Into a file: what a command leaves running may keep it open without anybody waiting for it.
            process = subprocess.Popen(command, cwd=self.home, env=self.environment, stdin=subprocess.PIPE,
                                       stdout=output, stderr=subprocess.STDOUT, text=True)
            try:
                process.communicate(typed, timeout=LIMIT_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
            output.seek(0)
            return output.read()


def run(*command, **options):
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, **options)


def until(seconds, condition):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("the machine did not come about")
        time.sleep(0.01)


class Play:
    """One document on one machine."""

    def __init__(self, machine, document, verbose):
        self.machine, self.document, self.verbose = machine, document, verbose
        self.passed = self.failed = 0

    def run(self):
        for block in blocks(Path(self.document).read_text()):
            word, _, rest = block.remark.partition(" ")
            if word == "file":
                Path(rest).write_text("\n".join(block.lines) + "\n")
            elif block.kind == "console" and word.rstrip(",") != "skip":
                if word == "first":
                    self.machine.play(Step(block.line, 1, rest))
                for step in steps(block):
                    self.step(step, word == "any", float(rest) if word == "within" else 0)

    def step(self, step, any_order, seconds):
        end = time.monotonic() + seconds
        printed = self.machine.play(step)
        while not matches(step, printed, any_order) and time.monotonic() < end:
            time.sleep(0.1)
            printed = self.machine.play(step)
        title = step.command.split("\n")[0]
        if matches(step, printed, any_order):
            self.passed += 1
            if self.verbose:
                print(f"  ok      {step.line}: {title}")
            return
        self.failed += 1
        print(f"  FAILED  {self.document}:{step.line}: {title}\n  document:")
        for line in step.output:
            print("    " + line)
        print("  printed:")
        for line in printed.rstrip("\n").split("\n"):
            print("    " + line)


def inside(arguments):
    """The second half, in the namespaces: the first process there has to wait for what daemons leave behind."""
    child = os.fork()
    if child == 0:
        play = Play(Machine(arguments.kong, arguments.inside), arguments.documents[0], arguments.verbose)
        play.run()
        print(f"{play.passed} passed, {play.failed} failed", flush=True)
        return 1 if play.failed or not play.passed else 0
    while True:
        process, status = os.wait()
        if process == child:
            return os.waitstatus_to_exitcode(status)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kong", required=True)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    parser.add_argument("documents", nargs="+")
    arguments = parser.parse_args()
    if arguments.inside:
        return inside(arguments)
    code = 0
    for document in arguments.documents:
        folder = tempfile.mkdtemp(prefix="kong-play-")
        try:
            # With the process that began it every process of the machine ends, whatever happens here.
            code |= subprocess.call(
                ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", sys.executable,
                 __file__, "--kong", os.path.abspath(arguments.kong), "--inside", folder, os.path.abspath(document)]
                + ["--verbose"] * arguments.verbose)
        finally:
            os.rmdir(folder)
    return code


if __name__ == "__main__":
    sys.exit(main())
