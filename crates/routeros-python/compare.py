"""Measures the wheel against librouteros in one run. Usage: compare.py PATH-OF-routeros-sim

Rounds alternate, so that a disturbance hits both. Prints medians and their ratio."""

import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "routeros-sim" / "interop"))

import librouteros
from librouteros.login import plain
from librouteros.query import Key

import routeros
from sim import PASSWORD, USER, router

ROUNDS = 9
CALLS = 200
ROWS = 2000


def measured(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main():
    with router(sys.argv[1], "7.18") as port:
        ours = routeros.connect("127.0.0.1", port, USER, PASSWORD)
        theirs = librouteros.connect("127.0.0.1", USER, PASSWORD, port=port, login_method=plain)
        users = ours.menu("/ip/hotspot/user")
        for number in range(ROWS):
            users.add({"name": f"u{number}", "comment": "x" * 20})
        path = theirs.path("ip", "hotspot", "user")
        name = Key("name")

        def our_calls():
            for number in range(CALLS):
                wanted = {"name": f"u{number}"}
                assert len(users.list(where=wanted, properties=["name"])) == 1

        def their_calls():
            for number in range(CALLS):
                assert len(tuple(path.select(name).where(name == f"u{number}"))) == 1

        def our_table():
            assert len(users.list()) == ROWS + 1

        def their_table():
            assert len(tuple(path)) == ROWS + 1

        for what, our, their in [
            (f"{CALLS} look-ups by name", our_calls, their_calls),
            (f"a table of {ROWS} rows", our_table, their_table),
        ]:
            rounds = [(measured(our), measured(their)) for _ in range(ROUNDS)]
            mine = statistics.median(one for one, _ in rounds) * 1e3
            other = statistics.median(two for _, two in rounds) * 1e3
            ratio = statistics.median(two / one for one, two in rounds)
            print(f"{what}: {mine:.1f} ms, librouteros {other:.1f} ms, {ratio:.1f} times as fast")


main()
