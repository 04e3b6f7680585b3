/** What a request would get, and why: nobody has to send it, and nothing comes of the question. */

import { announce, el } from "./dom.js";
import { address, WIDE } from "./filters.js";
import { tokens } from "./tokens.js";
import { t, textOr } from "./texts.js";

const FIELDS = ["grant", "client", "user", "scope", "resource", "chain", "enforcement"];
const GRANTS = ["authorization_code", "refresh_token", "client_credentials", "token_exchange"];
const MACHINE = "client_credentials";
const EXCHANGE = "token_exchange";

/** The same by the names that rows have. */
const GRANTS_OF_ROWS = {
  authorization_code: "authorization_code",
  refresh_token: "refresh_token",
  client_credentials: MACHINE,
  "urn:ietf:params:oauth:grant-type:token-exchange": EXCHANGE,
};

/** What an audit row says that it left out. */
const CUT = "...";

/** The request that an address names. */
function requestOf(query) {
  const request = {};
  FIELDS.forEach((name) => {
    const value = (query.get(name) ?? "").trim();
    if (value) {
      request[name] = value;
    }
  });
  if (!GRANTS.includes(request.grant)) {
    delete request.grant;
  }
  return fitting(request);
}

/** Without what a grant has no use for. */
function fitting(request) {
  const { user, chain, ...rest } = request;
  return {
    ...rest,
    ...(user && request.grant !== MACHINE ? { user } : {}),
    ...(chain && request.grant === EXCHANGE ? { chain } : {}),
  };
}

function isComplete(request) {
  return Boolean(request.grant && request.client && (request.user || request.grant === MACHINE));
}

/** The address that explains a row; null where nothing was refused or lost, or the request is none that can be explained. */
export function explanationOf(row) {
  const grant = Object.hasOwn(GRANTS_OF_ROWS, row.grant ?? "") ? GRANTS_OF_ROWS[row.grant] : null;
  if (grant === null || row.outcome === "allow" || !row.client_id || !["token", "refusal"].includes(row.type)) {
    return null;
  }
  const chain = [...(row.actors ?? [])].reverse();
  if (chain.at(-1) === row.client_id) {
    chain.pop();
  }
  const request = {
    grant,
    client: row.client_id,
    user: row.subject?.username ?? row.subject?.id,
    scope: (row.scope ?? "").split(" ").filter((scope) => scope !== CUT).join(" "),
    resource: row.resource,
    chain: chain.join("\n"),
    // What would be refused says more as if it were.
    enforcement: row.outcome.startsWith("would-") ? "enforce" : "",
  };
  return address("explain", fitting(Object.fromEntries(Object.entries(request).filter(([, value]) => value))));
}

/** The form. Goes to the address of the request when the person asks. */
export function requestForm(query, { api, go }) {
  const request = requestOf(query);
  const field = (name, input, hint) => el("div", { class: `field field-${name}` },
    el("label", { for: `explain-${name}` }, t(`explain.${name}`)), input,
    hint ? el("p", { class: "quiet", id: `explain-${name}-hint` }, hint) : null);
  const text = (name, properties = {}, hint = null) => field(name, el("input", {
    id: `explain-${name}`, name, value: request[name] ?? "", autocomplete: "off", spellcheck: "false",
    autocapitalize: "none", placeholder: textOr(`explain.${name}.example`, null),
    "aria-describedby": hint ? `explain-${name}-hint` : null, ...properties,
  }), hint);
  const choice = (name, values, more = {}) => field(name, el("select", { id: `explain-${name}`, name, ...more },
    values.map((value) => el("option", { value, selected: request[name] === value }, t(`explain.${name}.${value}`)))));

  const user = text("user", { required: true });
  const chain = field("chain", el("textarea", {
    id: "explain-chain", name: "chain", rows: "2", autocomplete: "off", spellcheck: "false", autocapitalize: "none",
    "aria-describedby": "explain-chain-hint",
  }, (request.chain ?? "").split("\n").map((line) => `${line}\n`).join("").trim()), t("explain.chain.hint"));
  const fit = (grant) => {
    user.hidden = grant === MACHINE;
    user.querySelector("input").disabled = user.hidden;
    chain.hidden = grant !== EXCHANGE;
    chain.querySelector("textarea").disabled = chain.hidden;
  };
  fit(request.grant ?? GRANTS[0]);

  const form = el("form", {
    class: "filters request", "aria-label": t("explain.title"),
    onsubmit: (event) => {
      event.preventDefault();
      go(address("explain", requestOf(new URLSearchParams(new FormData(event.target)))));
    },
  },
  el("p", { class: "quiet" }, t("explain.what")),
  el("div", { class: "fields" },
    choice("grant", GRANTS, { onchange: (event) => fit(event.target.value) }),
    text("client", { required: true }), user,
    text("resource", { list: "explain-servers" }), text("scope"), chain,
    choice("enforcement", ["configured", "enforce"])),
  servers(api),
  el("div", { class: "buttons" },
    el("button", { class: "primary", type: "submit" }, t("explain.ask")),
    el("button", { type: "button", onclick: () => go(address("explain")) }, t("explain.reset"))));

  // On small screens the form folds away once there is an answer to see.
  const done = isComplete(request);
  const box = el("details", { class: "filter-box", open: WIDE.matches || !done },
    el("summary", {}, t("explain.title")), form);
  WIDE.addEventListener("change", () => { box.open = WIDE.matches || !done; });
  return box;
}

