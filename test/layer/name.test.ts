import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LayerInputs } from "../../src/layer/name.ts";
import { digestMark, layerDescription, layerName } from "../../src/layer/name.ts";

const DIGEST = "0123456789abcdef".repeat(4);
const inputs: LayerInputs = {
  os: "al2023",
  architecture: "x86_64",
  image: "public.ecr.aws/lambda/python:3.12-x86_64",
  packages: ["ImageMagick", "libpq = 17.2"],
  include: [],
  exclude: [],
  repositories: [],
  extras: [],
  shipped: [],
};

describe("layerName", () => {
  it("is readable, and stays the same: published layers are found by it", () => {
    expect(layerName(inputs)).toBe("sam-pkg-al2023-x86_64-ImageMagick-1b70a998");
    expect(layerName({ ...inputs, packages: ["libstdc++6 = 12"] })).toMatch(
      /^sam-pkg-al2023-x86_64-libstdc-6-12-[0-9a-f]{8}$/,
    );
    expect(layerName({ ...inputs, packages: [] })).toMatch(/^sam-pkg-al2023-x86_64-dockerfile-[0-9a-f]{8}$/);
  });

  it.each<[string, Partial<LayerInputs>]>([
    ["the system", { os: "al2" }],
    ["the architecture", { architecture: "arm64" }],
    ["the image", { image: "mine:latest" }],
    ["a further package", { packages: [...inputs.packages, "zlib"] }],
    ["a pattern more", { include: ["/etc/fonts/**"] }],
    ["a pattern to leave out", { exclude: ["/etc/fonts/**"] }],
    ["a repository", { repositories: [{ name: "r", baseUrl: "https://example.com/r", gpgCheck: false }] }],
    ["a topic", { extras: ["php8.2"] }],
    ["a Dockerfile", { shipped: [DIGEST] }],
    ["a version", { packages: ["ImageMagick", "libpq = 17.3"] }],
  ])("changes with %s", (_, change) => {
    expect(layerName({ ...inputs, ...change })).not.toBe(layerName(inputs));
  });

  it("is what Lambda allows, for whatever inputs", () => {
    const any = fc.record({
      os: fc.string({ unit: "grapheme", maxLength: 40 }),
      architecture: fc.constantFrom("x86_64", "arm64"),
      image: fc.string({ unit: "grapheme", maxLength: 300 }),
      packages: fc.array(fc.string({ unit: "grapheme", maxLength: 300 })),
      include: fc.array(fc.string()),
      exclude: fc.array(fc.string()),
      repositories: fc.constant([]),
      extras: fc.array(fc.string()),
      shipped: fc.array(fc.string()),
    });
    fc.assert(
      fc.property(any, (some) => {
        const name = layerName(some);
        expect(name).toMatch(/^sam-pkg-[a-zA-Z0-9_-]{1,123}-[0-9a-f]{8}$/);
        expect(name.length).toBeLessThanOrEqual(140);
        expect(layerName({ ...some, packages: [...some.packages] })).toBe(name);
      }),
    );
  });

  it("does not depend on where a key lies", () => {
    const [one, other] = ["/a/key", "/b/key"].map((gpgKey) =>
      layerName({
        ...inputs,
        repositories: [{ name: "r", baseUrl: "https://example.com/r", gpgCheck: true, gpgKey }],
      }),
    );
    expect(one).toBe(other);
  });

  it("keeps the hash of a long name: two that begin alike are two", () => {
    const long = "l".repeat(200);
    const names = [`${long}a`, `${long}b`].map((name) => layerName({ ...inputs, packages: [name] }));
    expect(names.map(({ length }) => length)).toStrictEqual([140, 140]);
    expect(names[0]).not.toBe(names[1]);
    expect(names[0]?.slice(0, 131)).toBe(names[1]?.slice(0, 131));
  });
});

describe("layerDescription", () => {
  it("begins with the mark, then has the packages", () => {
    expect(digestMark(DIGEST)).toBe(`sam-pkg sha256:${DIGEST}`);
    expect(layerDescription(DIGEST, inputs.packages)).toBe(
      `sam-pkg sha256:${DIGEST} ImageMagick libpq = 17.2`,
    );
    expect(layerDescription(DIGEST, [])).toBe(`sam-pkg sha256:${DIGEST}`);
  });

  it("is cut at 256, never in the digest", () => {
    const description = layerDescription(DIGEST, ["a".repeat(150), "b".repeat(150)]);
    expect(description).toBe(`sam-pkg sha256:${DIGEST} ${"a".repeat(150)} ${"b".repeat(25)}`);
    expect(description).toHaveLength(256);
  });

  it("fits Lambda's limit and holds the digest, for whatever packages", () => {
    const hex = fc.stringMatching(/^[0-9a-f]{64}$/);
    fc.assert(
      fc.property(hex, fc.array(fc.string({ maxLength: 200 })), (digest, packages) => {
        const description = layerDescription(digest, packages);
        expect(description.length).toBeLessThanOrEqual(256);
        expect(description.startsWith(digestMark(digest))).toBe(true);
      }),
    );
  });
});
