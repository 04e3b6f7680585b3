/** The audit rows, newest first. */

import { announce, el, show } from "./dom.js";
import { address, asked, grantName } from "./filters.js";
import { explanationOf } from "./explain.js";
import { number, t, textOr, time, zone } from "./texts.js";

const PAGE_SIZE = 50;
const COLUMNS = ["time", "what", "who", "server", "why"];

export async function timeline(view, { api, filters, failed, mayExplain }) {
  const body = el("tbody", { role: "rowgroup" });
  const more = el("div", { class: "more" });
  const table = el("table", { class: "rows cards", role: "table", "aria-label": t("timeline.title") },
    el("thead", { role: "rowgroup" }, el("tr", { role: "row" },
      COLUMNS.map((name) => el("th", { role: "columnheader", scope: "col" },
        name === "time" ? t("timeline.time", { zone: zone() }) : t(`timeline.${name}`))))),
    body);

  let shown = 0;
  const add = ({ rows, next }) => {
    const first = shown;
    rows.forEach((row) => body.append(...entry(row, filters, `row-${shown++}`, mayExplain)));
    show(more, next === null ? el("p", { class: "quiet" }, t("timeline.end", { count: number(shown) }))
      : el("button", {
        type: "button",
        onclick: async (event) => {
          event.target.disabled = true;
          try {
            add(await api.follow(next));
            announce(t("timeline.loaded", { count: number(shown) }));
          } catch (error) {
            event.target.disabled = false;
            failed(error);
          }
        },
      }, t("timeline.older")));
    // Who asked for more by keyboard goes on reading where the new rows start.
    if (first > 0) {
      body.querySelector(`#row-${first} button`)?.focus();
    }
  };

  const page = await api.list("delegations", { ...asked(filters), max: PAGE_SIZE });
  if (page.rows.length === 0) {
    show(view, el("p", { class: "empty" }, t("timeline.none")));
    return;
  }
  show(view, table, more);
  add(page);
}

/** What happened, in a word: the badge of a row. */
export function badge(row) {
  const kind = row.outcome === "allow" ? row.type : row.outcome;
  return el("span", { class: `badge badge-${kind}` },
    textOr(`what.${row.type}.${reused(row) ? "reused" : row.outcome}`, `${row.type} ${row.outcome}`));
}

/** A registration that was answered with a client that was there. */
function reused(row) {
  return row.type === "registration" && row.outcome === "allow" && row.reason === "reused";
}

/** The name that a client went by, in a frame after its id: strangers choose names, and none may pass for an id. */
export function called(name, id) {
  return name && name !== id ? el("q", { class: "called", dir: "auto" }, name) : null;
}

/**
 * Who acted for whom: the person, then the agents, oldest first. A machine that acts as itself is the agent that it is.
 *
 * @returns kind, id, name and filter of each
 */
export function steps(row) {
  const machine = row.subject?.client_id;
  const agents = (row.actors ?? []).map((id, place) =>
    ({ kind: "actor", id, name: row.actor_names?.[place], filter: { actor: id } })).reverse();
  if (agents.length === 0 && row.client_id) {
    const own = machine === row.client_id;
    agents.push({
      kind: own ? "actor" : "client", id: row.client_id, name: row.client_name,
      filter: own ? { actor: row.client_id } : { client: row.client_id },
    });
  }
  if (!row.subject || (machine && agents[0]?.id === machine)) {
    return agents;
  }
  const person = row.subject.username ?? row.subject.id;
  return [machine ? { kind: "actor", id: machine, name: row.subject.client_name, filter: { subject: row.subject.id } }
    : { kind: "subject", id: person, filter: { subject: person } }, ...agents];
}

/**
 * The same as chips.
 *
 * @param target makes the address of a filter; null for no links
 */
