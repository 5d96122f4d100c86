import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contentDigest } from "../../src/layer/manifest.ts";
import { layerFile, layerLink, shuffledFiles } from "./files.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("contentDigest", () => {
  const files = [layerFile("lib/libz.so.1", "zlib"), layerFile("bin/tool", "tool", 0o755)];
  const digest = contentDigest(files, "x86_64");

  it("is SHA-256 over this text, and stays so: every published layer is known by it", () => {
    const manifest = [
      "sam-pkg layer 1 x86_64",
      `"bin/tool" 755 ${sha256("tool")}`,
      `"lib/libz.so.1" 644 ${sha256("zlib")}`,
      "",
    ].join("\n");
    expect(digest).toBe(sha256(manifest));
    expect(digest).toBe("68e6f1ccb91cf51260c38180defa873bae2e20a3cd39353b161428400f10cf3f");
    expect(contentDigest([], "arm64")).toBe(sha256("sam-pkg layer 1 arm64\n"));
  });

  it.each([
    ["a path", [layerFile("lib/libz.so.2", "zlib"), files[1]!]],
    ["a mode", [layerFile("lib/libz.so.1", "zlib", 0o755), files[1]!]],
    ["a byte", [layerFile("lib/libz.so.1", "zlic"), files[1]!]],
    ["a link in place of a file", [layerLink("lib/libz.so.1", "zlib"), files[1]!]],
    ["a file more", [...files, layerFile("lib/x")]],
    ["a file less", [files[0]!]],
    ["contents exchanged", [layerFile("lib/libz.so.1", "tool"), layerFile("bin/tool", "zlib", 0o755)]],
  ])("changes with %s", (_, changed) => {
    expect(contentDigest(changed, "x86_64")).not.toBe(digest);
  });

  it("changes with the architecture", () => {
    expect(contentDigest(files, "arm64")).not.toBe(digest);
  });

  it("knows a link by its target, whatever its mode", () => {
    const link = layerLink("lib/liby.so", "liby.so.1");
    const manifest = `sam-pkg layer 1 x86_64\n"lib/liby.so" link ${sha256("liby.so.1")}\n`;
    expect(contentDigest([link], "x86_64")).toBe(sha256(manifest));
    expect(contentDigest([{ ...link, mode: 0o777 }], "x86_64")).toBe(sha256(manifest));
  });

  it("does not depend on order, nor on where a file came from", () => {
    fc.assert(
      fc.property(shuffledFiles, ([some, shuffled]) => {
        const moved = shuffled.map((file) => ({ ...file, source: "/elsewhere", package: "other" }));
        expect(contentDigest(moved, "arm64")).toBe(contentDigest(some, "arm64"));
      }),
    );
  });

  it("cannot be fooled by a path that looks like two lines", () => {
    const one = contentDigest([layerFile(`a 644 ${sha256("a")}\nb`, "b")], "x86_64");
    expect(one).not.toBe(contentDigest([layerFile("a", "a"), layerFile("b", "b")], "x86_64"));
  });
});
