import type { MissingStanza, Peer } from "@roost/contract/host";

/** More than this are not asked for at once; the oldest are shown to a person instead. */
export const MAX_MISSING = 500;
/** So many stanzas that were no messages of their own are known again when they come again. */
const MAX_HEARD = 512;

type Key = { waId: string; isOurs: boolean; peer: Peer };

/**
 * The stanzas that came to a host and could not be read, until their content is here; and the ids of
 * stanzas that only said something about other messages, so that a repetition is not taken for missing.
 */
export class MissingStanzas {
  private stanzas: MissingStanza[];
  private readonly heard: Set<string>;

  constructor(stanzas: readonly MissingStanza[] = [], heard: readonly string[] = []) {
    this.stanzas = [...stanzas];
    this.heard = new Set(heard);
  }

  all(): readonly MissingStanza[] {
    return this.stanzas;
  }

  find({ waId, isOurs, peer }: Key): MissingStanza | null {
    return (
      this.stanzas.find(
        (stanza) =>
          stanza.wa_id === waId && stanza.from_me === isOurs && isSamePerson(stanza.peer, peer),
      ) ?? null
    );
  }

  add(stanza: MissingStanza): void {
    this.stanzas.push(stanza);
  }

  remove(stanza: Pick<MissingStanza, "wa_id" | "jid">): void {
    this.stanzas = this.stanzas.filter(
      ({ wa_id, jid }) => wa_id !== stanza.wa_id || jid !== stanza.jid,
    );
  }

  forgetAll(): void {
    this.stanzas = [];
  }

  hasHeard(stanzaId: string): boolean {
    return this.heard.has(stanzaId);
  }

  hear(stanzaId: string): void {
    this.heard.add(stanzaId);
    const [oldest] = this.heard;
    if (this.heard.size > MAX_HEARD && oldest !== undefined) this.heard.delete(oldest);
  }

  /** What a checkpoint keeps. */
  stored(): { missing: MissingStanza[]; heard: string[] } {
    return { missing: [...this.stanzas], heard: [...this.heard] };
  }
}

function isSamePerson(a: Peer, b: Peer): boolean {
  return (a.lid !== null && a.lid === b.lid) || (a.phone !== null && a.phone === b.phone);
}
