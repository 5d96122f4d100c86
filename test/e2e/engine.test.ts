import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { expectCode, filesOf, lab, leftContainers, project, samPkg, textOf } from "./project.ts";

const docker = (...args: string[]) => promisify(execFile)("docker", args);

/** A template with one function and these Packages, in a project of its own. */
function withPackages(packages: string, runtime = lab("LAB_IMAGE_RUNTIME_PYTHON3_11")): Promise<string> {
  return project(undefined, {
    "template.yaml": `Resources:
  F:
    Type: AWS::Serverless::Function
    Metadata:
      Packages:
        BuildImage: ${lab("LAB_IMAGE_BUILD_PYTHON3_11")}
        RuntimeImage: ${runtime}
        ${packages}
    Properties: {Handler: app.handler, CodeUri: ., Runtime: python3.11}
`,
  });
}

async function failsWith(cwd: string, code: number, env: Record<string, string> = {}): Promise<string> {
  const result = await samPkg(["transform", "--publish", "template"], { cwd, env });
  expectCode(result, code);
  expect(result.stdout).toBe("");
  expect(await filesOf(cwd)).toEqual(["template.yaml"]);
  expect(await leftContainers()).toEqual([]);
  return result.stderr;
}

test.each([
  {
    manager: "apt-get",
    image: "LAB_IMAGE_RUNTIME_PYTHON3_11",
    said: "| E: Unable to locate package libmariadb33",
  },
  { manager: "dnf", image: "LAB_IMAGE_RUNTIME_PYTHON3_11_DNF", said: "No match for argument: libmariadb33" },
])("a package that $manager does not know: its words and near names", async ({ image, said }) => {
  const cwd = await withPackages("Runtime: [libmariadb33]", lab(image));
  const stderr = await failsWith(cwd, 1);
  expect(stderr).toContain(`error: package not found in the repositories of ${lab(image)}: libmariadb33`);
  expect(stderr).toContain(said);
  expect(stderr).toMatch(/hint: did you mean libmariadb3\b/);
});

test("a failure of one set ends the other, too, and removes its container", async () => {
  const stderr = await failsWith(await withPackages("Build: [libgdal-dev]\n        Runtime: [no-such]"), 1);
  expect(stderr).toContain(": no-such");
});

test("an engine that is not there", async () => {
  const cwd = await withPackages("Runtime: [libltdl7]");
  const stderr = await failsWith(cwd, 1, { DOCKER_HOST: "unix:///nonexistent/docker.sock" });
  expect(stderr).toContain(
    "error: cannot reach a container engine at unix:///nonexistent/docker.sock (DOCKER_HOST): there is no such socket",
  );
  expect(stderr).toContain("hint: start it, or name another one");
});

test("an image that no registry has", async () => {
  const image = `${lab("REGISTRY")}/no/such:1`;
  const stderr = await failsWith(await withPackages("Runtime: [libltdl7]", image), 1);
  expect(stderr).toContain(`error: image not found: ${image}`);
});

test("an image without a package manager", async () => {
  const image = "localhost/sampkg-lab/e2e-bare";
  const container = "e2e-bare";
  try {
    await docker("run", "--name", container, lab("LAB_IMAGE_BASE"), "rm", "/usr/bin/apt-get");
    await docker("commit", container, image);
    const stderr = await failsWith(await withPackages("Runtime: [libltdl7]", image), 1);
    expect(stderr).toContain(`error: image ${image} has no package manager`);
    expect(stderr).toContain(
      "hint: packages can be installed in images with dnf, microdnf, yum, apt-get, apk;",
    );
  } finally {
    await docker("rm", "-f", container);
    await docker("rmi", "-f", image);
  }
});

test("an absent base image is pulled, with progress", async () => {
  const image = `${lab("REGISTRY")}/sampkg-lab/e2e-pulled:1`;
  const container = "e2e-pulled";
  try {
    // Bytes that the engine does not have in another image, and that do not compress: something to download.
    const fill = ["dd", "if=/dev/urandom", "of=/filling", "bs=1M", "count=30"];
    await docker("run", "--name", container, lab("LAB_IMAGE_BASE"), ...fill);
    await docker("commit", container, image);
    await docker("push", "-q", image);
    await docker("rm", container);
    await docker("rmi", image);
    const cwd = await withPackages("Runtime: [libltdl7]", image);
    const result = await samPkg(["transform", "--publish", "template"], { cwd });
    expectCode(result, 0);
    expect(result.stderr).toMatch(
      new RegExp(`^pulling ${image}\\n(pulling ${image}: \\d+%\\n)+pulled ${image}$`, "m"),
    );
  } finally {
    await docker("rm", "-f", container).catch(() => undefined);
    await docker("rmi", "-f", image).catch(() => undefined);
  }
});

test.each([
  { manager: "microdnf", image: "LAB_IMAGE_RUNTIME_MICRODNF" },
  { manager: "yum", image: "LAB_IMAGE_RUNTIME_YUM" },
])("$manager is detected, also behind a link named dnf", async ({ manager, image }) => {
  // The lab's programs by these names are links to dnf, which need not understand their options.
  const result = await samPkg(["transform", "--publish", "template"], {
    cwd: await withPackages("Runtime: [libltdl7]", lab(image)),
  });
  expect(result.stderr).toContain(`installing libltdl7 in ${lab(image)} with ${manager}\n`);
});

test.each(["SIGINT", "SIGKILL"] as const)("%s in the middle: no container, no output", async (signal) => {
  const cwd = await withPackages("Runtime: [libgdal32]");
  let sent = false;
  const result = await samPkg(["transform", "--publish", "template"], {
    cwd,
    onStderr: (text, kill) => {
      if (sent || !text.includes("installing libgdal32")) return;
      sent = true;
      setTimeout(() => kill(signal), 1500);
    },
  });
  expect(sent).toBe(true);
  expect(result.code).toBe(signal === "SIGINT" ? 130 : null);
  // After a kill the engine removes the container itself, as soon as it sees our connection close.
  await expect.poll(leftContainers, { timeout: 30_000 }).toEqual([]);
  expect(await filesOf(cwd)).toEqual(["template.yaml"]);
});

test("packages without libraries: no layer, and the output says so", async () => {
  const cwd = await withPackages("Runtime: [netbase]");
  const result = await samPkg(["transform", "--publish", "template"], { cwd });
  expectCode(result, 0);
  expect(result.stderr).toContain("no layer for netbase: the packages bring nothing that the runtime lacks");
  const written = await textOf(cwd, "template.sam-pkg.yaml");
  expect(written).toContain("SamPkg:\n        BuildImage: samcli/lambda-sampkg-");
  expect(written).not.toContain("Layer");
});

test("a library that the image has, and Lambda may lack, is shipped when it is asked for", async () => {
  const cwd = await withPackages("Runtime: [zlib1g]");
  const result = await samPkg(["transform", "--publish", "none"], { cwd });
  expectCode(result, 0);
  expect(result.stdout).toMatch(/^ {2}lib\/libz\.so\.1 .* zlib1g$/m);
});
