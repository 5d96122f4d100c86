import { budgetOf } from "../../src/layer/budget.ts";
import type { LayerFile } from "../../src/layer/file.ts";
import type { CheckedLayer } from "../../src/pipeline/layer.ts";
import type { PackageSet } from "../../src/pipeline/plan.ts";
import { layerFile, layerLink } from "../layer/files.ts";
import { runtime } from "./requests.ts";

/** A set that F asks for. */
export const set: PackageSet = {
  image: "runtime:latest",
  architecture: "x86_64",
  packages: ["mysql-libs", "zlib = 1.3"],
  repositories: [],
  extras: [],
  shipped: [],
  include: ["/usr/bin/tool"],
  exclude: ["/usr/lib/no.so"],
  keys: ["Resources/F"],
  functions: ["F"],
  runtimes: [runtime("python3.12")],
};

const files: LayerFile[] = [
  {
    ...layerFile("bin/tool", "tool", 0o755),
    source: "/usr/bin/tool",
    reasons: [{ kind: "include", pattern: "/usr/bin/tool" }],
  },
  {
    ...layerFile("lib/libmysql.so.21"),
    source: "/usr/lib64/libmysql.so.21.2",
    package: "mariadb-libs",
    reasons: [{ kind: "package", package: "mariadb-libs" }],
  },
  {
    ...layerFile("lib/libssl.so.3"),
    package: undefined,
    reasons: [1, 2].map(() => ({
      kind: "needed",
      by: "/usr/lib64/libmysql.so.21.2",
      name: "libssl.so.3",
    })),
  },
  { ...layerLink("lib/libz.so", "libz.so.1"), reasons: [{ kind: "recipe", recipe: "z" }] },
];

/** The layer of that set. */
export const checked: CheckedLayer = {
  set,
  name: "sam-pkg-al2023-x86_64-mysql-libs-01234567",
  digest: "0123456789abcdef".repeat(4),
  os: "al2023",
  packages: [
    { name: "zlib", version: "1.3", requests: ["zlib = 1.3"], paths: [] },
    { name: "mariadb-libs", version: "5.5", requests: ["mysql-libs"], paths: [] },
    {
      name: "came",
      version: "1",
      requests: [],
      paths: ["/usr/share/came", "/usr/share/came/data", "/usr/lib/no.so"],
    },
  ].map((one) => ({ ...one, architecture: "x86_64", provides: [] })),
  files,
  libraries: ["lib/libmysql.so.21", "lib/libssl.so.3"],
  environment: { MAGIC: "/opt/magic" },
  provided: ["libc.so.6"],
  assumed: ["libold.so.1"],
  failures: [],
  notes: ["a note"],
  budget: budgetOf(files),
};
