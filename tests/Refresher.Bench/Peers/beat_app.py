"""The task that writes down when it began, as a Celery application whose schedules are in the database."""

import os
import time

import redis
from celery import Celery

os.environ["DJANGO_SETTINGS_MODULE"] = "beat_settings"

# No result backend: nothing is kept of a run but this, which is less than what ours keeps.
app = Celery("beat_app", broker=os.environ["PEER_BROKER"])
app.conf.timezone = "UTC"
starts = redis.Redis.from_url(os.environ["PEER_RESULTS"])


@app.task(ignore_result=True)
def noop(number):
    starts.rpush("starts", f"{number} {time.time()}")
