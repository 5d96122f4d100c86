import { ElfError } from "./errors.ts";
import type { ElfClass, ElfEndian } from "./types.ts";

/** Bytes read in a file's own word size and byte order. A part shares the file's memory. */
export class ElfBytes {
  readonly bytes: Uint8Array;
  readonly class: ElfClass;
  readonly endian: ElfEndian;
  readonly #view: DataView;
  readonly #little: boolean;

  constructor(bytes: Uint8Array, elfClass: ElfClass, endian: ElfEndian) {
    this.bytes = bytes;
    this.class = elfClass;
    this.endian = endian;
    this.#little = endian === "little";
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.bytes.length;
  }

  u16(at: number): number {
    return this.#view.getUint16(at, this.#little);
  }

  u32(at: number): number {
    return this.#view.getUint32(at, this.#little);
  }

  /**
   * An address, offset or size of the file's class. From 2^53 it is rounded: no file is that large, so a rounded
   * value is still out of every bound.
   */
  word(at: number): number {
    if (this.class === 32) return this.u32(at);
    const first = this.u32(at);
    const second = this.u32(at + 4);
    return this.#little ? second * 2 ** 32 + first : first * 2 ** 32 + second;
  }

  /** Throws unless `size` bytes from `offset` lie inside. */
  require(offset: number, size: number, what: string): void {
    if (offset + size > this.length) {
      throw new ElfError(`${what}: ${size} bytes at ${offset} do not fit in ${this.length} bytes`);
    }
  }

  /** A part of these bytes, which has to lie inside. */
  part(offset: number, size: number, what: string): ElfBytes {
    this.require(offset, size, what);
    return new ElfBytes(this.bytes.subarray(offset, offset + size), this.class, this.endian);
  }
}
