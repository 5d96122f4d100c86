import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { startFake } from "../publish/fake/server.ts";

test("a layer of 60 MB is streamed: it takes less than twice its zip of memory", async () => {
  const fake = await startFake();
  try {
    fake.addBucket("layers");
    const script = join(import.meta.dirname, "../bench/publish-memory.mjs");
    const env = {
      ...process.env,
      AWS_ENDPOINT_URL: fake.url,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    };
    const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", script], {
      env: { ...env, AWS_REGION: "eu-west-1" },
    });
    const { baseline, peak, zip } = JSON.parse(stdout) as Record<string, number>;
    expect(zip).toBeGreaterThan(60_000_000);
    expect(((peak ?? NaN) - (baseline ?? NaN)) / (zip ?? NaN)).toBeLessThan(2);
    expect(fake.versions()).toHaveLength(1);
  } finally {
    await fake.close();
  }
});
