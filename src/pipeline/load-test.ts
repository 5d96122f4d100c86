import type { RuntimeRoot } from "../engine/engine.ts";
import type { Assembly } from "../layer/assemble.ts";
import type { LayerFile } from "../layer/file.ts";
import { imagePath, ownerOf } from "../layer/file.ts";
import type { Failure } from "../layer/trace.ts";
import type { PackageSet } from "./plan.ts";
import { wouldNotLoad } from "./verdict.ts";

/** What a load test found. */
export interface LoadTest {
  readonly tried: number;
  readonly loaded: number;
  /** What the user should know, a sentence each. */
  readonly notes: readonly string[];
}

/** Loads each library; throws WorkError with all that would fail in a function. */
export async function testLoading(
  set: PackageSet,
  root: RuntimeRoot,
  { files, libraries }: Assembly,
): Promise<LoadTest> {
  const failures = await root.load(files, libraries);
  const byPath = new Map(files.map((file) => [file.path, file]));
  const failed = new Set(failures.map(({ path }) => path));
  const loaded = new Set(
    libraries.filter((path) => !failed.has(path)).map((path) => sourceOf(byPath.get(path))),
  );
  const programs = new Set(files.filter(({ path }) => !libraries.includes(path)).map(sourceOf));
  const fatal: Failure[] = [];
  const hosted: LayerFile[] = [];
  let complete = libraries.length - failures.length;
  for (const { path, said } of failures) {
    const file = byPath.get(path);
    if (!file) continue;
    const unresolved = said.includes("undefined symbol");
    const needers = file.reasons.flatMap((reason) =>
      reason.kind === "needed" ? [imagePath(reason.by, reason.dockerfile)] : [],
    );
    // Some libraries leave symbols to whatever NEEDs them: what loaded with them has shown that they are complete.
    if (unresolved && needers.some((by) => loaded.has(by))) complete += 1;
    else if (unresolved && isPlugin(file)) hosted.push(file);
    else if (!unresolved || !needers.some((by) => programs.has(by))) {
      fatal.push({ file, message: `${path} does not load: ${said}` });
    }
  }
  if (fatal.length > 0) throw wouldNotLoad(set, root.packages, fatal);
  const notes = [...new Set(hosted.map(ownerOf))].map((owner) => {
    const plugins = hosted.filter((file) => ownerOf(file) === owner);
    const more = plugins.length > 1 ? ` and ${plugins.length - 1} more` : "";
    return `plug-ins of ${owner} leave symbols to the program that loads them: ${plugins[0]?.path}${more}`;
  });
  return { tried: libraries.length, loaded: complete, notes };
}

function sourceOf(file: LayerFile | undefined): string | undefined {
  return file && imagePath(file.source, file.dockerfile);
}

/** Plug-ins keep their package's folder below `lib/`. */
function isPlugin({ path }: LayerFile): boolean {
  return path.split("/").length > 2;
}
