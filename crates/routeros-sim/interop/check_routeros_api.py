"""RouterOS-api (PyPI) against routeros-sim. Usage: check_routeros_api.py PATH-OF-routeros-sim"""

import sys

import routeros_api
from routeros_api.exceptions import RouterOsApiCommunicationError

from sim import PASSWORD, USER, router, same

COMMENT = "mesa 3, ñandú ☕"


def check(port, version, tls):
    def pool(password):
        return routeros_api.RouterOsApiPool(
            "127.0.0.1",
            username=USER,
            password=password,
            port=port,
            plaintext_login=version != "6.42",
            use_ssl=tls,
            ssl_verify=False,
            ssl_verify_hostname=False,
        )

    try:
        pool("wrong").get_api()
    except RouterOsApiCommunicationError as error:
        wanted = "cannot log in" if version == "6.42" else "invalid user name or password"
        assert wanted in str(error), error
    else:
        raise AssertionError("a wrong password was accepted")

    connection = pool(PASSWORD)
    api = connection.get_api()
    same(api.get_resource("/system/identity").get()[0]["name"], "MikroTik", "identity")
    version_text = api.get_resource("/system/resource").get()[0]["version"]
    assert version_text.startswith(version), version_text

    users = api.get_resource("/ip/hotspot/user")
    users.add(name="ana", password="clave", profile="1hora", comment=COMMENT)
    users.add(name="eva", disabled="yes")
    row = users.get(name="ana")[0]
    same((row["comment"], row["profile"]), (COMMENT, "1hora"), "query")
    same(users.get(name="nobody"), [], "no rows")

    try:
        users.add(name="ana")
    except RouterOsApiCommunicationError as error:
        assert "already have user with this name" in str(error), error
    else:
        raise AssertionError("a duplicate was accepted")

    users.set(id=row["id"], disabled="yes", limit_uptime="90m")
    row = users.get(name="ana")[0]
    same((row["limit-uptime"], row["disabled"]), ("1h30m", "true"), "set")
    users.remove(id=row["id"])
    same(users.get(name="ana"), [], "removed")
    connection.disconnect()


def main():
    binary = sys.argv[1]
    for version in ["6.42", "6.49", "7.17", "7.18"]:
        for tls in [False, True]:
            with router(binary, version, tls) as port:
                check(port, version, tls)
            print(f"RouterOS-api: {version}{' TLS' if tls else ''} ok")


main()
