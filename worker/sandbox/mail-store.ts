import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import PostalMime, { type Address } from "postal-mime";
import { z } from "zod";

/** A mail as `GET /mails` answers it. */
export const Mail = z.strictObject({
  id: z.string(),
  at: z.iso.datetime(),
  from: z.string(),
  to: z.array(z.string()),
  subject: z.string(),
  text: z.string(),
  html: z.string().nullable(),
  links: z.array(z.string()).meta({ description: "Every address in the text, in order." }),
});
export type Mail = z.infer<typeof Mail>;

/** How many mails are kept; the oldest go first. */
export const MAX_MAILS = 500;
const LINK = /https?:\/\/[^\s<>"']+/g;

/** Keeps mails in memory and each as one file, so that they outlive the process. */
export class MailStore {
  readonly #directory: string;
  readonly #mails: Mail[];
  #received = 0;

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true });
    this.#directory = directory;
    this.#mails = readdirSync(directory)
      .filter((file) => file.endsWith(".json"))
      .sort()
      .map((file) => Mail.parse(JSON.parse(readFileSync(`${directory}/${file}`, "utf8"))));
  }

  /** Reads the raw mail and keeps it; it is on disk when this resolves. */
  async receive(raw: Buffer, recipients: readonly string[], now: Date): Promise<Mail> {
    const parsed = await PostalMime.parse(raw);
    const text = parsed.text ?? "";
    this.#received += 1;
    const mail: Mail = {
      id: `${now.getTime()}-${process.pid}-${String(this.#received).padStart(6, "0")}`,
      at: now.toISOString(),
      from: addressOf(parsed.from),
      to: recipients.map((address) => address.toLowerCase()),
      subject: parsed.subject ?? "",
      text,
      html: parsed.html ?? null,
      links: text.match(LINK) ?? [],
    };
    const file = this.#fileOf(mail);
    writeFileSync(`${file}.new`, JSON.stringify(mail));
    renameSync(`${file}.new`, file);
    this.#mails.push(mail);
    for (const old of this.#mails.splice(0, this.#mails.length - MAX_MAILS)) {
      rmSync(this.#fileOf(old), { force: true });
    }
    return mail;
  }

  /** The newest first; with `to` only those to that address. */
  list(to: string | null): Mail[] {
    const wanted = to?.trim().toLowerCase();
    return this.#mails
      .filter((mail) => wanted === undefined || mail.to.includes(wanted))
      .toReversed();
  }

  find(id: string): Mail | null {
    return this.#mails.find((mail) => mail.id === id) ?? null;
  }

  #fileOf({ id }: Mail): string {
    return `${this.#directory}/${id}.json`;
  }
}

function addressOf(address: Address | undefined): string {
  if (address === undefined) return "";
  const { name, address: mailbox } = address;
  return name === "" || name === undefined ? (mailbox ?? "") : `${name} <${mailbox ?? ""}>`;
}
