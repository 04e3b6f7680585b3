/** The dialog of a change: what is to be, what would change, and the change itself. */

import { announce, byId, el, show } from "./dom.js";
import { t, textOr } from "./texts.js";

/**
 * Opens it.
 *
 * @param title of the dialog
 * @param fields what there is to fill in; null where there is nothing
 * @param plan asks what would change
 * @param apply changes it
 * @param worded the words for an error
 * @param failed says so in the page
 * @param again draws the view again
 */
export function change({ title, fields, plan, apply, worded, failed, again }) {
  const dialog = byId("dialog");
  const alert = el("div", { role: "alert" });
  const steps = el("div", { "aria-live": "polite" });
  let planned = false;

  const cancel = el("button", { type: "button", onclick: () => dialog.close() }, t("change.cancel"));
  const back = el("button", { type: "button", onclick: () => ask() }, t("change.back"));
  const submit = el("button", { type: "submit", class: fields === null ? "danger solid" : "primary" });
  const ask = () => {
    planned = false;
    show(steps);
    submit.disabled = false;
    submit.textContent = t("change.check");
    back.hidden = true;
    if (fields !== null) {
      fields.hidden = false;
      fields.querySelector("input:not([readonly], :disabled), select, textarea")?.focus();
    }
  };
  const check = async () => {
    const change = await (await plan()).json();
    planned = true;
    const none = change.steps.every((step) => !DIFFERENT.has(step.change));
    show(steps, el("p", {}, t(none ? "change.nothing" : "change.would")), list(change.steps));
    submit.textContent = t(fields === null ? "change.remove" : "change.save");
    submit.disabled = none;
    if (fields !== null) {
      fields.hidden = true;
      back.hidden = false;
    }
    (none ? back.hidden ? cancel : back : submit).focus();
  };
  const save = async () => {
    const change = await (await apply()).json();
    if (change.secret) {
      once(dialog, title, change.secret);
      await again();
    } else {
      dialog.close();
      await again();
      announce(t("change.done"));
    }
  };

  const form = el("form", {
    onsubmit: async (event) => {
      event.preventDefault();
      show(alert);
      submit.disabled = true;
      try {
        await (planned ? save() : check());
      } catch (error) {
        submit.disabled = false;
        if (form.isConnected) {
          show(alert, el("p", { class: "notice error" }, worded(error)));
        } else {
          failed(error);
        }
      }
    },
  },
  el("h2", { id: "dialog-title" }, title), fields, steps, alert,
  el("div", { class: "buttons" }, cancel, back, submit));
  show(dialog, form);
  // What was typed, and a secret that was shown, does not stay in the page.
  dialog.addEventListener("close", () => show(dialog), { once: true });
  dialog.showModal();
  ask();
  if (fields === null) {
    form.requestSubmit();
  }
}

const DIFFERENT = new Set(["added", "changed", "removed"]);

function list(steps) {
  return el("ul", { class: "steps" }, steps.map((step) => el("li", {},
    el("span", { class: `badge badge-${step.change}` }, textOr(`change.${step.change}`, step.change)), " ", step.text)));
}

/** The secret of a new agent, which nobody is told again. */
function once(dialog, title, secret) {
  const shown = el("input", { id: "secret", readonly: true, value: secret, autocomplete: "off", onfocus: () => shown.select() });
  const copy = async () => {
    await navigator.clipboard.writeText(secret);
    announce(t("change.copied"));
  };
  const close = (event) => {
    event.preventDefault();
    dialog.close();
    byId("main").focus();
  };
  show(dialog, el("form", { onsubmit: close },
    el("h2", { id: "dialog-title" }, title),
    el("div", { class: "field" }, el("label", { for: "secret" }, t("change.secret")), shown,
      el("p", { class: "quiet" }, t("change.secret.once"))),
    el("div", { class: "buttons" },
      el("button", { type: "button", onclick: copy }, t("change.copy")),
      el("button", { type: "submit", class: "primary" }, t("change.close")))));
  if (!dialog.open) {
    dialog.showModal();
  }
  shown.focus();
}
