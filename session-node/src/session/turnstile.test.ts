import { expect, test } from "vitest";
import { Turnstile } from "./turnstile.ts";

test("as many as there are places enter, the others in the order they came", async () => {
  const turnstile = new Turnstile(2);
  const entered: number[] = [];
  const enter = async (who: number) => {
    const leave = await turnstile.enter();
    entered.push(who);
    return leave;
  };
  const leaves = [1, 2, 3, 4].map(enter);
  const first = await leaves[0];
  await leaves[1];
  expect(entered).toEqual([1, 2]);
  first?.();
  first?.();
  await leaves[2];
  expect(entered).toEqual([1, 2, 3]);
});
