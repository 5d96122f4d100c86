// `sam build --build-image Fn=…` holds for Fn of every stack: functions of one name cannot have different images.
import type { Diagnostic } from "../report/diagnostic.ts";
import { byFileAndPosition } from "../report/diagnostic.ts";
import { InputError } from "../report/errors.ts";
import type { Listener } from "../report/events.ts";
import type { BuiltResource } from "../template/built.ts";
import { builtResources } from "../template/built.ts";
import type { FunctionRequest } from "../template/request.ts";
import type { Dockerfiles } from "./dockerfiles.ts";
import type { PackageSet } from "./plan.ts";
import { planSets } from "./plan.ts";
import type { Stack, Tree } from "./stacks.ts";
import { problemAt } from "./stacks.ts";

/** A function with an image to be built in. */
interface Owner {
  readonly stack: Stack;
  readonly request: FunctionRequest;
  readonly set: PackageSet;
}

/**
 * Refuses what SAM would build in the image of a namesake in another stack; warns where that image is the function's
 * own with more packages in it. Throws InputError.
 */
export function checkNamesakes(
  { stacks, requests }: Tree,
  dockerfiles: Dockerfiles,
  listener: Listener,
): void {
  if (stacks.length === 1) return;
  const sets = new Map(
    planSets(requests, dockerfiles).builds.flatMap((set) => set.keys.map((key) => [key, set])),
  );
  const owners = new Map<string, Owner>();
  const problems: Diagnostic[] = [];
  for (const stack of stacks.toReversed()) {
    for (const request of stack.requests) {
      const set = sets.get(request.key);
      for (const logicalId of set ? request.logicalIds : []) {
        const owner = owners.get(logicalId);
        if (!set) continue;
        if (!owner) owners.set(logicalId, { stack, request, set });
        else if (owner.set !== set) problems.push(refusal(stack, request, logicalId, owner));
      }
    }
  }
  for (const stack of owners.size > 0 ? stacks : []) {
    const imaged = new Set(
      stack.requests.filter(({ key }) => sets.has(key)).flatMap((one) => one.logicalIds),
    );
    for (const resource of builtResources(stack.template.value)) {
      const { logicalId } = resource;
      const owner = owners.get(logicalId);
      if (!owner || imaged.has(logicalId)) continue;
      if (differs(resource, owner)) problems.push(refusal(stack, resource, logicalId, owner));
      else {
        const message = `${logicalId} of ${stack.file} is built in the image of ${logicalId} of ${owner.stack.file}: to sam build, --build-image ${logicalId}=… means both`;
        listener({ kind: "warning", message, hint: "rename one of the two" });
      }
    }
  }
  if (problems.length > 0) throw new InputError(problems.toSorted(byFileAndPosition));
}

function differs({ runtime, architecture }: BuiltResource, { request }: Owner): boolean {
  return (
    (runtime !== undefined && runtime !== request.runtime.id) ||
    (architecture !== undefined && architecture !== request.architecture)
  );
}

function refusal(
  stack: Stack,
  { path }: Pick<FunctionRequest, "path">,
  logicalId: string,
  owner: Owner,
): Diagnostic {
  const message = `${logicalId} would be built in the image of ${logicalId} of ${owner.stack.file}, which is another: to sam build, --build-image ${logicalId}=… means both`;
  return problemAt(stack, path, message, "rename one of the two, so that each gets its own image");
}
