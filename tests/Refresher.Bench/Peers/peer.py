"""What both measurements need: processes of Celery that end with the script."""

import contextlib
import os
import subprocess
import sys


@contextlib.contextmanager
def celery(app, *arguments):
    """A process of Celery for the application, asked to end afterwards and killed if it does not."""
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", app, *arguments, "-l", "warning"],
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONWARNINGS": "ignore", "C_FORCE_ROOT": "1"},
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
