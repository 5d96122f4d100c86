import type { Architecture } from "../target/runtimes.ts";
import { builtFiles } from "./built.ts";
import type { Member, Start } from "./closure.ts";
import { close } from "./closure.ts";
import { isCertain } from "../target/environment.ts";
import type { Extra } from "./extras.ts";
import { extrasOf } from "./extras.ts";
import type { Ingredients, LayerFile } from "./file.ts";
import { Files } from "./files.ts";
import { Layout } from "./layout.ts";
import { Binaries, binaryOf, isLibrary } from "./library.ts";
import { leftBehind } from "./left-behind.ts";
import { matcher } from "./patterns.ts";
import type { Recipe } from "./recipes.ts";
import { environmentOf, recipesFor, rewriteText } from "./recipes.ts";
import { cachedFolders, rootsOf } from "./roots.ts";
import type { Failure } from "./trace.ts";
import { trace } from "./trace.ts";

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
  const { architecture, packages, read, readBase, exclude, built } = ingredients;
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
  const images = await Promise.all(built.map((image) => builtFiles(image, architecture, excluded)));
  // What the user put there wins over packages, and what packages bring of the runtime image over other images.
  const addBuilt = (own: readonly LayerFile[], ofLibraries: ReadonlySet<string>): void => {
    for (const file of own) if (files.add(file) && ofLibraries.has(file.path)) libraries.add(file.path);
  };
  for (const image of images) addBuilt(image.placed, image.libraries);
  for (const member of inLinkerOrder(members.values())) {
    for (const file of layout.filesOf(member, names.get(member.binary.path) ?? [])) {
      if (files.add(file) && isLibrary(member.binary) && !file.link) libraries.add(file.path);
    }
  }
  for (const extra of extras) {
    if (!members.has(extra.file.path)) files.add(dataFile(extra, layout, recipes, architecture));
  }
  for (const image of images) addBuilt(image.needed, image.libraries);
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
    provided: [...new Set([...provided, ...images.flatMap((image) => image.provided)])].toSorted(),
    assumed,
    failures,
    notes: [
      ...images.flatMap((image) => image.notes),
      ...notes,
      ...leftBehind(packages, recipes, all, layout),
    ],
  };
}

/** What is NEEDED comes first: of two libraries by one name it is the one that the dynamic linker finds. */
function inLinkerOrder(members: Iterable<Member>): Member[] {
  return [...members].toSorted(
    (a, b) => Number(b.names.size > 0) - Number(a.names.size > 0) || (a.binary.path < b.binary.path ? -1 : 1),
  );
}

/** A file that is no binary, at its place, rewritten as recipes say. */
function dataFile(
  { file, path, reason, package: owner }: Extra,
  layout: Layout,
  recipes: readonly Recipe[],
  architecture: Architecture,
): LayerFile {
  const place = layout.pathOf(path);
  const mode = place.startsWith("bin/") || (file.mode & 0o111) !== 0 ? 0o755 : 0o644;
  const bytes = rewriteText(path, file.bytes, recipes, architecture);
  return { path: place, mode, bytes, link: false, source: file.path, package: owner, reasons: [reason] };
}
