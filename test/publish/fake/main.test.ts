import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, it } from "vitest";

// Node 20 runs no TypeScript: compiled as a benchmark does it.
const TSC = ["--ignoreConfig", "--target", "es2023", "--module", "nodenext", "--types", "node"];

it("runs as a process of its own, tells its calls and ends on SIGTERM", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sam-pkg-fake-"));
  try {
    const source = join(import.meta.dirname, "main.ts");
    const output = ["--rewriteRelativeImportExtensions", "--skipLibCheck", "--outDir", folder];
    execFileSync("node_modules/.bin/tsc", [...TSC, ...output, source]);
    const options = JSON.stringify({ region: "eu-central-1", buckets: { b: "eu-central-1" } });
    const child = spawn(process.execPath, [join(folder, "main.js"), options]);
    const ended = once(child, "exit");
    const [url] = (await once(createInterface(child.stdout), "line")) as [string];
    await fetch(`${url}/2018-10-31/layers`);
    expect((await fetch(`${url}/b/key`, { method: "PUT", body: "x" })).status).toBe(200);
    const calls = await fetch(`${url}/_fake/calls`).then((answer) => answer.json());
    expect(calls).toMatchObject([{ operation: "ListLayers" }, { operation: "PutObject", status: 200 }]);
    child.kill("SIGTERM");
    expect(await ended).toStrictEqual([0, null]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 30_000);
