"""A small HTTP/1.1 client that sends whatever it is told, broken or not, and reads one answer with a time limit."""

import json
import socket


class Hang(Exception):
    """No answer came in time."""


class Answer:
    """A status, header fields in lower case, and a body."""

    def __init__(self, status, fields, body):
        self.status, self.fields, self.body = status, fields, body

    @property
    def json(self):
        """The body as JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


class Client:
    """One kept connection, opened anew when it was closed."""

    def __init__(self, port, limit_seconds=30):
        self.port, self.limit_seconds = port, limit_seconds
        self.socket = None
        self.buffer = b""

    def close(self):
        if self.socket:
            self.socket.close()
        self.socket, self.buffer = None, b""

    def request(self, method, target, fields=(), body=b"", length=None):
        """Sends a request and reads its answer. `length` lies about the length of the body: what is missing is never
        sent, and the connection is closed for writing. None as the answer means that the node closed."""
        head = [f"{method} {target} HTTP/1.1".encode("latin-1", "replace")]
        if not any(name == "Host" for name, _ in fields):
            head.append(b"Host: fuzz")
        head += [f"{name}: {value}".encode("latin-1", "replace") for name, value in fields]
        if body or length is not None or method in ("POST", "PUT", "PATCH"):
            head.append(b"Content-Length: %d" % (len(body) if length is None else length))
        data = b"\r\n".join(head) + b"\r\n\r\n" + body
        kept = self.socket is not None
        answer = self._exchange(data, method, ends=length is not None)
        # A kept connection may have been closed while nobody looked.
        return self._exchange(data, method, ends=length is not None) if answer is None and kept else answer

    def _exchange(self, data, method, ends):
        try:
            if not self.socket:
                self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=self.limit_seconds)
                self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._send(data, ends)
            answer = self._read(method)
        except socket.timeout:
            self.close()
            raise Hang(f"no answer within {self.limit_seconds} s") from None
        except OSError:
            answer = None
        if answer is None or ends or answer.fields.get("connection", "").lower() == "close":
            self.close()
        return answer

    def _send(self, data, ends):
        try:
            self.socket.sendall(data)
            if ends:
                self.socket.shutdown(socket.SHUT_WR)
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before it was read to the end: the answer may be there

    def _read(self, method):
        head = self._until(b"\r\n\r\n")
        if head is None:
            return None
        lines = head.decode("latin-1").split("\r\n")
        status = int(lines[0].split(" ")[1])
        fields = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            fields[name.strip().lower()] = value.strip()
        if status == 100:
            return self._read(method)
        if method == "HEAD" or status in (204, 304):
            return Answer(status, fields, b"")
        body = self._body(fields)
        return None if body is None else Answer(status, fields, body)

    def _body(self, fields):
        if fields.get("transfer-encoding", "").lower() == "chunked":
            parts = []
            while True:
                line = self._until(b"\r\n")
                if line is None:
                    return None
                part = self._exactly(int(line.split(b";")[0], 16) + 2)
                if part is None:
                    return None
                if part == b"\r\n":
                    return b"".join(parts)
                parts.append(part[:-2])
        return self._exactly(int(fields.get("content-length", "0")))

    def _more(self):
        part = self.socket.recv(1 << 16)
        self.buffer += part
        return bool(part)

    def _until(self, mark):
        while mark not in self.buffer:
            if not self._more():
                return None
        head, self.buffer = self.buffer.split(mark, 1)
        return head

    def _exactly(self, count):
        while len(self.buffer) < count:
            if not self._more():
                return None
        part, self.buffer = self.buffer[:count], self.buffer[count:]
        return part
