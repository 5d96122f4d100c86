import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { docker } from "./docker.ts";
import type { Run } from "./project.ts";
import { expectCode, filesOf, lab, nextWords, project, samPkg } from "./project.ts";
import type { RepositoryServer } from "./repository-server.ts";
import { serveRepositories } from "./repository-server.ts";

const DNF = "LAB_IMAGE_RUNTIME_PYTHON3_11_DNF";
const AL2 = "localhost/sampkg-lab/e2e-al2";
const KEYS = ["vendor.asc", "stranger.asc", "both.asc", "vendor.secret"];

let server: RepositoryServer;

/** An image with yum's variables of Amazon Linux 2, which lead to the test's server, and its key. */
async function makeAl2(): Promise<void> {
  const name = "e2e-al2";
  // host:port in three parts, as $amazonlinux.$awsregion.$awsdomain
  const [amazonlinux = "", awsregion = "", ...rest] = server.host.split(".");
  const variables = { awsproto: "http", amazonlinux, awsregion, awsdomain: rest.join(".") };
  const script = Object.entries(variables).map(([key, value]) => `echo ${value} >/etc/yum/vars/${key}`);
  await docker("rm", "-f", name);
  await docker(
    "run",
    "--name",
    name,
    lab("LAB_IMAGE_RUNTIME_YUM"),
    "sh",
    "-c",
    ["mkdir -p /etc/yum/vars", ...script].join("; "),
  );
  await docker(
    "cp",
    join(server.folder, "vendor.asc"),
    `${name}:/etc/pki/rpm-gpg/RPM-GPG-KEY-amazon-linux-2`,
  );
  await docker("commit", name, AL2);
  await docker("rm", "-f", name);
}

beforeAll(async () => {
  server = await serveRepositories();
  await makeAl2();
});
afterAll(async () => {
  await docker("rmi", "-f", AL2);
  await server.close();
});

interface Entry {
  readonly Name?: string;
  readonly BaseUrl?: string;
  readonly MirrorList?: string;
  readonly GpgKey?: string;
  readonly GpgKeyFingerprint?: string;
  readonly GpgCheck?: boolean;
  readonly Priority?: number;
}

/** A repository of the server by its folder; signed by the vendor unless the rest says otherwise. */
const repository = (folder: string, rest: Entry = {}): Entry => ({
  Name: folder,
  ...(rest.MirrorList === undefined ? { BaseUrl: `http://${server.host}/${folder}` } : {}),
  ...(rest.GpgCheck === false ? {} : { GpgKey: "vendor.asc" }),
  ...rest,
});

/** A project of one function with these Packages and all keys beside its template. */
async function withPackages(packages: object, image: string): Promise<string> {
  const folder = await project(undefined, {
    "template.yaml": `Resources:
  Sourced:
    Type: AWS::Serverless::Function
    Metadata: {Packages: ${JSON.stringify({ RuntimeImage: image, ...packages })}}
    Properties: {Handler: app.handler, CodeUri: ., Runtime: python3.11}
`,
  });
  for (const key of KEYS) await copyFile(join(server.folder, key), join(folder, key));
  return folder;
}

async function transform(packages: object, image = lab(DNF)): Promise<Run> {
  const cwd = await withPackages(packages, image);
  return samPkg(["transform", "--publish", "none"], { cwd });
}

/** Transforms, which must fail without a trace; what was said from the error on. */
async function refused(packages: object, image = lab(DNF)): Promise<string> {
  const cwd = await withPackages(packages, image);
  const before = await filesOf(cwd);
  const result = await samPkg(["transform", "--publish", "none"], { cwd });
  expectCode(result, 1);
  expect(await filesOf(cwd)).toEqual(before);
  return result.stderr.slice(result.stderr.indexOf("error: "));
}

/** What a command prints in an image. */
const inside = (name: string, ...command: string[]): Promise<string> =>
  docker("run", "--rm", "--entrypoint", "", name, ...command);

/** A package of one repository of the server. */
const from = (name: string, rest: Entry = {}) => ({
  Runtime: [`sampkg-${{ unsigned: "plain", swapped: "vendor" }[name] ?? name}`],
  Repositories: [repository(name, rest)],
});

