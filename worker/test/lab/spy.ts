import { z } from "zod";
import type { ApiClient } from "../api-client.ts";
import type { Prying, Seen } from "./evidence.ts";
import type { Apps } from "./app.ts";
import type { LabWorld } from "./world.ts";

const Said = z.object({ code: z.string().optional(), detail: z.string().optional() });

/** A tenant who looks at what another tenant has, and at nothing at all. */
export class Spy {
  readonly pryings: Prying[] = [];
  readonly #world: LabWorld;
  readonly #apps: Apps;

  constructor(world: LabWorld, apps: Apps) {
    this.#world = world;
    this.#apps = apps;
  }

  async pry(tenant: number): Promise<void> {
    const app = this.#world.tenants[tenant]?.app;
    const account = this.#world.accounts.find((other) => other.tenant !== tenant)?.id;
    const message = this.#messageOfOthers(tenant);
    if (app === undefined || account === undefined) return;
    const paths = [
      `/v1/accounts/${account}`,
      `/v1/accounts/${account}/queue`,
      `/v1/events?account=${account}`,
      ...(message === null ? [] : [`/v1/messages/${message}`]),
    ];
    for (const path of paths) {
      const foreign = await look(app, path);
      const nonsense = await look(app, otherIdIn(path));
      this.pryings.push({ at: Date.now(), path, foreign, nonsense });
    }
  }

  #messageOfOthers(tenant: number): string | null {
    for (const { calls, tenant: owner } of this.#apps.sendings.toReversed()) {
      const accepted = calls.find(({ answer }) => answer.kind === "accepted")?.answer;
      if (owner !== tenant && accepted?.kind === "accepted") return accepted.id;
    }
    return null;
  }
}

/** The same path with an id in it that nothing has: one letter of its chance is another. */
function otherIdIn(path: string): string {
  return path.replace(
    /((?:acc|msg)_[0-9a-z]{20})([0-9a-z])/,
    (_, before: string, letter: string) => {
      return before + (letter === "x" ? "y" : "x");
    },
  );
}

async function look(app: ApiClient, path: string): Promise<Seen> {
  try {
    const response = await app.raw(path);
    const { status } = response;
    const { code = null, detail = null } = Said.parse(await response.json());
    return { status, code, detail };
  } catch {
    return { status: 0, code: null, detail: null };
  }
}
