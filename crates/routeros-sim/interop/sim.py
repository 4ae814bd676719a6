"""Starts routeros-sim for a check, and stops it again."""

import contextlib
import signal
import subprocess

USER = "api"
PASSWORD = "s3creto=x"


@contextlib.contextmanager
def router(binary, version, tls=False):
    """Yields the port of a fresh simulated router."""
    arguments = [binary, "--listen", "127.0.0.1:0", "--version", version]
    arguments += ["--user", USER, "--password", PASSWORD]
    if tls:
        arguments.append("--tls")
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
    try:
        # The first line ends in the address; it comes once the port is open.
        yield int(process.stdout.readline().rsplit(":", 1)[1])
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=20)
        process.stdout.close()
    assert code == 0, f"routeros-sim ended with {code}"


def same(found, wanted, what):
    assert found == wanted, f"{what}: found {found!r}, wanted {wanted!r}"
