import { describe, expect, it } from "vitest";
import {
  baseImagesOf,
  buildKitOnly,
  parseDockerfile,
  pinBases,
  stageAt,
  stagesOf,
} from "../../src/engine/dockerfile.ts";

/** A Dockerfile in which this line is content. */
const heredoc = (line: string): string => `FROM a\nRUN <<EOF sh\n${line}\n\nEOF\n# comment\nUSER b\n`;

/** What of a Dockerfile counts. */
const counting = (text: string): unknown => {
  const { directives, instructions } = parseDockerfile(text);
  return [directives, instructions.map(({ lines }) => lines)];
};

const bases = (text: string, args: Record<string, string> = {}, target?: string): string[] =>
  baseImagesOf(stagesOf(parseDockerfile(text), args), target).map(({ name, platform }) =>
    platform === undefined ? name : `${name} ${platform}`,
  );

describe("what of a Dockerfile counts", () => {
  const plain = "FROM a\nRUN x && \\\n  y\n";

  it.each([
    ["comments", "# one\nFROM a\n  # two\nRUN x && \\\n  y\n# three"],
    ["comments between continued lines", "FROM a\nRUN x && \\\n# why\n  # and\n  y"],
    ["blank lines", "\n\nFROM a\n\nRUN x && \\\n\n  y\n\n"],
    ["line ends and a byte order mark", "\uFEFFFROM a\r\nRUN x && \\\r\n  y\r\n"],
    ["a directive that nobody knows", "# flavour=sweet\nFROM a\nRUN x && \\\n  y"],
    ["a directive below the first line that is none", "# hello\n# escape=`\nFROM a\nRUN x && \\\n  y"],
  ])("%s do not", (_what, text) => {
    expect(counting(text)).toStrictEqual(counting(plain));
  });

  it.each([
    ["a # within a line", "FROM a\nRUN x && \\\n  y # z"],
    ["a directive", "# syntax=docker/dockerfile:1\nFROM a\nRUN x && \\\n  y"],
    ["another escape character, by which a line ends", "# escape=`\nFROM a\nRUN x && \\\n  y"],
    ["a word", "FROM a\nRUN x && \\\n  z"],
  ])("%s does", (_what, text) => {
    expect(counting(text)).not.toStrictEqual(counting(plain));
  });

  it("a heredoc does, with what looks like comments", () => {
    expect(counting(heredoc("# one"))).not.toStrictEqual(counting(heredoc("# two")));
    expect(parseDockerfile(heredoc("# one")).instructions).toMatchObject([
      { line: 1, keyword: "FROM" },
      { line: 2, keyword: "RUN", lines: ["RUN <<EOF sh", "# one", "", "EOF"] },
      { line: 7, keyword: "USER" },
    ]);
  });

  it("instructions have their line and their words on one", () => {
    expect(parseDockerfile("# c\nfrom a \\\n # c\n  as b\n\nrun x\\\\\nUSER c").instructions).toMatchObject([
      { line: 2, keyword: "FROM", rest: "a   as b" },
      { line: 6, keyword: "RUN", rest: "x\\\\" },
      { line: 7, keyword: "USER", rest: "c" },
    ]);
  });
});

describe("the images that a build starts from", () => {
  it.each([
    ["FROM a:1", {}, ["a:1"]],
    ["FROM a AS one\nFROM b\nFROM One\nFROM scratch\nFROM a", {}, ["a", "b"]],
    ["ARG TAG=1\nARG NAME=a:${TAG}\nFROM $NAME", {}, ["a:1"]],
    ["ARG TAG=1\nFROM a:${TAG}", { TAG: "2" }, ["a:2"]],
    ["ARG TAG\nFROM a:${TAG:-3}\nFROM b:${TAG-4}\nFROM c${TAG:+:5}", {}, ["a:3", "b:4", "c"]],
    ["ARG TAG\nFROM a${TAG:+:5}", { TAG: "1" }, ["a:5"]],
    ['ARG NAME="a:1" OTHER=\'b\'\nFROM "$NAME"\nFROM $OTHER', {}, ["a:1", "b"]],
    // An argument that no ARG names is none, and what is unknown is for the builder to refuse.
    ["FROM a:$TAG", { TAG: "1" }, []],
    ["FROM a\nARG TAG=1\nFROM b:$TAG", {}, ["a"]],
    [
      "FROM --platform=linux/amd64 a\nFROM --platform=$BUILDPLATFORM b",
      {},
      ["a linux/amd64", "b $BUILDPLATFORM"],
    ],
    [
      "FROM a AS one\nFROM a\nCOPY --from=one x y\nCOPY --chown=0 --from=b:1 x y\nCOPY --from=0 x y",
      {},
      ["a", "b:1"],
    ],
  ])("%j", (text, args, expected) => {
    expect(bases(text, args)).toStrictEqual(expected);
  });

  it("those of stages after the target are not needed", () => {
    const text = "FROM a AS one\nFROM b AS Two\nFROM c";
    expect(bases(text, {}, "one")).toStrictEqual(["a"]);
    expect(bases(text, {}, "two")).toStrictEqual(["a", "b"]);
    expect(bases(text, {}, "1")).toStrictEqual(["a", "b"]);
    expect(bases(text)).toStrictEqual(["a", "b", "c"]);
    const stages = stagesOf(parseDockerfile(text), {});
    expect([stageAt(stages, "three"), stageAt(stages, "3")]).toStrictEqual([-1, -1]);
  });
});

it("images are pinned where they stand, stages and other platforms are left, and no line moves", () => {
  const text =
    "ARG B=b\nFROM a \\\n  AS One\nRUN x\nFROM --platform=$BUILDPLATFORM a\nFROM one\nFROM $B\nFROM c";
  const ids: Record<string, string> = { a: "sha256:a", b: "sha256:b", one: "sha256:1" };
  const pinned = pinBases(text, stagesOf(parseDockerfile(text), {}), ({ name, platform }) =>
    platform === undefined ? ids[name] : undefined,
  );
  expect(pinned).toBe(
    "ARG B=b\nFROM sha256:a AS one\n\nRUN x\nFROM --platform=$BUILDPLATFORM a\nFROM one\nFROM sha256:b\nFROM c",
  );
});

it.each([
  ["FROM a\nRUN --mount=type=cache,target=/x true", { line: 2, what: "RUN --mount" }],
  ["FROM a\nCOPY --chown=0 --link a b", { line: 2, what: "COPY --link" }],
  ["FROM a\n\nRUN <<EOF\ntrue\nEOF", { line: 3, what: "a heredoc in RUN" }],
  ["FROM a\nRUN cat <<EOF", undefined],
  ["FROM --platform=linux/arm64 a\nCOPY --from=b --chown=1 c d\nRUN x --mount", undefined],
])("%j: what needs BuildKit", (text, expected) => {
  expect(buildKitOnly(parseDockerfile(text))).toStrictEqual(expected);
});
