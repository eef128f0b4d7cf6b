import { call } from "./call.js";

const NEW_PHONE = "new";
/** Nothing tells that a code has expired. */
const SHORTEST_LOOK_MS = 500;

/**
 * The QR codes that the product shows right now, each with the phones that can scan it: nobody has to
 * find the phone's own window first.
 */
export function showWaiting(section, { onLinked }) {
  const template = section.querySelector("template");
  const rows = new Map();
  let expiry;

  async function load(phones) {
    const waiting = await call("GET", "/waiting");
    clearTimeout(expiry);
    const ids = new Set(waiting.map(({ id }) => id));
    for (const [id, { element, isBusy }] of rows) {
      if (isBusy || ids.has(id)) continue;
      element.remove();
      rows.delete(id);
    }
    for (const { id, qr } of waiting) {
      if (!rows.has(id)) rows.set(id, addRow(id));
      // A code renews itself under the same id.
      rows.get(id).qr = qr;
    }
    for (const { element } of rows.values()) showPhones(element, phones);
    section.hidden = rows.size === 0;
    const ends = waiting.flatMap(({ expires_at: at }) => (at === null ? [] : [Date.parse(at)]));
    if (ends.length === 0) return;
    const left = Math.max(SHORTEST_LOOK_MS, Math.min(...ends) - Date.now());
    expiry = setTimeout(() => void load(phones), left);
  }

  function addRow(id) {
    const element = template.content.cloneNode(true).firstElementChild;
    const find = (selector) => element.querySelector(selector);
    const row = { element, qr: "", isBusy: false };
    find("code").textContent = id;
    find("[name=number]").value = inventNumber();
    find("select").addEventListener("change", () => showNumber(element));
    element.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!row.isBusy) void scan(row);
    });
    section.append(element);
    return row;
  }

  async function scan(row) {
    const find = (selector) => row.element.querySelector(selector);
    row.isBusy = true;
    find(".refusal").textContent = "";
    find("button").textContent = "Scanning…";
    const chosen = find("select").value;
    const number = chosen === NEW_PHONE ? find("[name=number]").value : chosen;
    try {
      const path = `/phones/${encodeURIComponent(number)}/scan`;
      const linked = await call("POST", path, { qr: row.qr });
      row.isBusy = false;
      await onLinked(linked.number);
    } catch (error) {
      find(".refusal").textContent = error.message;
    }
    row.isBusy = false;
    find("button").textContent = "Scan it";
  }

  return { load };
}

/** Phones without a linked device first: they are the likely ones. */
function showPhones(element, phones) {
  const select = element.querySelector("select");
  const likely = phones.toSorted((a, b) => a.companions.length - b.companions.length);
  const options = likely.map(({ name, number }) => {
    const shown = name === `+${number}` ? name : `${name}, +${number}`;
    return new Option(shown, number);
  });
  options.push(new Option("a new phone", NEW_PHONE));
  const values = options.map(({ value }) => value);
  // Replacing the options would close the list that somebody has just opened.
  if (values.join() === [...select.options].map(({ value }) => value).join()) return;
  const chosen = select.value;
  select.replaceChildren(...options);
  select.value = values.includes(chosen) ? chosen : values[0];
  showNumber(element);
}

function showNumber(element) {
  const isNew = element.querySelector("select").value === NEW_PHONE;
  element.querySelector(".new-number").hidden = !isNew;
}

/** A number that is on WhatsApp in the sandbox and most likely nobody's yet. */
function inventNumber() {
  const digits = String(crypto.getRandomValues(new Uint32Array(1))[0] % 1_000_000);
  return `+55 11 98${digits.padStart(6, "0").replace(/^(\d{3})/, "$1-")}1`;
}
