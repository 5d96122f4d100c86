import { describe, expect, it } from "vitest";
import { apk } from "../../../src/target/managers/apk.ts";
import { apt } from "../../../src/target/managers/apt.ts";
import { rpmDatabase } from "../../../src/target/managers/rpm.ts";

// Outputs of rpm 4.18 and dpkg-query 1.21.22, shortened; apk's after apk-tools 2.14.

describe("rpm", () => {
  const output = [
    "system-release\t2023.9-1\tnoarch\tbase-module(platform:al2023) system-release system-release(releasever) \tMIT",
    "gcc-12-base\t12.2.0-14+deb12u1\tx86_64\tgcc-12-base \tGPLv3+ and LGPLv2+",
    "libc6\t2.36-9+deb12u14\tx86_64\t\t(none)",
    "gpg-pubkey\t2d106ee7-6b011bc3\t(none)\tgpg(key) \tpubkey",
    "",
  ].join("\n");

  it("lists packages, without the keys that rpm keeps among them", () => {
    expect(rpmDatabase.parseList(output)).toStrictEqual([
      {
        name: "system-release",
        version: "2023.9-1",
        architecture: "noarch",
        provides: ["base-module(platform:al2023)", "system-release(releasever)"],
        license: "MIT",
      },
      {
        name: "gcc-12-base",
        version: "12.2.0-14+deb12u1",
        architecture: "x86_64",
        provides: [],
        license: "GPLv3+ and LGPLv2+",
      },
      { name: "libc6", version: "2.36-9+deb12u14", architecture: "x86_64", provides: [] },
    ]);
    expect(rpmDatabase.parseList("")).toStrictEqual([]);
  });

  it("reads paths in the order of the packages, also of one that owns nothing", () => {
    const files = [
      "\t",
      "/usr/share/doc/gcc-12-base/changelog.Debian.gz",
      "/usr/share/doc/gcc-12-base/a b",
      "\t",
      "/usr/lib/x86_64-linux-gnu/libgcc_s.so.1",
      "\t",
      "",
    ].join("\n");
    expect(rpmDatabase.parseFiles(files, rpmDatabase.parseList(output))).toStrictEqual([
      [],
      ["/usr/share/doc/gcc-12-base/changelog.Debian.gz", "/usr/share/doc/gcc-12-base/a b"],
      ["/usr/lib/x86_64-linux-gnu/libgcc_s.so.1"],
    ]);
  });

  it("takes what older rpm says of a package without files for no path", () => {
    expect(rpmDatabase.parseFiles("(none)\n\t\n", [])).toStrictEqual([[]]);
  });
});

describe("dpkg", () => {
  it("lists what is installed, not what left its configuration behind", () => {
    const output = [
      "ii \tadduser\t3.134\tall\t",
      "rc \tlibold\t1.0-1\tamd64\t",
      "ii \tzlib1g\t1:1.2.13.dfsg-1\tamd64\tlibz1 (= 1:1.2.13.dfsg-1), zlib-abi,",
      "iU \tlibhalf\t2\tamd64\t",
      "",
    ].join("\n");
    expect(apt.database.parseList(output)).toStrictEqual([
      { name: "adduser", version: "3.134", architecture: "all", provides: [] },
      {
        name: "zlib1g",
        version: "1:1.2.13.dfsg-1",
        architecture: "amd64",
        provides: ["libz1", "zlib-abi"],
      },
    ]);
  });

  it("reads paths in the order of the packages, without the root and notes on diversions", () => {
    const output = [
      "/.",
      "/bin",
      "/bin/dash",
      "/bin/sh",
      "package diverts others to: /bin/sh.distrib",
      "",
      "/.",
      "/usr",
      "/usr/lib/x86_64-linux-gnu/libzstd.so.1.5.4",
      "/usr/lib/x86_64-linux-gnu/libzstd.so.1",
      "diverted by libfoo to: /usr/lib/libzstd.so.1.real",
      "",
    ].join("\n");
    expect(apt.database.parseFiles(output, [])).toStrictEqual([
      ["/bin", "/bin/dash", "/bin/sh"],
      ["/usr", "/usr/lib/x86_64-linux-gnu/libzstd.so.1.5.4", "/usr/lib/x86_64-linux-gnu/libzstd.so.1"],
    ]);
  });
});

describe("apk", () => {
  const packages = [
    { name: "musl", version: "1.2.5-r0", architecture: "x86_64", license: "MIT", provides: [] },
    {
      name: "libcrypto3",
      version: "3.3.2-r0",
      architecture: "x86_64",
      license: "Apache-2.0",
      provides: [],
    },
    { name: "py3-foo-2", version: "1.0_rc1-r12", architecture: "noarch", license: "MIT", provides: [] },
  ];

  it("tells name from version, whatever digits and dashes the name has", () => {
    const output = [
      "musl-1.2.5-r0 x86_64 {musl} (MIT) [installed]",
      "WARNING: opening /etc/apk/repositories: No such file",
      "libcrypto3-3.3.2-r0 x86_64 {openssl} (Apache-2.0) [installed]",
      "py3-foo-2-1.0_rc1-r12 noarch {py3-foo} (MIT) [installed]",
      "",
    ].join("\n");
    expect(apk.database.parseList(output)).toStrictEqual(packages);
  });

  it("reads paths of each package whatever order apk prints them in", () => {
    const output = [
      "libcrypto3-3.3.2-r0 contains:",
      "usr/lib/libcrypto.so.3",
      "",
      "musl-1.2.5-r0 contains:",
      "lib/ld-musl-x86_64.so.1",
      "lib/libc.musl-x86_64.so.1",
      "",
      "",
    ].join("\n");
    expect(apk.database.parseFiles(output, packages)).toStrictEqual([
      ["/lib/ld-musl-x86_64.so.1", "/lib/libc.musl-x86_64.so.1"],
      ["/usr/lib/libcrypto.so.3"],
      [],
    ]);
  });
});
