import { feel, presentFaults } from "./present-faults.ts";

const LATE_MS = 4_000;

/** Rings as the lab has it: on time, late, twice, or not at all. */
export async function ringFaultily(ring: () => Promise<void>): Promise<void> {
  const { alarms } = presentFaults();
  if (alarms !== "work") feel("alarms");
  if (alarms === "lost") return;
  if (alarms === "late") await scheduler.wait(LATE_MS);
  await ring();
  if (alarms === "twice") await ring();
}
