"""One suite, every notifier: what it takes, and how each way of failing is told."""

import json
import logging
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from core.chosen import driver
from core.drivers.notify.fake import FakeNotifier
from core.drivers.notify.log import LogNotifier
from core.drivers.notify.webhook import WebhookNotifier, WebhookSettings
from core.errors import ConfigError, DriverBadAnswer, DriverRejected, DriverUnavailable
from core.ports import Notice

NOTICE = Notice(
    "7-raised", "alarm", "报修抢修 最长等待达到 2:00", "等待 5 人", ("supervisor",), 1795406400.0, "/alerts"
)


def webhook(url, **more):
    return WebhookNotifier(WebhookSettings(url=url, **more))


class Robot(BaseHTTPRequestHandler):
    """A group robot; what a title asks for decides how it answers."""

    heard: list

    def do_POST(self):
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        type(self).heard.append((dict(self.headers), json.loads(text)))
        title = json.loads(text)["notice"]["title"]
        answers = {
            "[garble]": (200, "application/json", b"<html>"),
            "[refuse]": (200, "application/json", b'{"errcode": 93000, "errmsg": "invalid webhook url"}'),
            "[unavailable]": (503, "text/plain", b"busy"),
            "[forbidden]": (403, "text/plain", b"no"),
            "[plain]": (204, "", b""),
            "[list]": (200, "application/json", b"[]"),
        }
        status, kind, said = next(
            (answer for mark, answer in answers.items() if mark in title),
            (200, "application/json", b'{"errcode": 0, "errmsg": "ok", "id": "m-1"}'),
        )
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def robot():
    handler = type("ThisRobot", (Robot,), {"heard": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture(params=["fake", "log", "webhook"])
def notifier(request):
    if request.param == "webhook":
        server = request.getfixturevalue("robot")
        return webhook(f"http://127.0.0.1:{server.server_port}/hook", token="secret")
    return {"fake": FakeNotifier, "log": LogNotifier}[request.param]()


def titled(title):
    return Notice("8-raised", "warn", title, "", ("admin",), 1795406400.0)


def test_a_notice_is_taken_also_a_second_time(notifier):
    for _ in range(2):
        assert notifier.send(NOTICE).reference


@pytest.mark.parametrize(
    ("mark", "error"),
    [("[unavailable]", DriverUnavailable), ("[refuse]", DriverRejected), ("[garble]", DriverBadAnswer)],
)
def test_each_way_of_failing_has_its_error(notifier, mark, error):
    if isinstance(notifier, LogNotifier):
        assert notifier.send(titled(mark)).reference, "the log takes everything"
        return
    with pytest.raises(error):
        notifier.send(titled(mark))


def test_an_alarm_is_an_error_in_the_log(caplog):
    with caplog.at_level(logging.WARNING):
        LogNotifier().send(NOTICE)
        LogNotifier().send(titled("只是预警"))
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]
    assert "报修抢修 最长等待达到 2:00" in caplog.text
    assert NOTICE.text not in caplog.text, "an order's text holds its address"


def test_the_webhook_says_it_as_a_robot_reads_it_and_as_a_program_does(robot):
    webhook(f"http://127.0.0.1:{robot.server_port}", token="secret").send(NOTICE)
    ((headers, told),) = robot.RequestHandlerClass.heard
    assert headers["Authorization"] == "Bearer secret"
    assert headers["Idempotency-Key"] == "7-raised"
    assert told["msgtype"] == "text"
    assert told["text"]["content"] == "报修抢修 最长等待达到 2:00\n等待 5 人\n/alerts"
    assert told["notice"]["recipients"] == ["supervisor"]
    assert told["notice"]["at"] == "2026-11-23T04:00:00.000Z"


def test_a_webhook_that_answers_nothing_but_its_status_has_taken_it(robot):
    assert webhook(f"http://127.0.0.1:{robot.server_port}").send(titled("[plain]")).reference == ""


@pytest.mark.parametrize(("mark", "error"), [("[forbidden]", DriverRejected), ("[list]", DriverBadAnswer)])
def test_a_webhook_s_refusal_is_told_from_its_babble(robot, mark, error):
    with pytest.raises(error):
        webhook(f"http://127.0.0.1:{robot.server_port}").send(titled(mark))


def test_nobody_at_the_address_is_unavailable():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(DriverUnavailable):
        webhook(f"http://127.0.0.1:{port}").send(NOTICE)


def test_a_webhook_that_never_answers_is_given_up():
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        with pytest.raises(DriverUnavailable):
            webhook(f"http://127.0.0.1:{deaf.getsockname()[1]}", timeout_s=0.1).send(NOTICE)


def test_a_peer_that_speaks_no_http_babbles():
    with socket.socket() as odd:
        odd.bind(("127.0.0.1", 0))
        odd.listen()

        def answer():
            peer, _ = odd.accept()
            peer.recv(65536)
            peer.sendall(b"SSH-2.0-OpenSSH\r\n\r\n")
            peer.close()

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        with pytest.raises(DriverBadAnswer):
            webhook(f"http://127.0.0.1:{odd.getsockname()[1]}").send(NOTICE)
        thread.join(5)


@pytest.mark.parametrize("table", [{}, {"url": "ftp://robot"}])
def test_a_webhook_without_an_address_is_a_wrong_setting(table):
    with pytest.raises(ConfigError) as wrong:
        driver("notify", "webhook", {"webhook": table})
    assert wrong.value.field == "drivers.webhook.url"
