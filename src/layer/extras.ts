import pLimit from "p-limit";
import { WorkError } from "../report/errors.ts";
import type { ImageFile, Ingredients, Reason } from "./file.ts";
import { folderOf, isLiteral, matcher } from "./patterns.ts";
import type { Recipe } from "./recipes.ts";
import { imagePatterns } from "./recipes.ts";
import { READS_AT_ONCE } from "./roots.ts";

/** A file beyond the packages' libraries. */
export interface Extra {
  readonly file: ImageFile;
  /** Its path as the package names it. */
  readonly path: string;
  readonly package: string | undefined;
  readonly reason: Reason;
}

/** The files that recipes and Include patterns add, less what Exclude keeps out. */
export async function extrasOf(
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
  const there = new Set(found.map(({ path }) => path));
  for (const [pattern, paths] of asked) {
    if (paths.some((path) => excluded(path) || there.has(path))) continue;
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
