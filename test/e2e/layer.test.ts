import { execFile } from "node:child_process";
import { chmod, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import JSZip from "jszip";
import { afterAll, describe, expect, test } from "vitest";
import { parseTemplate } from "../../src/template/parse.ts";
import type { Run } from "./project.ts";
import { expectCode, filesOf, lab, leftContainers, project, samPkg, textOf } from "./project.ts";

const docker = (...args: string[]) => promisify(execFile)("docker", args);

const APT = "LAB_IMAGE_RUNTIME_PYTHON3_11";
const DNF = "LAB_IMAGE_RUNTIME_PYTHON3_11_DNF";

/** A project of one function with these Packages. */
function withPackages(
  packages: Readonly<Record<string, readonly string[]>>,
  runtime: string,
): Promise<string> {
  const asked = JSON.stringify({ RuntimeImage: runtime, ...packages });
  return project(undefined, {
    "template.yaml": `Resources:
  F:
    Type: AWS::Serverless::Function
    Metadata: {Packages: ${asked}}
    Properties: {Handler: app.handler, CodeUri: ., Runtime: python3.11}
`,
  });
}

const transform = (cwd: string, ...options: string[]): Promise<Run> =>
  samPkg(["transform", "--publish", "none", ...options], { cwd });

/** Transforms, which must fail and leave nothing behind; returns what was said. */
async function refused(
  packages: Readonly<Record<string, readonly string[]>>,
  runtime: string,
): Promise<string> {
  const cwd = await withPackages(packages, runtime);
  const result = await samPkg(["transform", "--publish", "template"], { cwd });
  expectCode(result, 1);
  expect(await filesOf(cwd)).toEqual(["template.yaml"]);
  expect(await leftContainers()).toEqual([]);
  expect(result.stderr).toContain("nothing was published");
  return result.stderr;
}

interface Layer {
  readonly folder: string;
  readonly zip: JSZip;
  readonly variables: Readonly<Record<string, string>>;
}

/** Publishes into the template; returns the function's layer and variables. */
async function published(
  packages: Readonly<Record<string, readonly string[]>>,
  image: string,
): Promise<Layer> {
  const folder = await withPackages(packages, lab(image));
  expectCode(await samPkg(["transform", "--publish", "template"], { cwd: folder }), 0);
  const output = await textOf(folder, "template.sam-pkg.yaml");
  const archive = /ContentUri: "?([^"\n]+\.zip)/.exec(output)?.[1] ?? "";
  const { Resources } = parseTemplate(output) as unknown as {
    Resources: { F: { Properties: { Environment?: { Variables: Record<string, string> } } } };
  };
  return {
    folder,
    zip: await JSZip.loadAsync(await readFile(join(folder, archive))),
    variables: Resources.F.Properties.Environment?.Variables ?? {},
  };
}

const modeOf = (file: JSZip.JSZipObject | null): number => Number(file?.unixPermissions ?? 0);
const isLink = (file: JSZip.JSZipObject): boolean => (modeOf(file) & 0o170000) === 0o120000;

async function unpack(zip: JSZip, folder: string): Promise<void> {
  for (const file of Object.values(zip.files)) {
    const path = join(folder, file.name);
    await mkdir(dirname(path), { recursive: true });
    if (isLink(file)) await symlink(await file.async("text"), path);
    else {
      await writeFile(path, await file.async("nodebuffer"));
      await chmod(path, modeOf(file) & 0o777);
    }
  }
}

/** One page with one word; a reader has to find the objects by itself. */
const PDF = `%PDF-1.4
1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj
2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj
3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 200 50] /Contents 4 0 R
  /Resources <</Font <</F <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>>>>>>> endobj
4 0 obj <</Length 38>> stream
BT /F 24 Tf 10 10 Td (Layered) Tj ET 
endstream endobj
trailer <</Root 1 0 R>>
`;

