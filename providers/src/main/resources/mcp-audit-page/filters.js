/** Filters: in the fragment of the address, so that a view can be shared and never reaches a server's log. */

import { el } from "./dom.js";
import { t, textOr } from "./texts.js";

export const FIELDS = [
  "subject", "actor", "resource", "outcome", "type", "reason", "grant", "client", "scope", "jti", "session", "from", "to",
];
const FIRST = ["subject", "actor", "resource"];
const MORE = ["client", "scope", "reason", "jti", "session"];
const OUTCOMES = ["allow", "deny", "would-deny", "would-narrow"];
const TYPES = [
  "token", "refusal", "registration", "registration-update", "registration-deletion", "suspension", "reinstatement",
];
const GRANTS = [
  "authorization_code", "refresh_token", "client_credentials", "urn:ietf:params:oauth:grant-type:token-exchange",
];
const PERIODS = { "1h": 3_600_000, "24h": 86_400_000, "7d": 604_800_000, "30d": 2_592_000_000, "90d": 7_776_000_000 };

/** The period that leaves nothing out, said aloud. */
export const EVER = "ever";

/** As in the style sheet. */
export const WIDE = matchMedia("(min-width: 52.01rem)");

/** Only what is a filter, and only where it has a value. */
export function clean(parameters) {
  const filters = {};
  for (const name of [...FIELDS, "last"]) {
    const value = parameters[name]?.trim?.() ?? parameters[name];
    if (value) {
      filters[name] = value;
    }
  }
  if (filters.last && filters.last !== EVER && !Object.hasOwn(PERIODS, filters.last)) {
    delete filters.last;
  }
  return filters;
}

/** The parameters to send: "last" becomes a point in time. */
export function asked(filters) {
  const { last, ...parameters } = filters;
  return last && last !== EVER ? { ...parameters, from: new Date(Date.now() - PERIODS[last]).toISOString() } : parameters;
}

/** An address within the page. */
export function address(view, filters = {}) {
  const query = new URLSearchParams(filters).toString();
  return `#/${view}${query ? `?${query}` : ""}`;
}

export function grantName(grant) {
  return textOr(`grant.${grant}`, grant);
}

/** The form. Calls back with the filters when the person applies them. */
export function filterForm(filters, apply) {
  const field = (name, input) => el("div", { class: `field field-${name}` },
    el("label", { for: `filter-${name}` }, t(`filter.${name}`)), input);
  const text = (name) => field(name, el("input", {
    id: `filter-${name}`, name, value: filters[name] ?? "", autocomplete: "off", spellcheck: "false",
    autocapitalize: "none", placeholder: textOr(`filter.${name}.hint`, null),
  }));
  const choice = (name, values, label) => field(name, el("select", { id: `filter-${name}`, name },
    el("option", { value: "" }, t("filter.any")),
    // A value from a shared address that this page does not list stays.
    [...new Set([...values, ...(filters[name] ? [filters[name]] : [])])].map((value) =>
      el("option", { value, selected: filters[name] === value }, label(value)))));
  const moment = (name) => field(name, el("input", {
    id: `filter-${name}`, name, type: "datetime-local", step: "1", value: localTime(filters[name]),
  }));
  const between = filters.from || filters.to;
  const period = field("last", el("select", {
    id: "filter-last", name: "last",
    onchange: (event) => { moments.hidden = event.target.value !== "between"; },
  },
  el("option", { value: EVER, selected: !filters.last && !between }, t("filter.any-time")),
  Object.keys(PERIODS).map((value) => el("option", { value, selected: filters.last === value }, t(`filter.last.${value}`))),
  el("option", { value: "between", selected: Boolean(between) }, t("filter.between"))));
  const moments = el("div", { class: "moments", hidden: !between }, moment("from"), moment("to"));

  const more = [...MORE, "type", "grant"];
  const form = el("form", {
    class: "filters", role: "search", "aria-label": t("filter.title"),
    onsubmit: (event) => {
      event.preventDefault();
      const values = Object.fromEntries(new FormData(event.target));
      const ranged = values.last === "between";
      apply(clean({
        ...values,
        last: ranged ? "" : values.last,
        from: ranged ? instant(values.from) : "",
        to: ranged ? instant(values.to) : "",
      }));
    },
  },
  el("div", { class: "fields" }, FIRST.map(text),
    choice("outcome", OUTCOMES, (value) => t(`filter.outcome.${value}`)), period),
  moments,
  el("details", { open: more.some((name) => filters[name]) }, el("summary", {}, t("filter.more")),
    el("div", { class: "fields" }, choice("type", TYPES, (value) => t(`filter.type.${value}`)),
      choice("grant", GRANTS, grantName), MORE.map(text))),
  el("div", { class: "buttons" },
    el("button", { class: "primary", type: "submit" }, t("filter.apply")),
    el("button", { type: "button", onclick: () => apply({}) }, t("filter.reset"))));

  // On small screens the form folds away, and its head says how many filters there are.
  const many = Object.values(filters).filter((value) => value !== EVER).length;
  const box = el("details", { class: "filter-box", open: WIDE.matches },
    el("summary", {}, many === 0 ? t("filter.title") : t("filter.count", { count: many })), form);
  WIDE.addEventListener("change", () => { box.open = WIDE.matches; });
  return box;
}

function localTime(moment) {
  const date = moment ? new Date(/^\d+$/.test(moment) ? Number(moment) : moment) : null;
  return date === null || Number.isNaN(date.getTime()) ? ""
    : new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

function instant(local) {
  const date = new Date(local);
  return local && !Number.isNaN(date.getTime()) ? date.toISOString() : "";
}
