import { Time } from "./time.tsx";

/** ` Until 20 Nov, 17:15.`; nothing when nobody knows. */
export function Until({ at }: { at: string | null }) {
  if (at === null) return null;
  return (
    <>
      {" "}
      Until <Time at={at} />.
    </>
  );
}
