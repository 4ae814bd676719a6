"""Runs the vendors' SDKs against gateway-sim.

usage: run.py PATH-OF-gateway-sim WORK-FOLDER

The packages go into WORK-FOLDER, never into the system. Prints `passed NAME`, `failed NAME` or
`skipped NAME: why`, and writes the same line to WORK-FOLDER/outcomes. Exit status 1 when the check
failed, 77 when it was skipped, else 0.
"""

import os
import pathlib
import signal
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).resolve().parent
NAME = "conekta and mercadopago"
PATIENCE = 300


def python(folder):
    """A private Python with the packages; the interpreter and why it cannot be had."""
    home = folder / "venv"
    interpreter = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    install = [interpreter, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    install += ["--retries", "1", "-r", HERE / "requirements.txt"]
    try:
        if not interpreter.exists():
            venv.create(home, with_pip=True)
        done = subprocess.run(
            install, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.SubprocessError) as error:
        return interpreter, str(error)
    if done.returncode == 0:
        return interpreter, None
    lines = (done.stderr or done.stdout).strip().splitlines()
    return interpreter, lines[-1] if lines else f"exit status {done.returncode}"


def addresses(sandbox):
    """Reads `name address` lines until the sandbox is ready."""
    found = {}
    for line in sandbox.stdout:
        if line.strip() == "ready":
            return found
        name, _, address = line.strip().partition(" ")
        found[name] = address
    raise RuntimeError("gateway-sim ended before it was ready")


def check(binary, interpreter):
    """Whether the SDKs accept a fresh sandbox, and it ends well."""
    sandbox = subprocess.Popen(
        [binary, "--control", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True
    )
    try:
        at = addresses(sandbox)
        urls = [at["conekta"], at["mercado_pago"], at["control"]]
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            [interpreter, HERE / "sdk_check.py", *urls],
            env=environment, timeout=PATIENCE, check=False,
        )
        accepted = done.returncode == 0
    except (RuntimeError, subprocess.TimeoutExpired) as error:
        print(error, flush=True)
        accepted = False
    finally:
        sandbox.send_signal(signal.SIGTERM)
        code = sandbox.wait(timeout=20)
        sandbox.stdout.close()
    return accepted and code == 0


def main():
    binary = str(pathlib.Path(sys.argv[1]).resolve())
    folder = pathlib.Path(sys.argv[2]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    interpreter, why_not = python(folder)
    if why_not:
        outcome, code = f"skipped {NAME}: {why_not}", 77
    elif check(binary, interpreter):
        outcome, code = f"passed {NAME}", 0
    else:
        outcome, code = f"failed {NAME}", 1
    print(outcome, flush=True)
    (folder / "outcomes").write_text(outcome + "\n")
    sys.exit(code)


main()
