import { basename } from "node:path";
import { stableTags } from "./plan.ts";
import type { Stack } from "./stacks.ts";

/**
 * The stable tags of each function, by its key: one for each logical ID, after the folder of the template that it
 * stands in. Functions of one ID in folders of one name share a tag, as they share an image.
 */
export function tagsOf(stacks: readonly Pick<Stack, "folder" | "requests">[]): Map<string, string[]> {
  const folders = new Map<string, Pick<Stack, "folder" | "requests">[]>();
  for (const stack of stacks) {
    // Names that become one name in a tag are one here.
    const name = basename(stack.folder)
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .replaceAll(/^-|-$/g, "");
    folders.set(name, [...(folders.get(name) ?? []), stack]);
  }
  const tags = new Map<string, string[]>();
  for (const [name, alike] of folders) {
    const requests = alike.flatMap((stack) => stack.requests);
    const named = stableTags(name, [...new Set(requests.flatMap(({ logicalIds }) => logicalIds))]);
    for (const { key, logicalIds } of requests) {
      tags.set(
        key,
        logicalIds.map((logicalId) => named.get(logicalId) ?? ""),
      );
    }
  }
  return tags;
}
