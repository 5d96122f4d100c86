import { posix } from "node:path";
import type { Architecture } from "../target/runtimes.ts";
import { isCertain } from "../target/environment.ts";
import { searchFolders } from "./search.ts";
import type { Reason } from "./file.ts";
import type { Binaries, Binary } from "./library.ts";

/** A binary that goes into the layer. */
export interface Member {
  readonly binary: Binary;
  /** The package that owns it; undefined when it is the runtime image's own. */
  readonly package: string | undefined;
  /** Names under which it is NEEDED. */
  readonly names: Set<string>;
  readonly reasons: Reason[];
}

/** A binary to start from. */
export interface Start {
  readonly binary: Binary;
  readonly package: string | undefined;
  readonly reason: Reason;
}

/** What a closure found. */
export interface Closure {
  /** By the binaries' paths in the image, starts first. */
  readonly members: ReadonlyMap<string, Member>;
  /** SONAMEs that are NEEDED and left to the runtime: the glibc family. */
  readonly provided: readonly string[];
}

/**
 * Everything that the starts need, from the image's own files, looked up as the dynamic linker would in the image.
 * What is not found there is left out: the trace of the finished layer names it.
 * @param cached folders of the linker's cache, see cachedFolders
 * @param excluded whether the user wants a path of the image left out
 */
export async function close(
  starts: readonly Start[],
  binaries: Binaries,
  architecture: Architecture,
  cached: readonly string[],
  excluded: (path: string) => boolean,
): Promise<Closure> {
  const members = new Map<string, Member>();
  const provided = new Set<string>();
  let wave: Member[] = [];
  const add = (binary: Binary, owner: string | undefined, reason: Reason): Member => {
    const known = members.get(binary.path);
    const member = known ?? { binary, package: owner, names: new Set<string>(), reasons: [] };
    member.reasons.push(reason);
    if (!known) {
      members.set(binary.path, member);
      wave.push(member);
    }
    return member;
  };
  for (const { binary, package: owner, reason } of starts) add(binary, owner, reason);
  while (wave.length > 0) {
    const needs = wave.flatMap(({ binary }) => needsOf(binary, architecture, cached));
    wave = [];
    for (const name of needs.flatMap(({ names }) => names)) if (isCertain(name)) provided.add(name);
    const open = needs.filter(({ names }) => !names.some(isCertain));
    const found = await Promise.all(open.map((need) => findAny(need, binaries)));
    for (const [index, { by }] of open.entries()) {
      const one = found[index];
      if (!one || excluded(one.path) || excluded(one.binary.path)) continue;
      add(one.binary, undefined, { kind: "needed", by, name: one.name }).names.add(one.name);
    }
  }
  return { members, provided: [...provided].toSorted() };
}

/** Something that a binary needs: any one of these names will do. */
interface Need {
  readonly names: readonly string[];
  readonly by: string;
  readonly folders: readonly string[];
}

/** DT_NEEDED, and what a `.note.dlopen` calls required. A name with a slash is a path, which no layer can serve. */
function needsOf({ path, elf }: Binary, architecture: Architecture, cached: readonly string[]): Need[] {
  const folders = searchFolders(elf, posix.dirname(path), architecture, cached);
  const opened = elf.dlopenNotes.filter(({ priority }) => priority === "required");
  return [...elf.needed.map((name) => [name]), ...opened.map(({ soname }) => soname)]
    .map((names) => names.filter((name) => !name.includes("/")))
    .filter((names) => names.length > 0)
    .map((names) => ({ names, by: path, folders }));
}

async function findAny(
  { names, folders }: Need,
  binaries: Binaries,
): Promise<{ readonly name: string; readonly path: string; readonly binary: Binary } | undefined> {
  for (const name of names) {
    const found = await binaries.find(name, folders);
    if (found) return { name, ...found };
  }
  return undefined;
}
