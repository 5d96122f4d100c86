import type { FakeOptions } from "./api.ts";
import { startFake } from "./server.ts";

// A fake as its own process: options as JSON in the first argument, its address as one line of output.
const options = JSON.parse(process.argv[2] ?? "{}") as FakeOptions & { buckets?: Record<string, string> };
const fake = await startFake(options);
for (const [name, region] of Object.entries(options.buckets ?? {})) fake.addBucket(name, region);
process.stdout.write(`${fake.url}\n`);
for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => void fake.close());
