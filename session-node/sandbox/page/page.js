import { call } from "./call.js";
import { openWindow } from "./phone-window.js";
import { showWaiting } from "./waiting.js";

/** A bench writes to thousands of numbers; nobody looks for one of them in a list. */
const SHOWN_PHONES = 200;

/** Parameters that a kind of fault needs besides number and count. */
const FAULT_FIELDS = {
  drop: {},
  silence: {},
  replaced: {},
  logged_out: {},
  restart: {},
  bad_frame: {},
  stream_error: { code: "503" },
  refuse_upgrade: { status: "503" },
  failure: { code: "403" },
  ack_error: { code: "463" },
  ack_lost: {},
  ack_late: { ms: "2000" },
  rate_overlimit: {},
  time_lock: { until: () => new Date(Date.now() + 3_600_000).toISOString() },
  new_chat_cap: { used: "0", total: "3" },
  passkey: {},
  undecryptable: {},
};

const find = (selector) => document.querySelector(selector);
const windows = new Map();
const unread = new Map();
let phones = [];
const waiting = showWaiting(find("#waiting"), {
  onLinked: async (number) => {
    await loadPhones();
    if (!windows.has(number)) await toggle(number);
  },
});

async function loadPhones() {
  const all = await call("GET", "/phones?used=true");
  // Made by hand and linked ones are never cut off the list.
  const likely = all.toSorted((a, b) => Number(isOwned(b)) - Number(isOwned(a)));
  phones = likely.slice(0, Math.max(SHOWN_PHONES, all.filter(isOwned).length));
  find("#phones").replaceChildren(...phones.map(phoneButton));
  const linked = all.filter(({ companions }) => companions.length > 0).length;
  const more = all.length > phones.length ? `, the first ${phones.length} shown` : "";
  const count = all.length === 1 ? "1 phone" : `${all.length} phones`;
  find("#state").textContent = `${count}, ${linked} with linked devices${more}`;
  await waiting.load(phones);
  for (const [number, opened] of windows) opened.update(phoneOf(number));
}

function isOwned({ created, companions }) {
  return created || companions.length > 0;
}

function phoneOf(number) {
  return phones.find((phone) => phone.number === number);
}

function phoneButton(phone) {
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-pressed", String(windows.has(phone.number)));
  button.textContent = phone.name;
  const count = unread.get(phone.number);
  if (count) {
    const badge = document.createElement("span");
    badge.className = "unread";
    badge.textContent = String(count);
    badge.ariaLabel = `${count} new`;
    button.append(badge);
  }
  const about = document.createElement("small");
  about.textContent = `+${phone.number} · ${describeCompanions(phone)}`;
  button.append(about);
  button.addEventListener("click", () => void toggle(phone.number));
  const item = document.createElement("li");
  item.append(button);
  return item;
}

function describeCompanions({ companions }) {
  if (companions.length === 0) return "not linked";
  const connected = companions.filter((companion) => companion.connected).length;
  return `${connected} of ${companions.length} linked online`;
}

async function toggle(number) {
  unread.delete(number);
  if (windows.has(number)) close(number);
  else {
    const opened = openWindow(phoneOf(number), { onClose: () => close(number) });
    windows.set(number, opened);
    find("#windows").append(opened.element);
    await opened.load();
  }
  await loadPhones();
}

function close(number) {
  windows.get(number)?.element.remove();
  windows.delete(number);
  void loadPhones();
}

// What goes on

let isReloadPlanned = false;

/** Many things happen at once when a client is linked; one look afterwards is enough. */
function planReload() {
  if (isReloadPlanned) return;
  isReloadPlanned = true;
  setTimeout(() => {
    isReloadPlanned = false;
    void loadPhones();
  }, 150);
}

const events = new EventSource("/events");
events.addEventListener("open", () => {
  void loadPhones();
  void loadFaults();
  for (const opened of windows.values()) void opened.load();
});
events.addEventListener("error", () => {
  find("#state").textContent = "The sandbox is not answering; trying again.";
});
events.addEventListener("message", ({ data }) => {
  const activity = JSON.parse(data);
  windows.get(activity.number)?.take(activity);
  if (activity.kind === "message" && activity.message.direction === "in") {
    if (!windows.has(activity.number)) {
      unread.set(activity.number, (unread.get(activity.number) ?? 0) + 1);
    }
  }
  if (activity.kind === "faults") void loadFaults();
  else planReload();
});

// Adding phones

find("#add-phone").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const { number, name } = Object.fromEntries(new FormData(form));
  const refusal = form.querySelector(".refusal");
  refusal.textContent = "";
  try {
    const phone = await call("POST", "/phones", name ? { number, name } : { number });
    form.reset();
    await loadPhones();
    if (!windows.has(phone.number)) await toggle(phone.number);
  } catch (error) {
    refusal.textContent = error.message;
  }
});

// Faults

const kindSelect = find("#add-fault select");
kindSelect.append(...Object.keys(FAULT_FIELDS).map((kind) => new Option(kind)));
kindSelect.addEventListener("change", showFaultFields);
showFaultFields();

function showFaultFields() {
  const fields = Object.entries(FAULT_FIELDS[kindSelect.value]).map(([name, example]) => {
    const label = document.createElement("label");
    const input = document.createElement("input");
    input.name = name;
    input.required = true;
    input.value = typeof example === "function" ? example() : example;
    label.append(name, input);
    return label;
  });
  find("#fault-fields").replaceChildren(...fields);
}

find("#add-fault").addEventListener("submit", async (event) => {
  event.preventDefault();
  const given = Object.fromEntries(new FormData(event.target));
  const fault = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === "") continue;
    if (name === "number") fault.number = value.replace(/\D/g, "");
    else fault[name] = ["kind", "until"].includes(name) ? value : Number(value);
  }
  await run(() => call("POST", "/faults", fault));
});

find("#end-faults").addEventListener("click", () => run(() => call("DELETE", "/faults")));

find("#show-faults").addEventListener("click", ({ currentTarget }) => {
  const isShown = find("#faults").toggleAttribute("hidden") === false;
  currentTarget.setAttribute("aria-expanded", String(isShown));
});

async function run(action) {
  try {
    await action();
  } catch (error) {
    find("#state").textContent = error.message;
  }
  await loadFaults();
}

async function loadFaults() {
  const faults = await call("GET", "/faults");
  find("#fault-count").textContent = faults.length > 0 ? `(${faults.length})` : "";
  find("#fault-list").replaceChildren(
    ...faults.map(({ kind, number = "everybody", remaining, applied }) => {
      const item = document.createElement("li");
      const left = remaining === null ? "until ended" : `${remaining} more`;
      item.textContent = `${kind} for ${number}: applied ${applied === 1 ? "once" : `${applied} times`}, ${left}`;
      return item;
    }),
  );
}
