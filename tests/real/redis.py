#!/usr/bin/python3
"""redis-server with four I/O threads under redis-benchmark, a background save, a shutdown."""

import harness

# Few: on a small machine the I/O threads take turns spinning, and every batch waits for them.
REQUESTS = 6000


def play(scene):
    socket = scene.socket

    def redis(*words):
        return scene.tool(["redis-cli", "-s", socket, *words]).decode().strip()

    def answers():
        try:
            return redis("ping") == "PONG"
        except harness.Failure:
            return False

    def saved():
        return "rdb_bgsave_in_progress:0" in redis("info", "persistence")

    server = scene.serve(
        ["redis-server", "--port", "0", "--unixsocket", socket, "--io-threads", "4",
         "--io-threads-do-reads", "yes", "--save", "", "--dir", scene.folder], answers)
    scene.run(["redis-benchmark", "-s", socket, "-t", "set,get,incr,lpush", "-q",
               "-n", REQUESTS, "-c", "50", "--threads", "2"])
    facts = {
        "counter": redis("get", "counter:__rand_int__"),
        "list": redis("llen", "mylist"),
        "keys": redis("dbsize"),
        "threads read": "io_threaded_reads_processed:0" not in redis("info", "stats"),
    }
    redis("bgsave")
    scene.wait_until(saved, "the background save", server)
    facts["save"] = "rdb_last_bgsave_status:ok" in redis("info", "persistence")
    scene.tool(["redis-check-rdb", scene.folder / "dump.rdb"])
    redis("shutdown", "nosave")
    facts["status"] = scene.end(server)
    return facts


if __name__ == "__main__":
    # redis-server is a link to redis-check-rdb, and recordings are named after the file.
    harness.main(play, "redis-check-rdb", "redis-benchmark")
