import { afterAll, describe, expect, it } from "vitest";
import { close } from "../../src/layer/closure.ts";
import type { Closure } from "../../src/layer/closure.ts";
import { Binaries } from "../../src/layer/library.ts";
import { cachedFolders, rootsOf } from "../../src/layer/roots.ts";
import type { Architecture } from "../../src/target/runtimes.ts";
import { makeElf, sample } from "./elf/builder.ts";
import { dlopenNote } from "./elf/compile.ts";
import { FakeImage, Forge } from "./image.ts";

const forge = new Forge();
afterAll(() => forge.remove());

const LIB = "/usr/lib64";

/** The closure of the libraries of one package, which owns these paths of the image. */
async function closure(
  image: FakeImage,
  owned: readonly string[],
  architecture: Architecture = "x86_64",
  excluded: (path: string) => boolean = () => false,
): Promise<Closure> {
  const packages = [{ name: "p", version: "1", paths: owned }];
  const binaries = new Binaries(image.read, architecture);
  const starts = (await rootsOf(packages, binaries)).map(({ binary, package: owner }) => ({
    binary,
    package: owner,
    reason: { kind: "package", package: owner } as const,
  }));
  const cached = await cachedFolders(packages, image.read);
  return close(starts, binaries, architecture, cached, excluded);
}

/** Where the closure of `/usr/lib64/libroot.so.1` found what it needs. */
async function found(image: FakeImage): Promise<string[]> {
  const { members } = await closure(image, [`${LIB}/libroot.so.1`]);
  return [...members.keys()].filter((path) => path !== `${LIB}/libroot.so.1`);
}

const rootImage = (...options: string[]): FakeImage =>
  new FakeImage().file(
    `${LIB}/libroot.so.1`,
    forge.library({ soname: "libroot.so.1", needs: ["liba.so.1"], options }),
  );
const a = forge.library({ soname: "liba.so.1" });

