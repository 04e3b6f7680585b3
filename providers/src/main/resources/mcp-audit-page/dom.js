/** Elements. What comes from the server goes in as text, never as markup. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element with properties and children. Properties that start with "on" are listeners; null, undefined and
 * false leave a property out. Strings and numbers among the children become text.
 */
export function el(name, properties = {}, ...children) {
  return fill(document.createElement(name), properties, children);
}

/** The same in SVG. */
export function svg(name, properties = {}, ...children) {
  return fill(document.createElementNS(SVG, name), properties, children);
}

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) {
      continue;
    }
    if (name.startsWith("on")) {
      element.addEventListener(name.slice(2), value);
    } else if (name === "href" && !String(value).startsWith("#/")) {
      throw new Error("Links stay within the page");
    } else {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => child instanceof Node ? child : visible(String(child))));
  return element;
}

/** The text with characters that nobody sees, or that turn others around, written out: no name looks like another's. */
export function visible(text) {
  return text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu, (hidden) => `\\u{${hidden.codePointAt(0).toString(16)}}`);
}

export function byId(id) {
  return document.getElementById(id);
}

/** Replaces what an element holds. */
export function show(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
}

/**
 * Says something to people who do not see the page, and shows it for a moment to those who do, unless they see it
 * anyway.
 */
export function announce(text, shown = true) {
  const status = byId("status");
  status.textContent = text;
  status.classList.toggle("shown", shown && text !== "");
  clearTimeout(announce.timer);
  announce.timer = setTimeout(() => status.classList.remove("shown"), 6000);
}
