import { expect, test } from "vitest";
import { portsFrom, readFirstPort } from "./layout.ts";

test("PORT moves everything, and is 8787 unless told", () => {
  expect(readFirstPort(undefined)).toBe(8787);
  expect(portsFrom(readFirstPort("9000"))).toEqual({
    web: 9000,
    whatsapp: 9001,
    mail: 9002,
    smtp: 9003,
    edge: 9000,
  });
});

test("under hot reload the API has a port of its own", () => {
  expect(portsFrom(9000, true)).toMatchObject({ web: 9000, edge: 9004 });
});

test.each(["x", "0", "-1", "1.5", "99999"])("PORT=%s is refused in a sentence", (text) => {
  expect(() => readFirstPort(text)).toThrow(
    `PORT must be a number from 1 to 65500, not "${text}".`,
  );
});
