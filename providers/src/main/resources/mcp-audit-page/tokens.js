/** Two tokens side by side, claim by claim, with what is different. */

import { el } from "./dom.js";
import { t, time } from "./texts.js";

/** These are never the same in two tokens. */
const OWN = new Set(["jti", "iat", "exp", "sid", "auth_time"]);
const TIMES = new Set(["iat", "exp", "nbf", "auth_time"]);
/** A claim of one text that is a list of words. */
const WORDS = new Set(["scope"]);
const DEEPEST = 12;

export function tokens({ before, after }) {
  const tokens = { before, after };
  const shown = Object.keys(tokens).filter((each) => Object.keys(tokens[each]).length > 0);
  return el("div", { class: "content" },
    el("h2", {}, t("tokens.title")),
    el("p", { class: "quiet" }, ["before", "after"].map((each) => [
      el("strong", {}, t(`tokens.${each}`)), ": ", t(`tokens.${each}.${shown.includes(each) ? "what" : "none"}`), " "])),
    shown.length === 0 ? null : el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("tokens.title") },
      table(claims(before, after), shown)));
}

function table(lines, shown) {
  const both = shown.length === 2;
  return el("table", { class: "tokens cards", role: "table" },
    el("thead", { role: "rowgroup" }, el("tr", { role: "row" },
      ["claim", ...shown].map((each) => el("th", { role: "columnheader", scope: "col" }, t(`tokens.${each}`))))),
    el("tbody", { role: "rowgroup" }, lines.map((line) => {
      const change = both ? changeOf(line) : null;
      return el("tr", { role: "row", class: change && `change-${change}` },
        el("th", { role: "rowheader", scope: "row" }, el("code", {}, line.path.join(".")),
          change ? [" ", el("span", { class: `badge badge-${change}` }, t(`tokens.${change}`))] : null),
        shown.map((each) => {
          const cell = el("td", { role: "cell" }, values(line, each, shown));
          cell.dataset.label = t(`tokens.${each}`);
          return cell;
        }));
    })));
}

/** The claims of both tokens, those that are different first. */
function claims(before, after) {
  const lines = new Map();
  const add = (token, value, path) => {
    if (isObject(value) && path.length < DEEPEST && Object.keys(value).length > 0) {
      Object.entries(value).forEach(([name, member]) => add(token, member, [...path, name]));
      return;
    }
    const key = JSON.stringify(path);
    if (!lines.has(key)) {
      lines.set(key, { path, before: null, after: null });
    }
    lines.get(key)[token] = items(value, path);
  };
  Object.entries(before).forEach(([name, value]) => add("before", value, [name]));
  Object.entries(after).forEach(([name, value]) => add("after", value, [name]));
  const all = [...lines.values()];
  return [...all.filter(changeOf), ...all.filter((line) => !changeOf(line))];
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The texts of a value: one, or those of a list. */
function items(value, path) {
  if (path.length === 1 && WORDS.has(path[0])) {
    return String(value).split(" ").filter(Boolean);
  }
  if (path.length === 1 && TIMES.has(path[0]) && Number.isFinite(value)) {
    return [`${value} (${time(value * 1000)})`];
  }
  return (Array.isArray(value) ? value : [value]).map((each) => typeof each === "string" ? each : JSON.stringify(each));
}

function changeOf({ path, before, after }) {
  if (path.length === 1 && OWN.has(path[0]) && before !== null && after !== null) {
    return null;
  }
  if (after === null || before === null) {
    return after === null ? "lost" : "added";
  }
  const lost = before.some((each) => !after.includes(each));
  const added = after.some((each) => !before.includes(each));
  return lost && !added ? "less" : lost || added ? "changed" : null;
}

function values(line, token, shown) {
  const mine = line[token];
  if (mine === null) {
    return el("span", { class: "quiet" }, "–");
  }
  if (mine.every((each) => each === "")) {
    return el("span", { class: "quiet" }, t("tokens.empty"));
  }
  const other = line[token === "before" ? "after" : "before"] ?? [];
  const differs = shown.length === 2 && changeOf(line) !== null;
  return el("ul", { class: "values" }, mine.map((each) => el("li", {},
    el(!differs || other.includes(each) ? "span" : token === "before" ? "del" : "ins", {}, each))));
}
