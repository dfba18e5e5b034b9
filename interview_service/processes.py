"""The processes of the service: gunicorn for the web, and a parent that runs all on one machine."""

import ctypes
import errno
import gc
import logging
import math
import os
import re
import signal
import socket
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from http import HTTPStatus
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess
from types import FrameType
from typing import Any

import orjson
from flask import Flask
from gunicorn import util
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import TConn, ThreadWorker
from werkzeug.exceptions import RequestTimeout

from interview_service import logs
from interview_service.api.headers import EVERYWHERE
from interview_service.api.request_counts import COUNTS, RequestCounts
from interview_service.settings import Settings

log = logging.getLogger("interview_service.request")

GRACE_SECONDS = 30
STALL_SECONDS = 20.0
ANSWER_SECONDS = 60.0
MIN_BYTES_A_SECOND = 10_240
_PR_SET_PDEATHSIG = 1
_MAX_RESTARTS = 5  # of a child that keeps ending soon after its start
_SOUND_SECONDS = 60
_STOPS = (signal.SIGTERM, signal.SIGINT)


class StartRefused(Exception):
    """The service cannot start; its text says why and what to do, in one line."""


def _without_what_was_sent(record: logging.LogRecord) -> bool:
    """Keep an error's kind alone in gunicorn's messages: its text quotes the request."""
    error = sys.exc_info()[1]
    if error is not None and getattr(error, "errno", None) is None:
        fixed = re.split("[:%]", str(record.msg))[0].strip(" .")
        record.msg, record.args = f"{fixed}: {type(error).__name__}", ()
    return True


class ServerLog(Logger):  # type: ignore[misc]
    """gunicorn's own messages, in the form of all the others."""

    def setup(self, cfg: Any) -> None:
        """Hand every message to the root logger."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True
        self.error_log.addFilter(_without_what_was_sent)


def _write_json_error(sock: socket.socket, status: int, reason: str, message: str) -> None:
    """Answer a request that is no HTTP in the one shape that errors have, and log it as one."""
    request_id = uuid.uuid4().hex
    log.info(
        "request",
        extra={
            "method": "-",
            "route": "-",
            "status": status,
            "tenant": "-",
            "subject": "-",
            "address": _peer(sock),
            "request_id": request_id,
        },
    )
    error: dict[str, Any] = {"statusCode": status, "message": reason}
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        error["requestId"] = request_id
    body = orjson.dumps(error)
    head = (
        f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"X-Request-ID: {request_id}\r\n"
        + "".join(f"{name}: {value}\r\n" for name, value in EVERYWHERE.items())
        + "\r\n"
    )
    util.write_nonblock(sock, head.encode("latin1") + body)


def _peer(sock: socket.socket) -> str:
    """Return the address at the other end of a connection, which may be a proxy's."""
    try:
        return str(sock.getpeername()[0])
    except (OSError, IndexError):
        return "-"


class RequestStalled(Exception):
    """The client began a request and stopped sending it."""


class _ClientSocket(socket.socket):
    """A client's connection that limits the time of each request.

    A request may take `STALL_SECONDS` from its first byte, and a second more for every
    `MIN_BYTES_A_SECOND` received. That ends those that stall, in the head or in the body, and those
    that trickle in byte by byte; large ones and slow ones get the time they need.
    """

    _deadline = math.inf

    request: Any = None
    """gunicorn's request whose body is being read; None until its head has arrived."""

    def begin_request(self) -> None:
        """Start the clock for the next request."""
        self._deadline, self.request = time.monotonic() + STALL_SECONDS, None

    def _stalled(self) -> RequestStalled:
        """Return what to raise; the answer will say that the connection is closed."""
        if self.request is not None:
            self.request.force_close()
        return RequestStalled()

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Return the bytes received.

        :raise RequestStalled: the request's time is up.
        :raise TimeoutError: the socket's own, shorter timeout has passed.
        """
        own = self.gettimeout()
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise self._stalled()
        if own is None or left < own:
            self.settimeout(None if left == math.inf else left)
        try:
            data = super().recv(size, flags)
        except TimeoutError:
            if own is None or left < own:
                raise self._stalled() from None
            raise
        finally:
            self.settimeout(own)
        self._deadline += len(data) / MIN_BYTES_A_SECOND
        return data

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Send an answer to a client that has `ANSWER_SECONDS` to take it.

        :raise BrokenPipeError: the client did not.
        """
        own = self.gettimeout()
        self.settimeout(ANSWER_SECONDS)
        try:
            super().sendall(data, flags)
        except TimeoutError:
            raise BrokenPipeError(errno.EPIPE, "the client does not take the answer") from None
        finally:
            self.settimeout(own)


