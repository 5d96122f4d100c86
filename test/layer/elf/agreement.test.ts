import { expect, test } from "vitest";
import { compare, filesBelow } from "./compare.ts";

test("agrees with readelf on every shared library of the host", { timeout: 60_000 }, () => {
  expect(compare(filesBelow("/usr/lib/x86_64-linux-gnu", /\.so(\.|$)/))).toBeGreaterThanOrEqual(200);
});

test("agrees with readelf on every program of the host", { timeout: 60_000 }, () => {
  expect(compare(filesBelow("/usr/bin", /^/))).toBeGreaterThanOrEqual(50);
});
