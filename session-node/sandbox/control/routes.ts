import { z } from "zod";
import { FAULT_KINDS, FaultSpec } from "../faults/schema.ts";
import { beginFault, endFaults } from "../faults/strike.ts";
import type { Network } from "../network/network.ts";
import type { Phone } from "../network/phone.ts";
import { typeCode } from "../phones/pair-by-code.ts";
import { scanQr, scanWaiting } from "../phones/pair-by-qr.ts";
import { readOnPhone } from "../phones/receipts.ts";
import { sendFromPhone } from "../phones/send.ts";
import { showPresence, showTyping } from "../stanzas/presence.ts";
import { readDelivered } from "../storage/delivered.ts";
import { readLedger } from "../storage/ledger.ts";
import { findMessage, messagesAt, numbersWithMessages } from "../storage/messages.ts";
import { contentOf, editOf, reactionTo, revocationOf } from "./content.ts";
import { Problem } from "./problem.ts";
import * as schemas from "./schemas.ts";
import { faultView, phoneView, statsView } from "./views.ts";

export type Answer = { status: number; body?: unknown };
type Params = { number: string; id: string };
type Handler<B, Q> = (request: {
  network: Network;
  params: Params;
  body: B;
  query: Q;
}) => Answer | Promise<Answer>;

export type Route = {
  method: string;
  /** Segments; those that start with a colon are parameters. */
  path: readonly string[];
  body: z.ZodType;
  query: z.ZodType;
  handle: Handler<unknown, unknown>;
};

/** Everything the control API can do. */
export const routes: readonly Route[] = [
  route("GET /root-key", {}, ({ network }) => ({
    status: 200,
    body: { public_key: network.identity.root.public.toString("base64") },
  })),
  route("GET /stats", {}, ({ network }) => ({ status: 200, body: statsView(network) })),
  route("GET /ledger", { query: schemas.LedgerQuery }, async ({ network, query }) => {
    const { store } = network;
    // Read at the moment of a commit: a row that is not on disk could vanish, and none ever does.
    const rows = await new Promise((resolve) => {
      store.afterCommit(() => resolve(readLedger(store, query.since, query.limit)));
    });
    return { status: 200, body: rows };
  }),

  route("GET /phones", { query: schemas.PhonesQuery }, ({ network, query }) => {
    const phones = [...network.book.all()];
    const isOwned = (phone: Phone) => phone.isCreated || phone.companions.size > 0;
    if (query.created === "true") {
      return { status: 200, body: phones.filter(isOwned).map(phoneView) };
    }
    if (query.used === "true") {
      const written = new Set(numbersWithMessages(network.store));
      const isUsed = (phone: Phone) => isOwned(phone) || written.has(phone.number);
      return { status: 200, body: phones.filter(isUsed).map(phoneView) };
    }
    return { status: 200, body: phones.map(phoneView) };
  }),
  route("POST /phones", { body: schemas.CreatePhone }, async ({ network, body }) => {
    const { number, name } = body;
    const isNew = !network.book.find(number)?.isCreated;
    const phone = network.book.ensure(number, { isCreated: true, ...(name && { name }) });
    network.tell({ kind: "phone", number });
    return onDisk(network, { status: isNew ? 201 : 200, body: phoneView(phone) });
  }),
  route("GET /phones/:number", {}, ({ network, params }) => ({
    status: 200,
    body: phoneView(existing(network, params.number)),
  })),
  route("PUT /phones/:number", { body: schemas.UpdatePhone }, ({ network, params, body }) => {
    const phone = created(network, params.number);
    phone.name = body.name ?? phone.name;
    phone.receipts = body.receipts ?? phone.receipts;
    phone.onWhatsapp = body.on_whatsapp ?? phone.onWhatsapp;
    phone.addressing = body.addressing ?? phone.addressing;
    network.book.save(phone);
    network.tell({ kind: "phone", number: phone.number });
    return onDisk(network, { status: 200, body: phoneView(phone) });
  }),

  route("POST /phones/:number/scan", { body: schemas.Scan }, async ({ network, params, body }) => {
    const phone = created(network, params.number);
    const linked = await (body.qr ? scanQr(network, phone, body.qr) : scanWaiting(network, phone));
    return { status: 201, body: linked };
  }),
  route("POST /phones/:number/scan-waiting", {}, async ({ network, params }) => ({
    status: 201,
    body: await scanWaiting(network, created(network, params.number)),
  })),
  route("POST /phones/:number/code", { body: schemas.TypeCode }, async (request) => {
    const { network, params, body } = request;
    const linked = await typeCode(network, created(network, params.number), body.code);
    return { status: 201, body: linked };
  }),

  route("GET /phones/:number/messages", { query: schemas.MessagesQuery }, (request) => {
    const { network, params, query } = request;
    const { number } = existing(network, params.number);
    return { status: 200, body: messagesAt(network.store, number, query.limit) };
  }),
  route("POST /phones/:number/messages", { body: schemas.SendMessage }, async (request) => {
    const { network, params, body } = request;
    const phone = created(network, params.number);
    const message = contentOf(body);
    const to = onWhatsApp(network, body.to);
    const { addressing, corrupt: isCorrupt } = body;
    const waId = await sendFromPhone(network, phone, { to, message, addressing, isCorrupt });
    return { status: 201, body: { wa_id: waId } };
  }),
  route("POST /phones/:number/read", { body: schemas.Read }, ({ network, params, body }) => {
    const phone = existing(network, params.number);
    if (!readOnPhone(network, phone, body.wa_id)) throw noMessage(body.wa_id);
    return onDisk(network, { status: 204 });
  }),
  route("POST /phones/:number/react", { body: schemas.React }, async (request) => {
    const { network, params, body } = request;
    const phone = existing(network, params.number);
    const reacted = findMessage(network.store, phone.number, body.wa_id);
    if (!reacted) throw noMessage(body.wa_id);
    const to = onWhatsApp(network, reacted.direction === "in" ? reacted.from : reacted.to);
    const message = reactionTo(reacted, to, body.emoji);
    const { addressing } = reacted;
    return {
      status: 201,
      body: { wa_id: await sendFromPhone(network, phone, { to, message, addressing }) },
    };
  }),
  route("POST /phones/:number/edit", { body: schemas.Edit }, async (request) => {
    const { network, params, body } = request;
    const { phone, message, to } = written(network, params.number, body.wa_id);
    const { addressing } = message;
    const edit = { to, message: editOf(message, to, body.text), addressing };
    return { status: 201, body: { wa_id: await sendFromPhone(network, phone, edit) } };
  }),
  route("POST /phones/:number/revoke", { body: schemas.Revoke }, async (request) => {
    const { network, params, body } = request;
    const { phone, message, to } = written(network, params.number, body.wa_id);
    const { addressing } = message;
    const revocation = { to, message: revocationOf(message, to), addressing };
    return { status: 201, body: { wa_id: await sendFromPhone(network, phone, revocation) } };
  }),
  route("GET /phones/:number/delivered", {}, async ({ network, params }) => {
    const { number } = existing(network, params.number);
    await network.store.durable();
    return { status: 200, body: readDelivered(network.store, number) };
  }),
  route("POST /phones/:number/typing", { body: schemas.Type }, ({ network, params, body }) => {
    const phone = created(network, params.number);
    showTyping(network, phone, onWhatsApp(network, body.to), body.state, phone.addressing);
    return { status: 204 };
  }),
  route("POST /phones/:number/presence", { body: schemas.ShowPresence }, (request) => {
    const { network, params, body } = request;
    const to = body.to === undefined ? undefined : onWhatsApp(network, body.to);
    showPresence(network, created(network, params.number), body.state, to);
    return { status: 204 };
  }),
  route("POST /phones/:number/vote", { body: schemas.Vote }, () => {
    throw new Problem(501, "The sandbox does not simulate votes in polls yet.");
  }),

  route("GET /waiting", {}, ({ network }) => ({
    status: 200,
    body: network.pairing.announced(),
  })),
  route("POST /waiting", { body: schemas.AnnounceQr }, ({ network, body }) => {
    const { id, qr, expires_at = null } = body;
    const waiting = { id, qr, expires_at, registered_at: new Date().toISOString() };
    network.pairing.announce(waiting);
    network.tell({ kind: "waiting" });
    return { status: 201, body: waiting };
  }),
  route("DELETE /waiting/:id", {}, ({ network, params }) => {
    network.pairing.withdraw(params.id);
    network.tell({ kind: "waiting" });
    return { status: 204 };
  }),

  route("GET /faults", {}, ({ network }) => ({
    status: 200,
    body: network.faults.list().map(faultView),
  })),
  route("POST /faults", { body: faultBody() }, ({ network, body }) => {
    const fault = beginFault(network, body);
    network.tell({ kind: "faults" });
    return onDisk(network, { status: 201, body: faultView(fault) });
  }),
  route("DELETE /faults", {}, ({ network }) => {
    endFaults(network);
    network.tell({ kind: "faults" });
    return onDisk(network, { status: 204 });
  }),
];

