import { randomBytes } from "node:crypto";
import { proto } from "@whiskeysockets/baileys";
import { strikeAtLogin } from "../faults/strike.ts";
import type { Opened } from "../noise/handshake.ts";
import { bootstrap } from "../phones/bootstrap.ts";
import { PhoneRefusal } from "../phones/pairing-desk.ts";
import { readBigEndian } from "../signal/keys.ts";
import { element, newId, seconds } from "../stanzas/node.ts";
import { lidJid, SERVER } from "./addresses.ts";
import type { Companion, Registration } from "./companion.ts";
import type { Connection } from "./connection.ts";
import { drain } from "./delivery.ts";
import type { Network } from "./network.ts";

/** A client shows this many references, one after the other, before it gives up. */
const OFFERED_REFS = 6;
const LOGGED_OUT = 401;

/** The handshake is over: the client wants to be linked, or logs in as the companion it is. */
export function onOpened(network: Network, connection: Connection, opened: Opened): void {
  const { payload, clientStatic } = opened;
  const number = payload.username ? String(payload.username) : undefined;
  const failure = network.faults.take("failure", number);
  if (failure) return refuse(connection, failure.code, failure.expire);
  if (network.faults.find("silence", number)) {
    network.faults.take("silence", number);
    connection.isSilent = true;
  }

  if (!number) return offerRefs(network, connection, payload, clientStatic);
  const companion = network.book.find(number)?.companions.get(payload.device ?? 0);
  if (!companion?.noiseKey.equals(clientStatic)) return refuse(connection, LOGGED_OUT);
  logIn(network, connection, companion, payload);
}

function logIn(
  network: Network,
  connection: Connection,
  companion: Companion,
  payload: proto.ClientPayload,
): void {
  // One live connection per companion: the newer one wins.
  companion.connection?.closeWith(
    element("stream:error", {}, [element("conflict", { type: "replaced" })]),
  );
  companion.connection = connection;
  connection.companion = companion;
  connection.isActive = !payload.passive;
  const { phone, device } = companion;
  network.tell({ kind: "connection", number: phone.number, device, is_connected: true });

  connection.send(
    element("success", {
      t: seconds(),
      props: "27",
      companion_enc_static: randomBytes(32).toString("base64"),
      lid: lidJid(phone, device),
      display_name: phone.name,
      location: "sandbox",
      abprops: "1",
    }),
  );
  drain(network, companion);
  if (strikeAtLogin(network, companion)) return;

  connection.wantsBootstrap = !companion.isBootstrapped;
  if (connection.isActive && companion.preKeyCount > 0) {
    bootstrap(network, connection).catch(network.noteFailure);
  }
}

/** The connection is gone. */
export function onClosed(network: Network, connection: Connection): void {
  network.connections.delete(connection);
  network.pairing.release(connection);
  const pending = network.pairing.links.get(connection);
  network.pairing.links.delete(connection);
  pending?.reject(new PhoneRefusal(409, "The device that is being linked went away."));

  const { companion } = connection;
  if (companion?.connection !== connection) return;
  companion.connection = null;
  companion.isAvailable = false;
  const { phone, device } = companion;
  network.tell({ kind: "connection", number: phone.number, device, is_connected: false });
}

function offerRefs(
  network: Network,
  connection: Connection,
  payload: proto.ClientPayload,
  noiseKey: Buffer,
): void {
  connection.registration = registrationOf(payload, noiseKey);
  if (!connection.registration) return refuse(connection, LOGGED_OUT);

  const refs = Array.from(
    { length: OFFERED_REFS },
    () => `2@${randomBytes(60).toString("base64")}`,
  );
  for (const ref of refs) network.pairing.offer(ref, connection);
  connection.send(
    element("iq", { from: SERVER, type: "set", id: newId(), xmlns: "md" }, [
      element(
        "pair-device",
        {},
        refs.map((ref) => element("ref", {}, Buffer.from(ref))),
      ),
    ]),
  );
}

function registrationOf(payload: proto.ClientPayload, noiseKey: Buffer): Registration | null {
  const { eRegid, eIdent, eSkeyId, eSkeyVal, eSkeySig, deviceProps } =
    payload.devicePairingData ?? {};
  if (!eRegid || !eIdent || !eSkeyId || !eSkeyVal || !eSkeySig) return null;
  return {
    registrationId: readBigEndian(eRegid),
    identity: Buffer.from(eIdent),
    noiseKey,
    signedPreKey: {
      id: readBigEndian(eSkeyId),
      public: Buffer.from(eSkeyVal),
      signature: Buffer.from(eSkeySig),
    },
    platform: (deviceProps && proto.DeviceProps.decode(deviceProps).os) || "unknown",
  };
}

function refuse(connection: Connection, reason: number, expire?: number): void {
  connection.closeWith(
    element("failure", {
      reason: String(reason),
      location: "sandbox",
      expire: expire === undefined ? undefined : String(expire),
    }),
  );
}
