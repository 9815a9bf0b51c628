"""The web processes; WEB_CONCURRENCY, which gunicorn reads itself, sets how many."""

worker_class = "gthread"
threads = 4
timeout = 120
graceful_timeout = 60
keepalive = 75  # longer than the proxy holds an idle connection, so that it never writes into a closed one
max_requests = 2000
max_requests_jitter = 200
worker_tmp_dir = "/dev/shm"  # noqa: S108 - the heartbeat file must not wait for a disk
accesslog = None  # the proxy keeps the access log, without query strings
errorlog = "-"
