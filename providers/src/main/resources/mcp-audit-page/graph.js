/** Who acts for whom on what: people, agents and servers, with lines as thick as there are tokens. */

import { byId, el, show, svg } from "./dom.js";
import { address, asked } from "./filters.js";
import { moment, parties, steps } from "./timeline.js";
import { number, t } from "./texts.js";

const MOST_FLOWS = 60;
const NODE_WIDTH = 14;
const LEAST_WIDTH = 680;

export async function graph(view, { api, filters }) {
  // The graph shows tokens; who asks for something else gets that.
  const shown = filters.type || filters.outcome ? filters : { ...filters, type: "token" };
  const { rows: flows } = await api.list("delegations/summary", { by: "flow", ...asked(shown), max: MOST_FLOWS });
  if (flows.length === 0) {
    show(view, el("p", { class: "empty" }, t("graph.none")));
    return;
  }
  const most = [...flows].sort((one, other) => other.count - one.count).slice(0, MOST_FLOWS);
  const unit = unitOf(flows);
  const total = most.reduce((sum, flow) => sum + flow.count, 0);
  const canvas = el("div", { class: "canvas", tabindex: "0", role: "region", "aria-label": t("graph.title") });
  show(view,
    el("p", { class: "summary" },
      t(`${flows.length >= MOST_FLOWS ? "graph.most" : "graph.total"}.${unit}`, { flows: number(most.length), tokens: number(total) }),
      " ", el("span", { class: "legend" }, ["subject", "actor", "server"].map((kind) =>
        el("span", { class: `key key-${kind}` }, t(`kind.${kind}`))))),
    canvas,
    el("h2", {}, t("graph.table")),
    table(most, filters));
  const paint = () => show(canvas, drawing(most, filters, Math.max(LEAST_WIDTH, (canvas.clientWidth || byId("main").clientWidth - 40) - 2)));
  paint();
  let width = canvas.clientWidth;
  const observer = new ResizeObserver(() => {
    if (width > 0 && !canvas.isConnected) {
      observer.disconnect();
    } else if (canvas.clientWidth > 0 && canvas.clientWidth !== width) {
      width = canvas.clientWidth;
      paint();
    }
  });
  observer.observe(canvas);
}

/** What the answer says that it counts: tokens, unless the filters ask for other rows. */
function unitOf(flows) {
  return flows[0]?.counted === "token" ? "tokens" : "rows";
}

function table(flows, filters) {
  const unit = unitOf(flows);
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("graph.table") },
    el("table", { class: "flows" },
      el("thead", {}, el("tr", {}, ["who", "server", "count", "last", "rows"].map((name) =>
        el("th", { scope: "col", class: name }, t(name === "count" ? `graph.count.${unit}` : `graph.${name}`))))),
      el("tbody", {}, flows.map((flow) => el("tr", {},
        el("td", {}, parties(flow, null)),
        el("td", {}, flow.resource ? el("span", { class: "chip chip-server" }, flow.resource) : "–"),
        el("td", { class: "count" }, number(flow.count)),
        el("td", {}, flow.last ? moment(flow.last) : "–"),
        el("td", {}, el("a", {
          href: address("timeline", { ...filters, ...filterOf(flow) }),
          "aria-label": t("graph.show-rows", { who: steps(flow).map((step) => step.id).join(" → "), server: flow.resource ?? "–" }),
        }, t("graph.show"))))))));
}

function filterOf(flow) {
  return {
    ...(flow.subject ? { subject: flow.subject.client_id ? flow.subject.id : flow.subject.username ?? flow.subject.id } : {}),
    ...(flow.actors?.length > 0 ? { actor: flow.actors[0] } : flow.client_id ? { client: flow.client_id } : {}),
    ...(flow.resource ? { resource: flow.resource } : {}),
  };
}

