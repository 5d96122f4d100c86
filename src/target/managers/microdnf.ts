import type { PackageManager } from "./manager.ts";
import { captures } from "./manager.ts";
import { RPM_REPO_FOLDER, rpmDatabase, rpmSpec } from "./rpm.ts";

/** microdnf: Amazon Linux 2023's runtime images, where `dnf` is a link to it. */
export const microdnf: PackageManager = {
  name: "microdnf",
  programs: ["/usr/bin/microdnf"],
  install: (packages) => [
    ["microdnf", "-y", "--nodocs", "--setopt=install_weak_deps=0", "install", "--", ...packages.map(rpmSpec)],
  ],
  repoFolder: RPM_REPO_FOLDER,
  clean: [["microdnf", "clean", "all"]],
  database: rpmDatabase,
  missing: (output) => captures(output, /No package matches '([^']+)'/g, /No match for argument: (\S+)/g),
  available: ["microdnf", "repoquery"],
  // name-version-release.architecture a line.
  parseAvailable: (output) => captures(output, /^(\S+)-[^-\s]+-[^-\s]+$/gm),
};
