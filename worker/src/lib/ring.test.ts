import { expect, test, vi } from "vitest";
import { ring } from "./ring.ts";

const broken = async () => {
  throw new Error("the disk is full");
};

test("an alarm that fails is left to the runtime, and before it is dropped another is set", async () => {
  const setAlarm = vi.fn();
  const onGivenUp = vi.fn();
  for (let retryCount = 0; retryCount < 5; retryCount++) {
    await expect(ring({ retryCount }, { setAlarm }, broken, onGivenUp)).rejects.toThrow("disk");
  }
  expect(setAlarm).not.toHaveBeenCalled();
  await ring({ retryCount: 5 }, { setAlarm }, broken, onGivenUp);
  expect(setAlarm).toHaveBeenCalledOnce();
  expect(onGivenUp).toHaveBeenCalledOnce();
});

test("an alarm whose work is done sets nothing", async () => {
  const setAlarm = vi.fn();
  await ring(undefined, { setAlarm }, async () => {}, vi.fn());
  expect(setAlarm).not.toHaveBeenCalled();
});
