import { readFile } from "node:fs/promises";
import { Agent } from "node:https";
import { join } from "node:path";
import Docker from "dockerode";
import { WorkError } from "../../report/errors.ts";
import type { Endpoint, Tls } from "./endpoints.ts";

/** How long a connection is kept for the next request, as by Node's own agents; in milliseconds. */
const IDLE = 5_000;

/** A client of the engine at an endpoint; nothing is sent yet. */
export async function clientOf({ address, tls }: Endpoint): Promise<Docker> {
  switch (address.kind) {
    case "socket":
      return client({ socketPath: address.path });
    case "tcp": {
      const { host, port } = address;
      if (!tls) return client({ host, port, protocol: "http" });
      // Docker-modem knows TLS only with a certificate of the client's own, and always verifies.
      const agent = new Agent({ ...(await certificatesOf(tls)), keepAlive: true, timeout: IDLE });
      return client({ host, port, protocol: "https", agent });
    }
    case "ssh": {
      const { SshAgent } = await import("./ssh.ts");
      // The agent connects; the host is what stands in the requests.
      return client({ host: "docker", port: 80, protocol: "http", agent: new SshAgent(address) });
    }
  }
}

/** Docker-modem takes what it is not told, TLS files included, from DOCKER_HOST and its relatives. */
function client(options: object): Docker {
  const { DOCKER_HOST } = process.env;
  delete process.env["DOCKER_HOST"];
  try {
    return new Docker(options);
  } finally {
    if (DOCKER_HOST !== undefined) process.env["DOCKER_HOST"] = DOCKER_HOST;
  }
}

/** The files that there are: without ca.pem the authorities that Node trusts hold. */
async function certificatesOf({ certificates, verify }: Tls): Promise<object> {
  const files = ["ca", "cert", "key"].map(async (name) => [
    name,
    await read(join(certificates, `${name}.pem`)),
  ]);
  const present = (await Promise.all(files)).filter(([, bytes]) => bytes !== undefined);
  return { ...Object.fromEntries(present), rejectUnauthorized: verify };
}

async function read(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new WorkError(`cannot read ${file}, which is part of the engine's TLS settings`, {
      quote: error instanceof Error ? error.message : String(error),
    });
  }
}
