import { call } from "./call.js";

const SHOWN_MESSAGES = 300;
const TICKS = { sent: "✓", delivered: "✓✓", read: "✓✓ read", received: "" };
const EVERYBODY = "";
const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });

/** A phone as a chat window. */
export function openWindow(phone, { onClose }) {
  const element = document
    .querySelector("#window-template")
    .content.cloneNode(true).firstElementChild;
  const find = (selector) => element.querySelector(selector);
  const path = `/phones/${phone.number}`;
  let messages = [];
  let wasLinked = null;
  /** Where a message's status is shown, by id: a log must not be read out again for a tick. */
  const statuses = new Map();

  /** Does it; a refusal stands beside what was pressed. */
  const act = async (action, refusal = find(".refusal.last")) => {
    try {
      refusal.textContent = "";
      await action();
    } catch (error) {
      refusal.textContent = error.message;
    }
  };

  // What is shown

  function update(current) {
    if (!current) return;
    const count = current.companions.length;
    // The first thing to do with a phone is to link it.
    if (wasLinked !== count > 0) find(".link").open = count === 0;
    wasLinked = count > 0;
    find("h2").textContent = current.name;
    find(".companions").textContent =
      `+${current.number}` + (count > 0 ? ` · ${count} linked` : " · not linked");
    find("[name=receipts]").value = current.receipts;
    find("[name=addressing]").value = current.addressing;
    find("[name=on_whatsapp]").checked = current.on_whatsapp;
    showTyping(current.typing.map(({ from }) => from));
  }

  function showTyping(numbers) {
    find(".typing").textContent = numbers.length > 0 ? `+${numbers.join(", +")} is typing…` : "";
  }

  async function load() {
    messages = await call("GET", `${path}/messages?limit=${SHOWN_MESSAGES}`);
    showChats();
    showMessages();
  }

  function showChats() {
    const select = find("[name=chat]");
    const chosen = select.value;
    const peers = [...new Set(messages.map(peerOf))];
    const options = peers.map((number) => new Option(`+${number}`, number));
    select.replaceChildren(new Option("all", EVERYBODY), ...options);
    select.value = peers.includes(chosen) ? chosen : EVERYBODY;
  }

  function showMessages() {
    const chosen = find("[name=chat]").value;
    const shown = messages.filter((message) => !chosen || peerOf(message) === chosen);
    const list = find(".messages");
    statuses.clear();
    list.replaceChildren(...shown.map(messageItem));
    list.scrollTop = list.scrollHeight;
    const to = find("[name=to]");
    if (chosen) to.value = chosen;
    else if (!to.value && shown.length > 0) to.value = peerOf(shown.at(-1));
  }

  function appendMessage(message) {
    const chosen = find("[name=chat]").value;
    if (chosen && peerOf(message) !== chosen) return;
    const list = find(".messages");
    list.append(messageItem(message));
    list.scrollTop = list.scrollHeight;
    find("[name=to]").value ||= peerOf(message);
  }

  function messageItem(message) {
    const item = document.createElement("li");
    item.className = message.direction;
    item.textContent = textOf(message);
    const about = document.createElement("small");
    const peer = message.direction === "in" ? "from" : "to";
    const device = message.direction === "out" && message.device > 0 ? " by a linked device" : "";
    const isPeerShown = find("[name=chat]").value === EVERYBODY;
    const at = `${clock.format(new Date(message.at))}${device}`;
    about.textContent = isPeerShown ? `${peer} +${peerOf(message)} · ${at} ` : `${at} `;
    const status = document.createElement("span");
    status.textContent = TICKS[message.status] ?? message.status;
    statuses.set(message.wa_id, status);
    about.append(status);
    if (message.direction === "in" && message.type !== "reaction")
      about.append(likeButton(message));
    item.append(about);
    return item;
  }

  function likeButton({ wa_id }) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "👍";
    button.ariaLabel = "React with a thumbs up";
    button.addEventListener("click", () => {
      void act(() => call("POST", `${path}/react`, { wa_id, emoji: "👍" }));
    });
    return button;
  }

  function take(activity) {
    if (activity.kind === "message") {
      messages = [...messages, activity.message].slice(-SHOWN_MESSAGES);
      showChats();
      appendMessage(activity.message);
    }
    if (activity.kind === "status") {
      const { wa_id, status } = activity;
      for (const message of messages) if (message.wa_id === wa_id) message.status = status;
      const shown = statuses.get(wa_id);
      if (shown) shown.textContent = TICKS[status] ?? status;
    }
    if (activity.kind === "typing") {
      showTyping(activity.typing.state === "composing" ? [activity.typing.from] : []);
    }
  }

  // What the owner does

  find(".composer").addEventListener("submit", (event) => {
    event.preventDefault();
    const { to, text } = Object.fromEntries(new FormData(event.target));
    void act(async () => {
      await call("POST", `${path}/messages`, { to, text });
      find("[name=text]").value = "";
      find("[name=text]").focus();
    });
  });
  find(".type").addEventListener("click", () =>
    act(() => call("POST", `${path}/typing`, { to: find("[name=to]").value })),
  );
  find(".read").addEventListener("click", () =>
    act(async () => {
      const waiting = messages.filter(({ status }) => status === "received");
      for (const { wa_id } of waiting) await call("POST", `${path}/read`, { wa_id });
    }),
  );
  find(".link form").addEventListener("submit", (event) => {
    event.preventDefault();
    const link = find("[name=link]").value.trim();
    // A QR text has commas between its keys, a code has eight characters.
    const [way, body] = link.includes(",") ? ["scan", { qr: link }] : ["code", { code: link }];
    void act(async () => {
      await call("POST", `${path}/${way}`, body);
      find("[name=link]").value = "";
      find(".link").open = false;
    }, find(".link .refusal"));
  });
  find(".scan").addEventListener("click", () =>
    act(async () => {
      await call("POST", `${path}/scan-waiting`);
      find(".link").open = false;
    }, find(".link .refusal")),
  );
  find(".settings").addEventListener("change", ({ target }) => {
    const value = target.type === "checkbox" ? target.checked : target.value;
    void act(() => call("PUT", path, { [target.name]: value }));
  });
  find("[name=chat]").addEventListener("change", showMessages);
  find(".close").addEventListener("click", onClose);

  element.setAttribute("aria-label", phone.name);
  update(phone);
  return { element, update, load, take };
}

function peerOf({ direction, from, to }) {
  return direction === "in" ? from : to;
}

function textOf({ type, text, details }) {
  if (type === "text") return text;
  if (type === "reaction") return text ? `reacted ${text}` : "took a reaction back";
  if (type === "location") return `location ${details?.latitude}, ${details?.longitude}`;
  return `${type}${text ? `: ${text}` : ""}`;
}
