/** The page: signs in, then shows what the address says. */

import { actors } from "./actors.js";
import { chain } from "./chain.js";
import { announce, byId, el, show } from "./dom.js";
import { explain, requestForm } from "./explain.js";
import { address, asked, clean, filterForm } from "./filters.js";
import { graph } from "./graph.js";
import { rest, RestError } from "./rest.js";
import { servers } from "./servers.js";
import { leave, signIn, SignInError } from "./signin.js";
import { language, loadTexts, t, textOr } from "./texts.js";
import { timeline } from "./timeline.js";

const VIEWS = { timeline, graph, actors, explain, servers };
/** The roles that a view needs; of each pair one. */
const NEEDED = {
  timeline: [["view-events"]],
  graph: [["view-events"]],
  actors: [["view-events"]],
  explain: [["view-clients", "manage-clients"], ["view-users"]],
  servers: [["view-clients", "manage-clients"]],
};
const FILTERED = ["timeline", "graph"];
const settings = document.documentElement.dataset;
const where = { issuer: settings.issuer, client: settings.client, page: settings.page };
const main = byId("main");
let turn = 0;

await loadTexts();
Object.assign(where, { locale: language });
byId("title").textContent = t("title");
byId("skip").textContent = t("skip");
byId("skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});

if (location.origin !== new URL(where.page).origin) {
  // Sign-in comes back to the realm's own address: be there from the start.
  location.replace(where.page + location.hash);
} else if (settings.signIn !== "ready") {
  notice("no-client", t("sign-in.no-client", { client: where.client }), el("pre", {},
    el("code", {}, `realm-config/apply.sh ${settings.realm}`)));
} else {
  try {
    start(await signIn(where));
  } catch (error) {
    notice("sign-in", error instanceof SignInError ? textOr(`sign-in.${error.code}`, t("sign-in.failed", { error: error.message }))
      : t("error.network"),
    error.code === "insecure" ? null : signInButton());
  }
}

function notice(id, text, ...more) {
  show(main, el("div", { class: "notice", id: `notice-${id}` }, el("h1", {}, t("sign-in.title")), el("p", {}, text), more));
}

function start(session) {
  const api = rest(settings.admin, session);
  show(byId("person"), el("span", { class: "name" }, session.username),
    el("button", { type: "button", onclick: () => end(session) }, t("sign-out")));
  window.addEventListener("hashchange", () => session.ended || route(api, session, true));
  route(api, session, false);
}

async function end(session) {
  session.ended = true;
  turn++;
  let ended = t("sign-out.done");
  try {
    await session.signOut();
  } catch (error) {
    ended = t("error.network");
  }
  show(byId("person"));
  show(byId("nav"));
  notice("signed-out", ended, signInButton());
  main.focus();
}

function signInButton() {
  return el("p", {}, el("button", { type: "button", class: "primary", onclick: () => leave(where) }, t("sign-in.again")));
}

/** True when the person may see the view; of whom may see none the server says why. */
function mayView(session, view) {
  return NEEDED[view].every((roles) => roles.some(session.may));
}

/** The views that the person may see; the first where there is none. */
function offered(session) {
  const views = Object.keys(VIEWS);
  const seen = views.filter((view) => mayView(session, view));
  return seen.length === 0 ? [views[0]] : seen;
}

/** The view and the filters that the address names. */
function here(session) {
  const [path, query] = location.hash.slice(1).split("?", 2);
  const [, view = "", detail] = path.split("/");
  return {
    view: view === "token" && detail ? "token" : Object.hasOwn(VIEWS, view) ? view : offered(session)[0],
    jti: detail === undefined ? null : decoded(detail),
    query: new URLSearchParams(query ?? ""),
    filters: clean(Object.fromEntries(new URLSearchParams(query ?? ""))),
  };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    return text;
  }
}

async function route(api, session, moved) {
  const mine = ++turn;
  const { view, jti, query, filters } = here(session);
  if (view === "graph" && !filters.last && !filters.from && !filters.to) {
    // Counting takes longer the more there is: all of it only for those who say so.
    filters.last = "30d";
  }
  navigation(view, filters, session);
  document.title = `${t(`view.${view}`)} · ${t("title")} · ${settings.realm}`;

  const content = el("div", { class: "content", "aria-busy": "true" }, el("p", { class: "loading" }, t("loading")));
  const alert = el("div", { role: "alert" });
  const failed = (error) => show(alert, el("p", { class: "notice error" }, explained(error, view)));
  const filtered = FILTERED.includes(view);
  const context = {
    api, session, filters, query, jti, failed, longestReason: settings.longestReason,
    go: (hash) => go(hash, api, session),
    worded: (error) => explained(error, view),
    mayExplain: mayView(session, "explain"),
  };
  show(main,
    el("div", { class: "heading" }, el("h1", {}, t(`view.${view}`)), view === "timeline" ? exports(api, filters, failed) : null),
    view === "token" ? el("p", { class: "subject-token" }, el("code", {}, jti)) : null,
    filtered ? filterForm(filters, (wanted) => context.go(address(view, wanted))) : null,
    view === "explain" ? requestForm(query, context) : null,
    alert, content);
  if (moved) {
    main.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }
  try {
    // Drawn aside, so that a slow answer to an earlier question never covers a later one.
    const drawn = el("div", { class: "content" });
    await (view === "token" ? chain : VIEWS[view])(drawn, context);
    if (mine === turn) {
      content.replaceWith(drawn);
    }
  } catch (error) {
    if (mine === turn) {
      content.remove();
      failed(error);
    }
  }
}

/** Goes there; the same address is asked again. */
function go(hash, api, session) {
  if (location.hash === hash) {
    route(api, session, true);
  } else {
    location.hash = hash;
  }
}

function navigation(current, filters, session) {
  show(byId("nav"), offered(session).map((view) => el("a", {
    href: address(view, FILTERED.includes(view) ? filters : {}),
    "aria-current": view === current ? "page" : null,
  }, t(`view.${view}`))));
  byId("nav").setAttribute("aria-label", t("views"));
}

function exports(api, filters, failed) {
  const button = (format) => el("button", {
    type: "button",
    onclick: async (event) => {
      event.target.disabled = true;
      announce(t("export.running"));
      try {
        const file = await api.download("delegations/export", { format, ...asked(filters) });
        const link = document.createElement("a");
        link.href = URL.createObjectURL(file);
        link.download = `audit-${settings.realm.replace(/[^\w.-]/g, "_")}-${new Date().toISOString().slice(0, 10)}.${format}`;
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
        announce(t("export.done"));
      } catch (error) {
        announce("");
        failed(error);
      } finally {
        event.target.disabled = false;
      }
    },
  }, t(`export.${format}`));
  return el("div", { class: "exports", role: "group", "aria-label": t("export.title") }, button("csv"), button("jsonl"));
}

function explained(error, view) {
  if (error instanceof RestError) {
    const other = t("error.other", { status: error.status, message: error.message });
    return textOr(`error.${error.status}.${view}`, textOr(`error.${error.status}`, other))
      .replace("{message}", () => error.message);
  }
  return error instanceof TypeError ? t("error.network") : String(error);
}
