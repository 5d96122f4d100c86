import table from "../../schemas/extras.json" with { type: "json" };
import type { RepoSection } from "./repo-file.ts";

/** The one system that has topics of amazon-linux-extras. */
export const EXTRAS_OS: string = table.os;

/** The repository that `amazon-linux-extras enable` would enable for a topic; the key lies in the image. */
export function extrasSection(topic: string, prefix: string): RepoSection {
  const named = (text: string): string => text.replace("{topic}", () => topic);
  return {
    id: prefix + named(table.id),
    mirrorList: named(table.mirrorlist),
    gpgCheck: true,
    gpgKeys: [table.gpgkey],
    priority: table.priority,
  };
}
