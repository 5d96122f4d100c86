import { ElfError } from "./errors.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A string table: strings that end in NUL, found by their offset. */
export class StringTable {
  readonly #bytes: Uint8Array;
  readonly #known = new Map<number, string>();
  #allowance: number;

  /** `allowance`: how many bytes of text may be read, since strings can overlap and be read without end. */
  constructor(bytes: Uint8Array, allowance: number) {
    this.#bytes = bytes;
    this.#allowance = allowance;
  }

  /** The string at an offset. */
  at(offset: number): string {
    const known = this.#known.get(offset);
    if (known !== undefined) return known;
    if (offset >= this.#bytes.length) {
      throw new ElfError(`a name at ${offset} is outside its string table of ${this.#bytes.length} bytes`);
    }
    const end = this.#bytes.indexOf(0, offset);
    if (end === -1) throw new ElfError("a name does not end inside its string table");
    this.#allowance -= end - offset;
    if (this.#allowance < 0) throw new ElfError("the names hold more text than the file");
    const text = decodeText(this.#bytes, offset, end);
    this.#known.set(offset, text);
    return text;
  }
}

/** The text between two offsets. Not lossy, so that two names never fall together. */
export function decodeText(bytes: Uint8Array, start: number, end: number): string {
  // Names are short and ASCII nearly always; TextDecoder costs several times as much for them.
  if (end - start <= 64) {
    let text = "";
    let at = start;
    for (; at < end; at++) {
      const byte = bytes[at] ?? 0x80;
      if (byte >= 0x80) break;
      text += String.fromCharCode(byte);
    }
    if (at === end) return text;
  }
  try {
    return decoder.decode(bytes.subarray(start, end));
  } catch (cause) {
    throw new ElfError("a name is not UTF-8", { cause });
  }
}
