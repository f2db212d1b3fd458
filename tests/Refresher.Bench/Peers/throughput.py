"""Posts no-op tasks to a Celery worker and waits for all results: throughput.py COUNT"""

import json
import os
import sys
import time

import redis

from noop import noop
from peer import celery

GIVE_UP_AFTER = 600


def post_and_wait(count, results):
    """Seconds until all were posted, and until all had a result."""
    results.flushdb()
    began = time.monotonic()
    for _ in range(count):
        noop.delay("world")
    posted = time.monotonic() - began
    while results.dbsize() < count:
        if time.monotonic() - began > GIVE_UP_AFTER:
            sys.exit(f"only {results.dbsize()} of {count} results within {GIVE_UP_AFTER} s")
        time.sleep(0.01)
    return posted, time.monotonic() - began


def succeeded(results):
    keys = list(results.scan_iter(count=1000))
    return sum(json.loads(value)["status"] == "SUCCESS" for start in range(0, len(keys), 1000) for value in results.mget(keys[start : start + 1000]))


def main(count):
    results = redis.Redis.from_url(os.environ["PEER_RESULTS"])
    with celery("noop", "worker", "-P", "prefork", "-c", "2"):
        post_and_wait(500, results)
        posted, drained = post_and_wait(count, results)
        print(json.dumps({"posted": posted, "drained": drained, "succeeded": succeeded(results)}))


main(int(sys.argv[1]))
