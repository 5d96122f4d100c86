import { describe, expect, it } from "vitest";
import { count, progress, size } from "../../src/cli/progress.ts";
import type { Event } from "../../src/report/events.ts";

const CLEAR = "\r\u001B[2K";

/** What a stream would show for these events, `clear` at the end included. */
function shown(events: readonly Event[], terminal: { isTTY?: boolean; columns?: number } = {}): string {
  let text = "";
  const view = progress({ ...terminal, write: (part) => (text += part) });
  for (const event of events) view.listener(event);
  view.clear();
  return text;
}

const digest = "0123456789abcdef".repeat(4);
const pull = (received: number, total = 80_000_000, image = "i"): Event => ({
  kind: "pull-progress",
  image,
  received,
  total,
});
const output = (line: string): Event => ({ kind: "output", image: "i", line });
const pulled: Event = { kind: "pulled", image: "i" };

describe("a line an event", () => {
  it.each<[Event, string]>([
    [{ kind: "engine", name: "Docker 29", endpoint: "unix:///x" }, "using Docker 29 at unix:///x"],
    [
      { kind: "engine", name: "podman 4", endpoint: "unix:///x", source: "context c" },
      "using podman 4 at unix:///x (context c)",
    ],
    [
      { kind: "engine", name: "docker \u001B[2J", endpoint: "unix:///x" },
      String.raw`using docker \u{1b}[2J at unix:///x`,
    ],
    [{ kind: "pulling", image: "a/b:c" }, "pulling a/b:c"],
    [{ kind: "pulled", image: "a/b:c" }, "pulled a/b:c"],
    [
      { kind: "install", image: "i", manager: "dnf", packages: ["a", "b = 1"] },
      "installing a, b = 1 in i with dnf",
    ],
    [{ kind: "build-image", tag: "t", of: ["a", "b"], reused: false }, "build image t made: a, b"],
    [{ kind: "build-image", tag: "t", of: ["a"], reused: true }, "build image t is there already: a"],
    [
      { kind: "layer", name: "n", digest, files: 1, bytes: 1_234_567 },
      "layer n: 1 file, 1.2 MB, sha256:0123456789ab",
    ],
    [
      { kind: "layer", name: "n", digest, files: 12, bytes: 52_600_000, loadTest: { tried: 9, loaded: 8 } },
      "layer n: 12 files, 53 MB, sha256:0123456789ab; 8 of 9 libraries loaded",
    ],
    [
      { kind: "nothing-to-ship", packages: ["a", "b"], dockerfiles: [] },
      "no layer for a, b: the packages bring nothing that the runtime lacks",
    ],
    [
      { kind: "nothing-to-ship", packages: [], dockerfiles: ["docker/Dockerfile"] },
      "no layer for docker/Dockerfile: nothing is in /var/task/lambda_lib or /var/task/lambda_bin",
    ],
    [
      { kind: "nothing-to-ship", packages: ["a"], dockerfiles: ["d"] },
      "no layer for a, d: the packages bring nothing that the runtime lacks, and nothing is in /var/task/lambda_lib or /var/task/lambda_bin",
    ],
    [{ kind: "building", image: "docker/Dockerfile" }, "building docker/Dockerfile"],
    [{ kind: "deleted", reference: "arn:x:3" }, "deleted arn:x:3"],
    [{ kind: "uploaded", place: "s3://b/k.zip", reused: false }, "uploaded s3://b/k.zip"],
    [{ kind: "uploaded", place: "s3://b/k.zip", reused: true }, "the archive is there already: s3://b/k.zip"],
    [
      { kind: "shared", reference: "arn:x:3", with: "everyone", widened: true },
      "arn:x:3 can now be used by everyone",
    ],
    [
      { kind: "shared", reference: "arn:x:3", with: "o-abcdefghij", widened: false },
      "arn:x:3 could already be used by o-abcdefghij",
    ],
    [{ kind: "published", as: "version", reference: "arn:x:3", reused: false }, "published arn:x:3"],
    [
      { kind: "published", as: "version", reference: "arn:x:3", reused: true },
      "the same content is published already: arn:x:3",
    ],
    [
      { kind: "published", as: "resource", reference: "L", reused: true },
      "layer resource L goes into the template",
    ],
    [
      { kind: "resolved", request: "mysql-libs", package: "mariadb-libs", version: "5.5.68-1" },
      "mysql-libs → mariadb-libs 5.5.68-1",
    ],
    [{ kind: "note", message: "look there" }, "note: look there"],
    [{ kind: "warning", message: "careful" }, "warning: careful"],
    [{ kind: "warning", message: "careful", hint: "do this" }, "warning: careful\n  hint: do this"],
  ])("%j", (event, text) => {
    expect(shown([event])).toBe(`${text}\n`);
    expect(shown([event], { isTTY: true })).toBe(`${text}\n`);
  });
});

describe("not on a terminal", () => {
  it("tells a pull in quarters, each once and per image, and no output of programs", () => {
    const events = [0, 1, 19, 20, 21, 39, 60, 10, 79, 80].map((part) => pull(part * 1_000_000));
    expect(shown([...events, output("noise"), pull(40, 80, "j"), pulled])).toBe(
      "pulling i: 0%\npulling i: 25%\npulling i: 75%\npulling i: 100%\npulling j: 50%\npulled i\n",
    );
  });

  it("writes no control characters", () => {
    // oxlint-disable-next-line no-control-regex -- they are the point
    expect(shown([pull(0, 0), output("x"), pulled])).not.toMatch(/[\u0000-\u0009\u000B-\u001F]/);
  });
});

describe("on a terminal", () => {
  it("changes one line in place, which the next full line replaces", () => {
    expect(shown([pull(20_000_000), pull(40_000_000), pulled], { isTTY: true })).toBe(
      `  pulling i: 25% of 80 MB${CLEAR}  pulling i: 50% of 80 MB${CLEAR}pulled i\n`,
    );
  });

  it("shows a program's output there, cut to the width less one", () => {
    expect(shown([output("0123456789abcdef"), pulled], { isTTY: true, columns: 10 })).toBe(
      `  0123456${CLEAR}pulled i\n`,
    );
    expect(shown([output("x".repeat(200))], { isTTY: true })).toBe(`  ${"x".repeat(77)}${CLEAR}`);
  });

  it("leaves nothing behind when the work ends or fails in the middle", () => {
    expect(shown([output("half")], { isTTY: true }).endsWith(CLEAR)).toBe(true);
    expect(shown([pulled], { isTTY: true })).toBe("pulled i\n");
  });
});

describe("numbers", () => {
  it.each([
    [0, "0 kB"],
    [1, "1 kB"],
    [121_280, "122 kB"],
    [1_000_000, "1.0 MB"],
    [1_550_000, "1.6 MB"],
    [9_900_000, "9.9 MB"],
    [10_000_000, "10 MB"],
    [262_144_000, "262 MB"],
  ])("%d bytes", (bytes, text) => {
    expect(size(bytes)).toBe(text);
  });

  it("have a plural", () => {
    expect([0, 1, 2].map((number) => count(number, "file"))).toStrictEqual(["0 files", "1 file", "2 files"]);
  });
});
