/** Texts in the languages of the page, and times and numbers in the language of the reader. */

const LANGUAGES = ["en", "de"];

let messages = {};
export let language = "en";

/** Loads the first language of the reader that there are texts in, else English. */
export async function loadTexts() {
  const wanted = navigator.languages.map((tag) => tag.toLowerCase().split("-")[0]);
  language = wanted.find((tag) => LANGUAGES.includes(tag)) ?? "en";
  messages = await (await fetch(new URL(`messages_${language}.json`, import.meta.url))).json();
  document.documentElement.lang = language;
}

/** The text of a key, with {name} replaced; the key where there is no text. */
export function t(key, values = {}) {
  return (messages[key] ?? key).replace(/\{(\w+)}/g, (whole, name) => values[name] ?? whole);
}

/** The text of a key that may not be there. */
export function textOr(key, otherwise) {
  return messages[key] ?? otherwise;
}

export function number(value) {
  return new Intl.NumberFormat(locale()).format(value);
}

export function time(instant) {
  return new Intl.DateTimeFormat(locale(), {
    year: "numeric", month: "short", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
    hourCycle: "h23",
  }).format(new Date(instant));
}

export function zone() {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** The reader's own form of the language the page is in. */
function locale() {
  return navigator.languages.find((tag) => tag.toLowerCase().split("-")[0] === language) ?? language;
}
