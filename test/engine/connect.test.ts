import type { RequestListener } from "node:http";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { connect, openFirst, openNamed } from "../../src/engine/docker/connect.ts";
import type { Endpoint } from "../../src/engine/docker/endpoints.ts";
import type { WorkError } from "../../src/report/errors.ts";
import { Interrupted } from "../../src/report/errors.ts";
import type { Event } from "../../src/report/events.ts";
import { newFolder } from "./folder.ts";
import { listen, version } from "./server.ts";

/** In milliseconds. */
const PATIENCE = 300;
const hangs: RequestListener = () => {};

let folder: string;
beforeEach(async () => {
  folder = await newFolder();
});
const endpoint = (source: string): Endpoint => ({
  address: { kind: "socket", path: join(folder, source) },
  source,
  samVariables: {},
});
const caller = (events: Event[] = [], signal = new AbortController().signal) => ({
  signal,
  listener: (event: Event): void => void events.push(event),
});

const failure = (connecting: Promise<unknown>): Promise<WorkError> =>
  connecting.then(
    () => expect.unreachable(),
    (error: WorkError) => error,
  );

test("the engine that DOCKER_HOST names: what answers, where, and who named it", async () => {
  const path = join(folder, "x.sock");
  await listen(path, version);
  const events: Event[] = [];
  const env = { DOCKER_HOST: `unix://${path}` };
  const connection = await connect(caller(events), { env, platform: "linux", home: folder, uid: 7 });
  expect(connection.endpoint).toBe(`unix://${path} (DOCKER_HOST)`);
  expect(events).toEqual([
    { kind: "engine", name: "docker 1.2.3", endpoint: `unix://${path}`, source: "DOCKER_HOST" },
  ]);
});

test.each<[string, RequestListener, string]>([
  ["hangs", hangs, "it does not answer in time"],
  ["closes", (request) => request.socket.destroy(), "it closes the connection"],
])("a named engine that %s", async (_name, listener, text) => {
  await listen(join(folder, "it"), listener);
  const { message } = await failure(openNamed(endpoint("it"), caller(), PATIENCE));
  expect(message).toBe(`cannot reach a container engine at unix://${folder}/it (it): ${text}`);
});

test("a server that is no engine", async () => {
  await listen(join(folder, "it"), (_request, response) => response.end("<html>"));
  const { message, quote } = await failure(openNamed(endpoint("it"), caller(), PATIENCE));
  expect(message).toBe(`the container engine refused a version request at unix://${folder}/it (it)`);
  expect(quote).toBe("what answers there is no container engine");
});

test("of the known sockets the first that answers, past those that hang or are not there", async () => {
  await listen(join(folder, "slow"), hangs);
  await listen(join(folder, "good"), version);
  await listen(join(folder, "later"), version);
  const events: Event[] = [];
  await openFirst(["gone", "slow", "good", "later"].map(endpoint), caller(events), PATIENCE);
  expect(events).toMatchObject([{ source: "good" }]);
});

test("none of the known sockets: all that was tried, first those that are there", async () => {
  await listen(join(folder, "slow"), hangs);
  await listen(join(folder, "web"), (_request, response) => response.writeHead(404).end("no such page"));
  const error = await failure(openFirst(["gone", "slow", "web"].map(endpoint), caller(), PATIENCE));
  expect(error.message).toBe("no container engine answers");
  expect(error.quote?.replaceAll(folder, "")).toBe(`unix:///slow (slow): it does not answer in time
unix:///web (web): no such page
unix:///gone (gone): not there`);
  expect(error.hint).toContain("start Docker, Podman");
});

test.each([openNamed, (one: Endpoint, who: ReturnType<typeof caller>) => openFirst([one], who)])(
  "Ctrl-C while an engine is waited for",
  async (open) => {
    await listen(join(folder, "it"), hangs);
    const controller = new AbortController();
    const opening = open(endpoint("it"), caller([], controller.signal));
    controller.abort();
    await expect(opening).rejects.toBeInstanceOf(Interrupted);
  },
);
