"""Drives the gateway sandboxes with the vendors' official SDKs.

usage: sdk_check.py CONEKTA_URL MERCADO_PAGO_URL CONTROL_URL

The SDKs build the requests and parse the answers; each step then checks what came out, and the
sandbox's ledger at the end. Exit status 0 when all is well.
"""

import json
import sys
import threading
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer

import conekta
import mercadopago
from mercadopago.config import RequestOptions
from mercadopago.http import HttpClient
from mercadopago.webhook.validator import InvalidWebhookSignatureError, WebhookSignatureValidator

CHECKS = 0


def check(what, got, wanted):
    global CHECKS
    CHECKS += 1
    if got != wanted:
        sys.exit(f"FAILED {what}: got {got!r}, wanted {wanted!r}")
    print(f"ok {what}: {got!r}")


def control(base, method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(base + path, data=data, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


# --- Conekta ---------------------------------------------------------------------------------


def refused(what, call, status, code):
    """The SDK raises on errors; the body is the vendor's error object."""
    try:
        call()
    except conekta.ApiException as error:
        body = json.loads(error.body)
        check(f"{what}: status", error.status, status)
        check(f"{what}: code", body["details"][0]["code"], "conekta.errors." + code)
        return body
    sys.exit(f"FAILED {what}: was accepted")


def new_order(charges=None, **more):
    return conekta.OrderRequest(
        currency="MXN",
        customer_info=conekta.OrderRequestCustomerInfo(
            conekta.CustomerInfo(name="Ana Perez", email="ana@example.mx", phone="5522997233")
        ),
        line_items=[conekta.Product(name="WiFi 1 dia", unit_price=1999, quantity=1, sku="PLAN-1D")],
        metadata={"tenant": "t1", "attempt": 7},
        charges=charges,
        **more,
    )


def new_charge(token, reference):
    return conekta.ChargeRequest(
        amount=1999,
        reference_id=reference,
        payment_method=conekta.ChargeRequestPaymentMethod(
            conekta.PaymentMethodGeneralRequest(type="card", token_id=token)
        ),
    )


def check_conekta(url, control_url):
    configuration = conekta.Configuration(host=url, access_token="key_test_sdk_interop_0001")
    with conekta.ApiClient(configuration) as client:
        orders = conekta.OrdersApi(client)
        charges = conekta.ChargesApi(client)

        bare = orders.create_order(new_order(), accept_language="es")
        check("order without charge", (bare.amount, bare.payment_status), (1999, None))
        charge = charges.orders_create_charge(bare.id, new_charge("tok_sdk_1", "sdk_att_1"))
        check("charge", (charge.status, charge.reference_id), ("paid", "sdk_att_1"))
        check("charge's method", charge.payment_method.actual_instance.last4, "4242")
        read = orders.get_order_by_id(bare.id)
        check("order read", (read.payment_status, read.livemode), ("paid", False))
        check("order's charge", read.charges.data[0].reference_id, "sdk_att_1")
        refused(
            "second charge",
            lambda: charges.orders_create_charge(bare.id, new_charge("tok_sdk_2", "x")),
            428,
            "precondition_required.combo.order.cannot_be_updated_because_has_charge_paid",
        )

        one_call = orders.create_order(new_order([new_charge("tok_test_visa_4242", "sdk_att_2")]))
        check("order with charge", one_call.payment_status, "paid")
        body = refused(
            "declined card",
            lambda: orders.create_order(new_order([new_charge("tok_test_card_declined", "x")])),
            402,
            "processing.bank.declined",
        )
        check("declined order", orders.get_order_by_id(body["data"]["id"]).payment_status, "declined")
        refused(
            "used token",
            lambda: orders.create_order(new_order([new_charge("tok_sdk_1", "x")])),
            402,
            "processing.tokenization.used",
        )
        refused(
            "unknown token",
            lambda: orders.create_order(new_order([new_charge("nonsense", "x")])),
            422,
            "parameter_validation.payment_method.token_id.nonexistent_token",
        )
        refused(
            "unknown order",
            lambda: orders.get_order_by_id("ord_unknown"),
            404,
            "resource_not_found.entity",
        )

        several = orders.create_order(new_order())
        listed = charges.orders_create_charges(several.id, new_charge("tok_sdk_3", "sdk_att_3"))
        check("add_charges", listed.data[0].status, "paid")

        refund = conekta.OrderRefundRequest(amount=500, reason="requested_by_client")
        part = orders.order_refund(bare.id, refund)
        check("refund", (part.payment_status, part.amount_refunded), ("partially_refunded", 500))
        check("refund's amount", part.charges.data[0].refunds.data[0].amount, -500)

        held = orders.create_order(new_order([new_charge("tok_sdk_4", "sdk_att_4")], pre_authorize=True))
        check("reserved", held.payment_status, "pre_authorized")
        taken = orders.orders_create_capture(
            held.id, order_capture_request=conekta.OrderCaptureRequest(amount=1999)
        )
        check("captured", taken.payment_status, "paid")
        held = orders.create_order(new_order([new_charge("tok_sdk_5", "x")], pre_authorize=True))
        check("canceled", orders.cancel_order(held.id).payment_status, "canceled")

        cash = orders.create_order(new_order())
        voucher = conekta.ChargeRequest(
            payment_method=conekta.ChargeRequestPaymentMethod(
                conekta.PaymentMethodGeneralRequest(type="cash")
            )
        )
        voucher = charges.orders_create_charge(cash.id, voucher)
        check("cash", voucher.status, "pending_payment")
        spei = conekta.ChargeRequest(
            payment_method=conekta.ChargeRequestPaymentMethod(
                conekta.PaymentMethodGeneralRequest(type="spei")
            )
        )
        spei = charges.orders_create_charge(orders.create_order(new_order()).id, spei)
        check("transfer", len(spei.payment_method.actual_instance.clabe), 18)

        challenge = orders.create_order(
            new_order([new_charge("tok_3ds_1", "sdk_att_6")], return_url="https://shop.example/back")
        )
        check("challenge", challenge.next_action.type, "redirect_to_url")
        control(control_url, "POST", "/payments/sdk_att_6/approve")
        check("challenge passed", orders.get_order_by_id(challenge.id).payment_status, "paid")

        found = orders.get_orders(limit=1, search="ana@example.mx")
        check("search", (len(found.data), found.has_more), (1, True))
        found = charges.get_charges(search="sdk_att_1")
        check("charge search", [one.status for one in found.data], ["partially_refunded"])

        card = conekta.TokenRequestCard(
            number="4000000000000127", name="Ana Perez", exp_month="12", exp_year="30", cvc="123"
        )
        token = conekta.TokensApi(client).create_token(conekta.TokenRequest(card=card))
        refused(
            "token of a card without funds",
            lambda: orders.create_order(new_order([new_charge(token.id, "x")])),
            402,
            "processing.bank.insufficient_funds",
        )
        keys = conekta.WebhookKeysApi(client)
        key = keys.create_webhook_key(webhook_key_request=conekta.WebhookKeyRequest(active=True))
        check("webhook key", key.public_key.startswith("-----BEGIN PUBLIC KEY-----"), True)
        check("webhook keys", [one.id for one in keys.get_webhook_keys().data], [key.id])
        events = conekta.EventsApi(client)
        newest = events.get_events(limit=1).data[0]
        check("event", events.get_event(newest.id).type, newest.type)

    stranger = conekta.Configuration(host=url, access_token="sk_not_a_key")
    with conekta.ApiClient(stranger) as client:
        refused(
            "wrong key",
            lambda: conekta.OrdersApi(client).get_orders(),
            401,
            "authentication.missing_key",
        )


# --- Mercado Pago ----------------------------------------------------------------------------


class ToSandbox(HttpClient):
    """The SDK's own client, sent to the sandbox instead of to production."""

    def __init__(self, base):
        self.base = base

    def request(self, method, url, **arguments):
        path = url[len("https://api.mercadopago.com"):]
        return super().request(method, self.base + path, **arguments)


def options(key):
    return RequestOptions(custom_headers={"x-idempotency-key": key})


def check_mercado_pago(url, control_url):
    sdk = mercadopago.SDK("TEST-0000-sdk-interop-55555", http_client=ToSandbox(url))

    def call(what, result, status):
        check(f"{what}: status", result["status"], status)
        return result["response"]

    check("seller", call("users/me", sdk.user().get(), 200)["id"], 55555)
    methods = call("payment methods", sdk.payment_methods().list_all(), 200)
    check("visa is offered", "visa" in [one["id"] for one in methods], True)

    def token(holder):
        card = {
            "card_number": "5474925432670366",
            "security_code": "123",
            "expiration_month": 11,
            "expiration_year": 2030,
            "cardholder": {"name": holder},
        }
        return call(f"token for {holder}", sdk.card_token().create(card), 201)["id"]

    def order(card, reference, **more):
        return {
            "transaction_amount": 35.55,
            "token": card,
            "installments": 1,
            "payment_method_id": "master",
            "external_reference": reference,
            "payer": {"email": "ana@example.mx"},
            "metadata": {"tenant": "t1"},
            **more,
        }

    asked = order(token("APRO"), "sdk_mp_1")
    paid = call("payment", sdk.payment().create(asked, options("sdk-key-1")), 201)
    check("paid", (paid["status"], paid["transaction_amount"]), ("approved", 35.55))
    again = call("same key again", sdk.payment().create(asked, options("sdk-key-1")), 201)
    check("same payment", again["id"], paid["id"])
    call("key with another body", sdk.payment().create(order("x", "y"), options("sdk-key-1")), 409)
    used = call("used token", sdk.payment().create(asked), 400)
    check("used token: cause", used["cause"][0]["code"], 3003)
    for holder, status, detail in (
        ("FUND", "rejected", "cc_rejected_insufficient_amount"),
        ("OTHE", "rejected", "cc_rejected_other_reason"),
        ("CONT", "in_process", "pending_contingency"),
    ):
        made = call(holder, sdk.payment().create(order(token(holder), "sdk_mp_" + holder)), 201)
        check(holder, (made["status"], made["status_detail"]), (status, detail))
    control(control_url, "POST", "/payments/sdk_mp_CONT/approve")

    read = call("read", sdk.payment().get(paid["id"]), 200)
    check("read", read["external_reference"], "sdk_mp_1")
    call("unknown payment", sdk.payment().get(1), 404)
    filters = {"external_reference": "sdk_mp_1", "sort": "date_created", "criteria": "desc"}
    found = call("search", sdk.payment().search(filters), 200)
    check("search", [one["id"] for one in found["results"]], [paid["id"]])
    pages = sdk.payment().search_auto_paging_iter({"sort": "id", "criteria": "asc"}, limit=2)
    check("all pages", len(list(pages)), 4)

    part = call("refund", sdk.refund().create(paid["id"], {"amount": 5.55}), 201)
    check("refund", part["amount"], 5.55)
    rest = call("refund of the rest", sdk.refund().create(paid["id"]), 201)
    check("rest", rest["amount"], 30.0)
    check("refunds", len(call("refunds", sdk.refund().list_all(paid["id"]), 200)), 2)
    check("one refund", call("one", sdk.refund().get(paid["id"], part["id"]), 200)["id"], part["id"])

    held = call("reserve", sdk.payment().create(order(token("APRO"), "sdk_mp_2", capture=False)), 201)
    check("reserved", held["status"], "authorized")
    taken = call("capture", sdk.payment().capture(held["id"]), 200)
    check("captured", taken["status"], "approved")
    held = call("reserve", sdk.payment().create(order(token("APRO"), "sdk_mp_3", capture=False)), 201)
    ended = call("cancel", sdk.payment().update(held["id"], {"status": "cancelled"}), 200)
    check("cancelled", ended["status"], "cancelled")

    stranger = mercadopago.SDK("nonsense", http_client=ToSandbox(url))
    call("wrong access token", stranger.payment().get(paid["id"]), 401)


def check_signatures(control_url):
    """The SDK's validator against events that the sandbox signed, rightly and wrongly."""
    received = []

    class Merchant(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers.get("content-length", 0)))
            received.append((self.path, dict(self.headers)))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Merchant)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    secret = "mp_test_secret_0001"
    address = f"http://127.0.0.1:{server.server_port}/hook"
    for signing, good in (("right", True), ("wrong", False), ("foreign", False)):
        order = {
            "gateway": "mercado_pago", "event": "payment.created", "again": True,
            "signing": signing, "url": address, "secret": secret,
        }
        sent = control(control_url, "POST", "/webhooks/send", order)
        check(f"{signing} events delivered", {one["status"] for one in sent}, {200})
        for path, headers in received:
            query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(path).query))
            headers = {name.lower(): value for name, value in headers.items()}
            try:
                WebhookSignatureValidator.validate(
                    headers.get("x-signature"), headers.get("x-request-id"), query["data.id"], secret
                )
                valid = True
            except InvalidWebhookSignatureError:
                valid = False
            check(f"{signing} signature of {query['data.id']}", valid, good)
        received.clear()
    server.shutdown()


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    conekta_url, mercado_pago_url, control_url = (url.rstrip("/") for url in sys.argv[1:])
    control(control_url, "POST", "/reset")
    check_conekta(conekta_url, control_url)
    check_mercado_pago(mercado_pago_url, control_url)
    check_signatures(control_url)
    entries = control(control_url, "GET", "/ledger?kind=charge")["entries"]
    for reference in ("sdk_att_1", "sdk_att_2", "sdk_att_3", "sdk_att_4", "sdk_att_6", "sdk_mp_1"):
        count = sum(1 for one in entries if one["reference"] == reference)
        check(f"charges of {reference}", count, 1)
    print(f"{CHECKS} checks passed")


if __name__ == "__main__":
    main()
