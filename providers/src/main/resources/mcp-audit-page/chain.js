/** The tokens behind a token and after it, hop by hop. */

import { el, show } from "./dom.js";
import { address, grantName } from "./filters.js";
import { badge, everything, moment, parties } from "./timeline.js";
import { number, t, textOr } from "./texts.js";

export async function chain(view, { api, jti }) {
  let found;
  try {
    found = await api.list(`delegations/${encodeURIComponent(jti)}/chain`);
  } catch (error) {
    if (error.status !== 404) {
      throw error;
    }
    show(view, el("p", { class: "empty" }, t("chain.none")));
    return;
  }
  const { rows, previous, next } = found;
  show(view,
    el("p", { class: "summary" }, t(rows.length === 1 ? "chain.one" : "chain.count", { count: number(rows.length) })),
    further(previous, "chain.earlier"), tree(rows, jti), further(next, "chain.later"));
}

/** The way to the rest of a chain that is too long for one answer. */
function further(url, text) {
  const token = /\/delegations\/([^/?]+)\/chain/.exec(url ?? "");
  return token === null ? null : el("p", {}, el("a", { href: `#/token/${token[1]}` }, t(text)));
}

/** Tokens below those they were made from; those whose origin is not among them at the top. */
function tree(rows, jti) {
  const known = new Set(rows.map((row) => row.jti).filter(Boolean));
  const children = new Map();
  rows.forEach((row) => {
    const parent = row.parent_jti && row.parent_jti !== row.jti && known.has(row.parent_jti) ? row.parent_jti : "";
    children.set(parent, [...(children.get(parent) ?? []), row]);
  });
  const drawn = new Set();
  const level = (parent, className) => {
    const hops = (children.get(parent) ?? []).filter((row) => !drawn.has(row.id));
    hops.forEach((row) => drawn.add(row.id));
    return hops.length === 0 ? null : el("ol", { class: className }, hops.map((row) => el("li", {},
      hop(row, row.jti === jti), row.jti ? level(row.jti, "hops inner") : null)));
  };
  return level("", "hops");
}

function hop(row, current) {
  const target = (filter) => address("timeline", filter);
  return el("article", { class: current ? "hop current" : "hop", "aria-current": current ? "true" : null },
    el("h2", {}, textOr(`hop.${row.grant}`, row.grant ? grantName(row.grant) : row.type),
      current ? el("span", { class: "this" }, t("chain.this")) : null, badge(row)),
    el("p", { class: "way" }, parties(row, target),
      row.resource ? [el("span", { class: "arrow", "aria-hidden": "true" }, "→"),
        el("a", { class: "chip chip-server", href: target({ resource: row.resource }) },
          el("span", { class: "visually-hidden" }, `${t("kind.server")} `), row.resource)] : null),
    el("p", { class: "quiet" }, moment(row.time), row.scope ? [" · ", el("code", {}, row.scope)] : null),
    el("details", {}, el("summary", {}, t("chain.all")), everything({ ...row, jti: undefined }),
      row.jti ? el("p", { class: "quiet" }, `${t("member.jti")} `, el("code", {}, row.jti)) : null));
}
