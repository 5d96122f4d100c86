import type { PackageManager } from "./manager.ts";
import { captures, lines } from "./manager.ts";
import { RPM_REPO_FOLDER, rpmDatabase, rpmSpec } from "./rpm.ts";

/** dnf 4 and 5: Amazon Linux 2023's build images, Fedora. */
export const dnf: PackageManager = {
  name: "dnf",
  programs: ["/usr/bin/dnf"],
  install: (packages) => [
    [
      "dnf",
      "-y",
      "--setopt=install_weak_deps=False",
      "--setopt=tsflags=nodocs",
      // Swaps what excludes each other, such as curl-minimal and curl.
      "--allowerasing",
      "install",
      "--",
      ...packages.map(rpmSpec),
    ],
  ],
  repoFolder: RPM_REPO_FOLDER,
  clean: [["dnf", "clean", "all"]],
  database: rpmDatabase,
  missing: (output) =>
    captures(
      output,
      /No match for argument: (\S+)/g,
      /Unable to find a match: (.+)/g,
      /^No package (\S+) available/gm,
    ),
  available: ["dnf", "-q", "repoquery", "--qf", "%{name}\\n"],
  parseAvailable: (output) => [...new Set(lines(output))],
};
