import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import type { Endpoint } from "../../src/engine/docker/endpoints.ts";
import { endpointText, knownEndpoints, namedEndpoint } from "../../src/engine/docker/endpoints.ts";
import type { WorkError } from "../../src/report/errors.ts";
import { newFolder } from "./folder.ts";

let home: string;
beforeEach(async () => {
  home = await newFolder();
});

const named = (env: Record<string, string> = {}): Promise<Endpoint | undefined> =>
  namedEndpoint({ env, platform: "linux", home, uid: 7 });

const textOf = async (env?: Record<string, string>): Promise<string | undefined> => {
  const endpoint = await named(env);
  return endpoint && endpointText(endpoint);
};

async function config(content: string, folder = join(home, ".docker")): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "config.json"), content);
}

/** A context as `docker context create` stores it; returns the folder of its certificates. */
async function context(name: string, docker: object, certificates: readonly string[] = []): Promise<string> {
  const id = createHash("sha256").update(name).digest("hex");
  const contexts = join(home, ".docker/contexts");
  const [meta, tls] = [join(contexts, "meta", id), join(contexts, "tls", id, "docker")];
  await mkdir(meta, { recursive: true });
  await writeFile(join(meta, "meta.json"), JSON.stringify({ Name: name, Endpoints: { docker } }));
  if (certificates.length > 0) await mkdir(tls, { recursive: true });
  for (const file of certificates) await writeFile(join(tls, file), "");
  return tls;
}

describe("which engine is named", () => {
  test("DOCKER_HOST wins over DOCKER_CONTEXT, and that over the configuration", async () => {
    await context("one", { Host: "unix:///one.sock" });
    await context("two", { Host: "unix:///two.sock" });
    await config('{"currentContext": "two"}');
    const DOCKER_CONTEXT = "one";
    expect(await textOf({ DOCKER_HOST: "unix:///x.sock", DOCKER_CONTEXT })).toBe(
      "unix:///x.sock (DOCKER_HOST)",
    );
    expect(await textOf({ DOCKER_HOST: "", DOCKER_CONTEXT })).toBe("unix:///one.sock (context one)");
    expect(await textOf()).toBe("unix:///two.sock (context two)");
  });

  test("none: without configuration, with one that names none, by Docker's word for none", async () => {
    expect(await named()).toBeUndefined();
    await config('{"auths": {}}');
    expect(await named()).toBeUndefined();
    await config('{"currentContext": "default"}');
    expect(await named({ DOCKER_CONTEXT: "default" })).toBeUndefined();
  });

  test("DOCKER_CONFIG names another folder", async () => {
    await config('{"currentContext": "gone"}');
    const DOCKER_CONFIG = join(home, "other");
    await config("{}", DOCKER_CONFIG);
    expect(await named({ DOCKER_CONFIG })).toBeUndefined();
  });
});

const failure = (env: Record<string, string> = {}): Promise<WorkError> =>
  named(env).then(
    () => expect.unreachable(),
    (error: WorkError) => error,
  );

describe("mistakes are errors, never another engine", () => {
  test("an address that is none", async () => {
    const error = await failure({ DOCKER_HOST: "ssh://-oProxyCommand=id" });
    expect(error.message).toBe(
      "DOCKER_HOST does not say where a container engine is: ssh://-oProxyCommand=id",
    );
    expect(error.hint).toContain("tcp://host:2376");
    await context("bad", { Host: "fd://" });
    expect((await failure({ DOCKER_CONTEXT: "bad" })).message).toContain("context bad does not say where");
  });

  test("a context that is not there, or has no engine: who named it", async () => {
    expect((await failure({ DOCKER_CONTEXT: "no" })).message).toBe(
      "docker context no does not exist (named by DOCKER_CONTEXT)",
    );
    await config('{"currentContext": "kube"}');
    await context("kube", {});
    expect((await failure()).message).toBe(
      `docker context kube names no Docker engine (named by ${home}/.docker/config.json)`,
    );
  });

  test("a configuration that cannot be read", async () => {
    await config("{,}");
    const error = await failure();
    expect(error.message).toBe(
      `cannot read ${home}/.docker/config.json, which may name the container engine`,
    );
    expect(error.quote).toMatch(/JSON/);
  });
});

