import { HostedState, HostState } from "@roost/contract/admin";
import { expect, test } from "vitest";
import { formatBytes, hostedWords, hostWords } from "./host-words.ts";

test("every state of a host and of an account on it has its words", () => {
  expect(Object.keys(hostWords).toSorted()).toEqual(HostState.options.toSorted());
  expect(Object.keys(hostedWords).toSorted()).toEqual(HostedState.options.toSorted());
});

test("memory is read at a glance", () => {
  expect(formatBytes(0)).toBe("0 MiB");
  expect(formatBytes(431_990_000)).toBe("412 MiB");
  expect(formatBytes(1_610_612_736)).toBe("1.5 GiB");
});
