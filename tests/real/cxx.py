#!/usr/bin/python3
"""A threaded C++ program of our own: pool, async, shared_mutex, scoped_lock, exceptions."""

import os

import harness


def play(scene):
    return {"output": scene.run([os.environ["UNKNOT_CXX_POOL"]], status=3)}


if __name__ == "__main__":
    harness.main(play, "cxx_pool")
