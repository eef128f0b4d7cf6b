/** The runtime rings an alarm again after a failure, so often; after one more it is gone for good. */
const LAST_RETRY = 5;
const AGAIN_MS = 60_000;

type Invocation = { retryCount: number } | undefined;
type AlarmSetter = { setAlarm: (at: number) => Promise<void> | void };

/**
 * Runs an alarm's work. Failures go to the runtime, which rings again with growing pauses; before it
 * would give up for good a new alarm is set instead, so that an object is never left without one.
 */
export async function ring(
  invocation: Invocation,
  storage: AlarmSetter,
  work: () => Promise<void>,
  onGivenUp: (error: unknown) => void,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if ((invocation?.retryCount ?? 0) < LAST_RETRY) throw error;
    onGivenUp(error);
    await storage.setAlarm(Date.now() + AGAIN_MS);
  }
}
