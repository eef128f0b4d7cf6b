import { ExpiringCache } from "./expiring-cache.ts";

const MINUTE_MS = 60_000;

/**
 * What Baileys remembers about an account beyond one socket. Shared over reconnects: a new socket with
 * an empty device cache would ask and negotiate anew for every contact.
 */
export type DeviceCaches = {
  /** Which devices a person has; WhatsApp's notifications keep it right in between. */
  devices: ExpiringCache;
  retries: ExpiringCache;
  calls: ExpiringCache;
  placeholders: ExpiringCache;
};

export function newDeviceCaches(): DeviceCaches {
  return {
    devices: new ExpiringCache(60 * MINUTE_MS),
    retries: new ExpiringCache(60 * MINUTE_MS),
    calls: new ExpiringCache(5 * MINUTE_MS),
    placeholders: new ExpiringCache(60 * MINUTE_MS),
  };
}

export function sweepCaches(caches: DeviceCaches): void {
  for (const cache of Object.values(caches)) cache.sweep();
}
