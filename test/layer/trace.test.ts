import { afterAll, describe, expect, it } from "vitest";
import { isCertain } from "../../src/target/environment.ts";
import type { LayerFile } from "../../src/layer/file.ts";
import { Binaries } from "../../src/layer/library.ts";
import { trace } from "../../src/layer/trace.ts";
import { makeElf, sample } from "./elf/builder.ts";
import { layerFile, layerLink } from "./files.ts";
import { FakeImage, Forge } from "./image.ts";

const forge = new Forge();
afterAll(() => forge.remove());

const shipped = (path: string, bytes: Uint8Array): LayerFile => ({ ...layerFile(path), bytes });

/** What a layer of these files lacks in a function, and what it takes from the runtime image. */
async function traced(
  files: readonly LayerFile[],
  base: FakeImage = new FakeImage(),
): Promise<{ failures: string[]; assumed: readonly string[] }> {
  const binaries = new Binaries(base.read, "x86_64");
  const { failures, assumed } = await trace(files, binaries, "x86_64", isCertain);
  for (const { file } of failures) expect(files).toContain(file);
  return { failures: failures.map(({ message }) => message), assumed };
}

/** A library without code that needs versions, as one built on a newer system does. */
function needing(file: string, versions: { name: string; weak: boolean }[]): Uint8Array {
  const { interpreter: _, rpath: __, runpath: ___, ...rest } = sample({ needed: [file], notes: [] });
  const quiet = { ...rest, soname: "libfoo.so.1", versionDefinitions: [] };
  return makeElf({ ...quiet, versionNeeds: versions.length > 0 ? [{ file, versions }] : [] }).bytes;
}

/** libbar.so.1 with FOO_1.0 up to the version asked for: `bar2` is new in FOO_1.2, `bar10` in FOO_1.10. */
function bar(upTo: "FOO_1.0" | "FOO_1.2" | "FOO_1.10" | "none"): Buffer {
  const source = "int bar0(void) { return 0; } int bar2(void) { return 2; } int bar10(void) { return 10; }";
  if (upTo === "none") return forge.library({ soname: "libbar.so.1", source });
  const nodes = [
    "FOO_1.0 { global: bar0; local: *; };",
    "FOO_1.2 { global: bar2; } FOO_1.0;",
    "FOO_1.10 { global: bar10; } FOO_1.2;",
  ];
  const last = nodes.findIndex((node) => node.startsWith(`${upTo} `));
  const versions = nodes.slice(0, last + 1).join("\n");
  return forge.library({ soname: "libbar.so.1", source, versions });
}

/** libfoo.so.1, built against the newest libbar.so.1, which calls one of its functions. */
const foo = (name: string): Buffer =>
  forge.library({
    soname: "libfoo.so.1",
    source: `extern int ${name}(void); int use(void) { return ${name}(); }`,
    against: [bar("FOO_1.10")],
  });

