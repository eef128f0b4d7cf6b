/** Everything that can go wrong, and how likely it is each time it could. */
export type Faults = {
  /** A call of an object never reaches it; it arrives, but its answer does not. */
  callLost: number;
  answerLost: number;
  /** Calls, frames and answers that take long. */
  slow: number;
  queueLost: number;
  queueRepeated: number;
  queueDelayed: number;
  queueRefused: number;
  alarmLate: number;
  alarmTwice: number;
  databaseAway: number;
  ackLost: number;
  ackLate: number;
  refused: number;
  /** Mean seconds between these; 0 is never. */
  everyCrashOfEdge: number;
  everyEviction: number;
  everyHostKill: number;
  everyHostFreeze: number;
  everyCut: number;
  everyStall: number;
  everyClockJump: number;
  everyWhatsAppDrop: number;
  everyDrain: number;
};

export const allFaults: Faults = {
  callLost: 0.002,
  answerLost: 0.002,
  slow: 0.01,
  queueLost: 0.05,
  queueRepeated: 0.05,
  queueDelayed: 0.05,
  queueRefused: 0.02,
  alarmLate: 0.1,
  alarmTwice: 0.1,
  databaseAway: 0.1,
  ackLost: 0.01,
  ackLate: 0.02,
  refused: 0.01,
  everyCrashOfEdge: 90,
  everyEviction: 10,
  everyHostKill: 90,
  everyHostFreeze: 150,
  everyCut: 40,
  everyStall: 80,
  everyClockJump: 200,
  everyWhatsAppDrop: 40,
  everyDrain: 200,
};

export const noFaults = Object.fromEntries(
  Object.keys(allFaults).map((name) => [name, 0]),
) as Faults;
