import { afterAll, describe, expect, it } from "vitest";
import type { Assembly } from "../../src/layer/assemble.ts";
import { FakeImage, Forge } from "./image.ts";
import { layerOf, modesOf, pathsOf } from "./layers.ts";

const forge = new Forge();
afterAll(() => forge.remove());

const LIB = "/usr/lib64";
const lib = (soname: string, ...needs: string[]): Buffer => forge.library({ soname, needs });

describe("Include", () => {
  const image = new FakeImage()
    .file("/usr/bin/tool", forge.program({ needs: ["libdep.so.1"] }), 0o755)
    .file("/usr/bin/script", "#!/bin/sh\n", 0o755)
    .file("/usr/libexec/helper", forge.program(), 0o755)
    .file("/usr/libexec/other", "#!/bin/sh\n", 0o755)
    .link("/usr/bin/alias", "/etc/alternatives/alias")
    .link("/etc/alternatives/alias", "/usr/lib64/tools/alias-2")
    .file("/usr/lib64/tools/alias-2", forge.program(), 0o755)
    .file("/etc/t/t.conf", "x = 1\n")
    .file("/etc/t/.hidden/a b", "y\n", 0o600);
  const packages = [image.owned("tools")];
  image.file(`${LIB}/libdep.so.1`, lib("libdep.so.1"));
  const included = (...include: string[]): Promise<Assembly> => layerOf(image, { packages, include });

  it("a program: to bin/, executable, with its libraries", async () => {
    const assembly = await included("/usr/bin/tool");
    expect(modesOf(assembly)).toStrictEqual(["bin/tool 755", "lib/libdep.so.1 644"]);
    expect(assembly.files[0]).toMatchObject({
      package: "tools",
      reasons: [{ kind: "include", pattern: "/usr/bin/tool" }],
    });
    expect(assembly).toMatchObject({ libraries: ["lib/libdep.so.1"], provided: ["libc.so.6"], failures: [] });
  });

  it("a script: to bin/, executable; data: under its own path", async () => {
    expect(modesOf(await included("/usr/bin/script", "/etc/t/**"))).toStrictEqual([
      "bin/script 755",
      "etc/t/.hidden/a b 644",
      "etc/t/t.conf 644",
    ]);
  });

  it("programs elsewhere are executable as well, compiled or not", async () => {
    expect(modesOf(await included("/usr/libexec/*"))).toStrictEqual([
      "usr/libexec/helper 755",
      "usr/libexec/other 755",
    ]);
  });

  it("a program behind a link: under the name that was asked for", async () => {
    expect(modesOf(await included("/usr/bin/alias"))).toContain("bin/alias 755");
  });

  it("a path that no package owns, when it is written out", async () => {
    image.file("/etc/made-at-install.cache", "z");
    expect(pathsOf(await included("/etc/made-at-install.cache"))).toStrictEqual([
      "etc/made-at-install.cache",
    ]);
  });

  it.each(["/usr/bin/nothing", "/usr/share/**", "/etc/t", "/usr/bin/Tool"])(
    "%s: no file",
    async (pattern) => {
      await expect(included("/usr/bin/script", pattern)).rejects.toMatchObject({
        name: "WorkError",
        message: `Include matches no regular file of the packages: ${pattern}`,
        hint: "patterns are absolute paths in the image, such as /usr/bin/pdftotext or /etc/fonts/**",
      });
    },
  );

  it("less Exclude, which is no mistake even if nothing is left", async () => {
    const some = { packages, include: ["/usr/bin/{tool,script}"], exclude: ["/usr/bin/tool"] };
    expect(pathsOf(await layerOf(image, some))).toStrictEqual(["bin/script"]);
    const none = { packages, include: ["/usr/bin/tool"], exclude: ["/usr/bin/**"] };
    expect(pathsOf(await layerOf(image, none))).toStrictEqual([]);
  });
});

describe("Exclude", () => {
  const image = new FakeImage()
    .file(`${LIB}/liba.so.1`, lib("liba.so.1", "libdep.so.1"))
    .link(`${LIB}/libdep.so.1`, "libdep.so.1.2.3")
    .file(`${LIB}/libdep.so.1.2.3`, lib("libdep.so.1"))
    .link(`${LIB}/libb.so.1`, "libb.so.1.0")
    .file(`${LIB}/libb.so.1.0`, lib("libb.so.1"));
  const readBase = new FakeImage().file("/lib64/libdep.so.1", lib("libdep.so.1")).read;

  it.each([
    [`${LIB}/libb.so.1`, ["lib/liba.so.1", "lib/libdep.so.1"]],
    [`${LIB}/libb.so.1.0`, ["lib/liba.so.1", "lib/libdep.so.1"]],
    [`${LIB}/libdep.so.1.2.3`, ["lib/liba.so.1", "lib/libb.so.1"]],
    [`${LIB}/libdep.so.*`, ["lib/liba.so.1", "lib/libb.so.1"]],
    [`${LIB}/libdep.so.1`, ["lib/liba.so.1", "lib/libb.so.1"]],
    ["/usr/**", []],
  ])("%s", async (pattern, paths) => {
    expect(pathsOf(await layerOf(image, { exclude: [pattern], readBase }))).toStrictEqual(paths);
  });

  it("of what only the runtime image has then: it is assumed; of what nothing has: a failure", async () => {
    const exclude = [`${LIB}/libdep.so.*`];
    expect(await layerOf(image, { exclude, readBase })).toMatchObject({
      assumed: ["libdep.so.1"],
      failures: [],
    });
    expect((await layerOf(image, { exclude })).failures.map(({ message }) => message)).toStrictEqual([
      "liba.so.1 needs libdep.so.1, which is nowhere to be found",
    ]);
  });
});
