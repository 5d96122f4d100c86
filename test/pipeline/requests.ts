import type { FunctionRequest } from "../../src/template/request.ts";
import { findRuntime } from "../../src/target/runtimes.ts";
import type { Runtime } from "../../src/target/runtimes.ts";

/** A runtime that the test needs to be there. */
export function runtime(id: string): Runtime {
  const found = findRuntime(id);
  if (!found) throw new Error(`no runtime ${id}`);
  return found;
}

/** A function's request for nothing on python3.12 and x86_64, changed. */
export function request(logicalId: string, change: Partial<FunctionRequest> = {}): FunctionRequest {
  return {
    key: `Resources/${logicalId}`,
    path: ["Resources", logicalId],
    logicalIds: [logicalId],
    runtime: runtime("python3.12"),
    architecture: "x86_64",
    resource: "function",
    builds: (change.build ?? []).length > 0,
    build: [],
    repositories: [],
    extras: [],
    shipped: [],
    runtimePackages: [],
    include: [],
    exclude: [],
    variables: {},
    layerPlaces: [{ op: "set", path: ["Resources", logicalId, "Properties", "Layers"], from: undefined }],
    layerPreparations: [],
    emptyLists: [],
    ...change,
  };
}
