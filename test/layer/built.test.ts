import { afterAll, describe, expect, it } from "vitest";
import type { BuiltImage } from "../../src/layer/file.ts";
import { chainsTo } from "../../src/layer/chains.ts";
import { leavesFiles } from "../../src/layer/built.ts";
import { FakeImage, Forge } from "./image.ts";
import { layerOf, modesOf, pathsOf } from "./layers.ts";

const forge = new Forge();
afterAll(() => forge.remove());

const LIB = "/usr/lib64";
const LEFT = "/var/task/lambda_lib";
const lib = (soname: string, ...needs: string[]): Buffer => forge.library({ soname, needs });

const built = (image: FakeImage, name = "Dockerfile"): BuiltImage => ({ name, ...pick(image) });
const pick = ({ read, list }: FakeImage): Omit<BuiltImage, "name"> => ({ read, list });
/** The layer of what a Dockerfile left, without packages. */
const layer = (image: FakeImage, exclude: string[] = []) =>
  layerOf(new FakeImage(), { packages: [], built: [built(image)], exclude });

describe("what a Dockerfile leaves in lambda_lib and lambda_bin", () => {
  it("goes to lib/ and bin/: libraries by their SONAME, plug-ins and data at their place, programs executable", async () => {
    const image = new FakeImage()
      .file(`${LEFT}/libfoo.so.1.2`, lib("libfoo.so.1", "libc.so.6"), 0o755)
      .link(`${LEFT}/libfoo.so`, "libfoo.so.1.2")
      .file(`${LEFT}/plug/p.so`, lib("p.so"))
      .file(`${LEFT}/plug/data.txt`, "d", 0o600)
      .file("/var/task/lambda_bin/tool", forge.program(), 0o700)
      .link("/var/task/lambda_bin/alias", "tool")
      .file("/var/task/lambda_bin/sub/script", "#!/bin/sh")
      .file("/var/task/other", "not shipped");
    const assembly = await layer(image);
    expect(modesOf(assembly)).toStrictEqual([
      "bin/alias link",
      "bin/sub/script 755",
      "bin/tool 755",
      "lib/libfoo.so link",
      "lib/libfoo.so.1 644",
      "lib/libfoo.so.1.2 link",
      "lib/plug/data.txt 644",
      "lib/plug/p.so 644",
    ]);
    expect(assembly.libraries).toStrictEqual(["lib/libfoo.so.1", "lib/plug/p.so"]);
    expect(assembly).toMatchObject({ failures: [], provided: ["libc.so.6"], notes: [] });
  });

  it("is closed over in its image, lambda_lib first, less the glibc family", async () => {
    const image = new FakeImage()
      .file(`${LEFT}/libfoo.so.1`, lib("libfoo.so.1", "libbar.so.1", "libown.so.1"))
      .file(`${LEFT}/libc.so.6`, lib("libc.so.6"))
      .file(`${LEFT}/libown.so.1`, lib("libown.so.1"))
      .file(`${LIB}/libown.so.1`, lib("libown.so.1", "libnot.so.1"))
      .file(`${LIB}/libnot.so.1`, lib("libnot.so.1"))
      .file("/usr/local/lib/libbar.so.1", lib("libbar.so.1", "libvendor.so.1"))
      .file("/opt/vendor/lib/libvendor.so.1", lib("libvendor.so.1"))
      .file("/etc/ld.so.conf.d/vendor.conf", "/opt/vendor/lib\n");
    const assembly = await layer(image);
    expect(pathsOf(assembly)).toStrictEqual([
      "lib/libbar.so.1",
      "lib/libfoo.so.1",
      "lib/libown.so.1",
      "lib/libvendor.so.1",
    ]);
    expect(assembly).toMatchObject({ provided: ["libc.so.6"], failures: [] });
  });

  it("copies of a library under several names are one, under its SONAME", async () => {
    const [first, second] = [lib("libfoo.so.1"), lib("libfoo.so.1", "libc.so.6")];
    const image = new FakeImage()
      .file(`${LEFT}/libfoo.so`, first)
      .file(`${LEFT}/libfoo.so.1`, second)
      .file(`${LEFT}/libfoo.so.1.2`, first);
    const { files } = await layer(image);
    expect(files.map(({ path, link }) => [path, link])).toStrictEqual([
      ["lib/libfoo.so", true],
      ["lib/libfoo.so.1", false],
      ["lib/libfoo.so.1.2", true],
    ]);
    expect(files[1]?.bytes).toStrictEqual(second);
  });

  it("may be links to elsewhere; what leads nowhere is told", async () => {
    const image = new FakeImage()
      .file(`${LIB}/libfoo.so.1.2`, lib("libfoo.so.1"))
      .link(`${LEFT}/plug/foo.so`, `${LIB}/libfoo.so.1.2`)
      .link(`${LEFT}/libfoo.so`, `${LIB}/libfoo.so.1.2`)
      .link(`${LEFT}/gone`, "nothing");
    const { files, notes } = await layer(image);
    expect(files.map(({ path, link, bytes }) => [path, link ? String(bytes) : ""])).toStrictEqual([
      ["lib/libfoo.so", "libfoo.so.1"],
      ["lib/libfoo.so.1", ""],
      ["lib/plug/foo.so", "../libfoo.so.1"],
    ]);
    expect(notes).toStrictEqual([`Dockerfile: ${LEFT}/gone is a link that leads to no file: left out`]);
  });

  it("is left out by Exclude, and so is what it needs", async () => {
    const image = new FakeImage()
      .file(`${LEFT}/libfoo.so.1`, lib("libfoo.so.1", "libbar.so.1"))
      .file(`${LIB}/libbar.so.1`, lib("libbar.so.1"))
      .file(`${LEFT}/x`, "x");
    expect(pathsOf(await layer(image, [`${LEFT}/x`, `${LIB}/libbar*`]))).toStrictEqual(["lib/libfoo.so.1"]);
  });

  it("is nothing in most images", async () => {
    expect(await leavesFiles(new FakeImage().file("/var/task/x", "x"))).toBe(false);
    expect(await leavesFiles(new FakeImage().file("/var/task/lambda_bin/x", "x"))).toBe(true);
    expect(pathsOf(await layer(new FakeImage()))).toStrictEqual([]);
  });
});

