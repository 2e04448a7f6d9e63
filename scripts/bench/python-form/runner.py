"""Runs the handler beside it for the benchmark: the same protocol as ../runner.mjs."""

import json
import os
import sys
import time

spawned_at = float(os.environ["BENCH_SPAWNED_AT"])
results = os.fdopen(3, "w")


def now():
    return time.time() * 1000


def report(result):
    results.write(json.dumps(result) + "\n")
    results.flush()


from handler import handler  # noqa: E402 — its import is part of what is measured

ready_ms = now() - spawned_at
first = handler(json.loads(sys.argv[2]), None)
answered_ms = now() - spawned_at
cpu_ms = time.process_time() * 1000

import resource  # noqa: E402 — not needed by the handler, so not charged to its start


def max_rss_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def invoke(event):
    """As Lambda answers: what a handler raises is an error in the place of the answer."""
    try:
        return handler(event, None)
    except Exception as error:
        return {"errorType": type(error).__name__, "errorMessage": str(error)}


report({"readyMs": ready_ms, "answeredMs": answered_ms, "cpuMs": cpu_ms, "answer": first, "maxRssMb": max_rss_mb()})
for line in sys.stdin:
    job = json.loads(line)
    times = []
    cpu = time.process_time()
    for _ in range(job["calls"]):
        started = time.perf_counter()
        answer = invoke(job["event"])
        times.append((time.perf_counter() - started) * 1000)
    cpu_ms = (time.process_time() - cpu) * 1000 / job["calls"]
    report({"times": times, "cpuMs": cpu_ms, "answer": answer, "maxRssMb": max_rss_mb()})
