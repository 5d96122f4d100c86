import table from "../../schemas/recipes.json" with { type: "json" };
import type { Architecture } from "../target/runtimes.ts";
import { defaultFolders, LAYER_ROOT } from "../target/environment.ts";
import type { PackageFiles } from "./file.ts";
import { matcher } from "./patterns.ts";

/** What packages need beyond their libraries; an entry of schemas/recipes.json. */
export interface Recipe {
  readonly name: string;
  /** Any of these installed packages calls for the recipe. */
  readonly packages: readonly string[];
  /** Patterns of further files, which keep their own path. */
  readonly include?: readonly string[];
  /** Further names of libraries in `lib/`. */
  readonly links?: readonly { readonly name: string; readonly target: string }[];
  /** Text to replace in included files; `{libdir}` stands for the image's folder of libraries. */
  readonly rewrite?: readonly { readonly file: string; readonly from: string; readonly to: string }[];
  /** Variables of the function. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What is still left to the user. */
  readonly note?: string;
}

const recipes: readonly Recipe[] = table.recipes;

/** The recipes that a set of installed packages calls for. */
export function recipesFor(packages: readonly Pick<PackageFiles, "name">[]): Recipe[] {
  return recipes.filter((recipe) => packages.some(({ name }) => covers(recipe, name)));
}

/** Whether a package is one of those that a recipe is for; `*` stands for any part of a name. */
export function covers(recipe: Recipe, name: string): boolean {
  return matcher(recipe.packages)(name);
}

/** The patterns of a recipe's files in the image, `{libdir}` written out. */
export function imagePatterns({ include = [] }: Recipe, architecture: Architecture): string[] {
  return include.flatMap((pattern) => expandLibdir(pattern, architecture));
}

/** Replaces text in an included file as recipes say; the path is the file's in the image. */
export function rewriteText(
  path: string,
  bytes: Uint8Array,
  called: readonly Recipe[],
  architecture: Architecture,
): Uint8Array {
  const replacements = called
    .flatMap(({ rewrite = [] }) => rewrite)
    .filter(({ file }) => matcher(expandLibdir(file, architecture))(path));
  if (replacements.length === 0) return bytes;
  // latin1 keeps every byte that is not replaced as it is.
  let text = Buffer.from(bytes).toString("latin1");
  for (const { from, to } of replacements) {
    for (const literal of expandLibdir(from, architecture)) text = text.replaceAll(literal, to);
  }
  return Buffer.from(text, "latin1");
}

/**
 * The variables that recipes set, of which each path below /opt that is a pattern becomes the first file or folder of
 * the layer that fits. A path that fits nothing is left out, and so is a variable of which no path
 * below /opt remains.
 */
export function environmentOf(
  called: readonly Recipe[],
  layerPaths: readonly string[],
): Record<string, string> {
  const places = [...new Set(layerPaths.flatMap(withFolders))]
    .map((path) => `${LAYER_ROOT}/${path}`)
    .toSorted();
  const result: Record<string, string> = {};
  for (const { environment = {} } of called) {
    for (const [name, value] of Object.entries(environment)) {
      const paths = value.split(":").map((path) => (isInLayer(path) ? places.find(matcher([path])) : path));
      const found = paths.filter((path) => path !== undefined);
      if (found.some(isInLayer)) result[name] = found.join(":");
    }
  }
  return result;
}

function isInLayer(path: string): boolean {
  return path.startsWith(`${LAYER_ROOT}/`);
}

function withFolders(path: string): string[] {
  const parts = path.split("/");
  return parts.map((_part, index) => parts.slice(0, index + 1).join("/"));
}

/** `{libdir}` is the image's folder of libraries: Amazon Linux's or Debian's, whichever it has. */
function expandLibdir(text: string, architecture: Architecture): string[] {
  if (!text.includes("{libdir}")) return [text];
  return defaultFolders(architecture)
    .filter((folder) => folder.startsWith("/usr/lib") && folder !== "/usr/lib")
    .map((folder) => text.replaceAll("{libdir}", folder));
}
