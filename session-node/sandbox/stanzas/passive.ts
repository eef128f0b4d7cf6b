import { bootstrap } from "../phones/bootstrap.ts";
import type { IqHandler } from "./iq.ts";

/** The client is ready for more than it asked for. */
export const onPassive: IqHandler = async ({ network, connection, answer }) => {
  answer();
  await bootstrap(network, connection);
};
