import type { Typing } from "./phone.ts";
import type { PhoneMessage } from "../storage/messages.ts";

/** What goes on in the network, for those who watch. */
export type Activity =
  | { kind: "phone"; number: string }
  | { kind: "message"; number: string; message: PhoneMessage }
  | { kind: "status"; number: string; wa_id: string; status: string }
  | { kind: "typing"; number: string; typing: Typing }
  | { kind: "connection"; number: string; device: number; is_connected: boolean }
  | { kind: "waiting" }
  | { kind: "faults" };