describe("what is needed", () => {
  it("is found through chains, with who needs it under what name", async () => {
    const image = rootImage()
      .file(`${LIB}/liba.so.1`, forge.library({ soname: "liba.so.1", needs: ["libb.so.1", "libc.so.6"] }))
      .file(`${LIB}/libb.so.1`, forge.library({ soname: "libb.so.1", needs: ["libm.so.6"] }))
      .file(`${LIB}/libc.so.6`, forge.library({ soname: "libc.so.6" }))
      .file(`${LIB}/libother.so.1`, forge.library({ soname: "libother.so.1" }));
    const { members, provided } = await closure(image, [`${LIB}/libroot.so.1`]);
    expect(
      [...members.values()].map((one) => [one.binary.path, one.package, [...one.names], one.reasons]),
    ).toStrictEqual([
      [`${LIB}/libroot.so.1`, "p", [], [{ kind: "package", package: "p" }]],
      [
        `${LIB}/liba.so.1`,
        undefined,
        ["liba.so.1"],
        [{ kind: "needed", by: `${LIB}/libroot.so.1`, name: "liba.so.1" }],
      ],
      [
        `${LIB}/libb.so.1`,
        undefined,
        ["libb.so.1"],
        [{ kind: "needed", by: `${LIB}/liba.so.1`, name: "libb.so.1" }],
      ],
    ]);
    expect(provided).toStrictEqual(["libc.so.6", "libm.so.6"]);
  });

  it("may go in circles", async () => {
    const image = rootImage()
      .file(`${LIB}/liba.so.1`, forge.library({ soname: "liba.so.1", needs: ["libb.so.1"] }))
      .file(`${LIB}/libb.so.1`, forge.library({ soname: "libb.so.1", needs: ["liba.so.1", "libb.so.1"] }));
    const { members } = await closure(image, [`${LIB}/libroot.so.1`]);
    expect([...members.keys()]).toHaveLength(3);
    expect(
      members.get(`${LIB}/liba.so.1`)?.reasons.map((reason) => "by" in reason && reason.by),
    ).toStrictEqual([`${LIB}/libroot.so.1`, `${LIB}/libb.so.1`]);
  });

  it("ends at what the user excludes: what only that needs is not taken either", async () => {
    const image = rootImage()
      .link(`${LIB}/liba.so.1`, "liba.so.1.2")
      .file(`${LIB}/liba.so.1.2`, forge.library({ soname: "liba.so.1", needs: ["libb.so.1"] }))
      .file(`${LIB}/libb.so.1`, forge.library({ soname: "libb.so.1" }));
    for (const path of [`${LIB}/liba.so.1`, `${LIB}/liba.so.1.2`]) {
      const excluded = (one: string): boolean => one === path;
      const { members } = await closure(image, [`${LIB}/libroot.so.1`], "x86_64", excluded);
      expect([...members.keys()]).toStrictEqual([`${LIB}/libroot.so.1`]);
    }
  });

  it("is left to the trace when it is nowhere", async () => {
    expect(await found(rootImage())).toStrictEqual([]);
  });

  it("is what a .note.dlopen requires, not what it recommends", async () => {
    const note = [
      { soname: ["liba.so.1"], priority: "required" },
      { soname: ["libb.so.1"], priority: "recommended" },
      { soname: ["libd.so.1"] },
    ];
    const image = new FakeImage()
      .file(`${LIB}/libroot.so.1`, forge.library({ source: dlopenNote(JSON.stringify(note), "a") }))
      .file(`${LIB}/liba.so.1`, a)
      .file(`${LIB}/libb.so.1`, a)
      .file(`${LIB}/libd.so.1`, a);
    expect(await found(image)).toStrictEqual([`${LIB}/liba.so.1`]);
  });

  it("is any one of the names of a required .note.dlopen", async () => {
    const note = [{ soname: ["libnew.so.2", "liba.so.1"], priority: "required" }];
    const image = new FakeImage()
      .file(`${LIB}/libroot.so.1`, forge.library({ source: dlopenNote(JSON.stringify(note), "a") }))
      .file(`${LIB}/liba.so.1`, a);
    expect(await found(image)).toStrictEqual([`${LIB}/liba.so.1`]);
  });
});

