import { posix } from "node:path";
import type { Chains } from "../layer/chains.ts";
import { chainsTo } from "../layer/chains.ts";
import { isCertain, LAYER_ROOT } from "../target/environment.ts";
import type { LayerFile } from "../layer/file.ts";
import { matcher } from "../layer/patterns.ts";
import { InputError } from "../report/errors.ts";
import { didYouMean, nearest } from "../target/nearest.ts";
import type { Inspection } from "./inspect.ts";
import type { CheckedLayer } from "./layer.ts";
import { REPORT_VERSION } from "./report.ts";

/** A file that was meant, with all the ways by which it came into its layer. */
export interface Match extends Chains {
  readonly layer: string;
  readonly functions: readonly string[];
  readonly path: string;
}

/** What `sam-pkg why --json` prints. */
export interface WhyReport {
  readonly version: number;
  readonly command: "why";
  readonly template: string;
  /** As the user named it. */
  readonly file: string;
  /** Every runtime has the file, and no layer: it is of the glibc family. */
  readonly certain: boolean;
  readonly matches: readonly Match[];
}

/**
 * Why a file is in the layers.
 * @param file a file name, a path in the layer or a path in the runtime image
 * Throws InputError when no layer has it, unless every runtime does.
 */
export function whyReport(file: string, { template, layers }: Inspection): WhyReport {
  const matches = layers.flatMap(({ name: layer, set, files, packages }) =>
    files
      .filter((one) => isMeant(file, one))
      .map((one): Match => {
        const { functions } = set;
        return { layer, functions, path: one.path, ...chainsTo(one, files, packages) };
      }),
  );
  const certain = matches.length === 0 && isCertain(posix.basename(file));
  if (matches.length === 0 && !certain) throw notInAnyLayer(file, template, layers);
  return { version: REPORT_VERSION, command: "why", template, file, certain, matches };
}

/** Whether a user means this file by a name or a path. */
function isMeant(wanted: string, { path, source }: LayerFile): boolean {
  if (!wanted.includes("/")) return [path, source].some((one) => posix.basename(one) === wanted);
  const absolute = usrMerged(posix.normalize(wanted));
  const own = usrMerged(source);
  return (
    posix.normalize(wanted) === path ||
    absolute === `${LAYER_ROOT}/${path}` ||
    absolute === own ||
    // In the image the SONAME is often a link to a file whose name has the whole version.
    absolute === posix.join(posix.dirname(own), posix.basename(path))
  );
}

/** `/lib64/x` is `/usr/lib64/x` on every system that Lambda has had since 2018. */
function usrMerged(path: string): string {
  return path.replace(/^\/(?=(?:s?bin|lib(?:32|64)?)\/)/, "/usr/");
}

function notInAnyLayer(file: string, template: string, layers: readonly CheckedLayer[]): InputError {
  const fail = (message: string, hint: string): InputError =>
    new InputError([{ severity: "error", file: template, message, hint }]);
  if (layers.length === 0) {
    return fail(`no layer has ${file}: there is no layer`, "`sam-pkg plan` shows what the template asks for");
  }
  const name = posix.basename(file);
  if (layers.some(({ assumed }) => assumed.includes(name))) {
    return fail(
      `no layer has ${file}: it is left to the runtime image`,
      "take it out of Exclude, so that the layer brings it",
    );
  }
  for (const { packages, set } of layers) {
    for (const { name: owner, paths } of packages) {
      const path = paths.find(
        (one) => (one === file || posix.basename(one) === file) && !isFolder(one, paths),
      );
      if (path === undefined) continue;
      const hint = matcher(set.exclude)(path)
        ? "it is left out by Exclude"
        : `to ship it, add to the function's Packages: \`Include: [${path}]\``;
      return fail(`no layer has ${file}, but package ${owner} brings it`, hint);
    }
  }
  const names = new Set(layers.flatMap(({ files }) => files.map(({ path }) => posix.basename(path))));
  const hint = didYouMean(nearest(name, names));
  return fail(`no layer has ${file}`, hint ?? "`sam-pkg plan` lists the files of the layers");
}

/** Package databases list folders among the paths. */
function isFolder(path: string, paths: readonly string[]): boolean {
  return paths.some((one) => one.startsWith(`${path}/`));
}
