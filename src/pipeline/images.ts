import { builtResources } from "../template/built.ts";
import type { FunctionResult } from "./edits.ts";
import type { Stack } from "./stacks.ts";

/** The build image of each logical ID, by the name that stays: SAM takes one for the functions of all stacks. */
export function imagesOf(functions: readonly FunctionResult[]): Map<string, string> {
  const images = new Map<string, string>();
  for (const { request, buildImage } of functions) {
    for (const [at, logicalId] of request.logicalIds.entries()) {
      const stableTag = buildImage?.stableTags[at];
      if (stableTag !== undefined && !images.has(logicalId)) images.set(logicalId, stableTag);
    }
  }
  return images;
}

/** Images that the user gave by `--build-image` or samconfig's `build_image`, by logical ID; "" for all others. */
export function namedImages(texts: readonly string[]): Map<string, string> {
  return new Map(
    texts.map((text) => {
      const at = text.indexOf("=");
      return [text.slice(0, Math.max(at, 0)).trim(), text.slice(at + 1).trim()];
    }),
  );
}

/** Whether an image has a name that sam-pkg gives, so that it may take another's place. */
export function isOurImage(image: string): boolean {
  return image.startsWith("samcli/lambda-sampkg-");
}

/** Logical IDs of what `sam build` builds without an image from here. */
export function plainlyBuilt(stacks: readonly Stack[], functions: readonly FunctionResult[]): string[] {
  const imaged = new Set(functions.flatMap(({ request, buildImage }) => (buildImage ? [request] : [])));
  return stacks.flatMap(({ template, requests }) => {
    const own = new Set(requests.filter((one) => imaged.has(one)).map(({ path }) => JSON.stringify(path)));
    return builtResources(template.value)
      .filter(({ path }) => !own.has(JSON.stringify(path)))
      .map(({ logicalId }) => logicalId);
  });
}
