import { opendir, readFile, readlink, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import ignore from "@balena/dockerignore";

/** What a build can copy; names start in the context. */
export type ContextEntry =
  | { readonly type: "folder"; readonly name: string }
  | { readonly type: "link"; readonly name: string; readonly target: string }
  | {
      readonly type: "file";
      readonly name: string;
      /** Where it lies. */
      readonly path: string;
      readonly executable: boolean;
      readonly size: number;
    };

/**
 * Everything below a context folder that is not ignored, sorted by name. Links are not followed; sockets, FIFOs and
 * devices are left out, and so is the list of what to ignore: what it says is in the answer.
 * @param dockerfile path of the Dockerfile: `<Dockerfile>.dockerignore` goes before the context's `.dockerignore`
 * Throws the file system's errors.
 */
export async function contextFiles(context: string, dockerfile: string): Promise<ContextEntry[]> {
  const own = `${dockerfile}.dockerignore`;
  const ownRules = await textOf(own);
  const list = ownRules === undefined ? join(context, ".dockerignore") : own;
  const rules = ownRules ?? (await textOf(list)) ?? "";
  const filter = ignore.default({ ignorecase: false }).add(rules.replace(/^\uFEFF/, ""));
  // Only a rule that takes back another one can mean something below a folder that is ignored.
  const takesBack = /^\s*!/m.test(rules);
  const entries: ContextEntry[] = [];
  const walk = async (folder: string): Promise<void> => {
    for await (const one of await opendir(join(context, folder))) {
      const name = folder === "" ? one.name : `${folder}/${one.name}`;
      const path = join(context, name);
      const ignored = filter.ignores(name) || path === list;
      if (one.isDirectory()) {
        if (!ignored) entries.push({ type: "folder", name });
        if (!ignored || takesBack) await walk(name);
      } else if (ignored) continue;
      else if (one.isSymbolicLink()) entries.push({ type: "link", name, target: await readlink(path) });
      else if (one.isFile()) {
        const { mode, size } = await stat(path);
        entries.push({ type: "file", name, path, executable: (mode & 0o111) !== 0, size });
      }
    }
  };
  await walk("");
  return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** A path as messages have it. */
export function shownPath(path: string): string {
  return relative(process.cwd(), path) || ".";
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