describe("with packages too", () => {
  const runtime = new FakeImage()
    .file(`${LIB}/libfoo.so.1`, lib("libfoo.so.1"))
    .file(`${LIB}/libpack.so.1`, lib("libpack.so.1", "libboth.so.1"));
  const packages = [runtime.owned("pack")];
  runtime.file(`${LIB}/libboth.so.1`, lib("libboth.so.1"));
  const image = new FakeImage()
    .file(`${LEFT}/libfoo.so.1`, lib("libfoo.so.1", "libboth.so.1", "libown.so.1"))
    .file(`${LIB}/libboth.so.1`, lib("libboth.so.1", "libc.so.6"))
    .file(`${LIB}/libown.so.1`, lib("libown.so.1"));

  it("what the user put there wins, the closure of each is of its own image, and why tells them apart", async () => {
    const { files } = await layerOf(runtime, { packages, built: [built(image, "docker/Dockerfile")] });
    expect(files.map((file) => [file.path, file.dockerfile ?? file.package])).toStrictEqual([
      ["lib/libboth.so.1", undefined],
      ["lib/libfoo.so.1", "docker/Dockerfile"],
      ["lib/libown.so.1", "docker/Dockerfile"],
      ["lib/libpack.so.1", "pack"],
    ]);
    const asked = packages.map((one) => ({ ...one, requests: ["pack"] }));
    const chains = files.map((file) => chainsTo(file, files, asked).chains);
    const own = { kind: "dockerfile", dockerfile: "docker/Dockerfile", folder: "lambda_lib" };
    expect(chains[1]).toStrictEqual([[own, { kind: "file", path: "lib/libfoo.so.1" }]]);
    expect(chains[2]?.[0]?.[0]).toStrictEqual(own);
    expect(chains[0]?.map(([first]) => first)).toStrictEqual([{ kind: "request", packages: ["pack"] }]);
  });
});
