/** The MCP servers of the realm, who reaches each by itself, and what is wrong with them. */

import { byId, el, show } from "./dom.js";
import { change } from "./change.js";
import { address } from "./filters.js";
import { agentFields, serverFields } from "./serverforms.js";
import { t } from "./texts.js";

export async function servers(view, context) {
  const { api, session, failed, mayExplain } = context;
  const again = async () => {
    try {
      await servers(view, context);
      byId("main").focus();
    } catch (error) {
      failed(error);
    }
  };
  const mayChange = session.may("manage-clients");
  const list = el("div", { class: "content" });
  const more = el("div", { class: "more" });
  const names = new Map();
  const search = el("input", {
    id: "servers-search", type: "search", autocomplete: "off", spellcheck: "false", oninput: () => find(),
  });
  const find = () => names.forEach((text, drawn) => {
    drawn.hidden = !text.includes(search.value.trim().toLowerCase());
  });
  const actions = actionsOf(context, again);
  const add = ({ rows, next }) => {
    rows.forEach((server) => {
      const drawn = card(server, mayChange ? actions : null, mayExplain);
      names.set(drawn, [server.clientId, server.resource, ...server.scopes, ...server.agents.map((agent) => agent.clientId)]
        .join(" ").toLowerCase());
      list.append(drawn);
    });
    find();
    show(more, next === null ? null : el("button", {
      type: "button",
      onclick: async (event) => {
        event.target.disabled = true;
        try {
          add(await api.follow(next));
        } catch (error) {
          event.target.disabled = false;
          failed(error);
        }
      },
    }, t("servers.more")));
  };
  const page = await api.list("servers", { max: 100 });
  show(view,
    el("div", { class: "heading" },
      el("div", { class: "field search" }, el("label", { for: "servers-search" }, t("servers.search")), search),
      mayChange ? el("button", { type: "button", class: "primary", onclick: () => actions.addServer() }, t("servers.add")) : null),
    page.rows.length === 0 ? el("p", { class: "empty" }, t("servers.none")) : list,
    more);
  add(page);
}

/** What can be changed: each opens a dialog that says what would change before anything does. */
function actionsOf({ api, worded, failed }, again) {
  const agents = (id) => `agents/${encodeURIComponent(id)}`;
  const servers = (id) => `servers/${encodeURIComponent(id)}`;
  const edit = (title, path, form) => change({
    title, fields: form.fields,
    plan: () => api.put(path(form.id()), form.body(), { "dry-run": true }),
    apply: () => api.put(path(form.id()), form.body()),
    worded, failed, again,
  });
  const remove = (title, path) => change({
    title, fields: null,
    plan: () => api.remove(path, { "dry-run": true }),
    apply: () => api.remove(path),
    worded, failed, again,
  });
  return {
    addServer: () => edit(t("servers.add"), servers, serverFields(null)),
    editServer: (server) => edit(t("servers.edit-of", { server: server.clientId }), servers, serverFields(server)),
    removeServer: (server) => remove(t("servers.remove-of", { server: server.clientId }), servers(server.clientId)),
    addAgent: (server) => edit(t("servers.add-agent-to", { server: server.clientId }), agents, agentFields(server, null)),
    editAgent: (server, agent) =>
      edit(t("servers.edit-agent-of", { agent: agent.clientId, server: server.clientId }), agents, agentFields(server, agent)),
    removeAgent: (agent) => remove(t("servers.remove-agent-of", { agent: agent.clientId }), agents(agent.clientId)),
  };
}

function card(server, actions, mayExplain) {
  const scopes = (names) => el("ul", { class: "values" }, names.map((name) => el("li", {}, name)));
  return el("article", { class: "hop server" },
    el("div", { class: "heading" },
      el("h2", {}, el("span", { class: "visually-hidden" }, `${t("kind.server")} `),
        el("span", { class: "chip chip-server" }, server.resource), el("code", {}, server.clientId),
        server.enabled ? null : el("span", { class: "badge badge-less" }, t("servers.disabled"))),
      actions === null ? null : el("div", { class: "buttons" },
        button(t("servers.edit"), t("servers.edit-of", { server: server.clientId }), () => actions.editServer(server)),
        button(t("servers.remove"), t("servers.remove-of", { server: server.clientId }), () => actions.removeServer(server),
          "danger"))),
    server.scopes.length === 0 ? null : el("dl", {}, el("div", {}, el("dt", {}, t("servers.scopes")), el("dd", {}, scopes(server.scopes)))),
    server.problems.length === 0 ? null : el("ul", { class: "problems", "aria-label": t("servers.problems") },
      server.problems.map((problem) => el("li", {}, el("code", {}, problem.code), " ", problem.detail))),
    el("div", { class: "heading" }, el("h3", {}, t("servers.agents")),
      actions === null || !server.enabled ? null
        : button(t("servers.add-agent"), t("servers.add-agent-to", { server: server.clientId }), () => actions.addAgent(server))),
    server.agents.length === 0 ? el("p", { class: "quiet" }, t("servers.no-agents"))
      : el("ul", { class: "agents" }, server.agents.map((agent) => el("li", {},
        el("a", { class: "chip chip-actor", href: address("timeline", { actor: agent.clientId }) }, agent.clientId),
        scopes(agent.scopes),
        el("span", { class: "buttons" },
          mayExplain ? el("a", {
            class: "button",
            href: address("explain", {
              grant: "client_credentials", client: agent.clientId, resource: server.resource, scope: agent.scopes.join(" "),
            }),
            "aria-label": t("servers.explain-of", { agent: agent.clientId, server: server.clientId }),
          }, t("view.explain")) : null,
          actions === null ? null : [
            button(t("servers.edit"), t("servers.edit-agent-of", { agent: agent.clientId, server: server.clientId }),
              () => actions.editAgent(server, agent)),
            button(t("servers.remove"), t("servers.remove-agent-of", { agent: agent.clientId }),
              () => actions.removeAgent(agent), "danger"),
          ])))));
}

function button(text, label, act, kind = "") {
  return el("button", { type: "button", class: kind, "aria-label": label, onclick: act }, text);
}