/** An agent has a node for each place in a chain, so that the drawing has no circles. */
function nodesAndLinks(flows) {
  const nodes = new Map();
  const links = new Map();
  const node = (kind, place, id, name, filter) => {
    const key = JSON.stringify([kind, place, id]);
    if (!nodes.has(key)) {
      nodes.set(key, { key, kind, place, id, name, filter, flows: new Set() });
    }
    return nodes.get(key);
  };
  flows.forEach((flow, index) => {
    const parties = steps(flow);
    // Those who act have the same place whether or not they do so for somebody.
    const first = parties.length > 0 && Object.hasOwn(parties[0].filter, "subject") ? 0 : 1;
    const path = [
      ...parties.map(({ kind, id, name, filter }, place) =>
        node(kind === "subject" ? kind : "actor", first + place, id, name, filter)),
      node("server", Infinity, flow.resource ?? t("graph.no-server"), null, flow.resource ? { resource: flow.resource } : {}),
    ];
    path.forEach((each) => each.flows.add(index));
    for (let i = 1; i < path.length; i++) {
      const key = `${path[i - 1].key} ${path[i].key}`;
      if (!links.has(key)) {
        links.set(key, { source: path[i - 1].key, target: path[i].key, value: 0, flows: new Set() });
      }
      links.get(key).value += flow.count;
      links.get(key).flows.add(index);
    }
  });
  // Where nobody is acted for, the agents are the first column: the layout knows no empty one.
  const least = Math.min(...[...nodes.values()].map((each) => each.place));
  nodes.forEach((each) => { each.place -= least; });
  return { nodes: [...nodes.values()], links: [...links.values()] };
}

function drawing(flows, filters, width) {
  const unit = unitOf(flows);
  const data = nodesAndLinks(flows);
  const inPlace = new Map();
  data.nodes.forEach((each) => inPlace.set(each.place, (inPlace.get(each.place) ?? 0) + 1));
  const height = Math.max(260, Math.max(...inPlace.values()) * 46);
  const layout = d3.sankey()
    .nodeId((each) => each.key)
    .nodeWidth(NODE_WIDTH)
    .nodePadding(26)
    .nodeAlign((each, columns) => Math.min(each.place, columns - 1))
    .extent([[2, 14], [width - 2, height - 14]])(data);
  const columns = new Set(layout.nodes.map((each) => each.x0)).size;
  const room = (width - columns * NODE_WIDTH) / Math.max(1, columns - 1);
  const line = d3.sankeyLinkHorizontal();
  const picture = svg("svg", {
    viewBox: `0 0 ${width} ${height}`, width, height, role: "group", "aria-label": t("graph.title"), class: "sankey",
  });

  const lines = layout.links.map((link) => {
    const path = svg("path", {
      d: line(link), class: `link link-${link.source.kind}`, "stroke-width": Math.max(1.5, link.width),
    }, svg("title", {}, `${link.source.id} → ${link.target.id}: ${number(link.value)}`));
    path.addEventListener("click", () => {
      location.hash = address("timeline", { ...filters, ...link.source.filter, ...link.target.filter });
    });
    return { element: path, flows: link.flows };
  });
  const light = (chosen) => lines.forEach(({ element, flows: its }) =>
    element.classList.toggle("lit", chosen !== null && [...its].some((flow) => chosen.has(flow))));

  const places = layout.nodes.map((each) => {
    const last = each.x1 > width - 10;
    const name = each.name && each.name !== each.id ? each.name : null;
    const label = `${t(`kind.${each.kind}`)} ${each.id}${name ? ` (${t("kind.name")}: ${name})` : ""}: ${
      t(`graph.value.${unit}`, { count: number(each.value) })}`;
    const letters = Math.floor((last ? room * 0.55 : room * 0.75) / 7);
    return svg("a", {
      class: `node node-${each.kind}`, href: address("timeline", { ...filters, ...each.filter }), "aria-label": label,
      onmouseenter: () => light(each.flows), onmouseleave: () => light(null),
      onfocus: () => light(each.flows), onblur: () => light(null),
    },
    svg("title", {}, label),
    svg("rect", { x: each.x0, y: each.y0, width: each.x1 - each.x0, height: Math.max(2, each.y1 - each.y0), rx: 3 }),
    svg("text", {
      x: last ? each.x0 - 6 : each.x1 + 6, y: (each.y0 + each.y1) / 2 - 1, "text-anchor": last ? "end" : "start",
    }, shortened(each.id, letters),
    svg("tspan", { x: last ? each.x0 - 6 : each.x1 + 6, dy: "1.15em", class: "count" }, number(each.value)),
    name ? svg("tspan", { dx: "0.6em", class: "called" }, `(${shortened(name, letters)})`) : null));
  });
  picture.append(...lines.map(({ element }) => element), ...places);
  return picture;
}

function shortened(text, most) {
  const plain = text.replace(/^https?:\/\//, "");
  return plain.length <= most ? plain : `${plain.slice(0, Math.max(6, most) - 1)}…`;
}
