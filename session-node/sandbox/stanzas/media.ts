import type { IqHandler } from "./iq.ts";
import { element } from "./node.ts";

/** Media is not simulated yet, so no host is named to upload to. This is its place. */
export const onMedia: IqHandler = ({ answer }) => {
  answer([
    element(
      "media_conn",
      { auth: "sandbox", ttl: "300", auth_ttl: "21600", max_buckets: "12" },
      [],
    ),
  ]);
};
