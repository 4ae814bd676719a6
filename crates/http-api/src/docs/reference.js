// Renders /openapi.json. Everything is put on the page as text, never as markup.
"use strict";

const METHODS = ["get", "post", "put", "delete", "patch"];
const WHO = {
  sesion: "Sesión: Authorization: Bearer <token>",
  api_key: "API Key del router: X-API-Key",
};

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
  for (const child of children.flat()) {
    if (child !== null && child !== undefined) made.append(child);
  }
  return made;
}

function resolve(api, schema) {
  let found = schema || {};
  for (let depth = 0; found.$ref && depth < 16; depth += 1) {
    const name = found.$ref.split("/").pop();
    found = (api.components && api.components.schemas && api.components.schemas[name]) || {};
  }
  // An optional reference is written as a choice between it and null.
  const choices = found.oneOf || found.anyOf;
  if (choices) {
    const real = choices.find((choice) => choice.type !== "null");
    if (real) return { ...resolve(api, real), description: found.description || real.description };
  }
  return found;
}

function kind(api, schema) {
  const found = resolve(api, schema);
  const types = [].concat(found.type || (found.properties ? "object" : "cualquiera"));
  const names = types.map((type) => {
    if (type === "array") return `lista de ${kind(api, found.items)}`;
    if (type === "null") return "nulo";
    return found.format ? `${type} (${found.format})` : type;
  });
  return names.join(" o ");
}

// A value of this shape: the documented examples where there are any.
function sample(api, schema, depth) {
  const found = resolve(api, schema);
  if (found.example !== undefined) return found.example;
  if (found.default !== undefined) return found.default;
  if (depth > 6) return null;
  const type = [].concat(found.type || "object").find((name) => name !== "null");
  switch (type) {
    case "array": return found.items ? [sample(api, found.items, depth + 1)] : [];
    case "boolean": return true;
    case "integer": return 1;
    case "number": return 1.0;
    case "string": return found.enum ? found.enum[0] : "texto";
    default: {
      const made = {};
      for (const [name, part] of Object.entries(found.properties || {})) {
        made[name] = sample(api, part, depth + 1);
      }
      return made;
    }
  }
}

function fields(api, schema) {
  const found = resolve(api, schema);
  const owner = found.type === "array" ? resolve(api, found.items) : found;
  const rows = Object.entries(owner.properties || {}).map(([name, part]) => {
    const needed = (owner.required || []).includes(name);
    return element("tr", {},
      element("td", {}, element("code", {}, name), needed ? element("span", { class: "required", title: "obligatorio" }, " *") : null),
      element("td", {}, kind(api, part)),
      element("td", {}, part.description || resolve(api, part).description || ""));
  });
  return rows.length ? element("table", {}, element("tbody", {}, rows)) : null;
}

function content(api, body) {
  return Object.entries((body && body.content) || {}).map(([type, media]) => {
    const parts = [element("p", {}, element("code", {}, type)), fields(api, media.schema)];
    if (type.includes("json") && media.schema) {
      const text = JSON.stringify(media.example || sample(api, media.schema, 0), null, 2);
      parts.push(element("pre", {}, text));
    }
    return parts;
  }).flat();
}

function parameters(api, operation) {
  const rows = (operation.parameters || []).map((parameter) => element("tr", {},
    element("td", {}, element("code", {}, parameter.name), parameter.required ? element("span", { class: "required", title: "obligatorio" }, " *") : null),
    element("td", {}, parameter.in),
    element("td", {}, kind(api, parameter.schema)),
    element("td", {}, parameter.description || "")));
  return rows.length ? [element("h4", {}, "Parámetros"), element("table", {}, element("tbody", {}, rows))] : [];
}

function caller(operation) {
  const names = (operation.security || []).flatMap((one) => Object.keys(one));
  return names.length ? names.map((name) => WHO[name] || name).join(" o ") : "Pública";
}

function operationView(api, method, path, operation) {
  const parts = [
    element("summary", {},
      element("span", { class: `method ${method}` }, method.toUpperCase()), " ",
      element("code", {}, path),
      element("span", { class: "about" }, operation.summary || operation.description || "")),
    operation.summary && operation.description ? element("p", {}, operation.description) : null,
    element("p", {}, caller(operation)),
    parameters(api, operation),
  ];
  if (operation.requestBody) {
    parts.push(element("h4", {}, "Cuerpo"), content(api, operation.requestBody));
  }
  parts.push(element("h4", {}, "Respuestas"));
  for (const [status, answer] of Object.entries(operation.responses || {})) {
    parts.push(element("details", {},
      element("summary", {}, element("strong", {}, status), ` ${answer.description || ""}`),
      content(api, answer)));
  }
  const made = element("details", { class: "operation" }, parts.flat());
  made.dataset.text = `${method} ${path} ${operation.summary || ""} ${operation.description || ""}`.toLowerCase();
  return made;
}

function render(api) {
  document.title = api.info.title;
  document.getElementById("title").textContent = `${api.info.title} ${api.info.version}`;
  document.getElementById("about").textContent = api.info.description || "";
  const groups = new Map();
  for (const [path, item] of Object.entries(api.paths || {})) {
    for (const method of METHODS.filter((name) => item[name])) {
      const tag = (item[method].tags || ["Otros"])[0];
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push(operationView(api, method, path, item[method]));
    }
  }
  const sections = [];
  const links = [];
  for (const [tag, operations] of groups) {
    const id = `grupo-${sections.length}`;
    sections.push(element("section", { id }, element("h2", {}, tag), operations));
    links.push(element("li", {}, element("a", { href: `#${id}` }, tag)));
  }
  document.getElementById("contents").replaceChildren(element("ul", {}, links));
  document.getElementById("reference").replaceChildren(...sections);
}

function search(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  for (const section of document.querySelectorAll("section")) {
    let shown = 0;
    for (const operation of section.querySelectorAll("details.operation")) {
      const fits = words.every((word) => operation.dataset.text.includes(word));
      operation.hidden = !fits;
      if (fits) shown += 1;
    }
    section.hidden = shown === 0;
  }
}

document.getElementById("search").addEventListener("input", (event) => search(event.target.value));
fetch("/openapi.json")
  .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)))))
  .then(render)
  .catch((error) => {
    document.getElementById("state").textContent = `No se pudo cargar /openapi.json (${error.message}).`;
  });
