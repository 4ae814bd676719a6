"""laiarturs-ros-api (PyPI) against routeros-sim. Usage: check_ros_api.py PATH-OF-routeros-sim

It speaks plain sentences and logs in by itself, with the challenge where it is asked for one."""

import ssl
import sys

import ros_api

from sim import PASSWORD, USER, router, same

# The package counts characters as bytes and cuts values at blanks, so this is what it can carry.
COMMENT = "mesa-3"


def check(port, version, tls):
    def connect(password):
        options = {"user": USER, "password": password, "port": port, "timeout": 20}
        if tls:
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            options.update(use_ssl=True, context=context)
        return ros_api.Api("127.0.0.1", **options)

    try:
        connect("wrong")
    except Exception as error:
        wanted = "cannot log in" if version == "6.42" else "invalid user name or password"
        assert wanted in str(error), error
    else:
        raise AssertionError("a wrong password was accepted")

    api = connect(PASSWORD)
    same(api.talk("/system/identity/print"), [{"name": "MikroTik"}], "identity")
    assert api.talk("/system/resource/print")[0]["version"].startswith(version)
    api.talk(f"/ip/hotspot/user/add\n=name=ana\n=password=clave\n=profile=1hora\n=comment={COMMENT}")
    api.talk("/ip/hotspot/user/add\n=name=eva\n=disabled=yes")
    proplist = "/ip/hotspot/user/print\n=.proplist=.id,name,comment"
    [row] = api.talk(f"{proplist}\n?name=ana")
    same((row["name"], row["comment"]), ("ana", COMMENT), "query")
    rows = api.talk(f"{proplist}\n?name=ana\n?name=eva\n?#|")
    same(sorted(row["name"] for row in rows), ["ana", "eva"], "or")

    try:
        api.talk("/ip/hotspot/user/add\n=name=ana")
    except Exception as error:
        assert "already have user with this name" in str(error), error
    else:
        raise AssertionError("a duplicate was accepted")

    ident = row[".id"]
    api.talk(f"/ip/hotspot/user/set\n=.id={ident}\n=disabled=yes\n=limit-uptime=90m")
    [row] = api.talk("/ip/hotspot/user/print\n?name=ana")
    same((row["limit-uptime"], row["disabled"]), ("1h30m", "true"), "set")
    api.talk(f"/ip/hotspot/user/remove\n=.id={ident}")
    names = [row["name"] for row in api.talk("/ip/hotspot/user/print\n?disabled=true")]
    same(names, ["eva"], "removed")


def main():
    binary = sys.argv[1]
    for version in ["6.42", "6.49", "7.17", "7.18"]:
        for tls in [False, True]:
            with router(binary, version, tls) as port:
                check(port, version, tls)
            print(f"laiarturs-ros-api: {version}{' TLS' if tls else ''} ok")


main()
