import type { CrashPoint, EdgeNote } from "../edge-faults.ts";
import { presentFaults, setFaults } from "./present-faults.ts";

export function tellLab(note: EdgeNote): void {
  console.log(JSON.stringify(note));
}

/**
 * Dies here when it is this place's turn. The process stands still, with everything as it is at this
 * point, until the lab has read the line and kills it; nothing else of the isolate runs meanwhile.
 */
export function reach(at: CrashPoint): void {
  const { crash } = presentFaults();
  if (crash === null || crash.at !== at) return;
  if (crash.passes > 0) {
    setFaults({ ...presentFaults(), crash: { at, passes: crash.passes - 1 } });
    return;
  }
  tellLab({ lab: "crash", at });
  for (;;);
}
