import { WorkError } from "../../report/errors.ts";
import { didYouMean, nearest } from "../../target/nearest.ts";
import type { PackageManager } from "../../target/managers/manager.ts";
import { detectManager, managerNames } from "../../target/managers/managers.ts";
import { knownName, packageAdvice } from "../../target/names.ts";
import { parsePackage } from "../../target/packages.ts";
import { osOf } from "./os.ts";
import type { Listener } from "../../report/events.ts";
import { diskFull, isDiskFull } from "./fault.ts";
import { sourcesOf } from "./repositories.ts";
import { repositoryFault } from "./repository-fault.ts";
import type { Finished, Session } from "./session.ts";

const UNREACHABLE =
  /temporary failure resolving|could not resolve host|could not connect|cannot download repomd|curl error|failed to fetch|cannot find a valid baseurl|connection timed out/i;

const CONFLICT = /\bconflict|cannot install both|problem with installed package/i;

/** The package manager that the session's image has. */
export async function managerOf(session: Session): Promise<PackageManager> {
  const manager = await detectManager((path) => session.resolve(path));
  if (manager) return manager;
  throw new WorkError(`image ${session.request.image} has no package manager`, {
    hint: `packages can be installed in images with ${managerNames.join(", ")}; name such an image in BuildImage or RuntimeImage`,
  });
}

/** Installs the session's packages; each failure is one WorkError that quotes the package manager. */
export async function install(session: Session, manager: PackageManager, listener: Listener): Promise<void> {
  const { image, packages } = session.request;
  listener({ kind: "install", image, manager: manager.name, packages });
  for (const command of manager.install(packages.map(parsePackage))) {
    const result = await session.run(command, (line) => listener({ kind: "output", image, line }));
    if (result.exitCode !== 0 && isDiskFull(result.output)) throw await failed(session, manager, result);
    const missing = manager.missing(result.output);
    if (missing.length > 0) throw await notFound(session, manager, missing, result);
    if (result.exitCode !== 0) throw await failed(session, manager, result);
  }
}

async function notFound(
  session: Session,
  manager: PackageManager,
  missing: readonly string[],
  { output }: Finished,
): Promise<WorkError> {
  const places = [session.request.image, ...sourcesOf(session.request).map(({ name }) => name)];
  const listing = await session.run(manager.available);
  const names = manager.parseAvailable(listing.stdout);
  const os = await osOf(session);
  const near = missing
    .map((name) => knownName(name, os) ?? didYouMean(nearest(name, names)))
    .filter((hint) => hint !== undefined);
  return new WorkError(
    `${missing.length === 1 ? "package" : "packages"} not found in the repositories of ${places.join(", or in ")}: ${missing.join(", ")}`,
    {
      quote: lastLines(output, missing),
      hint: near.join("; ") || `${manager.name} knows no similar name: look it up for the image's system`,
    },
  );
}

async function failed(
  session: Session,
  manager: PackageManager,
  { exitCode, output }: Finished,
): Promise<WorkError> {
  const { image, packages } = session.request;
  const doing = `installing ${packages.join(", ")} in ${image}`;
  const quote = lastLines(output);
  if (isDiskFull(output)) return diskFull(doing, quote);
  const fault = repositoryFault(session.request, output, quote);
  if (fault) return fault;
  if (UNREACHABLE.test(output)) {
    return new WorkError(`the package repositories of ${image} cannot be reached`, {
      quote,
      hint: "check the network of the containers (proxy, DNS, VPN), then run sam-pkg again",
    });
  }
  const os = await osOf(session);
  const advice = CONFLICT.test(output)
    ? packages
        .map((text) => packageAdvice(parsePackage(text).name, os))
        .filter((one) => one !== undefined)
        .join("; ")
    : "";
  return new WorkError(`${doing} failed: ${manager.name} ended with exit code ${exitCode}`, {
    quote,
    hint: advice || `try it by hand: docker run --rm -it --user 0 --entrypoint /bin/sh ${image}`,
  });
}

/** What a package manager said last; lines that name one of the words first. */
function lastLines(output: string, words: readonly string[] = []): string {
  const all = output
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const naming = all.filter((line) => words.some((word) => line.includes(word)));
  return (naming.length > 0 ? naming.slice(-4) : all.slice(-6)).join("\n");
}