describe("a package of a further repository", () => {
  test("goes into the build image, which keeps nothing else of it, and into the layer", async () => {
    const base = lab("LAB_IMAGE_BUILD_PYTHON3_11_DNF");
    const result = await transform({
      BuildImage: base,
      Build: ["sampkg-vendor"],
      Runtime: ["sampkg-vendor"],
      Repositories: [repository("vendor")],
    });
    expectCode(result, 0);
    expect(result.stdout).toMatch(/lib\/libsampkg-vendor\.so\.1 .* sampkg-vendor$/m);
    const image = nextWords(result).at(-1)?.split("=")[1] ?? "";
    expect(await inside(image, "rpm", "-q", "sampkg-vendor")).toBe("sampkg-vendor-1.0-1.x86_64");
    for (const command of [
      ["rpm", "-q", "gpg-pubkey"],
      ["ls", "-l", "/etc/yum.repos.d", "/etc/pki/rpm-gpg"],
      ["find", "/", "-xdev", "-name", "*sam-pkg*"],
    ]) {
      expect(await inside(image, ...command)).toBe(await inside(base, ...command));
    }
  });

  test.each(["LAB_IMAGE_RUNTIME_MICRODNF", "LAB_IMAGE_RUNTIME_YUM"])(
    "is found by a list of mirrors whose first is dead, and checked by a key from a URL, in %s",
    async (image) => {
      const key = { GpgKey: `http://${server.host}/both.asc`, GpgKeyFingerprint: server.fingerprint };
      const mirrors = repository("vendor", { MirrorList: `http://${server.host}/mirrors`, ...key });
      const result = await transform({ Runtime: ["sampkg-vendor"], Repositories: [mirrors] }, lab(image));
      expectCode(result, 0);
      expect(result.stdout).toContain("lib/libsampkg-vendor.so.1");
    },
  );

  test.each([
    { Priority: undefined, library: "libsampkg-both.so.2", why: "the newer version" },
    { Priority: 10, library: "libsampkg-both.so.1", why: "the repository of the lower number" },
  ])("that another has too: $why is taken", async ({ Priority, library }) => {
    const older = repository("vendor", Priority === undefined ? {} : { Priority });
    const Repositories = [older, repository("newer")];
    const result = await transform({ Runtime: ["sampkg-both"], Repositories });
    expectCode(result, 0);
    expect(result.stdout).toContain(`lib/${library}`);
  });

  test("that is not signed is taken where GpgCheck is off, with a warning", async () => {
    const unchecked = repository("unsigned", { GpgCheck: false });
    const result = await transform({ Runtime: ["sampkg-plain"], Repositories: [unchecked] });
    expectCode(result, 0);
    expect(result.stdout).toContain("lib/libsampkg-plain.so.1");
    expect(result.stderr).toContain(
      ": GpgCheck is off: what repository unsigned delivers is installed unchecked",
    );
  });
});

describe("refused before anything is installed:", () => {
  test.each([
    ["unsigned", "error: package sampkg-plain of repository unsigned is not signed"],
    [
      "stranger",
      "error: package sampkg-stranger-1.0-1.x86_64 of repository stranger is signed by another key",
    ],
  ])("a package of repository %s", async (name, message) => {
    const said = await refused(from(name));
    expect(said).toContain(message);
    expect(said).toContain("hint: name the key that signs its packages (GpgKey), or write `GpgCheck: false`");
  });

  test.each(["tampered", "swapped"])("a package that was changed, in repository %s", async (name) => {
    expect(await refused(from(name))).toMatch(
      new RegExp(`error: package sampkg-\\S+ of repository ${name} is not what was signed or listed`),
    );
  });

  test("a key that is another than the fingerprint says", async () => {
    const GpgKey = `http://${server.host}/stranger.asc`;
    const said = await refused(from("vendor", { GpgKey, GpgKeyFingerprint: server.fingerprint }));
    expect(said).toMatch(
      new RegExp(
        `error: the key of repository vendor is another: ${GpgKey} has the fingerprint [0-9A-F]{40}, GpgKeyFingerprint is ${server.fingerprint}`,
      ),
    );
  });

  test.each([
    ["vendor.secret", "is a private key: vendor.secret"],
    ["template.yaml", "is no OpenPGP public key: template.yaml"],
    ["http://HOST/page.asc", "is an HTML page: http://HOST/page.asc"],
    ["http://HOST/none.asc", "cannot be had: http://HOST/none.asc\n  | 404 Not Found"],
  ])("the key %s", async (key, message) => {
    const here = (text: string): string => text.replaceAll("HOST", server.host);
    const rest = { GpgKey: here(key), GpgKeyFingerprint: server.fingerprint };
    expect(await refused(from("vendor", rest))).toContain(
      here(`error: the key of repository vendor ${message}`),
    );
  });

  test.each([
    ["http://HOST/nothing", "hint: correct its URL"],
    ["http://127.0.0.1:9/", "hint: check its URL and the network"],
  ])("what cannot be reached: %s", async (url, hint) => {
    const said = await refused(from("vendor", { BaseUrl: url.replace("HOST", server.host) }));
    expect(said).toContain("error: repository vendor cannot be read");
    expect(said).toContain(hint);
  });

  test("an image whose package manager has no such repositories", async () => {
    const image = lab("LAB_IMAGE_RUNTIME_PYTHON3_11");
    expect(await refused(from("vendor"), image)).toContain(
      `error: Repositories cannot be used with apt-get, the package manager of ${image}\n  hint: they work with dnf, microdnf, yum;`,
    );
  });

  test("a package that no repository has", async () => {
    expect(await refused({ Runtime: ["sampkg-vendors"], Repositories: [repository("vendor")] })).toMatch(
      /error: package not found in the repositories of \S+, or in vendor: sampkg-vendors\n[^]*hint: did you mean sampkg-vendor\?/,
    );
  });
});

describe("topics of amazon-linux-extras", () => {
  test("are repositories of Amazon Linux 2", async () => {
    const result = await transform({ Runtime: ["sampkg-tool"], Extras: ["tool1"] }, AL2);
    expectCode(result, 0);
    expect(result.stdout).toContain("lib/libsampkg-tool.so.1");
  });

  test("must exist", async () => {
    expect(await refused({ Runtime: ["sampkg-tool"], Extras: ["tool2"] }, AL2)).toContain(
      "error: amazon-linux-extras has no topic tool2",
    );
    // no other test uses this image
    expect(await docker("ps", "-a", "-q", "--filter", `ancestor=${AL2}`)).toBe("");
  });

  test("are on no other system", async () => {
    expect(await refused({ Runtime: ["sampkg-tool"], Extras: ["tool1"] })).toContain(
      `error: Extras are topics of Amazon Linux 2, and ${lab(DNF)} is al2023: tool1`,
    );
  });
});
