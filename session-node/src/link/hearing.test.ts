import { expect, test } from "vitest";
import { Hearing } from "./hearing.ts";

function given() {
  const clock = { wall: 1_000_000, steady: 0 };
  const pass = (ms: number) => {
    clock.wall += ms;
    clock.steady += ms;
  };
  return { clock, pass, hearing: new Hearing(() => ({ ...clock })) };
}

test("silence is counted from the question that was answered, not from its answer", () => {
  const { pass, hearing } = given();
  expect(hearing.silentMs()).toBe(Infinity);
  hearing.asked();
  pass(700);
  hearing.asked();
  pass(300);
  hearing.answered();
  expect(hearing.silentMs()).toBe(1_000);
  hearing.answered();
  expect(hearing.silentMs()).toBe(300);
});

test("an answer too many says nothing new", () => {
  const { pass, hearing } = given();
  hearing.asked();
  hearing.answered();
  pass(5_000);
  hearing.answered();
  expect(hearing.silentMs()).toBe(5_000);
});

test("what was asked on a socket that is gone is not answered on the next", () => {
  const { pass, hearing } = given();
  hearing.asked();
  hearing.answered();
  hearing.asked();
  pass(100);
  hearing.newSocket();
  hearing.asked();
  hearing.answered();
  expect(hearing.silentMs()).toBe(0);
});

test("a clock that is set back, or one that stood still, hides no silence", () => {
  const { clock, hearing } = given();
  hearing.asked();
  hearing.answered();
  clock.wall -= 3_600_000;
  clock.steady += 4_000;
  expect(hearing.silentMs()).toBe(4_000);
  clock.wall += 3_600_000 + 9_000;
  expect(hearing.silentMs()).toBe(9_000);
});