describe("libraries", () => {
  const needsBar = forge.library({ soname: "libfoo.so.1", needs: ["libbar.so.1"] });

  it("are in the layer, in the runtime, or missing", async () => {
    const files = [shipped("lib/libfoo.so.1", needsBar)];
    expect(await traced(files)).toStrictEqual({
      failures: ["libfoo.so.1 needs libbar.so.1, which is nowhere to be found"],
      assumed: [],
    });
    expect(await traced([...files, shipped("lib/libbar.so.1", bar("none"))])).toStrictEqual({
      failures: [],
      assumed: [],
    });
    const base = new FakeImage().file("/usr/lib64/libbar.so.1", bar("none"));
    expect(await traced(files, base)).toStrictEqual({ failures: [], assumed: ["libbar.so.1"] });
  });

  it("are missing for programs as well", async () => {
    const program = forge.program({ needs: ["libbar.so.1"] });
    const base = new FakeImage().file("/lib64/libc.so.6", forge.library({ soname: "libc.so.6" }));
    expect(await traced([shipped("bin/tool", program)], base)).toStrictEqual({
      failures: ["tool needs libbar.so.1, which is nowhere to be found"],
      assumed: [],
    });
  });

  it("are assumed only when the layer lacks them, and never when every runtime has them", async () => {
    const files = [shipped("lib/libfoo.so.1", forge.library({ needs: ["libbar.so.1", "libc.so.6"] }))];
    const base = new FakeImage()
      .file("/usr/lib64/libbar.so.1", bar("none"))
      .file("/lib64/libc.so.6", forge.library({ soname: "libc.so.6" }));
    expect((await traced(files, base)).assumed).toStrictEqual(["libbar.so.1"]);
    const whole = [...files, shipped("lib/libbar.so.1", bar("none"))];
    expect(await traced(whole, base)).toStrictEqual({ failures: [], assumed: [] });
  });

  it("are found by links of the layer, and by RUNPATH within it", async () => {
    const options = ["-Wl,--enable-new-dtags,-rpath,$ORIGIN/priv"];
    const user = forge.library({ needs: ["libbar.so.1", "libsub.so.1"], options });
    const files = [
      shipped("lib/libuser.so", user),
      shipped("lib/libreal.so.1", bar("none")),
      layerLink("lib/libbar.so.1", "libreal.so.1"),
      shipped("lib/priv/libsub.so.1", bar("none")),
    ];
    expect((await traced(files)).failures).toStrictEqual([]);
    expect((await traced(files.slice(0, -1))).failures).toStrictEqual([
      "libuser.so needs libsub.so.1, which is nowhere to be found",
    ]);
  });

  it("in a subfolder of the layer are not found by name alone", async () => {
    const files = [shipped("lib/libfoo.so.1", needsBar), shipped("lib/sub/libbar.so.1", bar("none"))];
    expect((await traced(files)).failures).toHaveLength(1);
  });

  it("of 32 bits, or in folders of a cache that Lambda does not have, are none", async () => {
    const base = new FakeImage()
      .file("/lib64/libbar.so.1", forge.library({ soname: "libbar.so.1", options: ["-m32"] }))
      .file("/usr/lib64/mysql/libbar.so.1", bar("none"))
      .file("/etc/ld.so.conf.d/mysql.conf", "/usr/lib64/mysql\n");
    expect((await traced([shipped("lib/libfoo.so.1", needsBar)], base)).failures).toHaveLength(1);
  });

  it("needed by a path with a slash are looked up at that path only", async () => {
    const relative = shipped("lib/liba.so", needing("sub/libbar.so.1", []));
    const files = [relative, shipped("lib/sub/libbar.so.1", bar("none"))];
    expect((await traced(files)).failures).toStrictEqual([
      "liba.so needs sub/libbar.so.1, which is nowhere to be found",
    ]);
    const absolute = shipped("lib/liba.so", needing("/usr/lib64/libbar.so.1", []));
    const base = new FakeImage().file("/usr/lib64/libbar.so.1", bar("none"));
    expect((await traced([absolute], base)).failures).toStrictEqual([]);
    expect((await traced([absolute])).failures).toHaveLength(1);
  });
});

