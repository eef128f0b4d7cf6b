import { z } from "zod";

const Environment = z.object({
  PORT: z.coerce.number().int(),
  ROOST_PERSIST: z.string(),
  ROOST_BINDINGS: z.string(),
  ROOST_BUNDLE: z.string(),
});

/** What the launcher tells the process that serves the edge: where to listen, its state, its variables. */
export function readServeEnvironment(): {
  port: number;
  persistDirectory: string;
  bindings: Record<string, string>;
  bundle: string;
} {
  const { PORT, ROOST_PERSIST, ROOST_BINDINGS, ROOST_BUNDLE } = Environment.parse(process.env);
  return {
    port: PORT,
    persistDirectory: ROOST_PERSIST,
    bindings: z.record(z.string(), z.string()).parse(JSON.parse(ROOST_BINDINGS)),
    bundle: ROOST_BUNDLE,
  };
}
