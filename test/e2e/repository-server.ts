import { spawn } from "node:child_process";
import { createReadStream } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, normalize } from "node:path";
import { docker } from "./docker.ts";
import { lab } from "./project.ts";

/** Repositories and keys of `make-repositories`, served where containers reach them. */
export interface RepositoryServer {
  /** Where the files lie. */
  readonly folder: string;
  /** `172.17.0.1:12345` */
  readonly host: string;
  readonly fingerprint: string;
  close(): Promise<void>;
}

/** Makes the repositories in a container of the lab and serves them, with lists of mirrors besides. */
export async function serveRepositories(): Promise<RepositoryServer> {
  const folder = await mkdtemp(join(tmpdir(), "sam-pkg-repositories-"));
  const container = "e2e-repositories";
  await docker("rm", "-f", container);
  await new Promise<void>((resolve, reject) => {
    const command = [
      "run",
      "-i",
      "--name",
      container,
      lab("LAB_IMAGE_RPM_REPOSITORY"),
      "bash",
      "-s",
      "/srv/made",
    ];
    const child = spawn("docker", command, { stdio: ["pipe", "ignore", "ignore"] });
    createReadStream(join(import.meta.dirname, "make-repositories")).pipe(child.stdin);
    child.once("close", (code) => (code === 0 ? resolve() : reject(new Error(`make-repositories: ${code}`))));
  });
  await docker("cp", "-q", `${container}:/srv/made/.`, folder);
  await docker("rm", "-f", container);

  const gateway = await docker(
    "network",
    "inspect",
    "bridge",
    "--format",
    "{{(index .IPAM.Config 0).Gateway}}",
  );
  const lists: Record<string, (host: string) => string> = {
    "/mirrors": (host) => `http://${host}/no-mirror/\nhttp://${host}/vendor/\n`,
    "/2023/extras/tool1/latest/x86_64/mirror.list": (host) => `http://${host}/extras/\n`,
    "/page.asc": () => "<!doctype html><title>Sign in</title>",
  };
  const server = createServer((request, response) => {
    const path = normalize(decodeURI(request.url ?? "/"));
    const list = lists[path];
    if (list) return void response.end(list(request.headers.host ?? ""));
    const file = createReadStream(join(folder, path));
    file.once("error", () => response.writeHead(404).end());
    file.pipe(response);
  });
  await new Promise<void>((resolve) => void server.listen(0, resolve));
  return {
    folder,
    host: `${gateway}:${(server.address() as AddressInfo).port}`,
    fingerprint: (await readFile(join(folder, "vendor.fingerprint"), "utf8")).trim(),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
