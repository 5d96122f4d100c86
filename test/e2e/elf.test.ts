import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { compare, filesBelow } from "../layer/elf/compare.ts";
import { lab } from "./project.ts";

const run = promisify(execFile);

test.each([
  "LAB_IMAGE_BUILD_PYTHON3_11",
  "LAB_IMAGE_RUNTIME_PYTHON3_11",
  "LAB_IMAGE_BUILD_PYTHON3_11_DNF",
  "LAB_IMAGE_RUNTIME_PYTHON3_11_DNF",
])("the ELF reader agrees with readelf on every library of %s", async (name) => {
  const folder = await mkdtemp(join(tmpdir(), "sam-pkg-elf-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { stdout } = await run("docker", ["create", lab(name), "true"]);
  const container = stdout.trim();
  onTestFinished(async () => {
    await run("docker", ["rm", "-f", container]);
  });
  const archive = join(folder, "image.tar");
  await run("docker", ["export", "-o", archive, container]);
  await run("tar", ["-C", folder, "-xf", archive, "--wildcards", "*.so", "*.so.*"]);
  // perl-base and python's own modules are among them: a minimal Debian has some 150.
  expect(compare(filesBelow(folder, /\.so(\.|$)/))).toBeGreaterThanOrEqual(150);
});
