import { describe, expect, it } from "vitest";
import type { PackageRequest } from "../../../src/target/packages.ts";
import { apk } from "../../../src/target/managers/apk.ts";
import { apt } from "../../../src/target/managers/apt.ts";
import { dnf } from "../../../src/target/managers/dnf.ts";
import type { PackageManager } from "../../../src/target/managers/manager.ts";
import { microdnf } from "../../../src/target/managers/microdnf.ts";
import { yum } from "../../../src/target/managers/yum.ts";

const managers: readonly PackageManager[] = [dnf, microdnf, yum, apt, apk];
const pinned: readonly PackageRequest[] = [{ name: "libpq", version: "17.2-1" }, { name: "zlib" }];

describe("install", () => {
  it("dnf leaves weak dependencies and documentation out", () => {
    expect(dnf.install(pinned)).toStrictEqual([
      [
        "dnf",
        "-y",
        "--setopt=install_weak_deps=False",
        "--setopt=tsflags=nodocs",
        "--allowerasing",
        "install",
        "--",
        "libpq-17.2-1",
        "zlib",
      ],
    ]);
    expect(dnf.clean).toStrictEqual([["dnf", "clean", "all"]]);
  });

  it("microdnf likewise", () => {
    expect(microdnf.install(pinned)).toStrictEqual([
      ["microdnf", "-y", "--nodocs", "--setopt=install_weak_deps=0", "install", "--", "libpq-17.2-1", "zlib"],
    ]);
    expect(microdnf.clean).toStrictEqual([["microdnf", "clean", "all"]]);
  });

  it("yum fails for a name that it does not know", () => {
    expect(yum.install(pinned)).toStrictEqual([
      [
        "yum",
        "-y",
        "--setopt=skip_missing_names_on_install=False",
        "--setopt=tsflags=nodocs",
        "install",
        "--",
        "libpq-17.2-1",
        "zlib",
      ],
    ]);
    expect(yum.clean).toStrictEqual([["yum", "clean", "all"]]);
  });

  it("apt-get fetches its lists first, fails when it cannot, and takes no recommended packages", () => {
    expect(apt.install(pinned)).toStrictEqual([
      ["apt-get", "-q", "-o", "APT::Update::Error-Mode=any", "update"],
      [
        "apt-get",
        "-q",
        "-y",
        "--no-install-recommends",
        "-o",
        "APT::Cmd::Pattern-Only=true",
        "install",
        "--",
        "libpq=17.2-1",
        "zlib",
      ],
    ]);
    expect(apt.clean).toStrictEqual([
      ["apt-get", "clean"],
      ["rm", "-rf", "/var/lib/apt/lists"],
    ]);
  });

  it("apk keeps no index", () => {
    expect(apk.install(pinned)).toStrictEqual([["apk", "add", "--no-cache", "--", "libpq=17.2-1", "zlib"]]);
    expect(apk.clean).toStrictEqual([]);
  });

  it.each(managers.map((manager) => [manager.name, manager] as const))(
    "%s gets every name as one word behind --, and no shell",
    (_, manager) => {
      const names = ["-y", "a;b", "$(id)", "a b", "*"];
      const commands = manager.install(names.map((name) => ({ name })));
      const last = commands.at(-1) ?? [];
      expect(last.slice(last.indexOf("--") + 1)).toStrictEqual(names);
      expect(last.slice(0, last.indexOf("--"))).not.toContain("a;b");
      for (const [program] of [...commands, ...manager.clean, manager.available, manager.database.list]) {
        expect(program).not.toMatch(/sh$/);
      }
    },
  );
});

describe("the database is asked", () => {
  const zlib = { name: "zlib", version: "1.2.11-33", architecture: "x86_64", provides: [] };
  const data = { name: "tzdata", version: "2026f-0", architecture: "all", provides: [] };

  it.each([dnf, microdnf, yum])("of rpm by $name", ({ database }) => {
    expect(database.list).toStrictEqual([
      "rpm",
      "-qa",
      "--qf",
      "%{NAME}\\t%{VERSION}-%{RELEASE}\\t%{ARCH}\\t[%{PROVIDENAME} ]\\t%{LICENSE}\\n",
    ]);
    expect(database.files([zlib, { ...data, architecture: "noarch" }])).toStrictEqual([
      "rpm",
      "-q",
      "--qf",
      "[%{FILENAMES}\\n]\\t\\n",
      "--",
      "zlib-1.2.11-33.x86_64",
      "tzdata-2026f-0.noarch",
    ]);
  });

  it("of dpkg by apt-get, with the architecture where two may be installed", () => {
    expect(apt.database.list).toStrictEqual([
      "dpkg-query",
      "-W",
      "-f",
      "${db:Status-Abbrev}\\t${Package}\\t${Version}\\t${Architecture}\\t${Provides}\\n",
    ]);
    expect(apt.database.files([{ ...zlib, architecture: "amd64" }, data])).toStrictEqual([
      "dpkg-query",
      "-L",
      "zlib:amd64",
      "tzdata",
    ]);
  });

  it("of apk", () => {
    expect(apk.database.list).toStrictEqual(["apk", "list", "--installed"]);
    expect(apk.database.files([zlib, data])).toStrictEqual([
      "apk",
      "info",
      "--contents",
      "--",
      "zlib",
      "tzdata",
    ]);
  });

  it("for all names that could be installed", () => {
    expect(managers.map(({ available }) => available)).toStrictEqual([
      ["dnf", "-q", "repoquery", "--qf", "%{name}\\n"],
      ["microdnf", "repoquery"],
      ["yum", "-q", "list", "available"],
      ["apt-cache", "pkgnames"],
      ["apk", "search", "--quiet"],
    ]);
  });
});