class WebWorker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's threaded worker, with threads that no client can tie up by stalling.

    `slot` is where it counts its requests, if they are counted.
    """

    slot = 0

    def enqueue_req(self, conn: TConn) -> None:
        """Queue a connection that has a request for a thread."""
        if not isinstance(conn.sock, _ClientSocket):
            conn.sock = _ClientSocket(fileno=conn.sock.detach())
        super().enqueue_req(conn)

    def handle(self, conn: TConn) -> Any:
        """Handle a request within its time."""
        conn.sock.begin_request()
        return super().handle(conn)

    def handle_request(self, req: Any, conn: TConn) -> Any:
        """Handle a request whose head has arrived."""
        conn.sock.request = req
        return super().handle_request(req, conn)

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:
        """Answer a request that cannot be served."""
        if not isinstance(exc, RequestStalled):
            super().handle_error(req, client, addr, exc)
            return
        with suppress(OSError):
            timeout = HTTPStatus.REQUEST_TIMEOUT
            util.write_error(client, int(timeout), timeout.phrase, "")

    def _keepalive_after(self, conn: TConn, keepalive: bool) -> bool:
        """Tell whether the connection can bring another request."""
        try:
            return bool(super()._keepalive_after(conn, keepalive))
        except RequestStalled:
            return False


class _RequestBody:
    """A request's body, whose reading is a 408 where the client stalls."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def read(self, size: int | None = None) -> bytes:
        """Return up to `size` bytes of the body.

        :raise RequestTimeout: the client stalls.
        """
        return self._translated(self._body.read, size)

    def readline(self, size: int | None = None) -> bytes:
        """Return a line of the body; faults as of `read`."""
        return self._translated(self._body.readline, size)

    def readlines(self, hint: int | None = None) -> list[bytes]:
        """Return the lines of the body; faults as of `read`."""
        return list(self)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    @staticmethod
    def _translated(read: Callable[[int | None], bytes], size: int | None) -> bytes:
        try:
            return read(size)
        except RequestStalled:
            raise RequestTimeout from None


def _with_own_body(app: Any) -> Callable[[dict[str, Any], Any], Any]:
    """Return a WSGI application whose requests have a `_RequestBody`."""

    def call(environ: dict[str, Any], start_response: Any) -> Any:
        environ["wsgi.input"] = _RequestBody(environ["wsgi.input"])
        return app(environ, start_response)

    return call


class WebServer(BaseApplication):  # type: ignore[misc]
    """gunicorn with threads, set up by the settings.

    :param make_app: called once, before the web processes are forked.
    :param ready: called when the port is listened on.
    """

    def __init__(
        self,
        settings: Settings,
        make_app: Callable[[], Flask],
        ready: Callable[[], None] = lambda: None,
    ) -> None:
        self.settings = settings
        self.make_app = make_app
        self.ready = ready
        super().__init__()

    def load_config(self) -> None:
        """Tell gunicorn what the settings say."""
        settings = self.settings
        options = {
            "bind": f"{_bracketed(settings.host)}:{settings.port}",
            "workers": settings.processes,
            "threads": settings.web_threads,
            "worker_class": WebWorker,
            "preload_app": True,
            "timeout": 60,
            "graceful_timeout": GRACE_SECONDS,
            "keepalive": 75,
            "backlog": 1024,
            "limit_request_line": 8190,
            "limit_request_field_size": 65_536,
            # No header says how a request is to be read: neither its scheme nor its path.
            "secure_scheme_headers": {},
            "forwarder_headers": "",
            "logger_class": ServerLog,
            "loglevel": "debug" if settings.log_level == "DEBUG" else "warning",
            "control_socket_disable": True,
            "when_ready": lambda arbiter: self.ready(),
            "proc_name": "interview-service",
        }
        for name, value in options.items():
            self.cfg.set(name, value)

        if settings.metrics_token:
            self.cfg.set("pre_fork", _reserve_slot)
            self.cfg.set("post_fork", _take_slot)

    def load(self) -> Flask:
        """Return the application, which the web processes share.

        What exists by now lives as long as they do. The garbage collector is kept off it, so that
        its memory stays shared.
        """
        app = self.make_app()
        app.wsgi_app = _with_own_body(app.wsgi_app)  # type: ignore[method-assign,assignment]
        gc.freeze()
        return app

    def run(self) -> None:
        """Serve until a signal says stop; SIGTERM lets the requests in hand finish."""
        util.write_error = _write_json_error
        super().run()


