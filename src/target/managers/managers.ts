import { apk } from "./apk.ts";
import { apt } from "./apt.ts";
import { dnf } from "./dnf.ts";
import type { PackageManager } from "./manager.ts";
import { microdnf } from "./microdnf.ts";
import { yum } from "./yum.ts";

/** In the order in which an image is asked: the most able of a family first. */
const managers: readonly PackageManager[] = [dnf, microdnf, yum, apt, apk];

/** Names of the package managers that can be used, for messages. */
export const managerNames: readonly string[] = managers.map(({ name }) => name);

/** Names of those that further repositories work with. */
export const managersWithRepositories: readonly string[] = managers
  .filter(({ repoFolder }) => repoFolder !== undefined)
  .map(({ name }) => name);

/**
 * Finds the package manager of an image.
 * `resolve` gives the path that a path leads to in the image after all links, undefined when there is nothing.
 * A program by one manager's name that is a link to another's (`dnf` to `microdnf`) is that other.
 */
export async function detectManager(
  resolve: (path: string) => Promise<string | undefined>,
): Promise<PackageManager | undefined> {
  for (const manager of managers) {
    for (const program of manager.programs) {
      const found = await resolve(program);
      if (found === undefined) continue;
      const name = found.slice(found.lastIndexOf("/") + 1);
      return managers.find((other) => other.name === name) ?? manager;
    }
  }
  return undefined;
}
