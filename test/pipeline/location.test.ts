import { describe, expect, it } from "vitest";
import { locationOf, pathOf } from "../../src/pipeline/location.ts";

describe("pathOf", () => {
  it.each([
    ["./child/t.yaml", ".", "child/t.yaml"],
    ["child/t.yaml", "app", "app/child/t.yaml"],
    ["../t.yaml", "app", "t.yaml"],
    ["../../t.yaml", "app", "../t.yaml"],
    ["a//b/./t.yaml/", "", "a/b/t.yaml"],
    ["/abs/../t.yaml", "app", "/t.yaml"],
    ["chil%64/t.yaml", ".", "chil%64/t.yaml"],
    ["HTTPS://x/t.yaml", ".", "HTTPS:/x/t.yaml"],
    ["file:t.yaml", ".", "file:t.yaml"],
    ["file:///a/b%20c/t.yaml", "app", "/a/b c/t.yaml"],
    ["file://host/t.yaml", "app", "/t.yaml"],
    ["file://./child/t.yaml", "app", "/child/t.yaml"],
    ["file:///t.yaml?x#y", "app", "/t.yaml"],
    ["file:///50%/t%zz.yaml", "app", "/50%/t%zz.yaml"],
  ])("%s in %s is %s", (location, base, path) => {
    expect(pathOf(location, base)).toBe(path);
  });
});

describe("locationOf", () => {
  it.each([
    ["./child/t.yaml", "/w/child/t.yaml", "./child/t.sam-pkg.yaml"],
    ["child/t.yaml", "/w/child/t.yaml", "child/t.sam-pkg.yaml"],
    ["t.yaml", "/w/t.yaml", "t.sam-pkg.yaml"],
    [".././x/..//t.yaml", "/t.yaml", ".././x/..//t.sam-pkg.yaml"],
    ["/w/t.yaml", "/w/t.yaml", "/w/t.sam-pkg.yaml"],
    ["file:///w/t.yaml", "/w/t.yaml", "file:///w/t.sam-pkg.yaml"],
    ["file:///w%20w/t.yaml", "/w w/t.yaml", "file:///w%20w/t.sam-pkg.yaml"],
    ["child/t.yaml/", "/w/child/t.yaml", "child/t.sam-pkg.yaml"],
    // The template is a link, whose paths start in another folder than those of the output.
    ["t.yaml", "/real/t.yaml", "../real/t.sam-pkg.yaml"],
  ])("%s becomes, in /w, for %s: %s", (location, file, expected) => {
    expect(locationOf(file.replace("t.yaml", "t.sam-pkg.yaml"), location, file, "/w")).toBe(expected);
  });

  it("keeps the name of an output", () => {
    expect(locationOf("/w/t.sam-pkg.yaml", "./t.sam-pkg.yaml", "/w/t.sam-pkg.yaml", "/w")).toBe(
      "./t.sam-pkg.yaml",
    );
  });
});
