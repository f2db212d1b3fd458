"""How punctual Celery beat with django-celery-beat is: lateness.py SCHEDULES DUE_PER_SECOND SECONDS"""

import collections
import json
import math
import os
import sys
import time
from datetime import datetime, timedelta, timezone

os.environ["DJANGO_SETTINGS_MODULE"] = "beat_settings"

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask, PeriodicTasks  # noqa: E402

from beat_app import starts  # noqa: E402
from peer import celery  # noqa: E402

EDITS = 3
EDIT_SEEN_WITHIN = 60


def fill(schedules, due, first):
    """Writes the schedules: the first 60 x due run each minute, spread over its seconds, the others once a year."""
    minute = IntervalSchedule.objects.create(every=60, period=IntervalSchedule.SECONDS)
    year = CrontabSchedule.objects.create(minute="0", hour="0", day_of_month="1", month_of_year="1", timezone="UTC")
    now = datetime.now(timezone.utc)

    def task(number):
        often = number < 60 * due
        return PeriodicTask(
            name=f"bench-{number}",
            task="beat_app.noop",
            args=json.dumps([number]),
            interval=minute if often else None,
            crontab=None if often else year,
            last_run_at=datetime.fromtimestamp(first + number % 60 - 60, timezone.utc) if often else now,
        )

    PeriodicTask.objects.bulk_create([task(number) for number in range(schedules)], batch_size=1000)
    PeriodicTasks.update_changed()


def read_starts():
    """The starts of each schedule, in order."""
    by_number = collections.defaultdict(list)
    for line in starts.lrange("starts", 0, -1):
        number, at = line.split()
        by_number[int(number)].append(float(at))
    return {number: sorted(times) for number, times in by_number.items()}


def lateness(due, first, until):
    """Milliseconds of every occurrence that was due before the end and has begun; and how many were due."""
    by_number = read_starts()
    late, expected = [], 0
    for number in range(60 * due):
        for turn in range(math.ceil((until - first - number % 60) / 60)):
            expected += 1
            times = by_number.get(number, [])
            if turn < len(times):
                late.append(1000 * (times[turn] - first - number % 60 - 60 * turn))
    return sorted(late), expected


def edit(number):
    """Makes a schedule of the year due at once; seconds from there to its start, None when that takes too long."""
    hour, _ = IntervalSchedule.objects.get_or_create(every=3600, period=IntervalSchedule.SECONDS)
    began = time.time()
    task = PeriodicTask.objects.get(name=f"bench-{number}")
    task.crontab, task.interval, task.last_run_at = None, hour, datetime.now(timezone.utc) - timedelta(hours=2)
    task.save()
    while time.time() - began < EDIT_SEEN_WITHIN:
        if times := read_starts().get(number):
            return times[0] - began
        time.sleep(0.2)
    return None


def percentile(values, share):
    return values[min(len(values) - 1, math.ceil(share * len(values)) - 1)] if values else None


def main(schedules, due, seconds):
    call_command("migrate", verbosity=0)
    starts.flushdb()

    # Beat reads its schedules one by one: it gets the time to do so before the first of them is due.
    first = math.ceil(time.time() + 20 + schedules / 250)
    fill(schedules, due, first)
    worker = celery("beat_app", "worker", "-P", "prefork", "-c", "2")
    beat = celery("beat_app", "beat", "-S", "django_celery_beat.schedulers:DatabaseScheduler", "--pidfile=")
    with worker, beat:
        time.sleep(first + seconds + 5 - time.time())
        late, expected = lateness(due, first, first + seconds)
        edits = [edit(number) for number in range(60 * due, min(60 * due + EDITS, schedules))]
        seen = sorted(took for took in edits if took is not None)
    print(json.dumps({
        "expected": expected,
        "begun": len(late),
        "p50": percentile(late, 0.5),
        "p99": percentile(late, 0.99),
        "max": late[-1] if late else None,
        "edits": len(edits),
        "editsSeen": len(seen),
        "editP50": percentile(seen, 0.5),
        "editMax": seen[-1] if seen else None,
    }))


main(*map(int, sys.argv[1:4]))