/** The URIs of the realm's servers, to choose from; who has to know one types it. */
function servers(api) {
  const list = el("datalist", { id: "explain-servers" });
  api.list("servers", { max: 100 }).then(({ rows }) =>
    list.append(...rows.map((row) => el("option", { value: row.resource }))), () => {}); // the form does without
  return list;
}

export async function explain(view, { api, query }) {
  const request = requestOf(query);
  if (!isComplete(request)) {
    view.append(el("p", { class: "empty" }, t(request.client ? "explain.incomplete" : "explain.none")));
    return;
  }
  const { chain, ...asked } = request;
  const answer = await api.post("explain", {
    ...asked, ...(chain ? { chain: chain.split("\n").map((id) => id.trim()).filter(Boolean) } : {}),
  });
  const { decision } = answer;
  view.append(
    verdict(answer, request),
    policies(answer.policies),
    tokens(answer));
  announce(worded("explain.decision", decision), false);
}

/** The words for a value, or the value where it is none that this page knows. */
function worded(key, value) {
  return textOr(`${key}.${value}`, value);
}

function badge(decision) {
  return el("span", { class: `badge badge-${decision === "allow" ? "token" : decision}` }, worded("explain.says", decision));
}

function verdict(answer, request) {
  const { decision, error, reason, detail, loses } = answer;
  const line = (name, value) => value ? el("div", {}, el("dt", {}, t(`explain.${name}`)), el("dd", {}, value)) : null;
  const ahead = decision.startsWith("would-") && request.enforcement !== "enforce";
  const lost = Object.entries(loses).filter(([, values]) => values.length > 0);
  return el("div", { class: "hop answer" },
    el("h2", { id: "answer" }, badge(decision), worded("explain.decision", decision)),
    el("dl", {}, line("code", reason && el("code", {}, reason)), line("error", error && el("code", {}, error)),
      line("detail", detail)),
    error ? null : el("h3", {}, t("explain.loses")),
    error ? null : lost.length === 0 ? el("p", { class: "quiet" }, t("explain.loses.nothing"))
      : el("dl", { class: "loses" }, lost.map(([kind, values]) => el("div", {}, el("dt", {}, worded("explain.loses", kind)),
        el("dd", {}, el("ul", { class: "values" }, values.map((value) => el("li", {}, el("del", {}, value)))))))),
    ahead ? el("p", {}, el("a", { class: "button", href: address("explain", { ...request, enforcement: "enforce" }) },
      t("explain.ahead"))) : null);
}

const COLUMNS = ["rule", "mode", "says", "code", "detail"];

function policies(verdicts) {
  const cell = (name, ...children) => {
    const drawn = el("td", { role: "cell", class: name }, children);
    drawn.dataset.label = t(`explain.${name}`);
    return drawn;
  };
  return el("div", { class: "content" },
    el("h2", {}, t("explain.policies")),
    verdicts.length === 0 ? el("p", { class: "quiet" }, t("explain.policies.none"))
      : el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("explain.policies") },
        el("table", { class: "policies cards", role: "table" },
          el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, COLUMNS.map((name) =>
            el("th", { role: "columnheader", scope: "col" }, t(`explain.${name}`))))),
          el("tbody", { role: "rowgroup" }, verdicts.map((each) => el("tr", { role: "row" },
            el("th", { role: "rowheader", scope: "row" }, el("code", {}, each.rule)),
            cell("mode", worded("explain.mode", each.enforcement)),
            cell("says", badge(each.decision)),
            cell("code", el("code", {}, each.reason)),
            cell(each.detail ? "detail" : "detail none", each.detail ?? el("span", { class: "quiet" }, "–"))))))));
}
