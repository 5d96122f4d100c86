import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkPackages } from "../../src/template/packages.ts";

const FORM = "write `name` or `name = version`: letters, digits and . _ + - : ~ only";
const INTRINSIC = "intrinsic functions do not work here: write the name itself";
const IMAGE = "write it as for `docker pull`: registry/repository:tag";

const PATHS = "write paths as they are in the image, such as /usr/bin/pdftotext or /etc/fonts/**";

/** `path: message | hint` of everything that is wrong. */
function problems(value: unknown): string[] {
  const checked = checkPackages(value);
  if ("packages" in checked) return [];
  return checked.problems.map(({ path, message, hint }) => `${path.join(".")}: ${message} | ${hint}`);
}

const name = (word: string): string[] => problems({ Build: [word] });

describe("what is right", () => {
  it.each([
    [{}],
    [{ Build: null, Runtime: [] }],
    [
      {
        Build: ["gcc-c++", "libpq-devel = 17.2-1.amzn2023"],
        Runtime: ["libstdc++6", "g++", "libx~1", "zlib=1:1.2"],
      },
    ],
    [{ Include: ["/usr/bin/pdftotext", "/etc/fonts/**", "/usr/lib64/lib{a,b}.so.?"], Exclude: null }],
    [{ Include: [], Exclude: ["/usr/share/..a/b..", "/a b/ü"] }],
    [{ BuildImage: "mine:1", RuntimeImage: "localhost:5000/a/b@sha256:0123" }],
    [{ Dockerfile: "a b/Dockerfile", DockerContext: ".", DockerBuildArgs: { A: 1, b_2: "x", C: true } }],
    [
      {
        DockerContext: "..",
        DockerBuildTarget: "build.1",
        Spec: "../shared/packages.yaml",
        Extras: ["php8.2"],
      },
    ],
    [
      {
        Repositories: [
          { Name: "a", BaseUrl: "https://x.org/$releasever/$basearch/", GpgKey: "keys/a b.asc", Priority: 1 },
          { Name: "b", MirrorList: "http://x.org/m?a=$basearch", GpgCheck: false },
        ],
      },
    ],
  ])("%j", (value) => {
    expect(checkPackages(value)).toStrictEqual({ packages: value });
  });

  it("agrees with ajv in strict mode on the schema itself", () => {
    const file = new URL("../../schemas/packages.schema.json", import.meta.url);
    const schema = JSON.parse(readFileSync(file, "utf8")) as object;
    expect(() => new Ajv({ strict: true, allowUnionTypes: true }).compile(schema)).not.toThrow();
  });
});

describe("the mapping", () => {
  it.each<[unknown, string]>([
    [
      ["libpq"],
      ": Packages must be a mapping | write the lists below it: `Packages: {Build: [...], Runtime: [...]}`",
    ],
    [
      "libpq",
      ": Packages must be a mapping | write the lists below it: `Packages: {Build: [...], Runtime: [...]}`",
    ],
    [{ Runtme: ["x"] }, 'Runtme: unknown key "Runtme" in Packages | did you mean Runtime?'],
    [
      { runtimeimage: "x" },
      'runtimeimage: unknown key "runtimeimage" in Packages | did you mean RuntimeImage?',
    ],
    [
      { Apt: ["x"] },
      'Apt: unknown key "Apt" in Packages | the keys are Build, Runtime, Include, Exclude, BuildImage, RuntimeImage, Dockerfile, DockerContext, DockerBuildArgs, DockerBuildTarget, Repositories, Extras, Spec',
    ],
    [
      { "a/b~c": 1 },
      'a/b~c: unknown key "a/b~c" in Packages | the keys are Build, Runtime, Include, Exclude, BuildImage, RuntimeImage, Dockerfile, DockerContext, DockerBuildArgs, DockerBuildTarget, Repositories, Extras, Spec',
    ],
  ])("%j", (value, text) => {
    expect(problems(value)).toStrictEqual([text]);
  });
});

