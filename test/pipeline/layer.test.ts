import { buffer } from "node:stream/consumers";
import JSZip from "jszip";
import { describe, expect, it } from "vitest";
import type { LoadFailure, RuntimePackage, UnpackedFile } from "../../src/engine/engine.ts";
import { checkLayer, packLayer } from "../../src/pipeline/layer.ts";
import type { CheckedLayer } from "../../src/pipeline/layer.ts";
import type { PackageSet } from "../../src/pipeline/plan.ts";
import type { Event } from "../../src/report/events.ts";
import { makeElf, sample } from "../layer/elf/builder.ts";
import { FakeImage } from "../layer/image.ts";
import { madeLibrary as library } from "../layer/layers.ts";
import { packageSet, runtimePackage } from "./sets.ts";

const LIB = "/usr/lib64";
const libc = new FakeImage().file("/lib64/libc.so.6", library("libc.so.6"));

interface Run {
  readonly checked: CheckedLayer | undefined;
  readonly events: Event[];
  /** What the engine was asked to load, with the files that it unpacked for that. */
  readonly loads: [readonly string[], readonly string[]][];
}

/** Checks the layer of an image, which package foo 1.2 owns, in a fake root where loading fails like this. */
async function check(
  image: FakeImage,
  change: {
    set?: Partial<PackageSet>;
    packages?: RuntimePackage[];
    base?: FakeImage;
    failures?: LoadFailure[];
    loadTest?: boolean;
  } = {},
): Promise<Run> {
  const events: Event[] = [];
  const loads: Run["loads"] = [];
  const root = {
    os: "al2023",
    packages: change.packages ?? [runtimePackage("foo", "1.2", { paths: image.paths })],
    files: image,
    base: change.base ?? libc,
    load: (files: readonly UnpackedFile[], libraries: readonly string[]): Promise<LoadFailure[]> => {
      loads.push([files.map(({ path }) => path), libraries]);
      return Promise.resolve(change.failures ?? []);
    },
  };
  const options = { loadTest: change.loadTest ?? true, listener: (event: Event) => void events.push(event) };
  return { checked: await checkLayer(packageSet(change.set), root, [], options), events, loads };
}

const foo = new FakeImage()
  .file(`${LIB}/libfoo.so.1`, library("libfoo.so.1", ["libc.so.6"]))
  .file(`${LIB}/foo/plug.so`, library());
const kinds = ({ events }: Run): string[] => events.map(({ kind }) => kind);

