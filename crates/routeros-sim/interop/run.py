"""Runs all checks of this folder against routeros-sim.

usage: run.py PATH-OF-routeros-sim WORK-FOLDER

The packages go into WORK-FOLDER, never into the system. Prints one line per check:
`passed NAME`, `failed NAME` or `skipped NAME: why`, and writes the same lines to
WORK-FOLDER/outcomes. Exit status 1 when a check failed, else 0; 77 when everything was skipped.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).resolve().parent
NODE_PACKAGE = "node-routeros@1.6.9"
WHEEL = HERE.parent.parent / "routeros-python"
PATIENCE = 300
BUILD_PATIENCE = 1200


def quiet(arguments, timeout=PATIENCE, **options):
    """Runs a preparation; returns why it failed, or nothing."""
    try:
        done = subprocess.run(
            arguments, capture_output=True, text=True, timeout=timeout, check=False, **options
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if done.returncode == 0:
        return None
    lines = (done.stderr or done.stdout).strip().splitlines()
    return lines[-1] if lines else f"exit status {done.returncode}"


def python(folder):
    """A private Python with the packages; the interpreter and why it cannot be had."""
    home = folder / "venv"
    interpreter = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    try:
        if not interpreter.exists():
            venv.create(home, with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        return interpreter, f"no virtual environment: {error}"
    install = [interpreter, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    install += ["--retries", "1", "-r", HERE / "requirements.txt"]
    return interpreter, quiet(install)


def wheel(interpreter, folder):
    """Builds the wheel of this repository and installs it; why it cannot be had."""
    if not shutil.which("cargo") or not WHEEL.exists():
        return "no cargo, or not in the repository"
    pip = [interpreter, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    why_not = quiet([*pip, "--retries", "1", "maturin>=1.7,<2"])
    if why_not:
        return f"no maturin: {why_not}"
    wheels = folder / "wheels"
    shutil.rmtree(wheels, ignore_errors=True)
    build = [interpreter, "-m", "maturin", "build", "--release", "--locked", "-q"]
    build += ["-i", interpreter, "-o", wheels]
    environment = {**os.environ, "CARGO_TARGET_DIR": str(folder / "wheel-target")}
    why_not = quiet(build, BUILD_PATIENCE, cwd=WHEEL, env=environment)
    if why_not:
        return f"the wheel could not be built: {why_not}"
    return quiet([*pip, "--force-reinstall", "--no-deps", *wheels.glob("*.whl")])


def node(folder):
    """A private folder with the package; why it cannot be had."""
    npm = shutil.which("npm")
    if not npm or not shutil.which("node"):
        return "node or npm is not installed"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text(json.dumps({"private": True}))
    install = [npm, "install", "--silent", "--no-audit", "--no-fund", "--prefer-offline"]
    install += ["--fetch-retries=1", NODE_PACKAGE]
    return quiet(install, cwd=folder)


def check(name, arguments, why_not, **environment):
    """Runs one check; `passed NAME`, `failed NAME` or `skipped NAME: why`."""
    if why_not:
        print(f"skipped {name}: {why_not}", flush=True)
        return f"skipped {name}: {why_not}"
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment}
    try:
        done = subprocess.run(arguments, env=environment, timeout=PATIENCE, check=False)
        outcome = "passed" if done.returncode == 0 else "failed"
    except subprocess.TimeoutExpired:
        outcome = "failed"
    print(f"{outcome} {name}", flush=True)
    return f"{outcome} {name}"


def main():
    binary = str(pathlib.Path(sys.argv[1]).resolve())
    folder = pathlib.Path(sys.argv[2]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    interpreter, why_not = python(folder)
    outcomes = [
        check(name, [interpreter, HERE / script, binary], why_not)
        for name, script in [
            ("librouteros", "check_librouteros.py"),
            ("RouterOS-api", "check_routeros_api.py"),
            ("laiarturs-ros-api", "check_ros_api.py"),
        ]
    ]
    no_wheel = why_not or wheel(interpreter, folder)
    outcomes.append(check("wheel", [interpreter, HERE / "check_wheel.py", binary], no_wheel))
    modules = folder / "node"
    why_not = node(modules)
    outcomes.append(
        check(
            "node-routeros",
            ["node", HERE / "check_node_routeros.js", binary],
            why_not,
            NODE_PATH=str(modules / "node_modules"),
        )
    )
    (folder / "outcomes").write_text("".join(f"{line}\n" for line in outcomes))
    verdicts = {line.partition(" ")[0] for line in outcomes}
    if "failed" in verdicts:
        sys.exit(1)
    sys.exit(0 if "passed" in verdicts else 77)


main()
