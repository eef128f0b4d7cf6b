import { createContext, type ReactNode, useContext } from "react";

const Context = createContext<string | undefined>(undefined);

/** Says which inline scripts are ours; only the server knows it. */
export function NonceContext({ value, children }: { value: string; children: ReactNode }) {
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

export function useNonce(): string | undefined {
  return useContext(Context);
}