def _reserve_slot(arbiter: Any, worker: WebWorker) -> None:
    """Choose where a web process that is about to begin counts: where no living one does."""
    taken = {each.slot for each in arbiter.WORKERS.values()}
    worker.slot = next(number for number in count() if number not in taken)


def _take_slot(arbiter: Any, worker: WebWorker) -> None:
    """Have this web process, which has just begun, count where it was told to."""
    counts: RequestCounts = arbiter.app.wsgi().extensions[COUNTS]
    counts.slot = worker.slot


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def check_port(settings: Settings) -> None:
    """Make sure that the port can be listened on.

    :raise StartRefused: it cannot, and why.
    """
    where = f"{_bracketed(settings.host)}:{settings.port}"
    try:
        family = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((settings.host, settings.port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise StartRefused(
                f"{where} is in use: is the service running already? Set PORT to another one."
            ) from None
        reason = error.strerror or str(error)
        raise StartRefused(f"cannot listen on {where}: {reason}") from None


def supervise(children: Mapping[str, Callable[[], None]]) -> int:
    """Run each child in a process of its own until a signal comes or one cannot be kept running.

    SIGTERM and SIGINT are passed on as SIGTERM, once. A child that dies by itself is started again,
    a few times. No child outlives this process, not even when it is killed.

    :return: the exit status: 0 after a signal, 1 when a child could not be kept running.
    """
    context = get_context("fork")
    running: dict[int, tuple[str, ForkProcess]] = {}
    restarts = dict.fromkeys(children, 0)
    began = dict.fromkeys(children, 0.0)
    stopping = False

    def start(name: str) -> None:
        # A signal that comes in between waits until the child is known here, and ready for it.
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
        if not stopping:
            process = context.Process(target=_child, args=(children[name], os.getpid()), name=name)
            process.start()
            began[name] = time.monotonic()
            running[process.sentinel] = (name, process)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)

    def stop(signum: int, frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True
        for _, process in list(running.values()):
            process.terminate()

    for each in _STOPS:
        signal.signal(each, stop)
    for name in children:
        start(name)
    status = 0
    while running:
        for sentinel in wait(list(running)):
            name, process = running.pop(sentinel)  # type: ignore[arg-type]
            process.join()
            if stopping:
                continue
            lasted = time.monotonic() - began[name]
            restarts[name] = restarts[name] + 1 if lasted < _SOUND_SECONDS else 1
            ended = f"{name} ended with status {process.exitcode}"
            if restarts[name] > _MAX_RESTARTS or not process.exitcode:
                print(f"interview-service: {ended}; stopping", file=sys.stderr)
                status = 1
                stop(signal.SIGTERM, None)
            else:
                print(f"interview-service: {ended}; starting it again", file=sys.stderr)
                start(name)
    return status


def _child(work: Callable[[], None], parent: int) -> None:
    os.setpgrp()  # a Ctrl-C in the terminal is for the parent to pass on
    for each in _STOPS:
        signal.signal(each, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)
    die_with(parent)
    work()


def die_with(parent: int) -> None:
    """Have Linux send this process SIGTERM when its parent has died, however it died."""
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)


def run_web(
    settings: Settings, make_app: Callable[[], Flask], ready: Callable[[], None] = lambda: None
) -> None:
    """Serve the web in this process until a signal says stop."""
    logs.configure(settings)
    WebServer(settings, make_app, ready).run()