describe("checkLayer", () => {
  it("loads each library, the whole layer unpacked, and says what it made", async () => {
    const run = await check(foo);
    const paths = ["lib/foo/plug.so", "lib/libfoo.so.1"];
    expect(run.loads).toStrictEqual([[paths, paths]]);
    expect(run.events[0]).toMatchObject({
      kind: "layer",
      name: expect.stringMatching(/^sam-pkg-al2023-x86_64-foo-[0-9a-f]{8}$/) as string,
      digest: run.checked?.digest,
      files: 2,
      bytes: run.checked?.budget.bytes,
      loadTest: { tried: 2, loaded: 2 },
    });
    expect(run.events.slice(1)).toStrictEqual([
      {
        kind: "note",
        message: "foo brings plug-ins, now in /opt/lib/foo: its library may have to be told to look there",
      },
    ]);
    expect(run.checked).toMatchObject({ os: "al2023", provided: ["libc.so.6"], failures: [] });
  });

  it("loads nothing when that is turned off, and does not claim to have", async () => {
    const run = await check(foo, { loadTest: false });
    expect(run.loads).toStrictEqual([]);
    expect(run.events[0]).toMatchObject({ kind: "layer" });
    expect(run.events[0]).not.toHaveProperty("loadTest");
  });

  it("says which package came for a name that no package has", async () => {
    const requests = ["foo", "foo = 1.2", "foo:amd64", "foo-libs", "virtual = 3"];
    const packages = [runtimePackage("foo", "1.2", { paths: foo.paths, requests })];
    const { events } = await check(foo, { packages });
    expect(events.filter(({ kind }) => kind === "resolved")).toStrictEqual([
      { kind: "resolved", request: "foo-libs", package: "foo", version: "1.2" },
      { kind: "resolved", request: "virtual", package: "foo", version: "1.2" },
    ]);
  });

  it("a library that is missing fails it before anything is loaded or told", async () => {
    const image = new FakeImage().file(`${LIB}/libfoo.so.1`, library("libfoo.so.1", ["libno.so.1"]));
    await expect(check(image)).rejects.toMatchObject({
      name: "WorkError",
      message: "the layer for foo would not load; nothing was published",
      quote:
        "libfoo.so.1 needs libno.so.1, which is nowhere to be found; it came with package foo-1.2 (asked for by MyFunction)",
      hint: "add the package that has the missing library to Runtime, or leave out by Exclude what the function does not load",
    });
  });

  it("a library that does not load fails it, with what the dynamic linker said", async () => {
    const said = "undefined symbol: bar2, version FOO_1.2";
    await expect(check(foo, { failures: [{ path: "lib/libfoo.so.1", said }] })).rejects.toMatchObject({
      name: "WorkError",
      message: "the layer for foo would not load; nothing was published",
      quote: `lib/libfoo.so.1 does not load: ${said}; it came with package foo-1.2 (asked for by MyFunction)`,
    });
  });

  it("a plug-in may leave symbols to its host, but no more than that", async () => {
    const said = "/opt/lib/foo/plug.so: undefined symbol: host_api";
    const run = await check(foo, { failures: [{ path: "lib/foo/plug.so", said }] });
    expect(run.events).toContainEqual({
      kind: "note",
      message: "plug-ins of foo leave symbols to the program that loads them: lib/foo/plug.so",
    });
    const gone = "libgone.so.1: cannot open shared object file";
    await expect(check(foo, { failures: [{ path: "lib/foo/plug.so", said: gone }] })).rejects.toMatchObject({
      quote: `lib/foo/plug.so does not load: ${gone}; it came with package foo-1.2 (asked for by MyFunction)`,
    });
  });

  it("does not count among the libraries that loaded what did not", async () => {
    const said = "undefined symbol: host_api";
    const run = await check(foo, { failures: [{ path: "lib/foo/plug.so", said }] });
    expect(run.events.find(({ kind }) => kind === "layer")).toMatchObject({
      loadTest: { tried: 2, loaded: 1 },
    });
  });

  it("a program, which is not loaded, does not show that a library that it needs is complete", async () => {
    const { soname: _, ...program } = sample({ needed: ["libpart.so.1"], versionNeeds: [], notes: [] });
    const bytes = makeElf({ ...program, type: 2 }).bytes;
    const image = new FakeImage().file("/usr/bin/tool", bytes, 0o755);
    const packages = [runtimePackage("foo", "1.2", { paths: image.paths })];
    image.file(`${LIB}/libpart.so.1`, library("libpart.so.1"));
    const failures = [{ path: "lib/libpart.so.1", said: "undefined symbol: foo_api" }];
    const run = await check(image, { packages, failures, set: { include: ["/usr/bin/tool"] } });
    expect(run.events.find(({ kind }) => kind === "layer")).toMatchObject({
      loadTest: { tried: 1, loaded: 0 },
    });
  });

  it("a library may leave symbols to one that needs it, if that one loads", async () => {
    const image = new FakeImage()
      .file(`${LIB}/libfoo.so.1`, library("libfoo.so.1", ["libpart.so.1"]))
      .file(`${LIB}/libpart.so.1`, library("libpart.so.1"));
    const part = { path: "lib/libpart.so.1", said: "undefined symbol: foo_api" };
    expect((await check(image, { failures: [part] })).checked).toBeDefined();
    const both = [part, { path: "lib/libfoo.so.1", said: "undefined symbol: other" }];
    await expect(check(image, { failures: both })).rejects.toMatchObject({
      quote: both
        .map(
          ({ path, said }) =>
            `${path} does not load: ${said}; it came with package foo-1.2 (asked for by MyFunction)`,
        )
        .join("\n"),
    });
  });

  it("makes no layer of nothing, loads nothing, and says so", async () => {
    const run = await check(new FakeImage().file("/usr/share/doc/foo/copyright", "c"));
    expect(run).toMatchObject({ checked: undefined, loads: [] });
    expect(run.events).toStrictEqual([{ kind: "nothing-to-ship", packages: ["foo"] }]);
  });

  it("says what data is left behind, though there is nothing to ship", async () => {
    const run = await check(new FakeImage().file("/usr/share/foo/data", "d"));
    expect(run.checked).toBeUndefined();
    expect(run.events).toContainEqual({
      kind: "note",
      message: "foo brings data that is not in the layer: /usr/share/foo; Include what its library reads",
    });
  });

  it("warns of what it takes from the runtime image", async () => {
    const image = new FakeImage()
      .file(`${LIB}/libfoo.so.1`, library("libfoo.so.1", ["libdep.so.1"]))
      .file(`${LIB}/libdep.so.1`, library("libdep.so.1"));
    const base = new FakeImage().file(`${LIB}/libdep.so.1`, library("libdep.so.1"));
    const { events } = await check(image, { base, set: { exclude: [`${LIB}/libdep.so.1`] } });
    expect(events.at(-1)).toStrictEqual({
      kind: "warning",
      message: "taken from the runtime image, though Lambda may not have it: libdep.so.1",
      hint: "take it out of Exclude, so that the layer brings it",
    });
  });
});

