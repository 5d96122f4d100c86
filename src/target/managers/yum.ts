import type { PackageManager } from "./manager.ts";
import { captures } from "./manager.ts";
import { RPM_REPO_FOLDER, rpmDatabase, rpmSpec } from "./rpm.ts";

/** yum 3: Amazon Linux 2. It has no weak dependencies to leave out. */
export const yum: PackageManager = {
  name: "yum",
  programs: ["/usr/bin/yum"],
  install: (packages) => [
    [
      "yum",
      "-y",
      // Without this yum installs what it finds, skips the rest and reports success.
      "--setopt=skip_missing_names_on_install=False",
      "--setopt=tsflags=nodocs",
      "install",
      "--",
      ...packages.map(rpmSpec),
    ],
  ],
  repoFolder: RPM_REPO_FOLDER,
  clean: [["yum", "clean", "all"]],
  database: rpmDatabase,
  missing: (output) =>
    captures(
      output,
      /^No package (\S+) available/gm,
      /Unable to find a match: (\S+)/g,
      /No match for argument: (\S+)/g,
    ),
  available: ["yum", "-q", "list", "available"],
  parseAvailable: (output) => captures(output, /^(\S+)\.(?:x86_64|aarch64|noarch)\s/gm),
};
