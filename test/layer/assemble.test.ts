import * as fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { Assembly } from "../../src/layer/assemble.ts";
import type { PackageFiles } from "../../src/layer/file.ts";
import { contentDigest } from "../../src/layer/manifest.ts";
import { WorkError } from "../../src/report/errors.ts";
import { FakeImage, Forge } from "./image.ts";
import { layerOf, pathsOf } from "./layers.ts";

const forge = new Forge();
afterAll(() => forge.remove());

const LIB = "/usr/lib64";
const lib = (soname: string, ...needs: string[]): Buffer => forge.library({ soname, needs });

const noDaemon = (): Promise<never> => Promise.reject(new Error("no daemon"));

describe("libraries", () => {
  const image = new FakeImage()
    .link(`${LIB}/liba.so`, "liba.so.1.2")
    .link(`${LIB}/liba.so.1`, "liba.so.1.2")
    .file(`${LIB}/liba.so.1.2`, lib("liba.so.1", "libdep.so.1", "libc.so.6"))
    .file(`${LIB}/plug/p.so`, lib("p.so"));
  const packages = [image.owned("alib")];
  image.file("/var/lang/lib/libdep.so.1", lib("libdep.so.1"), 0o755);

  it("are the package's and what they need, each with its reasons, its owner and where it was", async () => {
    const assembly = await layerOf(image, { packages });
    expect(assembly.files.map(({ bytes: _bytes, ...file }) => file)).toStrictEqual([
      {
        path: "lib/liba.so.1",
        mode: 0o644,
        link: false,
        source: `${LIB}/liba.so.1.2`,
        package: "alib",
        reasons: [{ kind: "package", package: "alib" }],
      },
      {
        path: "lib/libdep.so.1",
        mode: 0o644,
        link: false,
        source: "/var/lang/lib/libdep.so.1",
        package: undefined,
        reasons: [{ kind: "needed", by: `${LIB}/liba.so.1.2`, name: "libdep.so.1" }],
      },
      {
        path: "lib/plug/p.so",
        mode: 0o644,
        link: false,
        source: `${LIB}/plug/p.so`,
        package: "alib",
        reasons: [{ kind: "package", package: "alib" }],
      },
    ]);
    expect(assembly).toMatchObject({
      libraries: ["lib/liba.so.1", "lib/libdep.so.1", "lib/plug/p.so"],
      provided: ["libc.so.6"],
      assumed: [],
      environment: {},
      failures: [],
    });
  });

  it("that every runtime has are left to it, though a package brings them", async () => {
    const glibc = new FakeImage()
      .file("/lib64/libc.so.6", lib("libc.so.6"))
      .file("/lib64/libm.so.6", lib("libm.so.6", "libc.so.6"));
    expect(pathsOf(await layerOf(glibc))).toStrictEqual([]);
  });

  it("that are missing are failures, with the file", async () => {
    const broken = new FakeImage().file(`${LIB}/liba.so.1`, lib("liba.so.1", "libno.so.1"));
    const { failures, files } = await layerOf(broken);
    expect(failures).toStrictEqual([
      { file: files[0], message: "liba.so.1 needs libno.so.1, which is nowhere to be found" },
    ]);
  });

  it("that are damaged are an error that names the file", async () => {
    const damaged = new FakeImage().file(`${LIB}/libx.so.1`, lib("libx.so.1").subarray(0, 100));
    await expect(layerOf(damaged)).rejects.toThrow(/^\/usr\/lib64\/libx\.so\.1 is damaged: /);
    await expect(layerOf(damaged)).rejects.toBeInstanceOf(WorkError);
  });

  it("are neither linker scripts nor programs nor 32-bit files; one that cannot be read fails all", async () => {
    const others = new FakeImage()
      .file(`${LIB}/libc.so`, "/* GNU ld script */")
      .file(`${LIB}/program.so`, forge.program())
      .file("/usr/lib/libold.so.1", forge.library({ soname: "libold.so.1", options: ["-m32"] }))
      .file(`${LIB}/libx.a`, lib("libx.so.1"))
      .file(`${LIB}/libx.so.conf/x`, "text")
      .link(`${LIB}/libgone.so.1`, "libgone.so.1.2");
    expect((await layerOf(others)).files).toStrictEqual([]);
    await expect(layerOf(others, { read: noDaemon })).rejects.toThrow("no daemon");
  });
});

const contentOf = ({ files, ...rest }: Assembly): unknown => ({
  ...rest,
  files: files.map(({ reasons: _reasons, bytes: _bytes, ...file }) => file),
  digest: contentDigest(files, "x86_64"),
});

const named = (a: string[], b: string[]): PackageFiles[] => [
  { name: "a", version: "1", paths: a },
  { name: "fontconfig", version: "1", paths: b },
];

describe("the order of packages and paths does not matter", () => {
  const image = new FakeImage()
    .link(`${LIB}/liba.so.1`, "liba.so.1.2")
    .file(`${LIB}/liba.so.1.2`, lib("liba.so.1", "libb.so.1", "libalias.so.1"))
    .file(`${LIB}/libb.so.1`, lib("libb.so.1"))
    .link(`${LIB}/libalias.so.1`, "libb.so.1")
    .file(`${LIB}/plug/p.so.1`, lib("p.so.1"))
    .link(`${LIB}/plug/p.so`, "p.so.1")
    .file("/etc/fonts/fonts.conf", "<dir>/usr/share/fonts</dir>")
    .file("/usr/bin/tool", forge.program(), 0o755);
  const [first, second] = [image.paths.slice(0, 4), image.paths.slice(4)];

  it("to files and digest", async () => {
    const shuffled = fc.tuple(
      fc.shuffledSubarray(first, { minLength: first.length }),
      fc.shuffledSubarray(second, { minLength: second.length }),
      fc.boolean(),
    );
    const include = ["/usr/bin/*"];
    const layer = async (packages: PackageFiles[]): Promise<unknown> =>
      contentOf(await layerOf(image, { packages, include }));
    const expected = await layer(named(first, second));
    await fc.assert(
      fc.asyncProperty(shuffled, async ([a, b, turned]) => {
        const packages = named(a, b);
        expect(await layer(turned ? packages.toReversed() : packages)).toStrictEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  it("to which of two libraries by one SONAME is shipped", async () => {
    const twins = new FakeImage()
      .file(`${LIB}/libx-one.so`, lib("libx.so.1"))
      .file(`${LIB}/libx-two.so`, lib("libx.so.1", "libc.so.6"));
    const packages = twins.paths.map((path) => ({ name: path, version: "1", paths: [path] }));
    const there = await layerOf(twins, { packages });
    const back = await layerOf(twins, { packages: packages.toReversed() });
    expect(contentDigest(back.files, "x86_64")).toBe(contentDigest(there.files, "x86_64"));
  });
});