test("Include: a program lands in bin/ and runs in a function's environment", async () => {
  const packages = { Runtime: ["poppler-utils"], Include: ["/usr/bin/pdftotext"] };
  const { folder, zip, variables } = await published(packages, APT);
  expect(modeOf(zip.file("bin/pdftotext")) & 0o777).toBe(0o755);
  expect(zip.file(/^bin\//)).toHaveLength(1);
  expect(zip.file(/^lib\/libpoppler\.so\.\d+$/)).toHaveLength(1);

  const opt = join(folder, "opt");
  await unpack(zip, opt);
  await writeFile(join(folder, "one.pdf"), PDF);
  const settings = Object.entries(variables).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
  const mounts = ["-v", `${opt}:/opt:ro`, "-v", `${folder}:/var/task:ro`];
  const command = ["sh", "-c", "command -v pdftotext && pdftotext /var/task/one.pdf -"];
  const { stdout } = await docker("run", "--rm", ...settings, ...mounts, lab(APT), ...command);
  expect(stdout.trim()).toBe("/opt/bin/pdftotext\nLayered");
});

test("Exclude of a library that is needed and that the runtime does not have", async () => {
  const stderr = await refused(
    { Runtime: ["libpq5"], Exclude: ["/usr/lib/x86_64-linux-gnu/libldap*"] },
    lab(APT),
  );
  expect(stderr).toMatch(
    /libpq\.so\.5 needs libldap-2\.5\.so\.0, which is nowhere to be found; it came with package libpq5-\S+ \(asked for by F\)/,
  );
});

test("a library that was linked against a newer glibc", async () => {
  const stderr = await refused({ Runtime: ["sampkg-lab-newer"] }, lab(DNF));
  expect(stderr).toContain(
    "libsampkg_lab_newer.so.1 needs GLIBC_2.99 from libc.so.6, the runtime has up to GLIBC_2.36; it came with package sampkg-lab-newer-1.0-1 (asked for by F)",
  );
  expect(stderr).toContain("hint: the package is newer than the runtime");
});

test("a package of a newer Debian, whose glibc is installed with it", async (context) => {
  const image = "localhost/sampkg-lab/e2e-trixie";
  const container = "e2e-trixie";
  try {
    const script =
      "sed -n 's/ bookworm main$/ trixie main/p' /etc/apt/sources.list >>/etc/apt/sources.list && apt-get update --error-on=any";
    const added = await docker("run", "--name", container, lab(APT), "sh", "-c", script).catch(
      () => undefined,
    );
    // Not every mirror has it.
    if (!added) context.skip();
    await docker("commit", container, image);
    const stderr = await refused({ Runtime: ["libpq5"] }, image);
    expect(stderr).toMatch(
      /libpq\.so\.5 needs GLIBC_2\.\d+ from libc\.so\.6, the runtime has up to GLIBC_2\.36; it came with package libpq5-\S+ \(asked for by F\)/,
    );
  } finally {
    await docker("rm", "-f", container).catch(() => undefined);
    await docker("rmi", "-f", image).catch(() => undefined);
  }
});

test("the load test finds a symbol that nothing defines, which no name or version tells", async () => {
  const packages = { Runtime: ["sampkg-lab-unresolved"] };
  const stderr = await refused(packages, lab(DNF));
  expect(stderr).toMatch(
    /libsampkg_lab_unresolved\.so\.1: undefined symbol: sampkg_absent; it came with package sampkg-lab-unresolved-1\.0-1 \(asked for by F\)/,
  );
  const untested = await transform(await withPackages(packages, lab(DNF)), "--no-load-test");
  expectCode(untested, 0);
  expect(untested.stderr).not.toContain("libraries loaded");
});

test.each([
  { packages: ["libpq5"] },
  { packages: ["libxmlsec1-openssl"] },
  { packages: ["libpango-1.0-0", "libpangocairo-1.0-0", "libcairo2"] },
  { packages: ["libmagic1"] },
  { packages: ["unixodbc"] },
  { packages: ["libmagickcore-6.q16-6-extra"] },
  // A plug-in for Tcl, which brings the symbols when it loads it.
  { packages: ["libgdal32"], alone: ["lib/ogdi/4.1/libecs_tcl.so"] },
])("all of $packages loads", async ({ packages, alone = [] }) => {
  const result = await transform(await withPackages({ Runtime: packages }, lab(APT)));
  expectCode(result, 0);
  const [, loaded, all] = /; (\d+) of (\d+) libraries loaded$/m.exec(result.stderr) ?? [];
  expect(Number(loaded), result.stderr).toBeGreaterThan(0);
  expect(Number(all) - Number(loaded), result.stderr).toBe(alone.length);
  for (const path of alone)
    expect(result.stderr).toContain(`leave symbols to the program that loads them: ${path}\n`);
});

test(
  "a hostile package: nothing outside, no link that leads out, no waiting",
  { timeout: 60_000 },
  async () => {
    const { zip } = await published({ Runtime: ["sampkg-lab-hostile"] }, DNF);
    const files = Object.values(zip.files);
    const names = files.map(({ name }) => name);
    // Two libraries, of which one has two names by a hard link; no FIFO, no device, no loop, nobody's passwords.
    expect(names).toContain("lib/hostile/libplug.so");
    expect(
      names.filter((name) => !/^lib\/(hostile\/libplug|libhard|libsampkg_lab_hostile)\.so(\.1)?$/.test(name)),
    ).toEqual([]);
    for (const file of files) {
      expect(file.name).toBe(file.unsafeOriginalName ?? file.name);
      if (!isLink(file)) continue;
      expect(names).toContain(join(dirname(file.name), await file.async("text")));
    }
  },
);

describe("packages that exclude each other", () => {
  const made: string[] = [];
  afterAll(async () => {
    for (const image of made) await docker("rmi", "-f", image);
  });

  /** An image of the lab that has curl-minimal, as Amazon Linux 2023's images do. */
  async function withCurlMinimal(name: string, base: string): Promise<string> {
    const image = `localhost/sampkg-lab/e2e-${name}`;
    await docker(
      "run",
      "--name",
      `e2e-${name}`,
      lab(base),
      "/usr/bin/dnf-3",
      "-q",
      "-y",
      "install",
      "curl-minimal",
    );
    await docker("commit", `e2e-${name}`, image);
    await docker("rm", "-f", `e2e-${name}`);
    made.push(image);
    return image;
  }

  test("are swapped by dnf", async () => {
    const image = await withCurlMinimal("curl-dnf", "LAB_IMAGE_RUNTIME_PYTHON3_11_DNF");
    const result = await transform(await withPackages({ Runtime: ["curl"] }, image));
    expectCode(result, 0);
    expect(result.stdout).toMatch(/lib\/libsampkg_lab_curl\.so\.4 .* curl$/m);
  });

  test("are explained where microdnf cannot swap them", async () => {
    const image = await withCurlMinimal("curl-microdnf", "LAB_IMAGE_RUNTIME_MICRODNF");
    const result = await transform(await withPackages({ Runtime: ["curl"] }, image));
    expectCode(result, 1);
    expect(result.stderr).toContain("error: installing curl in ");
    expect(result.stderr).toContain(
      "hint: curl: the image has curl-minimal, which excludes curl: for the library ask for",
    );
  });
});

test("a pattern does not follow a package's link to a file that no package of the set owns", async () => {
  const packages = { Runtime: ["sampkg-lab-hostile"], Include: ["/usr/lib/x86_64-linux-gnu/*.so"] };
  const { zip } = await published(packages, DNF);
  expect(Object.keys(zip.files)).not.toContain("lib/libx.so");
  expect(Object.keys(zip.files)).not.toContain("lib/liby.so");
});
