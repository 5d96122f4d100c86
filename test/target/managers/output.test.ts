import { describe, expect, it } from "vitest";
import { apk } from "../../../src/target/managers/apk.ts";
import { apt } from "../../../src/target/managers/apt.ts";
import { dnf } from "../../../src/target/managers/dnf.ts";
import type { PackageManager } from "../../../src/target/managers/manager.ts";
import { microdnf } from "../../../src/target/managers/microdnf.ts";
import { yum } from "../../../src/target/managers/yum.ts";

const DNF = `Last metadata expiration check: 0:00:01 ago on Sat Nov 21 04:20:00 2026.
No match for argument: nosuchpkg
No match for argument: libnope
Error: Unable to find a match: nosuchpkg libnope
`;
const YUM = `Loaded plugins: ovl, priorities
No package nosuchpkg available.
Error: Not tolerating missing names on install, stopping.
`;
const APT = `Reading package lists...
Building dependency tree...
Reading state information...
Package mail-transport-agent is a virtual package provided by:
  postfix 3.7.11-0+deb12u1

E: Unable to locate package libtif
E: Unable to locate package lib.*x
E: Couldn't find any package by glob 'lib.*x'
E: Version '9.9' for 'zlib1g' was not found
E: Package 'mail-transport-agent' has no installation candidate
`;
const APK = `fetch https://dl-cdn.alpinelinux.org/alpine/v3.20/main/x86_64/APKINDEX.tar.gz
ERROR: unable to select packages:
  nosuchpkg (no such package):
    required by: world[nosuchpkg]
  libtif (no such package):
    required by: world[libtif]
`;

describe("missing", () => {
  it.each<[string, PackageManager, string, string[]]>([
    ["dnf", dnf, DNF, ["nosuchpkg", "libnope"]],
    ["dnf 5", dnf, "Failed to resolve the transaction:\nNo match for argument: libnope\n", ["libnope"]],
    [
      "dnf without its first lines",
      dnf,
      "Error: Unable to find a match: nosuchpkg libnope\n",
      ["nosuchpkg", "libnope"],
    ],
    ["microdnf", microdnf, "error: No package matches 'libnope'\n", ["libnope"]],
    ["yum", yum, YUM, ["nosuchpkg"]],
    ["apt-get", apt, APT, ["libtif", "lib.*x", "mail-transport-agent", "zlib1g"]],
    ["apk", apk, APK, ["nosuchpkg", "libtif"]],
  ])("%s", (_, manager, output, names) => {
    expect(manager.missing(output)).toStrictEqual(names);
  });

  it.each([dnf, microdnf, yum, apt, apk])("is nothing when $name did its work", (manager) => {
    const fine = [
      "Installing : libpq-17.2-1.amzn2023.x86_64 1/1",
      "Package zlib-1.2.11-33.amzn2023.x86_64 already installed and latest version",
      "Setting up libtiff6:amd64 (4.5.0-6+deb12u4) ...",
      "(1/1) Installing zlib (1.3.1-r1)",
      "Complete!",
    ];
    expect(manager.missing(fine.join("\n"))).toStrictEqual([]);
    expect(manager.missing("")).toStrictEqual([]);
  });
});

describe("parseAvailable", () => {
  it("dnf: a name a line, an empty one between (dnf 4), each name once", () => {
    expect(dnf.parseAvailable("gcc-12-base\n\nlibbz2-1.0\n\nlibbz2-1.0\n\nlibc6\n\n")).toStrictEqual([
      "gcc-12-base",
      "libbz2-1.0",
      "libc6",
    ]);
  });

  it("microdnf: names out of name-version-release.architecture, nothing else", () => {
    const output = [
      "Downloading metadata...",
      "libpq-17.2-1.amzn2023.0.1.x86_64",
      "libpq-17.4-1.amzn2023.0.1.x86_64",
      "gcc-c++-11.4.1-2.amzn2023.0.2.x86_64",
      "java-17-amazon-corretto-devel-1:17.0.13+11-1.amzn2023.1.x86_64",
      "",
    ].join("\n");
    expect(microdnf.parseAvailable(output)).toStrictEqual([
      "libpq",
      "gcc-c++",
      "java-17-amazon-corretto-devel",
    ]);
  });

  it("yum: names of three columns, also where a long name pushes the rest to the next line", () => {
    const output = [
      "Available Packages",
      "GraphicsMagick.x86_64                   1.3.34-2.amzn2              amzn2-core",
      "java-1.8.0-openjdk-accessibility-debug.x86_64",
      "                                        1:1.8.0.432.b06-1.amzn2     amzn2-core",
      "python3.8-libs.aarch64                  3.8.20-1.amzn2              amzn2extra-python3.8",
      "tzdata.noarch                           2024b-2.amzn2               amzn2-core",
      "zlib.i686                               1.2.7-19.amzn2.0.3          amzn2-core",
      "",
    ].join("\n");
    expect(yum.parseAvailable(output)).toStrictEqual([
      "GraphicsMagick",
      "java-1.8.0-openjdk-accessibility-debug",
      "python3.8-libs",
      "tzdata",
    ]);
  });

  it("apt and apk: a name a line", () => {
    expect(apt.parseAvailable("lib32stdc++-11-dev-s390x-cross\nruby-jmespath\n")).toStrictEqual([
      "lib32stdc++-11-dev-s390x-cross",
      "ruby-jmespath",
    ]);
    expect(apk.parseAvailable("musl\nzlib-dev\n")).toStrictEqual(["musl", "zlib-dev"]);
  });

  it.each([dnf, microdnf, yum, apt, apk])("$name: nothing in nothing", (manager) => {
    expect(manager.parseAvailable("")).toStrictEqual([]);
  });
});
