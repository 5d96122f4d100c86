import { expect, test } from "vitest";
import { readElf } from "../../../src/layer/elf/elf.ts";
import { makeElf, sample } from "./builder.ts";
import type { MadeElf } from "./builder.ts";

/** Size of the note that the builder puts before the dlopen note. */
const FIRST = 24;

const text = `[{"soname":["libx.so.1"]}]`;
const found = [{ soname: ["libx.so.1"] }];

/** The dlopen notes of a made 64-bit little-endian file after a change to it. */
function notes(change: (made: MadeElf, note: number) => void) {
  const made = makeElf(sample({ notes: [text] }));
  change(made, made.parts.notes + FIRST);
  return readElf(made.bytes).dlopenNotes;
}

test("a dlopen note after another note", () => {
  expect(notes(() => {})).toEqual(found);
});

test("a text that does not end in NUL", () => {
  expect(notes(({ view }, note) => view.setUint32(note + 4, text.length, true))).toEqual(found);
});

test("a note of systemd's type by another owner", () => {
  expect(notes(({ view }, note) => view.setUint8(note + 14, 0x58))).toEqual([]);
});

test("a note of another type by systemd's owner", () => {
  expect(notes(({ view }, note) => view.setUint32(note + 8, 0xcafe1a7e, true))).toEqual([]);
});

test("a description that runs past the segment", () => {
  expect(notes(({ view }, note) => view.setUint32(note + 4, text.length + 100, true))).toEqual([]);
});

test("notes aligned to 8 bytes, as .note.gnu.property is", () => {
  const read = notes(({ view, bytes, parts }) => {
    bytes.fill(0, parts.notes, parts.notes + FIRST);
    for (const [at, value] of [4, 4, 5, 0x554e47].entries())
      view.setUint32(parts.notes + at * 4, value, true);
    view.setBigUint64(64 + 3 * 56 + 48, 8n, true);
  });
  expect(read).toEqual(found);
});