describe("TLS", () => {
  const certificates = "/certs";

  test("by DOCKER_TLS_VERIFY, port 2376 or https, with the files of DOCKER_CERT_PATH or Docker's folder", async () => {
    const tls = { certificates, verify: true };
    const env = { DOCKER_CERT_PATH: certificates };
    expect((await named({ ...env, DOCKER_HOST: "tcp://h:1", DOCKER_TLS_VERIFY: "1" }))?.tls).toEqual(tls);
    expect((await named({ ...env, DOCKER_HOST: "tcp://h:2376" }))?.tls).toEqual(tls);
    expect((await named({ ...env, DOCKER_HOST: "https://h:1" }))?.tls).toEqual(tls);
    expect((await named({ ...env, DOCKER_HOST: "tcp://h:1" }))?.tls).toBeUndefined();
    const own = { certificates: join(home, ".docker"), verify: true };
    expect((await named({ DOCKER_HOST: "tcp://h:2376" }))?.tls).toEqual(own);
  });

  test("by a context's files, or by its wish not to verify", async () => {
    const folder = await context("files", { Host: "tcp://h:1" }, ["ca.pem"]);
    expect((await named({ DOCKER_CONTEXT: "files" }))?.tls).toEqual({ certificates: folder, verify: true });
    await context("skip", { Host: "tcp://h:1", SkipTLSVerify: true });
    expect((await named({ DOCKER_CONTEXT: "skip" }))?.tls?.verify).toBe(false);
    await context("plain", { Host: "tcp://h:1" });
    expect((await named({ DOCKER_CONTEXT: "plain", DOCKER_TLS_VERIFY: "1" }))?.tls).toBeUndefined();
  });
});

const told = async (env: Record<string, string>): Promise<unknown> => (await named(env))?.samVariables;

describe("what SAM CLI must be told", () => {
  test("of DOCKER_HOST nothing, unless only the port says TLS", async () => {
    expect(await told({ DOCKER_HOST: "unix:///x.sock" })).toEqual({});
    const tls = { DOCKER_TLS_VERIFY: "yes", DOCKER_CERT_PATH: "/certs" };
    expect(await told({ DOCKER_HOST: "tcp://h:2376", ...tls })).toEqual({});
    expect(await told({ DOCKER_HOST: "tcp://h:2376" })).toEqual({
      DOCKER_TLS_VERIFY: "1",
      DOCKER_CERT_PATH: join(home, ".docker"),
    });
  });

  test("of a context all, and no TLS that is meant for another engine", async () => {
    const DOCKER_CERT_PATH = await context("tls", { Host: "tcp://h:1" }, ["ca.pem"]);
    expect(await told({ DOCKER_CONTEXT: "tls" })).toEqual({
      DOCKER_HOST: "tcp://h:1",
      DOCKER_TLS_VERIFY: "1",
      DOCKER_CERT_PATH,
    });
    await context("socket", { Host: "unix:///x.sock" });
    expect(await told({ DOCKER_CONTEXT: "socket", DOCKER_TLS_VERIFY: "1" })).toEqual({
      DOCKER_HOST: "unix:///x.sock",
      DOCKER_TLS_VERIFY: "",
    });
  });

  test("of a context of the default engine nothing", async () => {
    await context("mine", { Host: "unix:///var/run/docker.sock" });
    expect(await told({ DOCKER_CONTEXT: "mine" })).toEqual({});
  });

  test("of a known socket where it is, unless it looks there itself", () => {
    const all = knownEndpoints({ env: {}, platform: "linux", home: "/h", uid: 7 });
    const byText = new Map(all.map((one) => [endpointText(one), one.samVariables]));
    expect(byText.get("unix:///var/run/docker.sock")).toEqual({});
    expect(byText.get("unix:///var/run/finch.sock (Finch)")).toEqual({});
    const podman = "unix:///run/user/7/podman/podman.sock";
    expect(byText.get(`${podman} (rootless Podman)`)).toEqual({ DOCKER_HOST: podman });
  });
});
