"""How gunicorn serves Casefile: no access log, no address kept, an engine for each worker.

A deployment behind a reverse proxy uses the same file.
"""

import os
import subprocess
import sys
from typing import Any

workers = int(os.environ.get("CASEFILE_WORKERS", "2"))
threads = 4
worker_class = "gthread"
preload_app = False
timeout = 120
graceful_timeout = 20
keepalive = 5
accesslog = None
errorlog = "-"
loglevel = "warning"
no_control_socket = True
limit_request_line = 2048
umask = 0o077
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 - a heartbeat file
proc_name = "casefile"
logger_class = "casefile.platform.server_log.FixedWords"


def on_starting(server: Any) -> None:
    """Refuse once, before any worker: several that refuse at the same time can leave the master up.

    The application is put together in a process of its own, as the workers' user, so that the
    master never holds a key or a connection.
    """
    tried = subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        user=server.cfg.uid,
        group=server.cfg.gid,
        umask=umask,
    )
    if tried.returncode:
        if server.pidfile is not None:
            server.pidfile.unlink()
        sys.exit(tried.returncode)
