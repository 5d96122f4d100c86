import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { didYouMean, nearest } from "../../src/target/nearest.ts";

describe("nearest", () => {
  const names = [
    "mariadb-connector-c",
    "mariadb-connector-c-devel",
    "libpq",
    "libpq-devel",
    "libpcap",
    "zlib",
  ];

  it.each<[string, string[]]>([
    ["mariadb-conector-c", ["mariadb-connector-c"]],
    ["mariadb-connector", ["mariadb-connector-c", "mariadb-connector-c-devel"]],
    ["LIBPQ", ["libpq", "libpq-devel"]],
    ["lipq", ["libpq"]],
    ["zib", ["zlib"]],
    ["postgresql", []],
    ["", []],
  ])("%s", (word, expected) => {
    expect(nearest(word, names)).toStrictEqual(expected);
  });

  it("puts a name that holds the word before one that is two letters away", () => {
    expect(nearest("tiff", ["tuff", "soft", "libtiff6"])).toStrictEqual(["libtiff6", "tuff"]);
  });

  it("orders equally near names by name, whatever order they came in, and stops at the limit", () => {
    expect(nearest("aaa", ["aad", "aab", "aac", "aae"])).toStrictEqual(["aab", "aac", "aad"]);
    expect(nearest("aaa", ["aad", "aab", "aac", "aae"], 1)).toStrictEqual(["aab"]);
  });

  it("does not look into longer names for words below four letters", () => {
    expect(nearest("gcc", ["libgcc-s1", "gcc-c++", "gc"])).toStrictEqual(["gc"]);
  });

  it("finds the word itself first, and gives nothing but names it was given", () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9+-]{0,20}$/);
    fc.assert(
      fc.property(word, fc.uniqueArray(word, { maxLength: 12 }), (wanted, others) => {
        const found = nearest(wanted, [...others, wanted]);
        expect(found[0]).toBe(wanted);
        expect(found.length).toBeLessThanOrEqual(3);
        expect([...others, wanted]).toEqual(expect.arrayContaining(found));
        expect(nearest(wanted, [wanted, ...others].toReversed())).toStrictEqual(found);
      }),
    );
  });
});

describe("didYouMean", () => {
  it.each<[string[], string | undefined]>([
    [[], undefined],
    [["a"], "did you mean a?"],
    [["a", "b"], "did you mean a or b?"],
    [["a", "b", "c"], "did you mean a, b or c?"],
  ])("%j", (names, text) => {
    expect(didYouMean(names)).toBe(text);
  });
});
