"""A server on loopback that speaks the OpenAI chat protocol, and misbehaves when told to."""

import json
import socket
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

Reply = Callable[["_Handler"], None]

INPUT_TOKENS, OUTPUT_TOKENS = 100, 20


@dataclass(frozen=True)
class Recorded:
    """A request as it came over the wire; the headers' names are in small letters."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def messages(self) -> list[dict[str, Any]]:
        return list(self.json["messages"])


class ChatServer:
    """Gives the replies that it was told, one a request; the last one for ever.

    :param url: the base URL for a client.
    :param unfinished: counts the replies that are still being given.
    """

    def __init__(self, *replies: Reply) -> None:
        self.requests: list[Recorded] = []
        self.closing = threading.Event()
        self.unfinished = 0
        self._lock = threading.Lock()
        self._replies = deque(replies)
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.chat = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def tell(self, *replies: Reply) -> None:
        """Send these replies from now on."""
        with self._lock:
            self._replies = deque(replies)

    def next_reply(self, request: Recorded) -> Reply:
        with self._lock:
            self.requests.append(request)
            return self._replies.popleft() if len(self._replies) > 1 else self._replies[0]

    def count(self, change: int) -> None:
        with self._lock:
            self.unfinished += change

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    chat: ChatServer
    daemon_threads = False  # server_close() waits for the replies under way


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.close_connection = True
        body = self.rfile.read(int(self.headers["Content-Length"]))
        request = Recorded(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
        chat = self.server.chat
        reply = chat.next_reply(request)
        chat.count(+1)
        try:
            reply(self)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the client has gone, as it should
        finally:
            chat.count(-1)

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def begin(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Connection": "close", **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def send(self, status: int, kind: str, body: bytes, headers: Mapping[str, str]) -> None:
        self.begin(status, {"Content-Type": kind, "Content-Length": str(len(body)), **headers})
        self.wfile.write(body)


def completion(text: str, *, usage: bool = True) -> bytes:
    """Return the body of a chat completion that says `text`."""
    body: dict[str, Any] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": "a-model",
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": text},
            }
        ],
    }
    if usage:
        body["usage"] = {
            "prompt_tokens": INPUT_TOKENS,
            "completion_tokens": OUTPUT_TOKENS,
            "total_tokens": INPUT_TOKENS + OUTPUT_TOKENS,
        }
    return json.dumps(body).encode()


def says(content: Any, *, usage: bool = True) -> Reply:
    """Answer as a model does: with a text, or with the JSON of anything else."""
    text = content if isinstance(content, str) else json.dumps(content)
    return raw(completion(text, usage=usage))


def calls_tools(handler: _Handler) -> None:
    """Answer with a call of a tool that nobody offered."""
    call = {"id": "call_1", "type": "function", "function": {"name": "look_up", "arguments": "{}"}}
    body = json.loads(completion(""))
    body["choices"][0] |= {
        "finish_reason": "tool_calls",
        "message": {"role": "assistant", "content": None, "tool_calls": [call]},
    }
    handler.send(200, "application/json", json.dumps(body).encode(), {})


def raw(body: bytes, kind: str = "application/json") -> Reply:
    """Answer 200 with these bytes."""
    return lambda handler: handler.send(200, kind, body, {})


def fails(status: int, message: str = "refused", **headers: str) -> Reply:
    """Answer with an error in the protocol's form."""
    body = json.dumps({"error": {"message": message, "type": "error", "code": None}}).encode()
    return lambda handler: handler.send(status, "application/json", body, headers)


def hangs(handler: _Handler) -> None:
    """Take the request and say nothing."""
    handler.server.chat.closing.wait()


def cuts(handler: _Handler) -> None:
    """Break the connection off in the middle of a good answer."""
    body = completion("{}")
    handler.begin(200, {"Content-Type": "application/json", "Content-Length": str(len(body))})
    handler.wfile.write(body[: len(body) // 2])
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)


def drips(handler: _Handler) -> None:
    """Send an answer that never ends, a byte at a time."""
    handler.begin(200, {"Content-Type": "application/json"})
    while not handler.server.chat.closing.wait(0.02):
        handler.wfile.write(b" ")
        handler.wfile.flush()


def floods(handler: _Handler) -> None:
    """Send an answer that never ends, as fast as it is taken."""
    handler.begin(200, {"Content-Type": "application/json"})
    while not handler.server.chat.closing.is_set():
        handler.wfile.write(b" " * 65_536)