describe("versions", () => {
  it("are missing from the runtime: what it has instead", async () => {
    const base = new FakeImage().file("/lib64/libbar.so.1", bar("FOO_1.2"));
    expect((await traced([shipped("lib/libfoo.so.1", foo("bar10"))], base)).failures).toStrictEqual([
      "libfoo.so.1 needs FOO_1.10 from libbar.so.1, the runtime has up to FOO_1.2",
    ]);
    expect((await traced([shipped("lib/libfoo.so.1", foo("bar2"))], base)).failures).toStrictEqual([]);
  });

  it("are missing from the runtime's copy, which comes before the layer's newer one", async () => {
    const files = [shipped("lib/libfoo.so.1", foo("bar10")), shipped("lib/libbar.so.1", bar("FOO_1.10"))];
    expect((await traced(files)).failures).toStrictEqual([]);
    const base = new FakeImage().file("/usr/lib64/libbar.so.1", bar("FOO_1.0"));
    expect((await traced(files, base)).failures).toStrictEqual([
      "libfoo.so.1 needs FOO_1.10 from libbar.so.1, the runtime has up to FOO_1.0",
    ]);
    // Debian's folders come after the layer's.
    const debian = new FakeImage().file("/usr/lib/x86_64-linux-gnu/libbar.so.1", bar("FOO_1.0"));
    expect((await traced(files, debian)).failures).toStrictEqual([]);
  });

  it("are missing from the layer's copy, where that one comes first", async () => {
    const files = [shipped("lib/libfoo.so.1", foo("bar2")), shipped("lib/libbar.so.1", bar("FOO_1.0"))];
    const base = new FakeImage().file("/usr/lib/libbar.so.1", bar("FOO_1.10"));
    expect((await traced(files, base)).failures).toStrictEqual([
      "libfoo.so.1 needs FOO_1.2 from libbar.so.1, the layer has up to FOO_1.0",
    ]);
  });

  it("may be weak, and a provider may have none at all", async () => {
    const old = new FakeImage().file("/lib64/libbar.so.1", bar("FOO_1.0"));
    const weak = shipped("lib/libfoo.so.1", needing("libbar.so.1", [{ name: "FOO_1.2", weak: true }]));
    expect((await traced([weak], old)).failures).toStrictEqual([]);
    const none = new FakeImage().file("/lib64/libbar.so.1", bar("none"));
    expect((await traced([shipped("lib/libfoo.so.1", foo("bar10"))], none)).failures).toStrictEqual([]);
  });

  it.each<[string, string[], string]>([
    ["GLIBC_2.38", ["GLIBC_2.2.5", "GLIBC_2.34", "GLIBC_2.4", "GLIBC_PRIVATE"], "up to GLIBC_2.34"],
    ["GLIBC_2.2.6", ["GLIBC_2.2", "GLIBC_2.2.5", "GLIBC_2"], "up to GLIBC_2.2.5"],
    ["GLIBC_PRIVATE", ["GLIBC_2.34"], "no such version"],
    ["GLIBCXX_3.4.30", ["GLIBCXX_3.4.9", "GLIBCXX_3.4.24", "CXXABI_1.3.15"], "up to GLIBCXX_3.4.24"],
    ["OPENSSL_3.2.0", ["OPENSSL_1_1_0", "LIBSSL"], "no such version"],
    ["GLIBC_ABI_DT_RELR", ["GLIBC_2.34"], "no such version"],
  ])("%s of %j", async (version, versionDefinitions, has) => {
    const libc = makeElf(sample({ soname: "libc.so.6", needed: [], versionNeeds: [], versionDefinitions }));
    const base = new FakeImage().file("/lib64/libc.so.6", libc.bytes);
    const file = shipped("lib/libfoo.so.1", needing("libc.so.6", [{ name: version, weak: false }]));
    expect((await traced([file], base)).failures).toStrictEqual([
      `libfoo.so.1 needs ${version} from libc.so.6, the runtime has ${has}`,
    ]);
  });

  it("are all told, of every file", async () => {
    const base = new FakeImage().file("/lib64/libbar.so.1", bar("FOO_1.0"));
    const versions = ["FOO_1.2", "FOO_1.10", "FOO_1.0"].map((name) => ({ name, weak: false }));
    const bytes = needing("libbar.so.1", versions);
    const files = [shipped("lib/libfoo.so.1", bytes), shipped("lib/sub/plug.so", bytes)];
    expect((await traced(files, base)).failures).toStrictEqual(
      ["libfoo.so.1", "plug.so"].flatMap((name) => [
        `${name} needs FOO_1.2 from libbar.so.1, the runtime has up to FOO_1.0`,
        `${name} needs FOO_1.10 from libbar.so.1, the runtime has up to FOO_1.0`,
      ]),
    );
  });
});
