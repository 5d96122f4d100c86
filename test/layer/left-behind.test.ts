import { describe, expect, it } from "vitest";
import { FakeImage } from "./image.ts";
import { layerOf, madeLibrary as library } from "./layers.ts";

const LIB = "/usr/lib64";
const DATA = (folders: string): string =>
  `thing brings data that is not in the layer: ${folders}; Include what its library reads`;

/** The notes on a package named thing, which owns these files and, as package databases list them, these folders. */
async function notes(
  files: readonly string[],
  {
    folders = [],
    include = [],
    name = "thing",
  }: { folders?: string[]; include?: string[]; name?: string } = {},
): Promise<readonly string[]> {
  const image = new FakeImage();
  for (const path of files) image.file(path, path.includes(".so") ? library(path.split("/").at(-1)) : "data");
  const packages = [{ name, version: "1", paths: [...folders, ...image.paths] }];
  return (await layerOf(image, { packages, include })).notes;
}

describe("what is left behind is told", () => {
  it("data and plug-ins that no recipe covers, a sentence each", async () => {
    const files = [
      `${LIB}/libthing.so.1`,
      `${LIB}/thing/plug/b.so`,
      `${LIB}/thing/plug/a.so`,
      `${LIB}/thing/more/c.so`,
      `${LIB}/other/d.so`,
      "/usr/share/thing/b",
      "/usr/share/thing/deep/a",
      "/etc/thing.conf",
    ];
    expect(await notes(files)).toStrictEqual([
      "thing brings plug-ins, now in /opt/lib/other, /opt/lib/thing: its library may have to be told to look there",
      DATA("/etc/thing.conf, /usr/share/thing"),
    ]);
  });

  it("not what is in the layer by Include, only the rest", async () => {
    const files = [`${LIB}/libthing.so.1`, "/usr/share/thing/a", "/usr/share/thing/b", "/etc/thing/c"];
    expect(await notes(files, { include: ["/etc/thing/**"] })).toStrictEqual([DATA("/usr/share/thing")]);
    expect(await notes(files, { include: ["/etc/thing/**", "/usr/share/thing/a"] })).toStrictEqual([
      DATA("/usr/share/thing"),
    ]);
    expect(await notes(files, { include: ["/{etc,usr/share}/thing/**"] })).toStrictEqual([]);
  });

  it("not folders, which package databases list beside the files", async () => {
    const folders = ["/usr", "/usr/share", "/usr/share/thing", "/etc", "/etc/thing"];
    const files = ["/usr/share/thing/a", "/etc/thing/c"];
    expect(await notes(files, { folders, include: ["/{etc,usr/share}/thing/**"] })).toStrictEqual([]);
  });

  it("not documentation, translations and the like, nor data where a recipe covers the package", async () => {
    const nothing = [
      `${LIB}/libthing.so.1`,
      "/usr/share/doc/thing/copyright",
      "/usr/share/locale/de/LC_MESSAGES/thing.mo",
      "/usr/share/man/man1/thing.1.gz",
      "/usr/lib/.build-id/ab/cdef",
      "/etc/ld.so.conf.d/thing.conf",
      "/usr/bin/thing",
    ];
    expect(await notes(nothing)).toStrictEqual([]);
    const files = [`${LIB}/sasl2/libplain.so`, "/etc/sasl2/x.conf"];
    expect(
      (await notes(files, { name: "cyrus-sasl-lib" })).filter((note) => note.includes("brings")),
    ).toStrictEqual([]);
  });

  it("what only looks like documentation is data", async () => {
    expect(await notes(["/usr/share/docbook/x", "/usr/share/mandoc/y"])).toStrictEqual([
      DATA("/usr/share/docbook, /usr/share/mandoc"),
    ]);
  });
});
