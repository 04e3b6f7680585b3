/** The agents of the realm, and the brake. */

import { announce, byId, el, show } from "./dom.js";
import { address } from "./filters.js";
import { called, moment } from "./timeline.js";
import { number, t } from "./texts.js";

/** How long nobody used an agent, in days. */
const UNUSED = ["30", "90", "365"];
const DAY = 86_400_000;

export async function actors(view, context) {
  const { api, session, query, failed, longestReason } = context;
  const again = () => actors(view, context);
  const unused = UNUSED.includes(query.get("unused")) ? query.get("unused") : "";
  const parameters = unused ? { "unused-since": new Date(Date.now() - Number(unused) * DAY).toISOString() } : {};
  const { rows, next } = await api.list("actors", { ...parameters, max: 100 });

  const names = new Map();
  const search = el("input", {
    id: "actors-search", type: "search", autocomplete: "off", spellcheck: "false", oninput: () => find(),
  });
  const find = () => names.forEach((name, row) => {
    row.hidden = !name.includes(search.value.trim().toLowerCase());
  });
  const period = el("select", {
    id: "actors-unused", onchange: () => { location.hash = address("actors", period.value ? { unused: period.value } : {}); },
  },
  el("option", { value: "" }, t("actors.all")),
  UNUSED.map((days) => el("option", { value: days, selected: days === unused }, t("actors.unused", { days }))));
  const body = el("tbody", { role: "rowgroup" });
  const more = el("div", { class: "more" });
  const add = (page) => {
    page.rows.forEach((row) => {
      const drawn = line(row, session, (lift) => confirm(row, lift, longestReason, api, again, failed));
      names.set(drawn, `${row.client_id} ${row.name ?? ""}`.toLowerCase());
      body.append(drawn);
    });
    find();
    show(more, page.next === null ? null : el("button", {
      type: "button",
      onclick: async (event) => {
        event.target.disabled = true;
        try {
          add(await api.follow(page.next));
        } catch (error) {
          event.target.disabled = false;
          failed(error);
        }
      },
    }, t("actors.more")));
  };
  add({ rows, next });

  const field = (id, text, input) => el("div", { class: "field search" }, el("label", { for: id }, text), input);
  show(view,
    el("div", { class: "fields" },
      field("actors-search", t("actors.search"), search), field("actors-unused", t("actors.use"), period)),
    rows.length === 0 ? el("p", { class: "empty" }, t("actors.none"))
      : el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("actors.title") },
        el("table", { class: "actors cards", role: "table" },
          el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, ["agent", "state", "count", "last", "action"].map((name) =>
            el("th", { role: "columnheader", scope: "col", class: name }, t(`actors.${name}`))))),
          body)),
    more);
}

function line(row, session, act) {
  const state = row.suspended
    ? [el("span", { class: "badge badge-suspension" }, t("actors.suspended")),
      el("p", { class: "quiet" }, row.reason ?? ""),
      el("p", { class: "quiet" }, row.suspended_by ?? "", row.suspended_at ? [" · ", moment(row.suspended_at)] : "")]
    : el("span", { class: "badge badge-token" }, t("actors.active"));
  const cell = (name, ...children) => el("td", { role: "cell", class: name }, children);
  const count = cell("count", number(row.count ?? 0));
  const last = cell("last", row.last_used ? moment(row.last_used) : el("span", { class: "quiet" }, t("actors.never")));
  count.dataset.label = t("actors.count");
  last.dataset.label = t("actors.last");
  return el("tr", { role: "row" },
    el("th", { role: "rowheader", scope: "row" },
      el("a", { class: "chip chip-actor", href: address("timeline", { actor: row.client_id }) }, row.client_id),
      row.name && row.name !== row.client_id ? el("p", { class: "quiet" }, called(row.name, row.client_id)) : null),
    cell("state", state),
    count,
    last,
    cell("action", session.may("manage-clients") ? el("button", {
      type: "button", class: row.suspended ? "" : "danger",
      "aria-label": t(row.suspended ? "actors.lift-of" : "actors.suspend-of", { agent: row.client_id }),
      onclick: () => act(row.suspended),
    }, t(row.suspended ? "actors.lift" : "actors.suspend")) : null));
}

function confirm(row, lift, longestReason, api, again, failed) {
  const dialog = byId("dialog");
  const kind = lift ? "lift" : "suspend";
  const reason = lift ? null : el("textarea", {
    id: "reason", name: "reason", required: true, maxlength: longestReason, rows: "3", "aria-describedby": "reason-hint",
  });
  const actor = `actors/${encodeURIComponent(row.client_id)}`;
  const path = `${actor}/suspension`;
  const shared = el("p", { class: "quiet" });
  api.get(actor).then(({ people }) => {
    shared.textContent = people > 1 ? t("actors.people", { people: number(people) }) : people === 1 ? t("actors.person") : "";
  }, () => {}); // the dialog does without
  show(dialog, el("form", {
    onsubmit: async (event) => {
      event.preventDefault();
      if (reason !== null && reason.value.trim() === "") {
        reason.setCustomValidity(t("actors.reason-needed"));
        reason.reportValidity();
        return;
      }
      event.submitter.disabled = true;
      try {
        await (lift ? api.remove(path) : api.put(path, { reason: reason.value.trim() }));
        dialog.close();
        await again();
        announce(t(`actors.${kind}.done`, { agent: row.client_id }));
        byId("main").focus();
      } catch (error) {
        dialog.close();
        failed(error);
      }
    },
    oninput: () => reason?.setCustomValidity(""),
  },
  el("h2", { id: "dialog-title" }, t(`actors.${kind}.title`, { agent: row.client_id })),
  el("p", {}, el("span", { class: "chip chip-actor" }, row.client_id), " ", called(row.name, row.client_id)),
  el("p", {}, t(`actors.${kind}.what`)),
  shared,
  lift ? null : el("p", { class: "quiet" }, t("actors.suspend.limit")),
  lift ? el("p", { class: "quiet" }, row.reason ?? "") : el("div", { class: "field" },
    el("label", { for: "reason" }, t("actors.reason")), reason,
    el("p", { class: "quiet", id: "reason-hint" }, t("actors.reason-hint"))),
  el("div", { class: "buttons" },
    el("button", { type: "button", autofocus: lift, onclick: () => dialog.close() }, t("actors.cancel")),
    el("button", { type: "submit", class: lift ? "primary" : "danger solid" }, t(`actors.${kind}`)))));
  dialog.showModal();
  reason?.focus();
}
