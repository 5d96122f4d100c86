import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ElfBytes } from "../../../src/layer/elf/bytes.ts";
import { DT_VERDEF, DT_VERNEED, DynamicTable } from "../../../src/layer/elf/dynamic.ts";
import { ElfError, isElf, readElf } from "../../../src/layer/elf/elf.ts";
import { readHeader } from "../../../src/layer/elf/header.ts";
import { PT_DYNAMIC, PT_LOAD, PT_NOTE, readSegments } from "../../../src/layer/elf/segments.ts";
import { makeElf, sample } from "./builder.ts";
import { dlopenNote, Workshop } from "./compile.ts";
import { damage, random } from "./damage.ts";
import type { Victim } from "./damage.ts";

const RUNS = Number(process.env["ELF_FUZZ_RUNS"] ?? 1_000_000);
const SEED = Number(process.env["ELF_FUZZ_SEED"] ?? Math.floor(Math.random() * 2 ** 31));

const workshop = new Workshop();
afterAll(() => workshop.remove());

/** The ranges of a sound file that the reader looks at: headers, dynamic table, versions, notes. */
function hotRanges(bytes: Uint8Array): [number, number][] {
  const { class: elfClass, endian } = readElf(bytes);
  const file = new ElfBytes(bytes, elfClass, endian);
  const header = readHeader(file);
  const segments = readSegments(file, header);
  const dynamic = new DynamicTable(file, segments);
  const { offset, count, entrySize } = header.programHeaders;
  const ranges: [number, number][] = [
    [0, 64],
    [offset, offset + count * entrySize],
  ];
  for (const { type, offset: start, fileSize } of segments) {
    if ((type === PT_DYNAMIC || type === PT_NOTE) && fileSize > 0) ranges.push([start, start + fileSize]);
  }
  for (const tag of [DT_VERNEED, DT_VERDEF]) {
    const address = dynamic.value(tag);
    const load = segments.find(
      (each) =>
        each.type === PT_LOAD &&
        address !== undefined &&
        address >= each.address &&
        address < each.address + each.fileSize,
    );
    if (address === undefined || load === undefined) continue;
    const start = load.offset + address - load.address;
    ranges.push([start, Math.min(start + 64, bytes.length)]);
  }
  const sections = header.sectionHeaders;
  if (sections.count > 0)
    ranges.push([sections.offset, sections.offset + sections.count * sections.entrySize]);
  return ranges;
}

function victims(): Victim[] {
  const script = workshop.write("versions", "V_1 { global: one; local: *; };\nV_2 { global: two; } V_1;\n");
  const small = [
    "-shared",
    "-nostdlib",
    "-Wl,-z,noseparate-code,--build-id",
    `-Wl,--version-script=${script}`,
  ];
  const json = `[{"soname":["libx.so.1"],"priority":"required"}]`;
  workshop.compile("libv.so", "void one(void) {}\nvoid two(void) {}\n", ...small, "-Wl,-soname,libv.so.7");
  const source = `${dlopenNote(json, "a")}void one(void); void two(void); void user(void) { one(); two(); }\n`;
  const linked = workshop.compile(
    "libu.so",
    source,
    ...small,
    "-s",
    "-L.",
    "-lv",
    "-Wl,-rpath,$ORIGIN:/opt/lib",
  );
  const made = (["little", "big"] as const).flatMap((endian) => [
    ["made 32 " + endian, makeElf(sample({ class: 32, endian })).bytes] as const,
    ["made 64 " + endian, makeElf(sample({ class: 64, endian })).bytes] as const,
  ]);
  const host = "/usr/lib/x86_64-linux-gnu";
  const real = readdirSync(host)
    .filter((name) => /\.so\.\d+$/.test(name) && statSync(join(host, name)).size < 20_000)
    .slice(0, 4)
    .map((name) => [name, readFileSync(join(host, name))] as const)
    .filter(([, bytes]) => isElf(bytes));
  expect(real.length).toBeGreaterThan(0);
  const all: (readonly [string, Uint8Array])[] = [
    ["libv.so", workshop.compile("libv2.so", "void one(void) {}\nvoid two(void) {}\n", ...small, "-s")],
    ["libu.so", linked],
    ["libs.so", workshop.compile("libs.so", `${dlopenNote(json, "")}void one(void) {}\n`, ...small, "-s")],
    ...made,
    ...real,
  ];
  return all.map(([name, bytes]) => ({ name, bytes, hot: hotRanges(bytes) }));
}

test(`${RUNS} damaged files are read or refused`, { timeout: 600_000 }, () => {
  const all = victims();
  const space = new Uint8Array(Math.max(...all.map(({ bytes }) => bytes.length)));
  let read = 0;
  let refused = 0;
  for (let run = 0; run < RUNS; run++) {
    const below = random(SEED + run);
    // Small ones more often: they cost less and more of their bytes matter.
    const victim = all[Math.min(below(all.length), below(all.length))];
    if (victim === undefined) continue;
    try {
      readElf(damage(victim, below, space));
      read++;
    } catch (error) {
      if (!(error instanceof ElfError)) {
        const again = `ELF_FUZZ_SEED=${SEED + run} ELF_FUZZ_RUNS=1`;
        throw new Error(`a damaged ${victim.name} broke the reader; again with ${again}`, { cause: error });
      }
      refused++;
    }
  }
  // Both kinds have to be among them, or the damage is too heavy or too light to find anything.
  if (RUNS >= 10_000) expect(Math.min(read, refused) / RUNS).toBeGreaterThan(0.1);
});
