import { once } from "node:events";
import type { RequestListener } from "node:http";
import { createServer } from "node:http";
import { onTestFinished } from "vitest";

/** What an engine answers to a version request. */
export const version: RequestListener = (_request, response) => {
  response.end(JSON.stringify({ Version: "1.2.3", ApiVersion: "1.41" }));
};

/** A real HTTP server on a Unix socket; closed after the test. */
export async function listen(path: string, listener: RequestListener): Promise<void> {
  const server = createServer(listener).listen(path);
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
}
