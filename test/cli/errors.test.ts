import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { reportError } from "../../src/cli/errors.ts";
import { InputError, Interrupted, WorkError } from "../../src/report/errors.ts";
import { capture } from "./capture.ts";

let stderr: () => string;
beforeEach(() => {
  vi.stubEnv("NO_COLOR", "1");
  vi.stubEnv("FORCE_COLOR", undefined);
  vi.stubEnv("SAM_PKG_DEBUG", undefined);
  stderr = capture("stderr");
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const problem = { severity: "error", file: "t.yaml", message: "wrong" } as const;

describe("reportError", () => {
  it.each<[string, unknown, number, string]>([
    ["one problem", new InputError([problem]), 2, "t.yaml: error: wrong\n1 problem; nothing was written\n"],
    [
      "problems",
      new InputError([{ ...problem, position: { line: 1, column: 2 }, hint: "do this" }, problem]),
      2,
      "t.yaml:1:2: error: wrong\n  hint: do this\nt.yaml: error: wrong\n2 problems; nothing was written\n",
    ],
    ["an interruption", new Interrupted(), 130, "interrupted; no file was written\n"],
    ["failed work", new WorkError("no engine"), 1, "error: no engine\n"],
    [
      "failed work with all there is to say",
      new WorkError("no engine", { quote: "line 1\nerror: line 2", hint: "start it" }),
      1,
      "error: no engine\n  | line 1\n  | error: line 2\n  hint: start it\n",
    ],
    [
      "a bug",
      new TypeError("x is undefined"),
      1,
      "error: sam-pkg failed in a way it should not: x is undefined\n  hint: please report it with the template; SAM_PKG_DEBUG=1 shows where it happened\n",
    ],
    [
      "anything thrown",
      "text",
      1,
      "error: sam-pkg failed in a way it should not: text\n  hint: please report it with the template; SAM_PKG_DEBUG=1 shows where it happened\n",
    ],
  ])("%s", (_, error, code, text) => {
    expect(reportError(error)).toBe(code);
    expect(stderr()).toBe(text);
  });

  it("shows the first fifty problems and counts the others", () => {
    expect(reportError(new InputError(Array.from({ length: 53 }, () => problem)))).toBe(2);
    expect(stderr()).toBe(
      `${"t.yaml: error: wrong\n".repeat(50)}… and 3 more\n53 problems; nothing was written\n`,
    );
  });

  it("shows the stack when asked", () => {
    vi.stubEnv("SAM_PKG_DEBUG", "1");
    reportError(new TypeError("x is undefined"));
    expect(stderr()).toContain("\nTypeError: x is undefined\n    at ");
  });
});
