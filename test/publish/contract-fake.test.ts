import { onTestFinished, vi } from "vitest";
import { publisherContract } from "./contract.ts";
import { startFake } from "./fake/server.ts";

publisherContract("the fake, in pages of two", async () => {
  const fake = await startFake({ pageSize: 2 });
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await fake.close();
  });
  return {
    url: fake.url,
    bucket: async (region) => {
      fake.addBucket("layers", region);
      return "layers";
    },
    keys: async (bucket) => [...(fake.buckets.get(bucket)?.objects.keys() ?? [])],
  };
});