describe("lists and their elements", () => {
  it.each<[unknown, string]>([
    [
      { Build: "gcc" },
      'Build: Build must be a list of package names, but is the string "gcc" | write `Build: [gcc]`',
    ],
    [
      { Runtime: { Ref: "P" } },
      "Runtime: Runtime must be a list of package names, but is a mapping | write `Runtime: [name, …]`",
    ],
    [
      { Build: true },
      "Build: Build must be a list of package names, but is the boolean true | write `Build: [name, …]`",
    ],
    [
      { Build: ["a", { Ref: "P" }] },
      `Build.1: an element of Build must be a string, but is a mapping | ${INTRINSIC}`,
    ],
    [
      { Runtime: [1.5] },
      'Runtime.0: an element of Runtime must be a string, but is the number 1.5 | put it in quotes: "1.5"',
    ],
    [
      { RuntimeImage: 7 },
      'RuntimeImage: RuntimeImage must be a string, but is the number 7 | put it in quotes: "7"',
    ],
    [
      { BuildImage: { "Fn::Sub": "x" } },
      `BuildImage: BuildImage must be a string, but is a mapping | ${INTRINSIC}`,
    ],
    [
      { Include: "/x" },
      'Include: Include must be a list of paths, but is the string "/x" | write `Include: [/x]`',
    ],
    [
      { Exclude: [1] },
      'Exclude.0: an element of Exclude must be a string, but is the number 1 | put it in quotes: "1"',
    ],
    ...["usr/bin/x", "", "/", "**", "!/etc/x", "/../etc/x", "/usr/..", "/a/../b", `/${"a".repeat(1024)}`].map(
      (word): [unknown, string] => [
        { Exclude: ["/ok", word] },
        `Exclude.1: ${JSON.stringify(word)} is not a pattern of absolute paths | ${PATHS}`,
      ],
    ),
    [{ BuildImage: "a b" }, `BuildImage: "a b" is not the name of an image | ${IMAGE}`],
    [{ RuntimeImage: "--privileged" }, `RuntimeImage: "--privileged" is not the name of an image | ${IMAGE}`],
  ])("%j", (value, text) => {
    expect(problems(value)).toStrictEqual([text]);
  });

  it.each<[unknown, string]>([
    [{ Build: [null] }, "Build.0: an element of Build must be a string, but is empty"],
    [{ BuildImage: null }, "BuildImage: BuildImage must be a string, but is empty"],
  ])("%j", (value, text) => {
    expect(problems(value)).toStrictEqual([`${text} | write the name, or take the line out`]);
  });
});

const repository = (change: object): unknown => ({ Repositories: [{ Name: "r", ...change }] });

describe("images and sources", () => {
  const FINGERPRINT = "write all 40 hex digits, as `gpg --show-keys` prints them";
  const URL = "write it whole: https://, http:// or file://; $basearch and $releasever may stand in it";

  it.each<[unknown, string]>([
    [
      { Dockerfile: 7 },
      'Dockerfile: Dockerfile must be a string, but is the number 7 | put it in quotes: "7"',
    ],
    [{ Spec: "" }, 'Spec: Spec is not a path: "" | write a path that starts in the folder of this file'],
    [
      { DockerBuildArgs: ["A"] },
      "DockerBuildArgs: DockerBuildArgs must be a mapping, but is a list | write `DockerBuildArgs: {NAME: value}`",
    ],
    [
      { DockerBuildArgs: { "A B": 1 } },
      'DockerBuildArgs.A B: "A B" is no name of a build argument | write it as after ARG in the Dockerfile',
    ],
    [
      { DockerBuildTarget: "-x" },
      'DockerBuildTarget: "-x" is not the name of a stage | write it as after AS in the Dockerfile',
    ],
    [
      { Extras: "php" },
      'Extras: Extras must be a list of topics, but is the string "php" | write `Extras: [php]`',
    ],
    [
      { Repositories: [{}] },
      "Repositories.0: a repository without a Name | give it one for messages: `Name: vendor`",
    ],
    [
      repository({ BaseURL: "x" }),
      'Repositories.0.BaseURL: unknown key "BaseURL" in a repository | did you mean BaseUrl?',
    ],
    [
      repository({ GpgCheck: "no" }),
      'Repositories.0.GpgCheck: GpgCheck must be true or false, but is the string "no" | write true or false',
    ],
    [
      repository({ Priority: 0 }),
      "Repositories.0.Priority: Priority is 0, not 1 to 99 | of packages by one name, those of the repository with the lowest number are taken",
    ],
    [
      repository({ GpgKeyFingerprint: "ABCD" }),
      `Repositories.0.GpgKeyFingerprint: "ABCD" is not a fingerprint | ${FINGERPRINT}`,
    ],
    // what could add a line to a file of repositories
    ...["https://x\ngpgcheck=0", "https://x y", "x.org/r", "ftp://x"].map((url): [unknown, string] => [
      repository({ BaseUrl: url }),
      `Repositories.0.BaseUrl: ${JSON.stringify(url)} is not the URL of a repository | ${URL}`,
    ]),
    [
      repository({ Name: "a]" }),
      'Repositories.0.Name: "a]" is not the name of a repository | write letters, digits and . _ - only',
    ],
  ])("%j", (value, text) => {
    expect(problems(value)).toStrictEqual([text]);
  });
});

