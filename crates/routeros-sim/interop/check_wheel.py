"""The wheel of crates/routeros-python against routeros-sim. Usage: check_wheel.py PATH-OF-routeros-sim

The same exchange as check_librouteros.py, and what only the wheel has."""

import sys
import threading

import routeros

from sim import PASSWORD, USER, router, same

COMMENT = "mesa 3, ñandú ☕"


def check(port, version, tls):
    def connect(password, tls=tls):
        return routeros.connect("127.0.0.1", port, USER, password, tls=tls)

    try:
        connect("wrong")
    except routeros.ConnectError as error:
        assert "wrong user or password" in str(error), error
    else:
        raise AssertionError("a wrong password was accepted")

    api = connect(PASSWORD)
    if tls:
        same(connect(PASSWORD, api.fingerprint).fingerprint, api.fingerprint, "pin")
    rows, done = api.call("/system/identity/print")
    same((rows, done), ([{"name": "MikroTik"}], {}), "identity")
    assert api.menu("/system/resource").list()[0]["version"].startswith(version)

    users = api.menu("/ip/hotspot/user")
    new = users.add({"name": "ana", "password": "clave", "profile": "1hora", "comment": COMMENT})
    assert new.startswith("*"), new
    users.add({"name": "eva", "disabled": True})
    rows = users.list(where={"name": "ana"}, properties=[".id", "name", "comment"])
    same(rows, [{".id": new, "name": "ana", "comment": COMMENT}], "query")
    same([row["name"] for row in users.list(where={"disabled": True})], ["eva"], "boolean")
    same(users.list(where={"name": "nobody"}), [], "no rows")

    try:
        users.add({"name": "ana"})
    except routeros.TrapError as error:
        assert "already have user with this name" in str(error), error
        same((error.effect, error.command), ("refused", "/ip/hotspot/user/add"), "trap")
    else:
        raise AssertionError("a duplicate was accepted")

    with users.listen(timeout=20) as changes:
        # The listener is another connection: the change is made until it was heard.
        heard = threading.Event()

        def change():
            while not heard.is_set():
                users.set(new, {"limit-uptime": "90m", "disabled": True})
                heard.wait(0.05)

        changing = threading.Thread(target=change)
        changing.start()
        row = next(changes)
        heard.set()
        changing.join()
        same((row[".id"], row["limit-uptime"], row["disabled"]), (new, "1h30m", "true"), "listen")
        users.remove(new)
        assert any(".dead" in row for row in changes)
    same([row for row in users.list() if row[".id"] == new], [], "removed")
    api.close()


def main():
    binary = sys.argv[1]
    for version in ["6.42", "6.49", "7.17", "7.18"]:
        for tls in [None, "first-use"]:
            with router(binary, version, bool(tls)) as port:
                check(port, version, tls)
            print(f"wheel: {version}{' TLS' if tls else ''} ok")


main()
