#!/usr/bin/python3
"""memcached with four workers under memcslap, then a protocol session and SIGTERM."""

import signal
import socket

import harness

CLIENTS, OPERATIONS = 8, 2000


def free_port():
    """memcslap speaks TCP only."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(port, request, end):
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request)
        answer = b""
        while not answer.endswith(end):
            received = connection.recv(65536)
            if not received:
                raise harness.Failure(f"memcached hung up after {answer!r}")
            answer += received
    return answer


def play(scene):
    port = free_port()

    def answers():
        try:
            return ask(port, b"version\r\n", b"\r\n").startswith(b"VERSION")
        except OSError:
            return False

    server = scene.serve(["memcached", "-u", "root", "-l", "127.0.0.1", "-p", port, "-t", "4"],
                         answers)
    for test in ("set", "get"):
        scene.run(["memcslap", f"--servers=127.0.0.1:{port}", f"--test={test}",
                   f"--concurrency={CLIENTS}", f"--execute-number={OPERATIONS}"])
    stored = ask(port, b"set key 0 0 5\r\nvalue\r\n", b"\r\n")
    read = ask(port, b"get key\r\n", b"END\r\n")
    lines = ask(port, b"stats\r\n", b"END\r\n").decode().split("\r\n")
    stats = dict(line.split(" ", 2)[1:] for line in lines if line.startswith("STAT "))
    server.send_signal(signal.SIGTERM)
    return {
        "answers": (stored, read),
        "stores": stats["cmd_set"],
        "reads": stats["cmd_get"],
        "threads": stats["threads"],
        "status": scene.end(server),
    }


if __name__ == "__main__":
    harness.main(play, "memcached", "memcslap")
