import { readFileSync, realpathSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { ReadFile } from "../../src/layer/select.ts";
import { selectLibraries } from "../../src/layer/select.ts";
import { makeElf, sample } from "./elf/builder.ts";

const HOST = "/usr/lib/x86_64-linux-gnu";

/** The host's own files, as an engine would give them. */
const host: ReadFile = (path) => {
  try {
    const real = realpathSync(path);
    return Promise.resolve({ path: real, bytes: readFileSync(real) });
  } catch {
    return Promise.resolve(undefined);
  }
};

/** An image of these files; a text is a link to another path. */
const image =
  (files: Record<string, Uint8Array | string>): ReadFile =>
  (path) => {
    const found = files[path];
    if (typeof found === "string") return image(files)(found);
    return Promise.resolve(found && { path, bytes: found });
  };

/** A library as gcc would make it: no interpreter, no note. */
const library = (soname?: string, needed: string[] = []): Uint8Array => {
  const { interpreter: _, soname: __, ...rest } = sample({ needed, notes: [] });
  return makeElf({ ...rest, ...(soname === undefined ? {} : { soname }) }).bytes;
};

/** Path in the layer of each file selected from a package that owns all files of the image. */
async function select(files: Record<string, Uint8Array | string>): Promise<string[]> {
  const paths = Object.keys(files);
  const selected = await selectLibraries([{ name: "p", paths }], "x86_64", image(files));
  return selected.map(({ path }) => path);
}

describe("libraries of this machine", () => {
  it("lie flat under their SONAME; links to one file are one file", async () => {
    const real = realpathSync(`${HOST}/libz.so.1`);
    const paths = [`${HOST}/libz.so`, `${HOST}/libz.so.1`, real, "/usr/share/doc/zlib1g/copyright"];
    const files = await selectLibraries([{ name: "zlib1g", paths }], "x86_64", host);
    expect(files).toStrictEqual([
      { path: "lib/libz.so.1", mode: 0o644, bytes: readFileSync(real), source: real, package: "zlib1g" },
    ]);
  });

  it("keep their subfolder when they are plug-ins", async () => {
    const paths = [
      `${HOST}/engines-3/padlock.so`,
      `${HOST}/ossl-modules/legacy.so`,
      `${HOST}/libcrypto.so.3`,
    ];
    const files = await selectLibraries([{ name: "libssl3", paths }], "x86_64", host);
    expect(files.map(({ path }) => path)).toStrictEqual([
      "lib/engines-3/padlock.so",
      "lib/libcrypto.so.3",
      "lib/ossl-modules/legacy.so",
    ]);
  });

  it("are no linker scripts, no programs, and of the asked architecture", async () => {
    expect(readFileSync(`${HOST}/libc.so`, "latin1")).toMatch(/^\/\* GNU ld script/);
    const paths = [`${HOST}/libc.so`, "/bin/true", `${HOST}/libz.so.1`, `${HOST}/nothing.so`];
    const packages = [{ name: "p", paths }];
    expect((await selectLibraries(packages, "x86_64", host)).map(({ path }) => path)).toStrictEqual([
      "lib/libz.so.1",
    ]);
    expect(await selectLibraries(packages, "arm64", host)).toStrictEqual([]);
  });

  it("of another architecture, by their e_machine, are selected for that one only", async () => {
    const bytes = Uint8Array.from(readFileSync(`${HOST}/libz.so.1`));
    new DataView(bytes.buffer).setUint16(18, 183, true);
    const files = { "/usr/lib64/libz.so.1": bytes };
    const packages = [{ name: "zlib", paths: Object.keys(files) }];
    expect(await selectLibraries(packages, "x86_64", image(files))).toStrictEqual([]);
    const selected = await selectLibraries(packages, "arm64", image(files));
    expect(selected.map(({ path }) => path)).toStrictEqual(["lib/libz.so.1"]);
  });
});

describe("paths in the layer", () => {
  it.each<[string, string | undefined, string]>([
    ["/usr/lib64/libpq.so.5.17", "libpq.so.5", "lib/libpq.so.5"],
    ["/lib64/libpq.so.5.17", "libpq.so.5", "lib/libpq.so.5"],
    ["/lib/aarch64-linux-gnu/libpq.so.5.17", "libpq.so.5", "lib/libpq.so.5"],
    ["/usr/lib/x86_64-linux-musl/libx.so", undefined, "lib/libx.so"],
    ["/usr/lib/libx-1.2.so", "libx-1.2.so", "lib/libx-1.2.so"],
    ["/usr/lib64/libxmlsec1-openssl.so", undefined, "lib/libxmlsec1-openssl.so"],
    ["/usr/lib64/ImageMagick-6.9/modules/png.so", "png.so", "lib/ImageMagick-6.9/modules/png.so"],
    ["/usr/lib/x86_64-linux-gnu/sasl2/libplain.so.2", "libplain.so.2", "lib/sasl2/libplain.so.2"],
    ["/usr/lib64/mysql/plugin/dialog.so", undefined, "lib/mysql/plugin/dialog.so"],
  ])("%s with SONAME %s", async (path, soname, expected) => {
    expect(await select({ [path]: library(soname) })).toStrictEqual([expected]);
  });

  it("are one a SONAME: the first package's file", async () => {
    const files = { "/usr/lib64/a.so": library("x.so.1"), "/lib64/b.so": library("x.so.1") };
    const packages = Object.keys(files).map((path) => ({ name: path, paths: [path] }));
    const selected = await selectLibraries(packages, "x86_64", image(files));
    expect(selected.map(({ path, source }) => [path, source])).toStrictEqual([
      ["lib/x.so.1", "/usr/lib64/a.so"],
    ]);
  });

  it("are flat for a library in a package's own folder that another library NEEDs", async () => {
    const files = {
      "/usr/lib64/libuser.so.1": library("libuser.so.1", ["libmysqlclient.so.18"]),
      "/usr/lib64/mysql/libmysqlclient.so.18": library("libmysqlclient.so.18"),
    };
    expect(await select(files)).toStrictEqual(["lib/libmysqlclient.so.18", "lib/libuser.so.1"]);
  });

  it("never leave lib/, whatever a SONAME says", async () => {
    for (const path of await select({ "/usr/lib64/libx.so": library("../../tmp/evil.so") })) {
      expect(path).toMatch(/^lib\/(?!.*\.\.)/);
    }
  });
});

describe("what is not selected", () => {
  it("programs that end in .so, 32-bit libraries, other files", async () => {
    const { flags1: _, ...plain } = sample({ notes: [] });
    const files = {
      "/usr/lib64/pie.so": makeElf({ ...plain, flags1: 0x08000000 }).bytes,
      "/usr/lib64/program.so": makeElf(sample({ type: 2 })).bytes,
      "/usr/lib/libold.so.1": makeElf(sample({ class: 32, machine: 3 })).bytes,
      "/usr/lib64/libx.so.conf": new TextEncoder().encode("text"),
      "/usr/lib64/libempty.so": new Uint8Array(),
      "/usr/lib64/libx.a": library("libx.so.1"),
    };
    expect(await select(files)).toStrictEqual([]);
  });

  it("a damaged library is an error that names the file", async () => {
    const damaged = library("libx.so.1").slice(0, 100);
    await expect(select({ "/usr/lib64/libx.so.1": damaged })).rejects.toThrow(/\/usr\/lib64\/libx\.so\.1/);
  });

  it("a file that cannot be read fails the whole", async () => {
    const failing = selectLibraries([{ name: "p", paths: ["/usr/lib64/a.so"] }], "x86_64", () =>
      Promise.reject(new Error("no daemon")),
    );
    await expect(failing).rejects.toThrow("no daemon");
  });
});
