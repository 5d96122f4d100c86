import { describe, expect, it } from "vitest";
import type { BuildArguments } from "../../src/cli/arguments.ts";
import { splitArguments } from "../../src/cli/arguments.ts";

/** What of the division is not empty, with values as plain objects. */
function split(line: string): Record<string, unknown> {
  const { values, own, overrides, rest, after, parameterOverrides, useContainer }: BuildArguments =
    splitArguments(line === "" ? [] : line.split(" "));
  const lists = { own, overrides, rest, after, values: [...values] };
  return {
    ...Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)),
    ...(parameterOverrides ? { parameterOverrides } : {}),
    ...(useContainer === undefined ? {} : { useContainer }),
  };
}

describe("splitArguments", () => {
  it.each<[string, Record<string, unknown>]>([
    ["", {}],
    ["--cached --parallel MyFunction", { rest: ["--cached", "--parallel", "MyFunction"] }],
    ["-cp Fn", { rest: ["-cp", "Fn"] }],
    ["--future a --later=b -Z -q1", { rest: ["--future", "a", "--later=b", "-Z", "-q1"] }],
    [
      "-t a.yaml Fn --template b.yaml --template-file=c.yaml",
      { rest: ["Fn"], values: [["--template-file", ["a.yaml", "b.yaml", "c.yaml"]]] },
    ],
    ["-ta.yaml", { values: [["--template-file", ["a.yaml"]]] }],
    ["-uct a.yaml", { rest: ["-uc"], useContainer: true, values: [["--template-file", ["a.yaml"]]] }],
    ["-t=a", { values: [["--template-file", ["=a"]]] }],
    [
      "-bi F=i --build-image=G=j",
      { rest: ["-bi", "F=i", "--build-image=G=j"], values: [["--build-image", ["F=i", "G=j"]]] },
    ],
    ["-bi=F=i", { rest: ["-bi=F=i"], values: [["--build-image", ["F=i"]]] }],
    ["-u --no-use-container", { rest: ["-u", "--no-use-container"], useContainer: false }],
    [
      "--publish template -j 4 --jobs=3 -j2 --no-load-test",
      { own: ["--publish", "template", "--jobs", "4", "--jobs", "3", "--jobs", "2", "--no-load-test"] },
    ],
    ["--publish=none Fn", { own: ["--publish", "none"], rest: ["Fn"] }],
    ["Fn --publish", { own: ["--publish"], rest: ["Fn"] }],
    [
      "--base-dir --publish none",
      { rest: ["--base-dir", "--publish", "none"], values: [["--base-dir", ["--publish"]]] },
    ],
    [
      "--parameter-overrides A=1 B=2 --publish none Fn",
      {
        own: ["--publish", "none"],
        overrides: ["--parameter-overrides", "A=1", "B=2"],
        parameterOverrides: ["A=1", "B=2"],
        rest: ["Fn"],
      },
    ],
    [
      "--parameter-overrides=A=1 B=2 -- Fn",
      {
        overrides: ["--parameter-overrides=A=1", "B=2"],
        parameterOverrides: ["A=1", "B=2"],
        after: ["--", "Fn"],
      },
    ],
    ["-- --publish none -t x", { after: ["--", "--publish", "none", "-t", "x"] }],
    [
      "--region eu-west-1 --profile p --config-env prod --config-file x.toml",
      {
        rest: ["--region", "eu-west-1", "--profile", "p", "--config-env", "prod", "--config-file", "x.toml"],
        values: [
          ["--region", ["eu-west-1"]],
          ["--profile", ["p"]],
          ["--config-env", ["prod"]],
          ["--config-file", ["x.toml"]],
        ],
      },
    ],
    ["Fn -t", { rest: ["Fn", "-t"] }],
    ["-h", { own: ["-h"] }],
    ["- --debug", { rest: ["-", "--debug"] }],
  ])("%s", (line, expected) => {
    expect(split(line)).toStrictEqual(expected);
  });

  it.each([
    ["Fn", undefined],
    ["--language-extensions", true],
    ["--language-extensions --no-language-extensions", false],
  ])("%s: loops are expanded: %s", (line, expanded) => {
    expect(splitArguments(line.split(" ")).languageExtensions).toBe(expanded);
  });

  it.each([
    ["--cached -cp Fn -- --what", false],
    ["-t a.yaml --publish none --parameter-overrides A=1", false],
    ["--future", true],
    ["-cq", true],
    ["-uj 2", true],
    ["Fn --cache-dir", true],
    ["--parameter-overrides", true],
  ])("%s: doubtful is %s", (line, doubtful) => {
    expect(splitArguments(line.split(" ")).doubtful).toBe(doubtful);
  });
});
