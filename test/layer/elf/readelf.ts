import { execFileSync } from "node:child_process";
import type { ElfFile } from "../../../src/layer/elf/elf.ts";

const machines: Record<string, string> = {
  "Advanced Micro Devices X86-64": "x86_64",
  AArch64: "arm64",
  ARM: "arm",
  "Intel 80386": "i386",
};
const types: Record<string, string> = { DYN: "shared", EXEC: "executable", REL: "relocatable", CORE: "core" };
const osAbis: Record<string, string> = { "UNIX - System V": "sysv", "UNIX - GNU": "gnu" };

/** What readelf tells of a file. */
export type Told = Omit<ElfFile, "dlopenNotes" | "machine" | "type" | "osAbi"> &
  Record<"machine" | "type" | "osAbi", string | undefined>;

/** Asks readelf about many files at once; a file that it does not take for ELF is left out. */
export function readelf(files: string[], options: string[] = []): Map<string, Told> {
  // It exits with an error if one of the files is not ELF, having told of all the others.
  const output = execFileSync(
    "sh",
    ["-c", 'readelf -h -d -V -l -W "$@" 2>/dev/null || :', "sh", ...options, ...files],
    {
      env: { ...process.env, LC_ALL: "C" },
      maxBuffer: 2 ** 30,
      encoding: "utf8",
    },
  );
  const told = new Map<string, Told>();
  for (const part of output.split(/^(?=File: )/m)) {
    const file = part.match(/^File: (.*)$/m)?.[1] ?? files[0];
    if (file !== undefined && part.includes("ELF Header:")) told.set(file, parse(part));
  }
  return told;
}

function parse(text: string): Told {
  const one = (pattern: RegExp) => text.match(pattern)?.[1];
  const path = (tag: string) => {
    const value = one(new RegExp(`\\(${tag}\\) +Library \\w+: \\[(.*)\\]`));
    return value === undefined || value === "" ? [] : value.split(":");
  };
  const interpreter = one(/\[Requesting program interpreter: (.*)\]/);
  const soname = one(/\(SONAME\) +Library soname: \[(.*)\]/);
  return {
    class: one(/^ +Class: +ELF(\d+)/m) === "64" ? 64 : 32,
    endian: one(/^ +Data: +.*, (\w+) endian/m) === "little" ? "little" : "big",
    machine: machines[one(/^ +Machine: +(.*)$/m) ?? ""],
    type: types[one(/^ +Type: +(\w+)/m) ?? ""],
    osAbi: osAbis[one(/^ +OS\/ABI: +(.*)$/m) ?? ""],
    ...(interpreter === undefined ? {} : { interpreter }),
    ...(soname === undefined ? {} : { soname }),
    needed: [...text.matchAll(/\(NEEDED\) +Shared library: \[(.*)\]/g)].map((match) => match[1] ?? ""),
    rpath: path("RPATH"),
    runpath: path("RUNPATH"),
    versionNeeds: versionNeeds(text),
    versionDefinitions: [...text.matchAll(/: Rev: 1 +Flags: (.*?) +Index: \d+ +Cnt: \d+ +Name: (.*)$/gm)]
      .filter((match) => match[1]?.includes("BASE") === false)
      .map((match) => match[2] ?? ""),
    flags1Pie: /\(FLAGS_1\) +Flags: .*\bPIE\b/.test(text),
  };
}

function versionNeeds(text: string): ElfFile["versionNeeds"] {
  const needs: ElfFile["versionNeeds"] = [];
  for (const match of text.matchAll(
    /: Version: 1 +File: (.*?) +Cnt: \d+$|: +Name: (.*?) +Flags: (.*?) +Version: /gm,
  )) {
    const [, file, name, flags] = match;
    if (file !== undefined) needs.push({ file, versions: [] });
    else if (name !== undefined)
      needs.at(-1)?.versions.push({ name, weak: flags?.includes("WEAK") === true });
  }
  return needs;
}
