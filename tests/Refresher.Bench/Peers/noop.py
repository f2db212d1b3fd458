"""The task that does nothing, as a Celery application."""

import os

from celery import Celery

app = Celery("noop", broker=os.environ["PEER_BROKER"], backend=os.environ["PEER_RESULTS"])


@app.task
def noop(name):
    return {"greeting": f"Hello, {name}!"}
