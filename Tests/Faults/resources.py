"""Memory, descriptors and threads of a node's processes, as the kernel counts them."""
import os


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def sample(pid):
    """(allocated memory in KiB, descriptors, threads), or None if the process is gone.

    RssAnon is what the process has allocated. RSS also counts pages of the program's file, which come with the first
    run of rare code and go when the system needs the room: nothing that leaks.
    """
    try:
        with open(f"/proc/{pid}/status") as file:
            status = dict(line.split(":", 1) for line in file if ":" in line)
        return int(status["RssAnon"].split()[0]), len(os.listdir(f"/proc/{pid}/fd")), int(status["Threads"])
    except (OSError, KeyError):
        return None


def compare(who, before, after, extra):
    """Rows (process, what, before, after, allowed): what is above the allowed has leaked."""
    return [(who, what, *row) for what, *row in zip(
        ("allocated, KiB", "descriptors", "threads"), before, after, (was + more for was, more in zip(before, extra)))]
