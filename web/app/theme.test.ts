import { expect, test } from "vitest";
import { themeCookie, themeOf, zoneCookie, zoneOf } from "./theme.ts";

function givenRequest(...cookies: string[]): Request {
  const cookie = cookies.map((text) => text.split(";")[0]).join("; ");
  return new Request("https://roost.example/", { headers: { cookie } });
}

test("a chosen theme is kept, anything else means as the system", () => {
  expect(themeOf(givenRequest(themeCookie("dark")))).toBe("dark");
  expect(themeOf(givenRequest())).toBe("system");
  expect(themeOf(givenRequest("roost_theme=pink"))).toBe("system");
});

test("the browser's zone is kept, and nonsense never breaks a page", () => {
  const cookie = zoneCookie("America/Sao_Paulo");
  expect(zoneOf(givenRequest(themeCookie("dark"), cookie))).toBe("America/Sao_Paulo");
  expect(zoneOf(givenRequest("roost_zone=%E0%A4%A"))).toBe("UTC");
  expect(zoneOf(givenRequest("roost_zone=Mars/Olympus"))).toBe("UTC");
});
