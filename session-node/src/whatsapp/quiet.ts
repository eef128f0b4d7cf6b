/**
 * libsignal prints session objects, private keys included, through `console`. This process says
 * everything it has to say through `log`, so the console is silent from the first import on.
 */
const drop = (): void => undefined;
for (const method of ["debug", "error", "info", "log", "trace", "warn"] as const) {
  console[method] = drop;
}
