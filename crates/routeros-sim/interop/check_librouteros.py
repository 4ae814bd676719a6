"""librouteros (PyPI) against routeros-sim. Usage: check_librouteros.py PATH-OF-routeros-sim

Uses the package's documented calls only."""

import ssl
import sys

import librouteros
from librouteros.exceptions import TrapError
from librouteros.login import plain, token
from librouteros.query import Key, Or

from sim import PASSWORD, USER, router, same

COMMENT = "mesa 3, ñandú ☕"


def check(port, version, tls):
    options = {"port": port, "encoding": "utf-8"}
    options["login_method"] = token if version == "6.42" else plain
    if tls:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        options["ssl_wrapper"] = context.wrap_socket

    def connect(password):
        return librouteros.connect("127.0.0.1", USER, password, **options)

    try:
        connect("wrong")
    except TrapError as error:
        wanted = "cannot log in" if version == "6.42" else "invalid user name or password"
        assert wanted in str(error), error
    else:
        raise AssertionError("a wrong password was accepted")

    api = connect(PASSWORD)
    same([row["name"] for row in api("/system/identity/print")], ["MikroTik"], "identity")
    resource = tuple(api.path("system", "resource"))[0]
    assert str(resource["version"]).startswith(version), resource

    users = api.path("ip", "hotspot", "user")
    new = users.add(name="ana", password="clave", profile="1hora", comment=COMMENT)
    assert new.startswith("*"), new
    users.add(name="eva", disabled=True)
    name, comment, ident = Key("name"), Key("comment"), Key(".id")
    rows = tuple(users.select(ident, name, comment).where(name == "ana"))
    same(rows, ({".id": new, "name": "ana", "comment": COMMENT},), "query")
    rows = tuple(users.select(name).where(Or(name == "ana", name == "eva")))
    same(sorted(row["name"] for row in rows), ["ana", "eva"], "or")
    same(tuple(users.select(name).where(name == "nobody")), (), "no rows")

    try:
        users.add(name="ana")
    except TrapError as error:
        assert "already have user with this name" in str(error), error
    else:
        raise AssertionError("a duplicate was accepted")

    users.update(**{".id": new, "limit-uptime": "90m", "disabled": True})
    row = next(row for row in users if row[".id"] == new)
    same((row["limit-uptime"], row["disabled"]), ("1h30m", True), "set")
    users.remove(new)
    same([row for row in users if row[".id"] == new], [], "removed")
    api.close()


def main():
    binary = sys.argv[1]
    for version in ["6.42", "6.49", "7.17", "7.18"]:
        for tls in [False, True]:
            with router(binary, version, tls) as port:
                check(port, version, tls)
            print(f"librouteros: {version}{' TLS' if tls else ''} ok")


main()
