import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readElf } from "../../../src/layer/elf/elf.ts";
import { makeElf, sample } from "./builder.ts";
import type { Made } from "./builder.ts";
import { readelf } from "./readelf.ts";

const machines: Record<number, string> = { 3: "i386", 40: "arm", 62: "x86_64", 183: "arm64" };
const types: Record<number, string> = { 1: "relocatable", 2: "executable", 3: "shared", 4: "core" };
const kinds = (["little", "big"] as const).flatMap((endian) => [
  { class: 32 as const, endian },
  { class: 64 as const, endian },
]);

function splitPath(text = ""): string[] {
  return text === "" ? [] : text.split(":");
}

function parseArray(text: string): unknown[] {
  const value: unknown = JSON.parse(text);
  return Array.isArray(value) ? value : [];
}

/** What the reader should say of a made file. */
function expected(made: Made) {
  const { machine, type, rpath, runpath, flags1, notes, ...rest } = made;
  return {
    ...rest,
    osAbi: "sysv",
    machine: machines[machine] ?? `machine ${machine}`,
    type: types[type] ?? `type ${type}`,
    rpath: splitPath(rpath),
    runpath: splitPath(runpath),
    flags1Pie: flags1 === 0x08000000,
    dlopenNotes: notes.flatMap((text) => parseArray(text)),
  };
}

const name = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 80 })
  .filter((text) => !text.includes("\0"));
const note = fc.record(
  {
    soname: fc.array(name),
    feature: name,
    priority: fc.constantFrom("required", "recommended", "suggested"),
    description: name,
  },
  { requiredKeys: ["soname"] },
);
const made: fc.Arbitrary<Made> = fc
  .record(
    {
      kind: fc.constantFrom(...kinds),
      machine: fc.constantFrom(3, 8, 20, 40, 62, 183, 243),
      type: fc.constantFrom(1, 2, 3, 4, 0xfe00),
      interpreter: name,
      soname: name,
      needed: fc.array(name),
      rpath: fc.array(name).map((parts) => parts.join(":")),
      runpath: fc.array(name).map((parts) => parts.join(":")),
      flags1: fc.constantFrom(1, 0x08000000),
      versionNeeds: fc.array(
        fc.record({
          file: name,
          versions: fc.array(fc.record({ name, weak: fc.boolean() }), { minLength: 1 }),
        }),
      ),
      versionDefinitions: fc.array(name),
      notes: fc.array(fc.array(note, { maxLength: 3 }).map((notes) => JSON.stringify(notes))),
    },
    { requiredKeys: ["kind", "machine", "type", "needed", "versionNeeds", "versionDefinitions", "notes"] },
  )
  .map(({ kind, ...rest }) => Object.assign(rest, kind));

test("reads back whatever is made, in both classes and byte orders", () => {
  const property = fc.property(made, (each) => {
    expect(readElf(makeElf(each).bytes)).toEqual(expected(each));
  });
  fc.assert(property);
});

test("reads from a view into a larger buffer", () => {
  const { bytes } = makeElf(sample());
  const larger = new Uint8Array(bytes.length + 30).fill(0xff);
  larger.set(bytes, 13);
  expect(readElf(larger.subarray(13, 13 + bytes.length))).toEqual(expected(sample()));
});

test.for(kinds)("agrees with readelf on a made $class-bit $endian-endian file", (kind) => {
  const folder = mkdtempSync(join(tmpdir(), "sam-pkg-elf-"));
  try {
    const each = sample({ ...kind, machine: kind.class === 64 ? 183 : 40 });
    const file = join(folder, "made.so");
    writeFileSync(file, makeElf(each).bytes);
    const { dlopenNotes: _, ...read } = readElf(makeElf(each).bytes);
    expect(readelf([file], ["-D"]).get(file)).toMatchObject({
      ...read,
      // Without section headers readelf 2.40 shows no versions.
      versionNeeds: expect.any(Array),
      versionDefinitions: expect.any(Array),
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
