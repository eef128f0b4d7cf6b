import {
  type Ending as Way,
  type EndingName,
  endingOfCode,
  endings,
} from "@roost/contract/endings";

/** Endings that we bring about or detect ourselves; WhatsApp has no code for them. */
export type OwnWay = Extract<
  EndingName,
  | "upgrade_refused"
  | "deaf"
  | "unreadable_frame"
  | "edge_silent"
  | "passkey"
  | "qr_ran_out"
  | "code_not_typed"
  | "code_refused"
  | "not_confirmed"
>;

/** How a connection ended: by a code of WhatsApp's, or in a way of our own. */
export type Ending = {
  cause: OwnWay | "upstream";
  code: number | null;
  /** Until when WhatsApp refuses the number, where it says so. */
  until?: number | null;
};

/** The row of the table for an ending; there is one for the unknown. */
export function wayOf({ cause, code }: Ending): Way {
  return cause === "upstream" ? endingOfCode(code) : endings[cause];
}