const big = (bytes: number): FakeImage => new FakeImage().file("/usr/share/foo/big", new Uint8Array(bytes));

describe("the budget", () => {
  const set = { include: ["/usr/share/foo/*"] };

  it("warns from 80% on", async () => {
    const fits = await check(big(209_715_200), { set });
    expect(kinds(fits)).toStrictEqual(["layer"]);
    const { events, checked } = await check(big(209_715_201), { set });
    expect(events.at(-1)).toStrictEqual({
      kind: "warning",
      message: `layer ${checked?.name ?? ""} takes 80% of the 262,144,000 bytes that a function may have`,
      hint: "`sam-pkg plan` shows what takes how much",
    });
  });

  it("above the limit nothing is loaded", async () => {
    await expect(check(big(262_144_001), { set })).rejects.toMatchObject({
      name: "WorkError",
      message:
        "the layer for foo takes 262,144,001 bytes unzipped; a function and its layers may take 262,144,000",
      quote: "262,144,001 bytes  foo  (asked for by MyFunction)",
    });
  });
});

describe("packLayer", () => {
  it("zips what was checked, for the runtimes that asked and others of the system", async () => {
    const { checked } = await check(foo);
    if (!checked) throw new Error("no layer");
    const layer = packLayer(checked);
    expect(layer).toMatchObject({
      name: checked.name,
      digest: checked.digest,
      description: `sam-pkg sha256:${checked.digest} foo`,
      architecture: "x86_64",
    });
    expect(layer.runtimes[0]).toBe("python3.12");
    expect(new Set(layer.runtimes).size).toBe(layer.runtimes.length);
    expect(layer.runtimes.length).toBeLessThanOrEqual(15);
    expect(layer.asked).toStrictEqual(["python3.12"]);
    const bytes = await buffer(layer.zip());
    expect(Object.keys((await JSZip.loadAsync(bytes)).files)).toStrictEqual(
      checked.files.map(({ path }) => path),
    );
    expect((await buffer(layer.zip())).equals(bytes)).toBe(true);
  });
});
