import { describe, expect, it } from "vitest";
import { tooLarge, wouldNotLoad } from "../../src/pipeline/verdict.ts";
import { layerFile } from "../layer/files.ts";
import { packageSet, runtimePackage } from "./sets.ts";

const set = packageSet({ packages: ["foo", "pinned = 2"], functions: ["MyFunction", "Other"] });

describe("wouldNotLoad", () => {
  const packages = [runtimePackage("foo", "1.2"), runtimePackage("dep", "1:3-4")];
  const message = "libfoo.so.1 needs GLIBC_2.38 from libc.so.6, the runtime has up to GLIBC_2.34";

  it("names the file, what it lacks, the package and who asked", () => {
    const file = { ...layerFile("lib/libfoo.so.1"), package: "foo" };
    const missing = { ...layerFile("lib/libdep.so.1"), package: "dep" };
    const own = { ...layerFile("lib/libown.so.1"), package: undefined };
    const error = wouldNotLoad(set, packages, [
      { file, message },
      { file: missing, message: "libdep.so.1 needs libno.so.1, which is nowhere to be found" },
      { file: own, message: "libown.so.1 needs libno.so.1, which is nowhere to be found" },
    ]);
    expect(error).toMatchObject({
      name: "WorkError",
      message: "the layer for foo, pinned = 2 would not load; nothing was published",
      hint: "the package is newer than the runtime: pin an older one (`name = version`), take it from the runtime's own system, or name the RuntimeImage that the function has",
    });
    expect(error.quote).toBe(
      [
        `${message}; it came with package foo-1.2 (asked for by MyFunction, Other)`,
        "libdep.so.1 needs libno.so.1, which is nowhere to be found; it came with package dep-1:3-4 (asked for by MyFunction, Other)",
        "libown.so.1 needs libno.so.1, which is nowhere to be found; it is the runtime image's own (asked for by MyFunction, Other)",
      ].join("\n"),
    );
  });

  it.each([
    ["libx.so needs X_1 from liby.so, the layer has no such version", "the package is newer"],
    ["libx.so needs liby.so, which is nowhere to be found", "add the package that has the missing library"],
    ["lib/libx.so does not load: liby.so: cannot open shared object file", "add the package that has"],
  ])("hints by what is wrong: %s", (said, hint) => {
    const { hint: given } = wouldNotLoad(set, packages, [{ file: layerFile("lib/libx.so"), message: said }]);
    expect(given?.startsWith(hint), given).toBe(true);
  });
});

describe("what a Dockerfile left", () => {
  const shipped = [{ ...set, image: "docker/Dockerfile", packages: [] }];
  const alone = { ...set, packages: [], shipped };

  it.each([
    ["libx.so needs X_1 from liby.so, the runtime has up to X_0", "the Dockerfile's image is newer"],
    [
      "libx.so needs liby.so, which is nowhere to be found",
      "put the missing library into /var/task/lambda_lib",
    ],
  ])("would not load: %s", (message, hint) => {
    const file = { ...layerFile("lib/libx.so"), package: undefined, dockerfile: "docker/Dockerfile" };
    const error = wouldNotLoad(alone, [], [{ file, message }]);
    expect(error.message).toBe("the layer for docker/Dockerfile would not load; nothing was published");
    expect(error.quote).toBe(
      `${message}; it is from the image of docker/Dockerfile (asked for by MyFunction, Other)`,
    );
    expect(error.hint?.startsWith(hint), error.hint).toBe(true);
  });

  it("is too large", () => {
    const shares = [{ package: "docker/Dockerfile", bytes: 3e8 }];
    const error = tooLarge(alone, { bytes: 3e8, verdict: "too-large", shares });
    expect(error.message).toContain("the layer for docker/Dockerfile takes 300,000,000 bytes");
    expect(error.quote).toBe("300,000,000 bytes  docker/Dockerfile  (the Dockerfile's)");
  });
});

describe("tooLarge", () => {
  it("lists packages by size, with what pulled each in", () => {
    const shares = [
      { package: "dep", bytes: 200_000_000 },
      { package: "foo", bytes: 60_000_000 },
      { package: undefined, bytes: 2_144_001 },
    ];
    const error = tooLarge(set, { bytes: 262_144_001, verdict: "too-large", shares });
    expect(error).toMatchObject({
      name: "WorkError",
      message:
        "the layer for foo, pinned = 2 takes 262,144,001 bytes unzipped; a function and its layers may take 262,144,000",
      hint: "leave out by Exclude what the function does not load, or ask for fewer packages",
    });
    expect(error.quote).toBe(
      [
        "200,000,000 bytes  dep  (installed for foo, pinned = 2)",
        "60,000,000 bytes  foo  (asked for by MyFunction, Other)",
        "2,144,001 bytes  runtime image  (needed by the others)",
      ].join("\n"),
    );
  });

  it("knows a package that was asked for in one version", () => {
    const error = tooLarge(set, {
      bytes: 3e8,
      verdict: "too-large",
      shares: [{ package: "pinned", bytes: 3e8 }],
    });
    expect(error.quote).toBe("300,000,000 bytes  pinned  (asked for by MyFunction, Other)");
  });

  it("stops after the 15 largest", () => {
    const shares = Array.from({ length: 40 }, (_, index) => ({ package: `p${index}`, bytes: 40 - index }));
    expect(tooLarge(set, { bytes: 3e8, verdict: "too-large", shares }).quote?.split("\n")).toHaveLength(15);
  });
});