function route<B extends z.ZodType = typeof schemas.NoBody, Q extends z.ZodType = z.ZodUnknown>(
  pattern: string,
  { body, query }: { body?: B; query?: Q },
  handle: Handler<z.output<B>, z.output<Q>>,
): Route {
  const [method = "", path = ""] = pattern.split(" ");
  return {
    method,
    path: path.split("/").slice(1),
    body: body ?? schemas.NoBody,
    query: query ?? z.strictObject({}),
    // Whoever calls has parsed both with the schemas beside it.
    handle: handle as Handler<unknown, unknown>,
  };
}

/** An answer that is true even if the process dies right after it. */
async function onDisk(network: Network, answer: Answer): Promise<Answer> {
  await network.store.durable();
  return answer;
}

function existing(network: Network, number: string): Phone {
  const phone = network.book.find(number);
  if (!phone) throw new Problem(404, `There is no phone with the number ${number}.`);
  return phone;
}

function created(network: Network, number: string): Phone {
  return network.book.ensure(number, { isCreated: true });
}

/** A message that the owner of this phone wrote, and whom they wrote it to. */
function written(network: Network, number: string, waId: string) {
  const phone = existing(network, number);
  const message = findMessage(network.store, phone.number, waId);
  if (message?.direction !== "out") {
    throw new Problem(404, `This phone has sent no message ${waId}.`);
  }
  return { phone, message, to: onWhatsApp(network, message.to) };
}

function onWhatsApp(network: Network, number: string): Phone {
  const phone = network.book.resolveNumber(number);
  if (!phone) throw new Problem(422, `The number ${number} is not on WhatsApp.`);
  return phone;
}

function noMessage(waId: string): Problem {
  return new Problem(404, `This phone has no message ${waId} from somebody else.`);
}

function faultBody() {
  const Kind = z.looseObject({
    kind: z.enum(FAULT_KINDS, { error: `must be one of ${FAULT_KINDS.join(", ")}` }),
  });
  return Kind.pipe(FaultSpec);
}
