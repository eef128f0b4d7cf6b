type BaileysLogger = {
  level: string;
  child: () => BaileysLogger;
  trace: () => void;
  debug: () => void;
  info: () => void;
  warn: () => void;
  error: () => void;
};

const drop = (): void => undefined;

/** Baileys logs stanzas, numbers and keys; what matters is reported by the host in its own words. */
export const silentLogger: BaileysLogger = {
  level: "silent",
  child: () => silentLogger,
  trace: drop,
  debug: drop,
  info: drop,
  warn: drop,
  error: drop,
};
