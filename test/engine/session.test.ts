import type { ImageInspectInfo } from "dockerode";
import { once } from "node:events";
import type { Socket } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openNamed } from "../../src/engine/docker/connect.ts";
import { Session } from "../../src/engine/docker/session.ts";
import { newFolder } from "./folder.ts";
import { listen, version } from "./server.ts";

test("an attach that the engine refuses leaves no request that keeps the process alive", async () => {
  const path = join(await newFolder(), "engine.sock");
  let attaching: Socket | undefined;
  let removed = false;
  await listen(path, (request, response) => {
    if (request.url === "/version") return version(request, response);
    if (request.url?.includes("/attach")) {
      attaching = request.socket;
      response.writeHead(500).end('{"message": "no room for one more"}');
    } else {
      removed ||= request.method === "DELETE";
      response.writeHead(201).end('{"Id": "c"}');
    }
  });
  const endpoint = { address: { kind: "socket", path }, samVariables: {} } as const;
  const caller = { signal: new AbortController().signal, listener: () => undefined };
  const connection = await openNamed(endpoint, caller);
  const request = { image: "i", architecture: "x86_64", packages: [], repositories: [], extras: [] } as const;
  const base = { Id: "sha256:0", Config: {} } as ImageInspectInfo;
  const opening = Session.open(connection, request, base, () => Promise.resolve());
  await expect(opening).rejects.toMatchObject({ quote: "no room for one more" });
  expect(removed).toBe(true);
  expect(attaching).toBeDefined();
  if (attaching?.destroyed === false) await once(attaching, "close", { signal: AbortSignal.timeout(2_000) });
});
