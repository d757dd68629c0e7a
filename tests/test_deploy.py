"""What lies ready for other hosts: the proxy before several copies, and the container."""

import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from tests.serving import free_port

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "assets" / "deploy"
TLS = re.compile(r"listen 443 ssl http2;\s*ssl_certificate .*;\s*ssl_certificate_key .*;")


class Copy:
    """A copy of the app, as far as the proxy sees it: it says who it is and what it was sent."""

    def __init__(self, name: str):
        self.connections = connections = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                super().setup()
                connections.append(self.connection)

            def do_GET(self):
                if self.path == "/steps":
                    self.send_response(200)
                    self.send_header("content-type", "text/event-stream")
                    self.send_header("connection", "close")
                    self.end_headers()
                    for step in range(3):
                        self.wfile.write(f"data: {step}\n\n".encode())
                        self.wfile.flush()
                        time.sleep(0.3)
                    return
                self._say(f"{name} {self.headers['x-forwarded-proto']} {self.headers['host']}")

            def do_POST(self):
                size = int(self.headers["content-length"])
                self.rfile.read(size)
                self._say(f"{name} {size}")

            def _say(self, text: str):
                self.send_response(200)
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        for connection in self.connections:
            with suppress(OSError):  # closed by its other end
                connection.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def copies():
    made = [Copy("first"), Copy("second")]
    yield made
    for copy in made:
        copy.stop()


@pytest.fixture
def proxy(tmp_path, copies):
    """The address of nginx with our configuration, without TLS, before two copies."""
    with proxied(tmp_path, copies, "listen 127.0.0.1:{};") as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def secure(tmp_path, copies):
    """The same with TLS, and a certificate of its own."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl on this machine (Debian: apt-get install openssl)")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1"]
    made += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(made, check=True, capture_output=True)
    tls = f"ssl_certificate {certificate}; ssl_certificate_key {key};"
    with proxied(tmp_path, copies, f"listen 127.0.0.1:{{}} ssl http2; {tls}") as port:
        yield f"https://127.0.0.1:{port}"


@contextmanager
def proxied(tmp_path: Path, copies: list[Copy], listen: str) -> Iterator[int]:
    """Run nginx with our configuration before two copies; the port that it listens on."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        pytest.skip("no nginx on this machine (Debian: apt-get install nginx-light)")
    port = free_port()
    text = (DEPLOY / "nginx.conf").read_text()
    text, count = TLS.subn(listen.format(port), text)
    assert count == 1
    for theirs, copy in zip((7860, 7861), copies, strict=True):
        text = text.replace(f"127.0.0.1:{theirs}", f"127.0.0.1:{copy.port}")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "\n".join(f"{kind}_temp_path {tmp_path}/{kind};" for kind in kinds)
    text = text.replace("http {", f"http {{\naccess_log off;\n{paths}", 1)
    text = f"daemon off; pid {tmp_path}/nginx.pid; error_log {tmp_path}/error.log;\n{text}"
    path = tmp_path / "nginx.conf"
    path.write_text(text)
    process = subprocess.Popen([nginx, "-e", str(tmp_path / "error.log"), "-c", str(path)])
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                assert process.poll() is None, (tmp_path / "error.log").read_text()
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait()


def asked(proxy: str, client: httpx.Client) -> str:
    return client.get(proxy).text.split()[0]


def test_a_visitor_stays_with_one_copy_and_visitors_are_spread(proxy):
    copies = []
    for _ in range(24):
        with httpx.Client() as visitor:
            found = {asked(proxy, visitor) for _ in range(4)}
            assert len(found) == 1
            copies += found
    assert set(copies) == {"first", "second"}


def cookie(answer: httpx.Response) -> tuple[str, set[str]]:
    """The visitor's copy, and what else the cookie says."""
    name, *about = answer.headers["set-cookie"].split("; ")
    return name, set(about)


def test_a_visitor_stays_with_one_copy_in_a_frame_of_another_site(secure):
    """Where browsers send no cookie that is `Lax`, nor one of several sites."""
    with httpx.Client(verify=False) as visitor:  # it is ours
        _, about = cookie(visitor.get(secure))
    assert about >= {"SameSite=None", "Secure", "Partitioned", "HttpOnly", "Path=/"}


def test_without_tls_the_cookie_is_one_that_browsers_keep(proxy):
    _, about = cookie(httpx.get(proxy))
    assert "SameSite=Lax" in about
    assert not about & {"Secure", "Partitioned"}


def test_the_cookie_lasts_as_long_as_the_page_is_opened_once_a_day(proxy):
    with httpx.Client() as visitor:
        first = cookie(visitor.get(f"{proxy}/gradio_api/file=a%20b"))  # to a program, say
        assert "Max-Age=86400" in first[1]
        assert cookie(visitor.get(f"{proxy}/?tab=vae")) == first
        assert "set-cookie" not in visitor.get(f"{proxy}/config").headers


def test_who_loses_a_copy_is_sent_to_the_other(proxy, copies):
    visitors = [httpx.Client() for _ in range(12)]
    before = [asked(proxy, visitor) for visitor in visitors]
    assert set(before) == {"first", "second"}
    copies[0].stop()
    for visitor in visitors:
        assert asked(proxy, visitor) == "second"
        assert visitor.post(proxy, content=b"run").text == "second 3"
        visitor.close()
    copies[0] = Copy("first")  # for the fixture to stop


def test_steps_come_as_they_are_made(proxy):
    with httpx.stream("GET", f"{proxy}/steps") as answer:
        times = [(line, time.monotonic()) for line in answer.iter_lines() if line]
    assert [line for line, _ in times] == ["data: 0", "data: 1", "data: 2"]
    assert times[2][1] - times[0][1] > 0.4


def test_the_app_learns_its_own_address_and_large_uploads_stop_here(proxy):
    _, scheme, host = httpx.get(proxy).text.split()
    assert f"{scheme}://{host}" == proxy
    large = b"0" * (26 * 2**20)
    assert httpx.post(proxy, content=large).status_code == 413
    assert httpx.post(f"{proxy}/gradio_api/upload", content=large).status_code == 200


def test_the_container_takes_what_the_app_needs_and_no_more():
    text = (DEPLOY / "Dockerfile").read_text()
    copied = set(re.findall(r"[\w.]+", " ".join(re.findall(r"^COPY (?:--\S+ )?(.*)$", text, re.M))))
    assert {"app.py", "requirements.txt", "demos", "models", "assets"} <= copied
    allowed = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    assert {line[1:] for line in allowed if line.startswith("!")} >= copied - {"."}
    assert re.search(r"^USER app$", text, re.M)
    assert "/health" in text
    options = re.findall(r"--\w+", re.search(r"^CMD \[(.*)\]$", text, re.M)[1])
    assert set(options) <= set(re.findall(r'"(--\w+)"', (ROOT / "app.py").read_text()))
