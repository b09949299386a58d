#!/usr/bin/env python3
"""Awkward texts through `kong config`: stored by the Admin API, exported, read by another YAML library, imported.

  texts.py KONG ADMIN PREFIX OTHER_ADMIN OTHER_PREFIX [SEED]

ADMIN and OTHER_ADMIN are ports of two nodes with empty databases, PREFIX and OTHER_PREFIX their prefixes. Prints the
texts that came back otherwise; the exit code is 1 then. Needs Debian's python3-yaml.
"""
import http.client
import json
import os
import random
import subprocess
import sys

import yaml

WORDS = ["null", "~", "yes", "No", "on", "y", "true", "1e3", "0x1F", "0o7", "007", "1_000", ".inf", "1:30",
         "2001-01-01", "<<", "=", "---", "...", "- a", "? a", "a: b", "a #b", "#", "%", "@", "`", "|", ">", "*a", "&a",
         "!a", "{", "[", "'", '"', "\\", "\\ufeff"]
PIECES = (WORDS + [chr(c) for c in range(1, 33)] + ["\r\n", "\x7f", "\x85", "\xa0", "\u2028", "\u2029", "\ufeff",
          "\ufffe", "\uffff", "\ud7ff", "\ue000", "\U00010000", "\U0010ffff", "\U0001f600", "\u0301", "e",
          "long " * 50])


def ask(port, method, path, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Content-Type": "application/json"} if body is not None else {}
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    if answer.status >= 300:
        sys.exit(f"{method} {path}: {answer.status} {text!r}")
    return json.loads(text)


def rows(port):
    found, path = {}, "/consumers?size=1000"
    while path:
        page = ask(port, "GET", path)
        found.update((row["username"], row["custom_id"]) for row in page["data"])
        path = page["next"]
    return found


def compare(what, texts, found):
    wrong = [(name, text, found.get(name)) for name, text in texts.items() if found.get(name) != text]
    for name, text, got in wrong:
        print(f"{what}: {ascii(text)} became {ascii(got)}")
    return not wrong


def main():
    kong, prefix, other_prefix = sys.argv[1], sys.argv[3], sys.argv[5]
    admin, other_admin = int(sys.argv[2]), int(sys.argv[4])
    choose = random.Random(int(sys.argv[6]) if len(sys.argv) > 6 else 1)
    made = [p for p in PIECES] + ["".join(choose.choices(PIECES, k=choose.randint(2, 6))) for _ in range(200)]
    texts = {f"u{number}": text for number, text in enumerate(dict.fromkeys(made))}
    for name, text in texts.items():
        ask(admin, "POST", "/consumers", {"username": name, "custom_id": text})
    good = compare("stored", texts, rows(admin))
    file = os.path.join(prefix, "texts.yml")
    subprocess.run([kong, "config", "db_export", file, "-p", prefix], check=True, stdout=subprocess.DEVNULL)
    with open(file, encoding="utf-8", newline="") as handle:
        document = yaml.safe_load(handle)
    good &= compare("read by PyYAML", texts, {row["username"]: row["custom_id"] for row in document["consumers"]})
    subprocess.run([kong, "config", "db_import", file, "-p", other_prefix], check=True, stdout=subprocess.DEVNULL)
    good &= compare("imported", texts, rows(other_admin))
    return 0 if good else 1


sys.exit(main())
