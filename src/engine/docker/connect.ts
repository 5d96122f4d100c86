import Docker from "dockerode";
import type { Listener } from "../../report/events.ts";
import { engineFault } from "./fault.ts";

/** An engine that answered, and what every call to it needs. */
export interface Connection {
  readonly docker: Docker;
  readonly endpoint: string;
  readonly signal: AbortSignal;
  readonly listener: Listener;
}

/** Connects to the engine that DOCKER_HOST or the platform's default socket names, and asks it for its version. */
export async function connect(signal: AbortSignal, listener: Listener): Promise<Connection> {
  const docker = new Docker();
  const endpoint = process.env["DOCKER_HOST"] ?? `unix://${await socketOf(docker)}`;
  try {
    const version = await docker.version();
    listener({ kind: "engine", name: `docker ${version.Version}`, endpoint });
  } catch (error) {
    throw engineFault(error, "a version request", endpoint, signal);
  }
  return { docker, endpoint, signal, listener };
}

async function socketOf(docker: Docker): Promise<string> {
  // docker-modem finds the socket itself; its method is not in the type declarations.
  const modem = docker.modem as { getSocketPath?: () => Promise<string> | undefined };
  return (await modem.getSocketPath?.()) ?? "/var/run/docker.sock";
}
