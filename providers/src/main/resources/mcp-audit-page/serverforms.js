/** What there is to fill in for an MCP server, and for an agent. */

import { el, show } from "./dom.js";
import { t } from "./texts.js";

const SECRET = "client_secret_basic";
const KEY = "private_key_jwt";

function field(id, label, input, hint = null) {
  if (hint !== null) {
    input.setAttribute("aria-describedby", `${id}-hint`);
  }
  return el("div", { class: "field" }, el("label", { for: id }, label), input,
    hint === null ? null : el("p", { class: "quiet", id: `${id}-hint` }, hint));
}

function textInput(id, value, properties = {}) {
  return el("input", { id, value, required: true, autocomplete: "off", spellcheck: "false", autocapitalize: "none", ...properties });
}

function words(text) {
  return text.split(/\s+/).filter(Boolean);
}

/**
 * The fields of a server.
 *
 * @param server as it is; null for a new one
 * @returns the fields, and what they say: the client id, and the body of the request
 */
export function serverFields(server) {
  const id = textInput("server-id", server?.clientId ?? "", { readonly: server !== null, maxlength: 255 });
  const resource = textInput("server-resource", server?.resource ?? "", {
    type: "url", placeholder: "https://files.example.com/mcp",
  });
  const scopes = textInput("server-scopes", (server?.scopes ?? []).join(" "), { placeholder: "files:read files:delete" });
  const box = el("div", { class: "texts" });
  const texts = new Map();
  const draw = () => {
    const named = [...new Set(words(scopes.value))];
    [...texts].filter(([name, input]) => !named.includes(name) && !input.value).forEach(([name]) => texts.delete(name));
    show(box, named.map((name, place) => {
      const input = texts.get(name) ?? el("input", { maxlength: 255, autocomplete: "off" });
      texts.set(name, input);
      input.id = `server-text-${place}`;
      return field(input.id, t("server.text", { scope: name }), input);
    }));
  };
  // While typing: if fields appeared when this one is left, the button that is being clicked would move away.
  scopes.addEventListener("input", draw);
  draw();
  return {
    fields: el("div", { class: "content" },
      field("server-id", t("server.id"), id, server === null ? t("server.id.hint") : null),
      field("server-resource", t("server.resource"), resource, t(server === null ? "server.resource.hint" : "server.resource.edit-hint")),
      field("server-scopes", t("server.scopes"), scopes, t("server.scopes.hint")),
      el("fieldset", {}, el("legend", {}, t("server.texts")), el("p", { class: "quiet" }, t("server.texts.hint")), box)),
    id: () => server?.clientId ?? id.value.trim(),
    body: () => {
      const named = words(scopes.value);
      const scopeTexts = Object.fromEntries([...texts].filter(([name, input]) => named.includes(name) && input.value.trim())
        .map(([name, input]) => [name, input.value.trim()]));
      return { resource: resource.value.trim(), scopes: named, ...(Object.keys(scopeTexts).length > 0 ? { scopeTexts } : {}) };
    },
  };
}

/**
 * The fields of an agent of a server.
 *
 * @param agent as it is; null for a new one
 */
export function agentFields(server, agent) {
  const id = textInput("agent-id", agent?.clientId ?? "", { readonly: agent !== null, maxlength: 255 });
  const boxes = server.scopes.map((scope, place) => {
    const has = agent?.scopes.includes(scope) ?? false;
    return el("input", { type: "checkbox", id: `agent-scope-${place}`, value: scope, checked: has, disabled: has });
  });
  const needed = () => boxes.forEach((box, place) =>
    box.setCustomValidity(place === 0 && !boxes.some((each) => each.checked) ? t("agent.scopes.needed") : ""));
  boxes.forEach((box) => box.addEventListener("change", needed));
  needed();
  const uri = textInput("agent-jwks-uri", "", { type: "url", required: false, placeholder: "https://agent.example.com/jwks" });
  const keys = el("textarea", {
    id: "agent-jwks", rows: "3", spellcheck: "false", autocomplete: "off", placeholder: "{ \"keys\": [ … ] }",
  });
  const byKey = el("div", { class: "content" },
    field("agent-jwks-uri", t("agent.jwks-uri"), uri), field("agent-jwks", t("agent.jwks"), keys, t("agent.jwks.hint")));
  const method = el("select", { id: "agent-method", onchange: () => fit() },
    agent === null ? null : el("option", { value: "" }, t("agent.method.same")),
    [KEY, SECRET].map((value) => el("option", { value }, t(`agent.method.${value}`))));
  const fit = () => {
    byKey.hidden = method.value !== KEY;
    uri.disabled = byKey.hidden;
    keys.disabled = byKey.hidden;
  };
  fit();
  return {
    fields: el("div", { class: "content" },
      field("agent-id", t("agent.id"), id, agent === null ? t("agent.id.hint") : null),
      el("fieldset", {}, el("legend", {}, t("agent.scopes")),
        agent === null ? null : el("p", { class: "quiet" }, t("agent.scopes.hint")),
        boxes.map((box) => el("div", { class: "choice" }, box, el("label", { for: box.id }, box.value)))),
      field("agent-method", t("agent.method"), method), byKey),
    id: () => agent?.clientId ?? id.value.trim(),
    body: () => {
      const key = method.value === KEY;
      return {
        resource: server.resource,
        scopes: boxes.filter((box) => box.checked).map((box) => box.value),
        ...(method.value ? { tokenEndpointAuthMethod: method.value } : {}),
        ...(key && uri.value.trim() ? { jwksUri: uri.value.trim() } : {}),
        ...(key && keys.value.trim() ? { jwks: parsed(keys) } : {}),
      };
    },
  };
}

/** The keys; the text itself where it is no JSON, which the server then says. */
function parsed(keys) {
  try {
    return JSON.parse(keys.value);
  } catch (error) {
    return keys.value;
  }
}
