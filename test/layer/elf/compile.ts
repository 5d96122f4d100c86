import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of its own in which gcc makes files, until `remove`. */
export class Workshop {
  readonly folder = mkdtempSync(join(tmpdir(), "sam-pkg-elf-"));

  /** Writes a source file and returns its path. */
  write(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }

  /** Compiles C to a file of the folder and returns its bytes. */
  compile(name: string, source: string, ...options: string[]): Buffer {
    const output = join(this.folder, name);
    execFileSync(
      "gcc",
      ["-x", "c", this.write(`${name}.c`, source), "-x", "none", "-o", output, ...options],
      {
        cwd: this.folder,
        env: { ...process.env, LC_ALL: "C" },
        stdio: ["ignore", "ignore", "pipe"],
      },
    );
    return readFileSync(output);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** C that places a `.note.dlopen` note, as systemd's macro does; `flags` "a" puts it into a PT_NOTE segment. */
export function dlopenNote(json: string, flags: "a" | ""): string {
  const text = JSON.stringify(json);
  return `__asm__(${JSON.stringify(
    [
      `.pushsection .note.dlopen, "${flags}", %note`,
      ".balign 4",
      ".long 1f - 0f, 3f - 2f, 0x407c0c0a",
      '0: .asciz "FDO"',
      "1: .balign 4",
      `2: .asciz ${text}`,
      "3: .balign 4",
      ".popsection\n",
    ].join("\n"),
  )});\n`;
}

/** Removes the section header table, as `strip --strip-section-headers` of binutils 2.41 does (64-bit, little). */
export function withoutSectionHeaders(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const view = new DataView(copy.buffer);
  const end = Number(view.getBigUint64(40, true));
  view.setBigUint64(40, 0n, true);
  for (const field of [58, 60, 62]) view.setUint16(field, 0, true);
  return copy.subarray(0, end);
}
