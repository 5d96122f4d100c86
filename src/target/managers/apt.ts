import type { InstalledPackage, PackageDatabase, PackageManager } from "./manager.ts";
import { captures, lines } from "./manager.ts";

const qualified = ({ name, architecture }: InstalledPackage): string =>
  architecture === "all" ? name : `${name}:${architecture}`;

const dpkgDatabase: PackageDatabase = {
  list: [
    "dpkg-query",
    "-W",
    "-f",
    "${db:Status-Abbrev}\\t${Package}\\t${Version}\\t${Architecture}\\t${Provides}\\n",
  ],
  parseList: (output) =>
    lines(output)
      .map((line) => line.split("\t"))
      .filter(([status]) => status?.trim() === "ii")
      .map(([, name = "", version = "", architecture = "", provides = ""]) => ({
        name,
        version,
        architecture,
        // `name (= version), name`
        provides: provides
          .split(",")
          .map((one) => one.trim().split(" ")[0] ?? "")
          .filter((one) => one !== ""),
      })),
  files: (packages) => ["dpkg-query", "-L", ...packages.map(qualified)],
  // One block a package, an empty line between two; lines about diversions are no paths.
  parseFiles: (output) =>
    output.split(/\n\n/).map((block) => lines(block).filter((line) => line.startsWith("/") && line !== "/.")),
};

/** apt-get: Debian and Ubuntu. */
export const apt: PackageManager = {
  name: "apt-get",
  programs: ["/usr/bin/apt-get"],
  install: (packages) => [
    // An unreachable mirror is only a warning to apt-get update unless it is told otherwise.
    ["apt-get", "-q", "-o", "APT::Update::Error-Mode=any", "update"],
    [
      "apt-get",
      "-q",
      "-y",
      "--no-install-recommends",
      // A name that no package has is an error, never a pattern over all names.
      "-o",
      "APT::Cmd::Pattern-Only=true",
      "install",
      "--",
      ...packages.map(({ name, version }) => (version === undefined ? name : `${name}=${version}`)),
    ],
  ],
  clean: [
    ["apt-get", "clean"],
    ["rm", "-rf", "/var/lib/apt/lists"],
  ],
  database: dpkgDatabase,
  missing: (output) =>
    captures(
      output,
      /Unable to locate package (\S+)/g,
      /Package '([^']+)' has no installation candidate/g,
      /Version '[^']+' for '([^']+)' was not found/g,
      /Couldn't find any package by (?:glob|regex) '([^']+)'/g,
    ),
  available: ["apt-cache", "pkgnames"],
  parseAvailable: lines,
};
