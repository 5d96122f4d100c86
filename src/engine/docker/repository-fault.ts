import { WorkError } from "../../report/errors.ts";
import { captures } from "../../target/managers/manager.ts";
import type { InstallRequest } from "../engine.ts";
import type { Source } from "./repositories.ts";
import { sourcesOf } from "./repositories.ts";

/** How dnf 4 and 5, microdnf (libdnf) and yum 3 name a repository that they cannot read. */
const UNREAD = [
  /metadata for repo(?:sitory)? ['"]([^'"\s]+)['"]/gi,
  /cannot update repo '([^'\s]+)'/gi,
  /valid baseurl for repo: ([^/\s]+)/gi,
  /repomd\.xml from ([^\s]+): \[/gi,
];

/** What they say of a package whose signature is not right: the package, a word on it, and its repository where named. */
const REFUSED: readonly { readonly what: Refusal; readonly pattern: RegExp }[] = [
  { what: "unsigned", pattern: /^Package (?<package>\S+) is not signed/m },
  {
    what: "unsigned",
    pattern: /package "(?<package>\S+)" .*from repo "(?<id>\S+)" has failed: The package is not signed/,
  },
  {
    what: "unknown",
    pattern: /package (?<package>\S+) cannot be verified and repo (?<id>\S+) is GPG enabled/,
  },
  { what: "unknown", pattern: /package "(?<package>\S+)" .*from repo "(?<id>\S+)" has failed/ },
  {
    what: "stranger",
    pattern: /GPG keys listed for the "(?<id>[^"]+)" repository[^]*?Failing package is: (?<package>\S+)/,
  },
  { what: "stranger", pattern: /Failing package is: (?<package>\S+)/ },
  { what: "stranger", pattern: /Public key for (?<package>\S+) is not installed/ },
  { what: "damaged", pattern: /Problem opening package (?<package>\S+)/ },
  { what: "damaged", pattern: /Package "(?<package>[^"]+)" from .* "(?<id>[^"]+)" has incorrect checksum/ },
  { what: "damaged", pattern: /^(?:\[MIRROR\]|\[FAILED\]) (?<package>\S+): .*checksum doesn't match/m },
];

type Refusal = "unsigned" | "stranger" | "damaged" | "unknown";

const SAID: Readonly<Record<Refusal, (name: string, source: string) => string>> = {
  unsigned: (name, source) => `package ${name} of repository ${source} is not signed`,
  stranger: (name, source) =>
    `package ${name} of repository ${source} is signed by another key than its GpgKey`,
  damaged: (name, source) =>
    `package ${name} of repository ${source} is not what was signed or listed: it was changed since`,
  unknown: (name, source) => `package ${name} of repository ${source} is not signed, or not by its GpgKey`,
};

const KEY_HINT =
  "name the key that signs its packages (GpgKey), or write `GpgCheck: false` to install them unchecked";

/**
 * What is wrong with a further repository or a package of it, as one error, from what a package manager said when it
 * failed; undefined when it said nothing of the kind.
 */
export function repositoryFault(
  request: InstallRequest,
  output: string,
  quote: string,
): WorkError | undefined {
  const sources = sourcesOf(request);
  const unread = captures(output, ...UNREAD);
  const source = sources.find(({ id }) => unread.includes(id));
  if (source) return unreadable(source, request.image, output, quote);
  for (const { what, pattern } of REFUSED) {
    const found = pattern.exec(output)?.groups;
    if (!found) continue;
    const name = found["package"] ?? "";
    const id = found["id"] ?? repositoryOf(name, output);
    const refusing = sources.find((one) => one.id === id);
    if (!refusing) return undefined;
    const hint = what === "damaged" ? "do not use it; tell the repository's owner" : KEY_HINT;
    return new WorkError(SAID[what](name.replace(/\.rpm$/, ""), refusing.name), { quote, hint });
  }
  return undefined;
}

function unreadable({ name, topic }: Source, image: string, output: string, quote: string): WorkError {
  const absent = /(?:status code:|HTTP error|returned error:) (?:403|404)\b|couldn't read a file/i.test(
    output,
  );
  if (topic === undefined) {
    return new WorkError(`repository ${name} cannot be read`, {
      quote,
      hint: absent
        ? "correct its URL: repodata/repomd.xml must be below BaseUrl, and below the mirrors that MirrorList lists"
        : "check its URL and the network of the containers (proxy, DNS, VPN)",
    });
  }
  if (absent) {
    return new WorkError(`amazon-linux-extras has no topic ${name}`, {
      quote,
      hint: "`amazon-linux-extras list` shows the topics, in a container of amazonlinux:2",
    });
  }
  return new WorkError(`topic ${name} of amazon-linux-extras cannot be read in ${image}`, {
    quote,
    hint: "check the network of the containers (proxy, DNS, VPN)",
  });
}

/** The repository of a package, from the table of what is to be installed: name, architecture, version, repository. */
function repositoryOf(file: string, output: string): string | undefined {
  const rows = [...output.matchAll(/^ (\S+)\s+\S+\s+\S+\s+(\S+)\s+[\d.]+ ?[kMG]?\s*$/gm)];
  const named = rows
    .map(([, name = "", id = ""]) => ({ name, id }))
    .filter(({ name }) => file === name || file.startsWith(`${name}-`) || file.startsWith(`${name}.`));
  return named.toSorted((a, b) => b.name.length - a.name.length)[0]?.id;
}
