import { ElfError } from "./errors.ts";
import { decodeText } from "./strings.ts";
import type { DlopenNote } from "./types.ts";

const priorities = ["required", "recommended", "suggested"] as const;

/**
 * The entries in the description of one `.note.dlopen` note: a JSON array, possibly ended by NUL
 * (https://systemd.io/ELF_DLOPEN_METADATA/).
 */
export function parseDlopenNote(description: Uint8Array): DlopenNote[] {
  const end = description.indexOf(0);
  const text = decodeText(description, 0, end === -1 ? description.length : end);
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch (cause) {
    throw new ElfError("the dlopen note is not JSON", { cause });
  }
  if (!Array.isArray(entries)) throw new ElfError("the dlopen note is not a JSON array");
  return entries.map(toDlopenNote);
}

function toDlopenNote(entry: unknown): DlopenNote {
  if (typeof entry !== "object" || entry === null || !("soname" in entry) || !isStrings(entry.soname)) {
    throw new ElfError("an entry of the dlopen note has no list of sonames");
  }
  const note: DlopenNote = { soname: entry.soname };
  if ("feature" in entry && typeof entry.feature === "string") note.feature = entry.feature;
  if ("description" in entry && typeof entry.description === "string") note.description = entry.description;
  // A priority unknown here, of a later edition of the note, is left out: the libraries matter more.
  const priority = "priority" in entry ? priorities.find((each) => each === entry.priority) : undefined;
  if (priority !== undefined) note.priority = priority;
  return note;
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}
