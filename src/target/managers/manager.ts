import type { PackageRequest } from "../packages.ts";

/** A program and its arguments, run as they are: never through a shell. */
export type Command = readonly string[];

/** A package in an image's package database. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** As the database writes it: `amd64`, `x86_64`, `noarch`. */
  readonly architecture: string;
  /** Other names that it answers to. */
  readonly provides: readonly string[];
  /** Its licence in the packager's words; absent where the database does not hold it. */
  readonly license?: string;
}

/** How an image's package database is asked. Parsers take the command's standard output. */
export interface PackageDatabase {
  readonly list: Command;
  parseList(output: string): InstalledPackage[];
  files(packages: readonly InstalledPackage[]): Command;
  /** Paths of each package, in the order of the packages asked for. */
  parseFiles(output: string, packages: readonly InstalledPackage[]): string[][];
}

/** How an image's packages are installed. */
export interface PackageManager {
  readonly name: string;
  /** Where its program lies; the first path that exists decides. */
  readonly programs: readonly string[];
  /** Commands in order; each must succeed. */
  install(packages: readonly PackageRequest[]): Command[];
  /** Where it reads `.repo` files; absent where further repositories are not supported. */
  readonly repoFolder?: string;
  /** Commands that drop caches which a saved image has no use for. */
  readonly clean: readonly Command[];
  readonly database: PackageDatabase;
  /** Names of packages that do not exist, from what `install` printed. */
  missing(output: string): string[];
  /** Prints every name that could be installed. */
  readonly available: Command;
  parseAvailable(output: string): string[];
}

/** Non-empty lines of an output, without the white space around them. */
export function lines(output: string): string[] {
  return output
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** The words in the first groups of all matches of global patterns, each once. */
export function captures(output: string, ...patterns: readonly RegExp[]): string[] {
  const found = patterns.flatMap((pattern) =>
    [...output.matchAll(pattern)].flatMap((match) => (match[1] ?? "").trim().split(/\s+/)),
  );
  return [...new Set(found.filter((name) => name !== ""))];
}
