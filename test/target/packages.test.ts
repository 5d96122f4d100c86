import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalPackages, formatPackage, parsePackage } from "../../src/target/packages.ts";

const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._+~-]{0,20}[a-z0-9+]$/);
const version = fc.stringMatching(/^[0-9][A-Za-z0-9._+:~^-]{0,20}$/);
const text = fc
  .tuple(name, fc.option(fc.tuple(version, fc.constantFrom("=", " = ", "  =", "= "))))
  .map(([word, pin]) => (pin === null ? word : `${word}${pin[1]}${pin[0]}`));

describe("parsePackage", () => {
  it.each<[string, object]>([
    ["libpq", { name: "libpq" }],
    ["libpq = 17.2-1.amzn2023", { name: "libpq", version: "17.2-1.amzn2023" }],
    ["libpq=17.2", { name: "libpq", version: "17.2" }],
    ["zlib1g   =   1:1.2.13.dfsg-1", { name: "zlib1g", version: "1:1.2.13.dfsg-1" }],
    ["  g++  ", { name: "g++" }],
  ])("%s", (word, expected) => {
    expect(parsePackage(word)).toStrictEqual(expected);
  });

  it("reads back what formatPackage writes", () => {
    fc.assert(
      fc.property(text, (word) => {
        const parsed = parsePackage(word);
        expect(parsePackage(formatPackage(parsed))).toStrictEqual(parsed);
      }),
    );
  });
});

describe("canonicalPackages", () => {
  it("sorts by code unit, spells one way, and drops what is the same", () => {
    expect(
      canonicalPackages(["zlib", "libpq=17", "a-b", "libpq = 17", "ImageMagick", "a.b", "zlib"]),
    ).toStrictEqual(["ImageMagick", "a-b", "a.b", "libpq = 17", "zlib"]);
  });

  it("keeps versions of one package apart", () => {
    expect(canonicalPackages(["libpq = 17", "libpq", "libpq = 16"])).toStrictEqual([
      "libpq",
      "libpq = 16",
      "libpq = 17",
    ]);
  });

  it("does not depend on order, repetition or spaces, and changes nothing the second time", () => {
    const lists = fc
      .array(text, { maxLength: 10 })
      .chain((list) =>
        fc.tuple(fc.constant(list), fc.shuffledSubarray([...list, ...list], { minLength: list.length * 2 })),
      );
    fc.assert(
      fc.property(lists, ([list, shuffled]) => {
        const canonical = canonicalPackages(list);
        expect(canonicalPackages(shuffled)).toStrictEqual(canonical);
        expect(canonicalPackages(shuffled.map((word) => word.replaceAll(/ *= */g, "=")))).toStrictEqual(
          canonical,
        );
        expect(canonicalPackages(canonical)).toStrictEqual(canonical);
      }),
    );
  });

  it("leaves its argument alone", () => {
    const list = Object.freeze(["b", "a"]);
    expect(canonicalPackages(list)).toStrictEqual(["a", "b"]);
  });
});
