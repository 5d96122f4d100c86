import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Call, Fake, FakeBucket, FakeOptions } from "./api.ts";
import { type Answer, type Cloud, cloudOf } from "./cloud.ts";
import { carryOut } from "./exchange.ts";
import { lambdaOperation } from "./lambda.ts";
import { s3Operation } from "./s3.ts";
import { tokenBucket } from "./throttle.ts";

/** Starts a fake of Lambda's layer API and of S3 on a free port of this machine. */
export async function startFake(options: FakeOptions = {}): Promise<Fake> {
  const cloud = cloudOf(options, () => fake.policy);
  const admit = tokenBucket(options.rate);
  const serving = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    // A client that goes away while it is served is no fault of the fake.
    const served = serve(request, response).catch(() => void response.destroy());
    serving.add(served);
    void served.finally(() => serving.delete(served));
  });
  // The archive of a large layer and a barrier in a hook both take longer than a server's patience.
  server.requestTimeout = 0;
  // A client must not find its idle connection closed just when it uses it again.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const fake = faceOf(
    cloud,
    `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
    async () => {
      // What a client sent before it went away, and nobody has read yet, goes with its connection.
      server.closeAllConnections();
      while (serving.size > 0) await Promise.all(serving);
    },
  );
  return fake;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", fake.url);
    if (url.pathname === "/_fake/calls") {
      answer(response, { status: 200, body: JSON.stringify(fake.calls) });
      return;
    }
    const { method = "GET", headers } = request;
    const received = { method, path: url.pathname, query: url.searchParams, headers };
    const operation = lambdaOperation(cloud, received) ?? s3Operation(cloud, received);
    const call: Call = {
      id: fake.calls.length,
      service: operation.service,
      operation: operation.name,
      action: operation.action,
      resource: operation.resource,
      params: operation.params,
      at: performance.now(),
    };
    fake.calls.push(call);
    const admitted = operation.service !== "lambda" || admit();
    const { body, size } = await read(request, operation.limit);
    const { intercept } = fake;
    const result = await carryOut({ cloud, operation, call, admitted, body, size, intercept });
    if (options.latency) await sleep(options.latency);
    if (result === "cut") {
      request.socket.destroy();
      return;
    }
    call.status = result.status;
    answer(response, result);
  }
}

function faceOf(cloud: Cloud, url: string, close: () => Promise<void>, settle: () => Promise<void>): Fake {
  const { layers, functions, buckets } = cloud;
  return {
    url,
    calls: [],
    intercept: undefined,
    policy: undefined,
    functions,
    buckets,
    versions: (name) => layers.of(name),
    permissions: (arn) => [...(layers.policies.get(arn)?.statements ?? [])],
    addVersion: (version) => layers.add(version),
    deleteVersion: (arn) => layers.delete(arn),
    addBucket: (name, region = cloud.region) => {
      const bucket: FakeBucket = { region, objects: new Map(), uploads: new Map() };
      buckets.set(name, bucket);
      return bucket;
    },
    settle,
    close,
  };
}

// Also of a body that is too long everything is read: a client answered in the middle of it sees a broken pipe.
async function read(request: IncomingMessage, limit: number): Promise<{ body: Buffer; size: number }> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size <= limit) pieces.push(piece);
  }
  return { body: Buffer.concat(pieces), size };
}

function answer(response: ServerResponse, { status, headers = {}, body }: Answer): void {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  const length = status === 204 || headers["content-length"] !== undefined ? {} : lengthOf(bytes);
  response.writeHead(status, { ...headers, ...length });
  response.end(bytes);
}

function lengthOf(bytes: Buffer | undefined): Record<string, string> {
  return { "content-length": String(bytes?.length ?? 0) };
}
