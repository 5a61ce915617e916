"""Serves one model over loopback HTTP: GET /ping and POST /invocations, as a SageMaker container does."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import IPPROTO_TCP, TCP_NODELAY

from mooring_local.containment import give_up_privileges, isolate_network
from mooring_local.handlers import Handler, base_type, code_folder, status_of
from mooring_local.toolkit import install

DEFAULT_TYPE = "text/csv"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    handler: Handler

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up is not worth a traceback in the log."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            traceback.print_exc()


class _Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: one line per request would drown what the script prints."""

    def do_GET(self) -> None:
        if self._from_a_page():
            return
        self._answer(200 if self.path == "/ping" else 404, b"", "text/plain")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self._from_a_page():
            return
        if self.path != "/invocations":
            self._answer(404, b"not found", "text/plain")
            return
        content_type = self.headers.get("Content-Type") or DEFAULT_TYPE
        accept = self.headers.get("Accept") or ""
        if accept in ("", "*/*"):
            accept = os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT") or base_type(content_type)
        try:
            payload, kind = self.server.handler(body, content_type, accept)
            self._answer(200, payload, kind)
        except Exception as error:
            status = status_of(error)
            if status >= 500:
                traceback.print_exc()
            message = str(error) or type(error).__name__
            self._answer(status, message.encode(), "text/plain")

    def _from_a_page(self) -> bool:
        """Refuses web pages: only the account asks, and it sends neither Origin nor Sec-Fetch-Site, and this host."""
        own = self.headers.get("Host") == f"127.0.0.1:{self.server.server_port}"
        if own and "Origin" not in self.headers and "Sec-Fetch-Site" not in self.headers:
            return False
        self._answer(403, b"web pages may not use this server", "text/plain")
        return True

    def _answer(self, status: int, body: bytes, content_type: str) -> None:
        self.send_response_only(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self._headers_buffer.append(b"\r\n" + body)  # type: ignore[attr-defined]
        self.flush_headers()


def _end_with(parent: int) -> None:
    """Ends this process when the one that started it is gone; the kernel does it sooner where it can."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


def serve(name: str, report: int, model_dir: str, isolated: bool = False) -> None:
    """Loads the model, tells the port on the report descriptor, serves until killed.

    A model that cannot be loaded is reported as an exit with its traceback in the log.
    """
    parent = os.getppid()
    settings = json.loads(os.environ.pop("MOORING_SERVER", "{}"))
    # A socket stays in the network that it was opened in: the account reaches an isolated server, which reaches none.
    server = _Server(("127.0.0.1", 0), _Request)
    if isolated:
        isolate_network()
        give_up_privileges()
    code = code_folder(model_dir)
    if code is not None:
        install(code, bool(settings.get("isolated")), package=True)
    handler = Handler(model_dir, str(settings.get("framework", "")))
    server.handler = handler
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    line = {"event": "listening", "id": name, "port": server.server_address[1]}
    os.write(report, json.dumps(line).encode() + b"\n")
    os.close(report)
    server.serve_forever()
