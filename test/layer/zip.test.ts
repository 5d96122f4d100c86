import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import * as fc from "fast-check";
import JSZip from "jszip";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { zipLayer } from "../../src/layer/zip.ts";
import { layerFile, layerLink, shuffledFiles } from "./files.ts";

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const files = [
  layerFile("lib/libz.so.1", "z".repeat(5000)),
  layerFile("bin/tool", "#!/bin/sh\n", 0o755),
  layerFile("lib/engines-3/padlock.so", ""),
];
const PYTHON = `
import sys, zipfile
for i in zipfile.ZipFile(sys.argv[1]).infolist():
    print(i.filename, oct(i.external_attr >> 16), i.create_system, i.date_time, i.file_size, i.compress_type)
`;

describe("zipLayer", () => {
  it("gives these bytes, on every machine and forever", async () => {
    expect(sha256(await buffer(zipLayer(files)))).toBe(
      "d7ccb9943055a07b0000c1fae03e8228f55670210a1b45ace993e4bf55f8f3c8",
    );
  });

  it("does not depend on the order of the files", async () => {
    await fc.assert(
      fc.asyncProperty(shuffledFiles, async ([some, shuffled]) => {
        expect(sha256(await buffer(zipLayer(shuffled)))).toBe(sha256(await buffer(zipLayer(some))));
      }),
    );
  });

  it("does not depend on the clock and the time zone", async () => {
    const sums = new Set<string>();
    try {
      for (const [zone, now] of [
        ["UTC", "2026-11-21"],
        ["Pacific/Kiritimati", "1999-07-01"],
        ["America/Los_Angeles", "2050-01-01"],
      ] as const) {
        vi.stubEnv("TZ", zone);
        vi.setSystemTime(now);
        sums.add(sha256(await buffer(zipLayer(files))));
      }
    } finally {
      vi.useRealTimers();
      vi.unstubAllEnvs();
    }
    expect(sums.size).toBe(1);
  });

  it("holds every file with its bytes and mode, and nothing else", async () => {
    await fc.assert(
      fc.asyncProperty(shuffledFiles, async ([some]) => {
        const zip = await JSZip.loadAsync(await buffer(zipLayer(some)));
        const read = await Promise.all(
          Object.values(zip.files).map(async (entry) => ({
            path: entry.name,
            mode: entry.unixPermissions,
            bytes: await entry.async("uint8array"),
          })),
        );
        const sorted = some.toSorted((a, b) => (a.path < b.path ? -1 : 1));
        expect(read).toStrictEqual(
          sorted.map(({ path, mode, bytes, link }) => ({
            path,
            mode: link ? 0o120777 : 0o100000 | mode,
            bytes,
          })),
        );
      }),
    );
  });

  it("leaves the list it was given alone", async () => {
    const given = [...files];
    await buffer(zipLayer(given));
    expect(given).toStrictEqual(files);
  });
});

describe("other programs read the archive", () => {
  let folder = "";
  let archive = "";
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "sam-pkg-zip-"));
    archive = join(folder, "layer.zip");
    writeFileSync(archive, await buffer(zipLayer([...files, layerLink("lib/libz.so", "libz.so.1")])));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("Python's zipfile: sorted, UNIX modes, one date, no folders", () => {
    const output = execFileSync("python3", ["-c", PYTHON, archive], { encoding: "utf8" });
    expect(output.trim().split("\n")).toStrictEqual([
      "bin/tool 0o100755 3 (1980, 1, 1, 0, 0, 0) 10 8",
      "lib/engines-3/padlock.so 0o100644 3 (1980, 1, 1, 0, 0, 0) 0 0",
      "lib/libz.so 0o120777 3 (1980, 1, 1, 0, 0, 0) 9 8",
      "lib/libz.so.1 0o100644 3 (1980, 1, 1, 0, 0, 0) 5000 8",
    ]);
  });

  it("unzip: sound, and the modes reach the disk whatever the umask", () => {
    execFileSync("sh", ["-c", 'umask 000; unzip -q "$1" -d "$2"', "sh", archive, folder]);
    const output = execFileSync(
      "find",
      [folder, "-type", "f", "-not", "-name", "*.zip", "-printf", "%m %s %P\n"],
      {
        encoding: "utf8",
      },
    );
    expect(output.trim().split("\n").toSorted()).toStrictEqual([
      "644 0 lib/engines-3/padlock.so",
      "644 5000 lib/libz.so.1",
      "755 10 bin/tool",
    ]);
    expect(readlinkSync(join(folder, "lib/libz.so"))).toBe("libz.so.1");
  });
});
