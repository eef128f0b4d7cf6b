import type { Scope } from "@roost/contract/scopes";

/** The scopes that something in the API asks for today, by what they are about. */
export const scopeGroups: readonly {
  title: string;
  scopes: readonly { scope: Scope; meaning: string }[];
}[] = [
  {
    title: "Messages",
    scopes: [
      { scope: "messages:send", meaning: "Send messages and cancel them" },
      { scope: "messages:read", meaning: "Read messages, their states and chats" },
    ],
  },
  {
    title: "Accounts",
    scopes: [
      { scope: "accounts:read", meaning: "See accounts, their state and health" },
      { scope: "accounts:write", meaning: "Create, link, pause and delete accounts" },
    ],
  },
  {
    title: "More",
    scopes: [
      { scope: "events:read", meaning: "Read the journal and the live stream of events" },
      { scope: "keys:write", meaning: "List, create and revoke keys" },
    ],
  },
];

export const presets = [
  {
    name: "send",
    label: "Send and follow",
    meaning: "For a program that sends messages and wants to know what became of them.",
    scopes: ["messages:send", "messages:read", "accounts:read", "events:read"],
  },
  {
    name: "read",
    label: "Read only",
    meaning: "For reports and monitoring.",
    scopes: ["messages:read", "accounts:read", "events:read"],
  },
  {
    name: "all",
    label: "Everything",
    meaning: "For your own administration. Keep it close.",
    scopes: scopeGroups.flatMap(({ scopes }) => scopes.map(({ scope }) => scope)),
  },
] as const satisfies readonly {
  name: string;
  label: string;
  meaning: string;
  scopes: readonly Scope[];
}[];
export type Preset = (typeof presets)[number];

export function presetOf(name: string | null): Preset {
  return presets.find((preset) => preset.name === name) ?? presets[0];
}

/** When a key that is made now for so many days expires; null when it does not. */
export function expiryOf(days: string, now: number): string | null {
  const count = Number(days);
  if (days === "" || !Number.isInteger(count) || count <= 0) return null;
  return new Date(now + count * 86_400_000).toISOString();
}
