import type { RuntimePackage } from "../../src/engine/engine.ts";
import type { PackageSet } from "../../src/pipeline/plan.ts";
import { runtime } from "./requests.ts";

/** A set of one package for one function on python3.12 and x86_64, changed. */
export function packageSet(change: Partial<PackageSet> = {}): PackageSet {
  return {
    image: "i",
    architecture: "x86_64",
    packages: ["foo"],
    repositories: [],
    extras: [],
    shipped: [],
    include: [],
    exclude: [],
    keys: ["Resources/MyFunction"],
    functions: ["MyFunction"],
    runtimes: [runtime("python3.12")],
    ...change,
  };
}

/** A package of a runtime image that was asked for by its own name, changed. */
export function runtimePackage(
  name: string,
  version: string,
  change: Partial<RuntimePackage> = {},
): RuntimePackage {
  return { name, version, architecture: "x86_64", provides: [], paths: [], requests: [name], ...change };
}
