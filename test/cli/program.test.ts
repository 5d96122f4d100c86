import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { run } from "../../src/cli/program.ts";
import { capture } from "./capture.ts";

vi.mock("../../src/cli/interrupt.ts", () => ({ interruptSignal: () => new AbortController().signal }));

let stdout: () => string;
let stderr: () => string;
beforeEach(() => {
  vi.stubEnv("NO_COLOR", "1");
  vi.stubEnv("FORCE_COLOR", undefined);
  stdout = capture("stdout");
  stderr = capture("stderr");
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe("usage", () => {
  it.each<[string[], string]>([
    [["transfrom"], "error: unknown command 'transfrom'\n(Did you mean transform?)\n"],
    [["transform", "--publsh", "none"], "error: unknown option '--publsh'\n(Did you mean --publish?)\n"],
    [
      ["transform", "--publish", "s3"],
      "error: option '--publish <where>' argument 's3' is invalid. Allowed choices are lambda, template, none.\n",
    ],
    [
      ["transform", "-j", "0"],
      "error: option '-j, --jobs <number>' argument '0' is invalid. It must be a whole number from 1 to 999.\n",
    ],
    [
      ["transform", "a.yaml", "-t", "b.yaml"],
      "error: the template is named twice: as an argument and by --template-file\n",
    ],
    [["transform", "a.yaml", "b.yaml"], "error: too many arguments for 'transform'."],
  ])("%j is wrong: exit code 2, on standard error, with a hint", async (args, text) => {
    expect(await run(args)).toBe(2);
    expect(stderr().startsWith(text), stderr()).toBe(true);
    expect(stderr()).toContain("hint: sam-pkg --help lists commands and options\n");
    expect(stdout()).toBe("");
  });

  it("without a command shows the help on standard error: exit code 2", async () => {
    expect(await run([])).toBe(2);
    expect(stderr()).toContain("Usage: sam-pkg [options] [command]\n");
    expect(stdout()).toBe("");
  });

  it("--help and --version go to standard output: exit code 0", async () => {
    expect(await run(["--version"])).toBe(0);
    expect(stdout()).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(await run(["transform", "--help"])).toBe(0);
    expect(stdout()).toContain("Usage: sam-pkg transform [options] [template]\n");
    expect(stderr()).toBe("");
  });
});

describe("transform", () => {
  it("of a template that is not there: exit code 2", async () => {
    expect(await run(["transform", "/nowhere/t.yaml"])).toBe(2);
    expect(stderr()).toBe(
      "/nowhere/t.yaml: error: no such file\n  hint: check the path to the template\n1 problem; nothing was written\n",
    );
    expect(stdout()).toBe("");
  });
});
