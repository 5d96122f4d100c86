import { posix } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Member } from "../../src/layer/closure.ts";
import { readElf } from "../../src/layer/elf/elf.ts";
import type { LayerFile } from "../../src/layer/file.ts";
import { Layout } from "../../src/layer/layout.ts";
import { FakeImage } from "./image.ts";
import { layerOf, madeLibrary as library, pathsOf } from "./layers.ts";

const LIB = "/usr/lib64";

/** Lays one library out; a link is written `path → target`. */
function lay(
  path: string,
  soname: string | undefined,
  { names = [], paths = [], cached = [] }: { names?: string[]; paths?: string[]; cached?: string[] } = {},
): string[] {
  const bytes = library(soname);
  const member: Member = {
    binary: { path, mode: 0o755, bytes, elf: readElf(bytes) },
    package: "p",
    names: new Set(names),
    reasons: [],
  };
  return new Layout("x86_64", cached).filesOf(member, paths).map(written);
}

const written = ({ path, link, bytes }: LayerFile): string =>
  link ? `${path} → ${Buffer.from(bytes).toString()}` : path;

describe("a library is one regular file", () => {
  it.each<[string, string | undefined, string]>([
    ["/usr/lib64/libpq.so.5.17", "libpq.so.5", "lib/libpq.so.5"],
    ["/lib64/libpq.so.5.17", "libpq.so.5", "lib/libpq.so.5"],
    ["/lib/x86_64-linux-gnu/libpq.so.5.17", "libpq.so.5", "lib/libpq.so.5"],
    ["/usr/lib/libx-1.2.so", "libx-1.2.so", "lib/libx-1.2.so"],
    ["/usr/lib64/libxmlsec1-openssl.so", undefined, "lib/libxmlsec1-openssl.so"],
    ["/usr/lib64/ImageMagick-6.9/modules/png.so", "png.so", "lib/ImageMagick-6.9/modules/png.so"],
    ["/usr/lib/x86_64-linux-gnu/sasl2/libplain.so.2.0", "libplain.so.2", "lib/sasl2/libplain.so.2.0"],
    ["/usr/lib64/mysql/plugin/dialog.so", undefined, "lib/mysql/plugin/dialog.so"],
    ["/opt/vendor/lib/libv.so.1", "libv.so.1", "opt/vendor/lib/libv.so.1"],
  ])("%s with SONAME %s", (path, soname, expected) => {
    expect(lay(path, soname)).toStrictEqual([expected]);
  });

  it("with links for the names by which something needs it, not for those that it has in the image", () => {
    const names = ["libold.so.5", "libpq.so.5"];
    const paths = [`${LIB}/libpq.so`, `${LIB}/libpq.so.5`];
    expect(lay(`${LIB}/libpq.so.5.17`, "libpq.so.5", { names, paths })).toStrictEqual([
      "lib/libpq.so.5",
      "lib/libold.so.5 → libpq.so.5",
    ]);
  });

  it("flat where it is needed, though it lies in a package's folder", () => {
    expect(lay(`${LIB}/mysql/libm.so.18.0`, "libm.so.18", { names: ["libm.so.18"] })).toStrictEqual([
      "lib/libm.so.18",
    ]);
    expect(lay(`${LIB}/priv/plain.so`, undefined, { names: ["b.so", "a.so"] })).toStrictEqual([
      "lib/a.so",
      "lib/b.so → a.so",
    ]);
  });

  it("flat where a link of its package says so", () => {
    const paths = [`${LIB}/libblas.so.3`];
    expect(lay(`${LIB}/blas/libblas.so.3.11`, "libblas.so.3", { paths })).toStrictEqual(["lib/libblas.so.3"]);
  });

  it.each(["/usr/lib64/mysql", "/usr/lib64/mysql/"])("flat in %s of the linker's cache", (folder) => {
    const path = `${LIB}/mysql/libmysqlclient.so.18.0.0`;
    expect(lay(path, "libmysqlclient.so.18", { cached: [folder] })).toStrictEqual([
      "lib/libmysqlclient.so.18",
    ]);
    expect(lay(`${LIB}/mysql/plugin/dialog.so`, undefined, { cached: [folder] })).toStrictEqual([
      "lib/plugin/dialog.so",
    ]);
  });

  it("with all its names there when it is a plug-in: its host may ask for any of them", () => {
    const paths = [`${LIB}/sasl2/libplain.so`, `${LIB}/sasl2/libplain.so.2`, `${LIB}/other/plain.so`];
    expect(lay(`${LIB}/sasl2/libplain.so.2.0`, "libplain.so.2", { paths })).toStrictEqual([
      "lib/sasl2/libplain.so.2.0",
      "lib/sasl2/libplain.so → libplain.so.2.0",
      "lib/sasl2/libplain.so.2 → libplain.so.2.0",
      "lib/other/plain.so → ../sasl2/libplain.so.2.0",
    ]);
  });
});