describe("where it is looked up", () => {
  it.each<[string, string[], string[]]>([
    ["LD_LIBRARY_PATH in its order", [], ["/var/lang/lib", "/lib64", LIB, "/var/task/lib", "/opt/lib"]],
    [
      "the default folders last",
      [],
      ["/opt/lib", "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib", "/usr/lib"],
    ],
    ["RPATH before", ["-Wl,--disable-new-dtags,-rpath,/usr/lib64/r"], [`${LIB}/r`, "/var/lang/lib"]],
    [
      "RUNPATH after",
      ["-Wl,--enable-new-dtags,-rpath,/usr/lib64/r"],
      ["/opt/lib", `${LIB}/r`, "/lib/x86_64-linux-gnu"],
    ],
    ["$ORIGIN of RPATH", ["-Wl,--disable-new-dtags,-rpath,$ORIGIN/../priv"], ["/usr/priv", "/var/lang/lib"]],
    [
      "${ORIGIN} of RUNPATH",
      ["-Wl,--enable-new-dtags,-rpath,/no:${ORIGIN}/priv/"],
      [`${LIB}/priv`, "/usr/lib"],
    ],
    ["no relative RPATH", ["-Wl,--disable-new-dtags,-rpath,usr/priv:.:"], ["/usr/lib"]],
  ])("%s", async (_, options, folders) => {
    // Each folder in turn is the first that has the library.
    for (const [index, folder] of folders.entries()) {
      const image = rootImage(...options);
      for (const one of folders.slice(index)) image.file(`${one}/liba.so.1`, a);
      expect(await found(image)).toStrictEqual([`${folder}/liba.so.1`]);
    }
  });

  it("not in another architecture's folders", async () => {
    const image = rootImage().file("/usr/lib/aarch64-linux-gnu/liba.so.1", a);
    expect(await found(image)).toStrictEqual([]);
  });

  it("RPATH is nothing where there is a RUNPATH, too", async () => {
    const made = sample({ needed: ["liba.so.1"], rpath: `${LIB}/r`, runpath: `${LIB}/run`, notes: [] });
    const { interpreter: _, ...rest } = made;
    const image = new FakeImage()
      .file(`${LIB}/libroot.so.1`, makeElf(rest).bytes)
      .file(`${LIB}/r/liba.so.1`, a)
      .file("/usr/lib/liba.so.1", a);
    expect(await found(image)).toStrictEqual(["/usr/lib/liba.so.1"]);
  });

  it("a package's folder of the linker's cache, as Amazon Linux 2 has for MySQL", async () => {
    const folder = `${LIB}/mysql`;
    const image = rootImage()
      .file("/etc/ld.so.conf.d/mysql.conf", `# MySQL\n\ninclude other.conf\nrelative\n${folder} # here\n`)
      .file(`${folder}/liba.so.1`, a)
      .file("/usr/lib/liba.so.1", a);
    expect(await found(image)).toStrictEqual(["/usr/lib/liba.so.1"]);
    const owned = [`${LIB}/libroot.so.1`, "/etc/ld.so.conf.d/mysql.conf"];
    const { members } = await closure(image, owned);
    expect([...members.keys()]).toStrictEqual([`${LIB}/libroot.so.1`, `${folder}/liba.so.1`]);
  });

  it("behind links, alternatives and linked folders: once, where the file really lies", async () => {
    const image = new FakeImage()
      .link("/lib64", "usr/lib64")
      .file(`${LIB}/libroot.so.1`, forge.library({ needs: ["liba.so.1", "libalso.so.1", "libcircle.so.1"] }))
      .link(`${LIB}/liba.so.1`, "/etc/alternatives/liba")
      .link("/etc/alternatives/liba", "../../opt/vendor/./liba.so.1.2")
      .link(`${LIB}/libalso.so.1`, "liba.so.1")
      .link(`${LIB}/libcircle.so.1`, "libcircle.so.1")
      .file("/opt/vendor/liba.so.1.2", a);
    const { members } = await closure(image, [`${LIB}/libroot.so.1`]);
    expect([...members.keys()]).toStrictEqual([`${LIB}/libroot.so.1`, "/opt/vendor/liba.so.1.2"]);
    expect([...(members.get("/opt/vendor/liba.so.1.2")?.names ?? [])].toSorted()).toStrictEqual([
      "liba.so.1",
      "libalso.so.1",
    ]);
  });

  it.each<[string, Uint8Array | string]>([
    ["a 32-bit file", forge.library({ soname: "liba.so.1", options: ["-m32"] })],
    ["a file of another architecture", otherMachine(a)],
    ["a text", "/* GNU ld script */"],
    ["nothing at all", ""],
  ])("%s earlier in the path is passed over", async (_, content) => {
    const image = rootImage().file("/var/lang/lib/liba.so.1", content).file(`${LIB}/liba.so.1`, a);
    expect(await found(image)).toStrictEqual([`${LIB}/liba.so.1`]);
  });

  it("for arm64 among arm64's files and folders", async () => {
    const folder = "/usr/lib/aarch64-linux-gnu";
    const root = otherMachine(forge.library({ soname: "libroot.so.1", needs: ["liba.so.1"] }));
    const image = new FakeImage()
      .file(`${folder}/libroot.so.1`, root)
      .file(`${LIB}/liba.so.1`, a)
      .file(`${folder}/liba.so.1`, otherMachine(a));
    const { members } = await closure(image, [`${folder}/libroot.so.1`], "arm64");
    expect([...members.keys()]).toStrictEqual([`${folder}/libroot.so.1`, `${folder}/liba.so.1`]);
  });
});

/** The same file for arm64, by its e_machine. */
function otherMachine(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  new DataView(copy.buffer).setUint16(18, 183, true);
  return copy;
}