export function parties(row, target) {
  const chips = steps(row).map(({ kind, id, name, filter }) => {
    const content = [el("span", { class: "visually-hidden" }, `${t(`kind.${kind}`)} `), id];
    return [target === null ? el("span", { class: `chip chip-${kind}` }, content)
      : el("a", { class: `chip chip-${kind}`, href: target(filter) }, content), called(name, id)];
  });
  return el("span", { class: "parties" }, chips.flatMap((each, index) => index === 0 ? each
    : [el("span", { class: "arrow", "aria-hidden": "true" }, "→"), ...each]));
}

/** A point in time in the reader's zone; UTC on hover. */
export function moment(instant) {
  return el("time", { datetime: instant, title: new Date(instant).toISOString() }, time(instant));
}

function entry(row, filters, id, mayExplain) {
  const target = (further) => address("timeline", { ...filters, ...further });
  const details = el("tr", { class: "details", role: "row", id: `${id}-details`, hidden: true },
    el("td", { role: "cell", colspan: COLUMNS.length }, everything(row)));
  const toggle = el("button", {
    type: "button", class: "toggle", "aria-expanded": "false", "aria-controls": `${id}-details`,
    "aria-label": t("timeline.details", { time: time(row.time) }),
    onclick: () => {
      details.hidden = !details.hidden;
      toggle.setAttribute("aria-expanded", String(!details.hidden));
    },
  }, el("span", { "aria-hidden": "true" }, "›"));
  const cell = (name, ...children) => el("td", { role: "cell", class: name }, children);
  return [
    el("tr", { role: "row", id },
      cell("time", toggle, moment(row.time)),
      cell("what", badge(row)),
      cell("who", parties(row, target)),
      cell("server", row.resource
        ? el("a", { class: "chip chip-server", href: target({ resource: row.resource }) }, row.resource)
        : el("span", { class: "quiet" }, "–")),
      cell("why", why(row), mayExplain ? explainLink(row) : null)),
    details,
  ];
}

/** The reason of a refusal; the grant and the scopes of a token. */
function why(row) {
  const scopes = row.scope ? el("code", { class: "scopes" }, row.scope) : null;
  return row.outcome === "allow" && !reused(row)
    ? [row.grant ? el("span", { class: "grant" }, grantName(row.grant)) : null, " ", scopes]
    : [el("code", { class: "reason" }, row.reason ?? row.error ?? ""), " ", scopes];
}

/** The way from a refusal to why; null where the row cannot be explained. */
function explainLink(row) {
  const href = explanationOf(row);
  return href === null ? null : el("a", {
    class: "explain", href, "aria-label": t("timeline.explain-of", { time: time(row.time) }),
  }, t("timeline.explain"));
}

const MEMBERS = ["reason", "error", "grant", "client_id", "resource", "scope", "jti", "parent_jti", "session", "ip", "detail", "id"];

/** Every member of a row, and the way to its token's chain. */
export function everything(row) {
  const values = {
    ...row,
    grant: row.grant && grantName(row.grant),
    client_id: row.client_id && [row.client_id, " ", called(row.client_name, row.client_id)],
  };
  const machine = row.subject?.client_id;
  const line = (name, value) => el("div", {}, el("dt", {}, textOr(`member.${name}`, name)), el("dd", {}, value));
  return [
    el("dl", {},
      line("time", [time(row.time), " (", new Date(row.time).toISOString(), ")"]),
      machine ? line("machine", [el("code", {}, machine), " ", called(row.subject.client_name, machine), ` (${row.subject.id})`])
        : row.subject ? line("subject", `${row.subject.username ?? ""} (${row.subject.id ?? ""})`) : null,
      row.actors?.length > 0 ? line("actors", row.actors.map((actor, place) => [
        place < row.actors.length - 1 ? el("span", { class: "arrow", "aria-hidden": "true" }, " → ") : null,
        el("code", {}, actor), " ", called(row.actor_names?.[place], actor)]).reverse()) : null,
      MEMBERS.filter((name) => values[name]).map((name) => line(name, values[name]))),
    row.jti ? el("a", { class: "button", href: `#/token/${encodeURIComponent(row.jti)}` }, t("timeline.follow")) : null,
  ];
}
