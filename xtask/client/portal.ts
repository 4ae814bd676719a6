// What a portal does with the API, against the types made of its description: it compiles only as
// long as the description tells the answers of a purchase apart.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema";

type Access = components["schemas"]["CredentialsView"];
type ErrorCode = components["schemas"]["ErrorCode"];

const client = (base: string, key: string) =>
  createClient<paths>({ baseUrl: base, headers: { "X-API-Key": key } });

// A text for a code of ours; whatever is new falls back to what the server says.
const hints: Partial<Record<ErrorCode, string>> = {
  fondos_insuficientes: "Intente con otra tarjeta",
  demasiadas_solicitudes: "Espere un momento",
};

const assertNever = (value: never): never => {
  throw new Error(String(value));
};

export async function buy(base: string, key: string, order: string): Promise<Access | string> {
  const api = client(base, key);
  const { data, error } = await api.POST("/api/v1/payments/pagar-conekta", {
    params: { header: { "Idempotency-Key": order } },
    body: {
      producto_id: 1,
      token_tarjeta: "tok_test_visa_4242",
      nombre_cliente: "Ana Paz",
      email_cliente: "ana@example.com",
      tipo_usuario: "pin",
    },
  });
  if (data) {
    return data.usuario_hotspot;
  }
  if (error && "url_autenticacion" in error && error.url_autenticacion) {
    return error.url_autenticacion;
  }
  if (error && "compra" in error && error.compra) {
    return poll(base, key, error.compra);
  }
  const text = typeof error?.detail === "string" ? error.detail : "Revise los datos";
  return (error && hints[error.codigo]) ?? text;
}

// After a lost answer: the key of the payment is all that the phone still has.
export async function recover(base: string, key: string, order: string): Promise<Access | string> {
  const { data, error } = await client(base, key).GET("/api/v1/payments/compra", {
    params: { header: { "Idempotency-Key": order } },
  });
  return data ? describe(data) : (error?.codigo ?? "");
}

export async function poll(base: string, key: string, token: string): Promise<Access | string> {
  const { data, error } = await client(base, key).GET("/api/v1/payments/compra/{token}", {
    params: { path: { token } },
  });
  return data ? describe(data) : (error?.codigo ?? "");
}

function describe(purchase: components["schemas"]["PurchaseAnswerView"]): Access | string {
  if (purchase.success) {
    return purchase.usuario_hotspot;
  }
  switch (purchase.estado_pago) {
    case "verificando":
    case "pendiente":
      return purchase.consulta;
    case "rechazado":
    case "fallido":
    case "reembolsado":
    case "contracargo":
      return purchase.detail;
    default:
      return assertNever(purchase);
  }
}
