import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import {
  ARCHITECTURES,
  buildImageOf,
  findRuntime,
  liveRuntimes,
  platformOf,
  runtimeImageOf,
  similarRuntimes,
} from "../../src/target/runtimes.ts";
import type { Runtime } from "../../src/target/runtimes.ts";

const read = (file: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../schemas/${file}`, import.meta.url), "utf8"));
const table = read("runtimes.json") as { runtimes: Runtime[] };

// The table of "Runtimes" in AWS's developer guide, November 2026: identifier → what comes after public.ecr.aws/lambda/.
const IMAGES: Record<string, Record<string, string>> = {
  "al2023 live": {
    "nodejs22.x": "nodejs:22",
    "nodejs24.x": "nodejs:24",
    "python3.12": "python:3.12",
    "python3.13": "python:3.13",
    "python3.14": "python:3.14",
    "ruby3.3": "ruby:3.3",
    "ruby3.4": "ruby:3.4",
    "ruby4.0": "ruby:4.0",
    java21: "java:21",
    java25: "java:25",
    "java8.al2023": "java:8.al2023",
    "java11.al2023": "java:11.al2023",
    "java17.al2023": "java:17.al2023",
    dotnet10: "dotnet:10",
    "provided.al2023": "provided:al2023",
  },
  "al2023 deprecated": { "nodejs20.x": "nodejs:20", dotnet8: "dotnet:8" },
  "al2 live": {
    "python3.10": "python:3.10",
    "python3.11": "python:3.11",
    "java8.al2": "java:8.al2",
    java11: "java:11",
    java17: "java:17",
  },
  "al2 deprecated": {
    "provided.al2": "provided:al2",
    "ruby3.2": "ruby:3.2",
    "python3.8": "python:3.8",
    "python3.9": "python:3.9",
    "nodejs16.x": "nodejs:16",
    "nodejs18.x": "nodejs:18",
    dotnet6: "dotnet:6",
  },
  "al2 blocked": { "nodejs14.x": "nodejs:14", "ruby2.7": "ruby:2.7" },
  "al1 blocked": { java8: "java:8", "python3.7": "python:3.7", "go1.x": "go:1", provided: "provided:alami" },
};

/** A runtime that the test needs to be there. */
function runtime(id: string): Runtime {
  const found = findRuntime(id);
  if (!found) throw new Error(`no runtime ${id}`);
  return found;
}

describe("schemas/runtimes.json", () => {
  it("fits its schema, which refuses a row that is wrong", () => {
    const validate = new Ajv({ allErrors: true, strict: true }).compile(
      read("runtimes.schema.json") as object,
    );
    expect(validate(table), JSON.stringify(validate.errors)).toBe(true);
    const [first] = table.runtimes;
    for (const wrong of [
      { os: "al3" },
      { status: "dead" },
      { id: "Node 22" },
      { architectures: ["arm"] },
      { x: 1 },
    ]) {
      expect(validate({ ...table, runtimes: [{ ...first, ...wrong }] }), JSON.stringify(wrong)).toBe(false);
    }
  });

  it("holds the runtimes of Lambda, each once, with system and status", () => {
    const rows = table.runtimes.map(({ id, os, status }) => `${os} ${status} ${id}`);
    const facts = Object.entries(IMAGES).flatMap(([group, ids]) =>
      Object.keys(ids).map((id) => `${group} ${id}`),
    );
    expect(rows.toSorted()).toStrictEqual(facts.toSorted());
  });

  it("limits go1.x and provided to x86_64, and nothing else", () => {
    const limited = table.runtimes.filter((row) => row.architectures !== undefined);
    expect(limited.map(({ id, architectures }) => [id, architectures])).toStrictEqual([
      ["go1.x", ["x86_64"]],
      ["provided", ["x86_64"]],
    ]);
  });
});

describe("image names", () => {
  const all = Object.values(IMAGES).flatMap((ids) => Object.entries(ids));

  it.each(all)("%s is %s", (id, image) => {
    for (const architecture of ARCHITECTURES) {
      expect(runtimeImageOf(runtime(id), architecture)).toBe(
        `public.ecr.aws/lambda/${image}-${architecture}`,
      );
      expect(buildImageOf(runtime(id), architecture)).toBe(
        `public.ecr.aws/sam/build-${id}:latest-${architecture}`,
      );
    }
  });

  it("follow AWS's rule: split before the first digit, without .x; provided is the exception", () => {
    for (const { id, runtimeImage } of table.runtimes) {
      if (id.startsWith("provided")) continue;
      expect(runtimeImage).toBe(id.replace(/^([a-z]+)(\d)/, "$1:$2").replace(/\.x$/, ""));
    }
  });

  it("are these, whole", () => {
    expect(runtimeImageOf(runtime("java17.al2023"), "x86_64")).toBe(
      "public.ecr.aws/lambda/java:17.al2023-x86_64",
    );
    expect(runtimeImageOf(runtime("nodejs22.x"), "arm64")).toBe("public.ecr.aws/lambda/nodejs:22-arm64");
    expect(buildImageOf(runtime("go1.x"), "x86_64")).toBe("public.ecr.aws/sam/build-go1.x:latest-x86_64");
  });

  it("are asked of container engines for these platforms", () => {
    expect(ARCHITECTURES.map(platformOf)).toStrictEqual(["linux/amd64", "linux/arm64"]);
  });
});

describe("finding", () => {
  it("takes identifiers as they are spelled", () => {
    expect(findRuntime("python3.12")).toStrictEqual({
      id: "python3.12",
      os: "al2023",
      status: "live",
      runtimeImage: "python:3.12",
    });
    for (const id of ["Python3.12", "python3.12 ", "", "__proto__", "constructor"]) {
      expect(findRuntime(id)).toBeUndefined();
    }
  });

  it.each<[string, string]>([
    ["pyhton3.12", "python3.12"],
    ["python312", "python3.12"],
    ["nodejs22", "nodejs22.x"],
    ["java-21", "java21"],
    ["NodeJS24.X", "nodejs24.x"],
    ["provided.al2032", "provided.al2023"],
  ])("knows what %s may have meant", (id, meant) => {
    expect(similarRuntimes(id)[0]).toBe(meant);
  });

  it("has live runtimes in the table's order, of the asked system only", () => {
    expect(liveRuntimes("al2")).toStrictEqual(["python3.10", "python3.11", "java8.al2", "java11", "java17"]);
    expect(liveRuntimes("al2023")).toStrictEqual(Object.keys(IMAGES["al2023 live"] ?? {}));
    expect(liveRuntimes("al1")).toStrictEqual([]);
    expect(liveRuntimes("debian12")).toStrictEqual([]);
  });
});
