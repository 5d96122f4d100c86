import type { RuntimePackage } from "../engine/engine.ts";
import type { Budget } from "../layer/budget.ts";
import { MOST_BYTES } from "../layer/budget.ts";
import type { Failure } from "../layer/trace.ts";
import { WorkError } from "../report/errors.ts";
import { parsePackage } from "../target/packages.ts";
import type { PackageSet } from "./plan.ts";

/** All that would fail in a layer, each with the package that brought it and who asked for that. */
export function wouldNotLoad(
  set: PackageSet,
  packages: readonly RuntimePackage[],
  failures: readonly Failure[],
): WorkError {
  const versions = new Map(packages.map(({ name, version }) => [name, version]));
  const askers = set.functions.join(", ");
  const lines = failures.map(({ file, message }) => {
    const owner =
      file.package === undefined
        ? file.dockerfile === undefined
          ? "it is the runtime image's own"
          : `it is from the image of ${file.dockerfile}`
        : `it came with package ${file.package}-${versions.get(file.package) ?? ""}`;
    return `${message}; ${owner} (asked for by ${askers})`;
  });
  const versioned = failures.some(({ message }) => /, the (?:runtime|layer) has /.test(message));
  const ofImage = failures.some(({ file }) => file.dockerfile !== undefined);
  return new WorkError(`the layer for ${contentsOf(set)} would not load; nothing was published`, {
    quote: lines.join("\n"),
    hint: ofImage
      ? imageHint(versioned)
      : versioned
        ? "the package is newer than the runtime: pin an older one (`name = version`), take it from the runtime's own system, or name the RuntimeImage that the function has"
        : "add the package that has the missing library to Runtime, or leave out by Exclude what the function does not load",
  });
}

function imageHint(versioned: boolean): string {
  return versioned
    ? "the Dockerfile's image is newer than the runtime: start it FROM the build image of the function's own runtime"
    : "put the missing library into /var/task/lambda_lib as well, or leave out by Exclude what the function does not load";
}

/** What a layer is for, for people. */
function contentsOf({ packages, shipped }: PackageSet): string {
  return [...packages, ...shipped.map(({ image }) => image)].join(", ");
}

/** A layer above Lambda's limit, with what takes the room. */
export function tooLarge(set: PackageSet, { bytes, shares }: Budget): WorkError {
  const asked = new Set(set.packages.map((text) => parsePackage(text).name));
  const pulled = (name: string | undefined): string =>
    name === undefined
      ? "needed by the others"
      : asked.has(name)
        ? `asked for by ${set.functions.join(", ")}`
        : set.shipped.some(({ image }) => image === name)
          ? "the Dockerfile's"
          : `installed for ${set.packages.join(", ")}`;
  const rows = shares
    .slice(0, 15)
    .map(
      ({ package: name, bytes: part }) =>
        `${part.toLocaleString("en")} bytes  ${name ?? "runtime image"}  (${pulled(name)})`,
    );
  return new WorkError(
    `the layer for ${contentsOf(set)} takes ${bytes.toLocaleString("en")} bytes unzipped; a function and its layers may take ${MOST_BYTES.toLocaleString("en")}`,
    {
      quote: rows.join("\n"),
      hint: "leave out by Exclude what the function does not load, or ask for fewer packages",
    },
  );
}