describe("hostile SONAMEs", () => {
  it.each(["../x", "a/b", ".", "..", "...", "", "/etc/passwd"])(
    "%j names no file: its own does",
    (soname) => {
      expect(lay(`${LIB}/libx.so.1.2`, soname)).toStrictEqual(["lib/libx.so.1.2"]);
    },
  );

  it("a SONAME of more than 255 bytes names no file: none can have that name", () => {
    expect(lay(`${LIB}/libx.so.1.2`, "x".repeat(256))).toStrictEqual(["lib/libx.so.1.2"]);
    expect(lay(`${LIB}/libx.so.1.2`, "é".repeat(128))).toStrictEqual(["lib/libx.so.1.2"]);
    expect(lay(`${LIB}/libx.so.1.2`, "x".repeat(255))).toStrictEqual([`lib/${"x".repeat(255)}`]);
  });

  it("links of hostile names are left out", () => {
    expect(lay(`${LIB}/libx.so.1`, "libx.so.1", { names: ["..", ".", "a/b"] })).toStrictEqual([
      "lib/libx.so.1",
    ]);
  });
});

describe("files that are no libraries", () => {
  const layout = new Layout("x86_64", ["/usr/lib64/mysql"]);
  it.each([
    ["/usr/bin/pdftotext", "bin/pdftotext"],
    ["/bin/sh", "bin/sh"],
    ["/usr/sbin/x", "bin/x"],
    ["/sbin/x", "bin/x"],
    ["/usr/local/bin/x", "bin/x"],
    ["/usr/bin/deep/x", "usr/bin/deep/x"],
    ["/etc/fonts/fonts.conf", "etc/fonts/fonts.conf"],
    ["/usr/lib64/libfreebl3.chk", "lib/libfreebl3.chk"],
    ["/usr/lib64/gconv/gconv-modules", "lib/gconv/gconv-modules"],
    ["/usr/lib/x86_64-linux-gnu/gconv/x", "lib/gconv/x"],
    ["/usr/share/../../../etc/./x", "etc/x"],
    ["../../etc/x", "etc/x"],
    ["//usr//bin//x", "bin/x"],
    ["/usr/lib64/../../../../x", "x"],
  ])("%s → %s", (path, expected) => {
    expect(layout.pathOf(path)).toBe(expected);
  });
});

/** Every layer is sound, whatever a package holds. */
function expectSound(files: readonly LayerFile[]): void {
  const byPath = new Map(files.map((file) => [file.path, file]));
  expect(byPath.size).toBe(files.length);
  for (const file of files) {
    const segments = file.path.split("/");
    expect(segments.every((one) => one !== "" && one !== "." && one !== "..")).toBe(true);
    if (!file.link) continue;
    const target = Buffer.from(file.bytes).toString();
    expect(posix.isAbsolute(target)).toBe(false);
    expect(byPath.get(posix.join(posix.dirname(file.path), target))).toMatchObject({ link: false });
  }
}

describe("a layer is sound whatever its packages hold", () => {
  const word = fc.constantFrom("a", "b", "liba.so.1", "libb.so", "x.so", "usr", "bin", "lib64", "é", " ");
  const path = fc
    .tuple(
      fc.constantFrom(
        "/usr/lib64",
        "/lib",
        "/usr/lib/x86_64-linux-gnu",
        "/usr/bin",
        "/etc",
        "/usr/share",
        "",
      ),
      fc.array(word, { minLength: 1, maxLength: 3 }),
    )
    .map(([folder, words]) => `${folder}/${words.join("/")}`);
  const soname = fc.oneof(
    word,
    fc.constantFrom("..", ".", "", "a/b", "../a", "/x"),
    fc.string({ maxLength: 8 }).filter((text) => !text.includes("\0")),
  );
  const content = fc.oneof(
    fc.record({ soname: fc.option(soname, { nil: undefined }), needed: fc.array(soname, { maxLength: 3 }) }),
    fc.record({ target: fc.oneof(path, word, fc.constant("../../../..")) }),
    fc.record({ text: fc.string() }),
  );
  const odd = fc.constantFrom("/usr/lib64/../lib64/./", "/usr/share/../../../usr/lib64/", "//usr/lib64//");

  it("every path is relative and plain, every link leads to a regular file", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(path, content), { maxLength: 8 }), odd, async (entries, prefix) => {
        const image = new FakeImage();
        for (const [place, what] of entries) {
          if ("target" in what) image.link(place, what.target);
          else if ("text" in what) image.file(place, what.text);
          else image.file(place, library(what.soname, what.needed));
        }
        const oddly = image.paths
          .filter((one) => one.startsWith(`${LIB}/`))
          .map((one) => prefix + one.slice(LIB.length + 1));
        // Nothing may be missing from the pattern, else Include would be refused.
        const all = image.file("/keep/y", "").paths;
        const { files } = await layerOf(image, {
          packages: [{ name: "p", version: "1", paths: [...oddly, ...all] }],
          readBase: image.read,
          include: ["/{usr/share,usr/bin,keep}/**"],
        });
        expectSound(files);
      }),
      { numRuns: 400 },
    );
  });

  it("no file stands where a folder of another must be", async () => {
    const image = new FakeImage()
      .file(`${LIB}/libx.so.1`, library("sasl2"))
      .file(`${LIB}/sasl2/libplain.so`, library());
    const paths = pathsOf(await layerOf(image));
    for (const one of paths) expect(paths.filter((other) => other.startsWith(`${one}/`))).toStrictEqual([]);
  });
});