describe("package names", () => {
  it.each<[string, string]>([
    [
      "-y",
      'Build.0: package name "-y" starts with "-": a package manager would take it for an option | write the package\'s name; options cannot be passed',
    ],
    [
      "--installroot=/x",
      'Build.0: package name "--installroot=/x" starts with "-": a package manager would take it for an option | write the package\'s name; options cannot be passed',
    ],
    [
      "gcc-",
      'Build.0: package name "gcc-" ends with "-": apt would remove the package | write "gcc" to install it',
    ],
    ["a;b", `Build.0: package name "a;b" holds ";", which no package name may hold | ${FORM}`],
    [
      "$(id) `x`",
      `Build.0: package name "$(id) \`x\`" holds "$()\`", which no package name may hold | ${FORM}`,
    ],
    ["lib*", `Build.0: package name "lib*" holds "*", which no package name may hold | ${FORM}`],
    [
      "@development",
      `Build.0: package name "@development" holds "@", which no package name may hold | ${FORM}`,
    ],
    [
      "/usr/bin/gcc",
      `Build.0: package name "/usr/bin/gcc" holds "/", which no package name may hold | ${FORM}`,
    ],
    ["a\nb", `Build.0: package name "a\\nb" holds "\\n", which no package name may hold | ${FORM}`],
    ["libpq-é", `Build.0: package name "libpq-é" holds "é", which no package name may hold | ${FORM}`],
    ["a b", `Build.0: package name "a b" has not the form of a package name | ${FORM}`],
    ["a >= 1", `Build.0: package name "a >= 1" holds ">", which no package name may hold | ${FORM}`],
    ["a = 1 = 2", `Build.0: package name "a = 1 = 2" has not the form of a package name | ${FORM}`],
    ["a =", `Build.0: package name "a =" has not the form of a package name | ${FORM}`],
    ["", `Build.0: package name "" has not the form of a package name | ${FORM}`],
  ])("%j", (word, text) => {
    expect(name(word)).toStrictEqual([text]);
  });

  it("takes 200 characters and says once that more are too many", () => {
    expect(name("a".repeat(200))).toStrictEqual([]);
    expect(name("a".repeat(201))).toHaveLength(1);
    expect(name("a;".repeat(150))).toHaveLength(1);
  });

  it("refuses a version that ends in a dash: apt-get would remove `zlib1g=1:1.2.13-`", () => {
    expect(name("zlib1g = 1:1.2.13-")).toStrictEqual([
      `Build.0: package name "zlib1g = 1:1.2.13-" has not the form of a package name | ${FORM}`,
    ]);
  });

  it("lets nothing through that a shell, an option parser or a pattern would act on", () => {
    const words = fc.oneof(fc.string(), fc.stringMatching(/^[-a-z;$ =*@+.~^]{1,12}$/));
    fc.assert(
      fc.property(words, (word) => {
        if (name(word).length === 0) expect(word).toMatch(/^[A-Za-z0-9][A-Za-z0-9._+:~^=  -]*$/);
      }),
      { numRuns: 1000 },
    );
  });

  it("tells all problems at once", () => {
    expect(
      problems({ Build: ["ok", "a;b", 3], X: 1, RuntimeImage: " " }).map((text) => text.split(":")[0]),
    ).toEqual(expect.arrayContaining(["Build.1", "Build.2", "X", "RuntimeImage"]));
  });
});
