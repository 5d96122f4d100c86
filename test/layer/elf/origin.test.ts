import { expect, test } from "vitest";
import { expandOrigin } from "../../../src/layer/elf/elf.ts";

test.for([
  ["$ORIGIN", "/opt/lib/a"],
  ["${ORIGIN}", "/opt/lib/a"],
  ["$ORIGIN/../b", "/opt/lib/a/../b"],
  ["${ORIGIN}x", "/opt/lib/ax"],
  ["${ORIGIN}/x", "/opt/lib/a/x"],
  ["$ORIGINAL/x", "$ORIGINAL/x"],
  ["$ORIGIN_2", "$ORIGIN_2"],
  ["$ORIGIN-2", "/opt/lib/a-2"],
  ["/usr/$LIB/$PLATFORM", "/usr/lib64/x86_64"],
  ["/usr/${LIB}/${PLATFORM}/${LIB}", "/usr/lib64/x86_64/lib64"],
  ["${ORIGIN", "${ORIGIN"],
  ["$HOME/lib", "$HOME/lib"],
  ["$$ORIGIN", "$/opt/lib/a"],
  ["/usr/lib", "/usr/lib"],
  ["", ""],
] as const)("expands %s to %s", ([entry, path]) => {
  expect(expandOrigin(entry, "/opt/lib/a", "lib64", "x86_64")).toBe(path);
});

test("takes the folder literally", () => {
  expect(expandOrigin("$ORIGIN/x", "/a$&$LIB", "lib", "x86_64")).toBe("/a$&$LIB/x");
});
