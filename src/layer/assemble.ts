import { posix } from "node:path";
import pLimit from "p-limit";
import { WorkError } from "../report/errors.ts";
import type { Architecture } from "../target/runtimes.ts";
import type { Start } from "./closure.ts";
import { close } from "./closure.ts";
import { isCertain } from "./environment.ts";
import type { ImageFile, LayerFile, ListFolder, PackageFiles, ReadFile, Reason } from "./file.ts";
import { Layout } from "./layout.ts";
import { Binaries, binaryOf, isLibrary } from "./library.ts";
import { leftBehind } from "./left-behind.ts";
import { folderOf, isLiteral, matcher } from "./patterns.ts";
import type { Recipe } from "./recipes.ts";
import { environmentOf, imagePatterns, recipesFor, rewriteText } from "./recipes.ts";
import { cachedFolders, READS_AT_ONCE, rootsOf } from "./roots.ts";
import type { Failure } from "./trace.ts";
import { trace } from "./trace.ts";

/** What a layer is assembled from. */
export interface Ingredients {
  readonly architecture: Architecture;
  /** The requested packages and those that were installed for them. */
  readonly packages: readonly PackageFiles[];
  /** The runtime image with the packages. */
  readonly read: ReadFile;
  readonly list: ListFolder;
  /** The runtime image as it is without them. */
  readonly readBase: ReadFile;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** A layer's files, and all that is to be said about them. */
export interface Assembly {
  /** Sorted by path. */
  readonly files: readonly LayerFile[];
  /** Paths of the shared libraries among them. */
  readonly libraries: readonly string[];
  /** Variables that the function needs. */
  readonly environment: Readonly<Record<string, string>>;
  /** SONAMEs left to the runtime, which is certain to have them. */
  readonly provided: readonly string[];
  /** SONAMEs that the runtime image has, but perhaps not Lambda. */
  readonly assumed: readonly string[];
  readonly failures: readonly Failure[];
  /** What the user should know, a sentence each. */
  readonly notes: readonly string[];
}

/** Puts a layer together: roots, what recipes and patterns add, the closure of it all, and its trace. */
export async function assemble(ingredients: Ingredients): Promise<Assembly> {
  const { architecture, packages, read, readBase, exclude } = ingredients;
  const binaries = new Binaries(read, architecture);
  const cached = await cachedFolders(packages, read);
  const layout = new Layout(architecture, cached);
  const recipes = recipesFor(packages);
  const excluded = matcher(exclude);

  const roots = (await rootsOf(packages, binaries)).filter(
    ({ binary, paths }) =>
      !excluded(binary.path) && !paths.some(excluded) && !isCertain(binary.elf.soname ?? ""),
  );
  const extras = await extrasOf(ingredients, recipes, excluded);
  const programs = extras.flatMap(({ file, ...extra }): Start[] => {
    const binary = binaryOf(file, architecture);
    return binary ? [{ binary, package: extra.package, reason: extra.reason }] : [];
  });
  const starts = roots.map(({ binary, package: owner }): Start => ({
    binary,
    package: owner,
    reason: { kind: "package", package: owner },
  }));
  const { members, provided } = await close(
    [...starts, ...programs],
    binaries,
    architecture,
    cached,
    excluded,
  );

  const names = new Map(extras.map(({ file, path }) => [file.path, [path]]));
  for (const { binary, paths } of roots) names.set(binary.path, [...paths]);
  const files = new Files();
  const libraries = new Set<string>();
  // Libraries that something NEEDs come first: of two by one name they are what the dynamic linker finds.
  const inOrder = [...members.values()].toSorted(
    (a, b) => Number(b.names.size > 0) - Number(a.names.size > 0) || (a.binary.path < b.binary.path ? -1 : 1),
  );
  for (const member of inOrder) {
    for (const file of layout.filesOf(member, names.get(member.binary.path) ?? [])) {
      files.add(file);
      if (isLibrary(member.binary) && !file.link) libraries.add(file.path);
    }
  }
  for (const { file, path, reason, package: owner } of extras) {
    if (members.has(file.path)) continue;
    const place = layout.pathOf(path);
    const mode = place.startsWith("bin/") || (file.mode & 0o111) !== 0 ? 0o755 : 0o644;
    const bytes = rewriteText(path, file.bytes, recipes, architecture);
    files.add({
      path: place,
      mode,
      bytes,
      link: false,
      source: file.path,
      package: owner,
      reasons: [reason],
    });
  }
  for (const { name, links = [] } of recipes) {
    for (const link of links) files.link(link.name, link.target, { kind: "recipe", recipe: name });
  }

  const all = files.sorted();
  const { failures, assumed } = await trace(
    all,
    new Binaries(readBase, architecture),
    architecture,
    isCertain,
  );
  const notes = recipes.flatMap(({ name, note }) => (note === undefined ? [] : [`${name}: ${note}`]));
  return {
    files: all,
    libraries: all.filter(({ path }) => libraries.has(path)).map(({ path }) => path),
    environment: environmentOf(
      recipes,
      all.map(({ path }) => path),
    ),
    provided,
    assumed,
    failures,
    notes: [...notes, ...leftBehind(packages, recipes, all, layout)],
  };
}

/** A file beyond the packages' libraries. */
interface Extra {
  readonly file: ImageFile;
  /** Its path as the package names it. */
  readonly path: string;
  readonly package: string | undefined;
  readonly reason: Reason;
}

async function extrasOf(
  { packages, include, read, list, architecture }: Ingredients,
  recipes: readonly Recipe[],
  excluded: (path: string) => boolean,
): Promise<Extra[]> {
  const owners = new Map(packages.flatMap(({ name, paths }) => paths.map((path) => [path, name] as const)));
  const wanted = new Map<string, Reason>();
  for (const recipe of recipes) {
    for (const pattern of imagePatterns(recipe, architecture)) {
      // Some of what a recipe ships was made when the packages were installed: no package owns it.
      const paths = isLiteral(pattern)
        ? [pattern]
        : (await list(folderOf(pattern))).filter(matcher([pattern]));
      for (const path of paths) wanted.set(path, { kind: "recipe", recipe: recipe.name });
    }
  }
  const owned = [...owners.keys()];
  const asked = new Map(
    include.map((pattern) => [pattern, isLiteral(pattern) ? [pattern] : owned.filter(matcher([pattern]))]),
  );
  for (const [pattern, paths] of asked) {
    for (const path of paths) wanted.set(path, { kind: "include", pattern });
  }
  const limit = pLimit(READS_AT_ONCE);
  const extras = await Promise.all(
    [...wanted]
      .filter(([path]) => !excluded(path))
      .map(([path, reason]) =>
        limit(async (): Promise<Extra | undefined> => {
          const file = await read(path);
          if (!file || (reason.kind === "include" && !isMeant(file.path, path, reason.pattern, owners))) {
            return undefined;
          }
          return { file, path, package: owners.get(path), reason };
        }),
      ),
  );
  const found = extras.filter((extra) => extra !== undefined);
  for (const [pattern, paths] of asked) {
    if (paths.some((path) => excluded(path) || found.some((extra) => extra.path === path))) continue;
    throw new WorkError(`Include matches no regular file of the packages: ${pattern}`, {
      hint: "patterns are absolute paths in the image, such as /usr/bin/pdftotext or /etc/fonts/**",
    });
  }
  return found;
}

/**
 * Whether the file that a path leads to is one that an Include pattern means: a pattern must not pull in, by a package's
 * link, what no package of the set owns. A path that the user wrote out may lead anywhere.
 */
function isMeant(real: string, path: string, pattern: string, owners: ReadonlyMap<string, string>): boolean {
  if (isLiteral(pattern) || real === path) return true;
  // Some packages still name what lies in /usr/lib by /lib.
  return (
    owners.has(real) ||
    owners.has(real.replace(/^\/usr(?=\/lib)/, "")) ||
    real.startsWith(`${folderOf(pattern)}/`)
  );
}

/** Files by path: the first of a path stays. */
class Files {
  private readonly byPath = new Map<string, LayerFile>();
  private readonly folders = new Set<string>();

  /** A file cannot stand where a folder of another one must be. */
  add(file: LayerFile): void {
    const folders = foldersOf(file.path);
    if (this.byPath.has(file.path) || this.folders.has(file.path)) return;
    if (folders.some((folder) => this.byPath.has(folder))) return;
    this.byPath.set(file.path, file);
    for (const folder of folders) this.folders.add(folder);
  }

  /**
   * A further name below `lib/` of a file or a folder, when that, seen from the name's folder, is there and the name is
   * free.
   */
  link(name: string, target: string, reason: Reason): void {
    const path = `lib/${name}`;
    const place = posix.join(posix.dirname(path), target);
    const file =
      this.byPath.get(place) ?? [...this.byPath.values()].find((one) => one.path.startsWith(`${place}/`));
    if (file && !file.link)
      this.add({ ...file, path, bytes: Buffer.from(target), link: true, reasons: [reason] });
  }

  sorted(): LayerFile[] {
    return [...this.byPath.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
  }
}

function foldersOf(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_part, index) => parts.slice(0, index + 1).join("/"));
}
