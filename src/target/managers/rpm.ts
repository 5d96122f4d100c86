import type { InstalledPackage, PackageDatabase } from "./manager.ts";
import { lines } from "./manager.ts";

const nevra = (installed: InstalledPackage): string =>
  `${installed.name}-${installed.version}.${installed.architecture}`;

/** What rpm prints for a tag that a package does not have. */
const NO_LICENSE = "(none)";

/** The RPM database, the same under dnf, microdnf and yum. Keys that rpm imported are listed as packages: left out. */
export const rpmDatabase: PackageDatabase = {
  list: [
    "rpm",
    "-qa",
    "--qf",
    "%{NAME}\\t%{VERSION}-%{RELEASE}\\t%{ARCH}\\t[%{PROVIDENAME} ]\\t%{LICENSE}\\n",
  ],
  parseList: (output) =>
    lines(output)
      .map((line) => line.split("\t"))
      .map(([name = "", version = "", architecture = "", provides = "", license = NO_LICENSE]) => ({
        name,
        version,
        architecture,
        ...(license === NO_LICENSE ? {} : { license }),
        provides: provides.split(" ").filter((one) => one !== "" && one !== name),
      }))
      .filter(({ name }) => name !== "gpg-pubkey"),
  files: (packages) => ["rpm", "-q", "--qf", "[%{FILENAMES}\\n]\\t\\n", "--", ...packages.map(nevra)],
  parseFiles: (output) =>
    output
      .split("\t\n")
      .slice(0, -1)
      .map((block) => lines(block).filter((line) => line.startsWith("/"))),
};

/** Where all of the family read their repositories. */
export const RPM_REPO_FOLDER = "/etc/yum.repos.d";

/** A package as dnf and yum take it: `name` or `name-version`. */
export const rpmSpec = ({ name, version }: { name: string; version?: string }): string =>
  version === undefined ? name : `${name}-${version}`;
