import type { InstalledPackage, PackageDatabase, PackageManager } from "./manager.ts";
import { captures, lines } from "./manager.ts";

/** `name-version architecture {origin} (licence) [installed]` */
const LISTED = /^(\S+)-(\d\S*-r\d+) (\S+) (?:\{[^}]*\} )?(?:\((.*)\) )?/;

const apkDatabase: PackageDatabase = {
  list: ["apk", "list", "--installed"],
  parseList: (output) =>
    lines(output)
      .map((line) => LISTED.exec(line))
      .filter((match) => match !== null)
      .map(([, name = "", version = "", architecture = "", license = ""]) => ({
        name,
        version,
        architecture,
        ...(license === "" ? {} : { license }),
        provides: [],
      })),
  files: (packages) => ["apk", "info", "--contents", "--", ...packages.map(({ name }) => name)],
  // One block a package: `name-version contains:` and paths without the leading slash.
  parseFiles: (output: string, packages: readonly InstalledPackage[]) => {
    const blocks = new Map<string, string[]>();
    let current: string[] = [];
    for (const line of lines(output)) {
      const heading = /^(\S+) contains:$/.exec(line);
      if (heading) blocks.set(heading[1] ?? "", (current = []));
      else current.push(`/${line}`);
    }
    return packages.map(({ name, version }) => blocks.get(`${name}-${version}`) ?? []);
  },
};

/** apk: Alpine Linux. */
export const apk: PackageManager = {
  name: "apk",
  programs: ["/sbin/apk", "/usr/bin/apk"],
  install: (packages) => [
    [
      "apk",
      "add",
      "--no-cache",
      "--",
      ...packages.map(({ name, version }) => (version === undefined ? name : `${name}=${version}`)),
    ],
  ],
  clean: [],
  database: apkDatabase,
  missing: (output) => captures(output, /^\s*(\S+) \(no such package\)/gm),
  available: ["apk", "search", "--quiet"],
  parseAvailable: lines,
};
