import type Docker from "dockerode";
import { Interrupted } from "../../report/errors.ts";
import type { Listener } from "../../report/events.ts";
import type { EngineVersion } from "../../target/engines.ts";
import { engineName } from "../../target/engines.ts";
import { addressText } from "./address.ts";
import { clientOf } from "./client.ts";
import type { Endpoint } from "./endpoints.ts";
import { endpointText, knownEndpoints, namedEndpoint } from "./endpoints.ts";
import { engineFault } from "./fault.ts";
import type { Machine } from "./machine.ts";
import { thisMachine } from "./machine.ts";
import type { Failure } from "./unreached.ts";
import { noneAnswers } from "./unreached.ts";

/** An engine that answered, and what every call to it needs. */
export interface Connection {
  readonly docker: Docker;
  /** As the output names it. */
  readonly endpoint: string;
  /** Variables by which SAM CLI finds the same engine; empty when it does by itself. */
  readonly samVariables: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly listener: Listener;
}

/** Whom a connection serves. */
type Caller = Pick<Connection, "signal" | "listener">;

/** How long an engine may take for its first answer, in milliseconds: a named one, and each of the known sockets. */
const PATIENCE = { named: 30_000, known: 3_000 };

/**
 * Connects to the engine that is named, else to the first that answers at a known socket, and says which it is.
 * Throws WorkError when the named one, or none of the known, answers.
 */
export async function connect(caller: Caller, machine: Machine = thisMachine()): Promise<Connection> {
  const named = await namedEndpoint(machine);
  return named ? openNamed(named, caller) : openFirst(knownEndpoints(machine), caller);
}

/** A named engine, and never another one. */
export async function openNamed(
  endpoint: Endpoint,
  caller: Caller,
  patience = PATIENCE.named,
): Promise<Connection> {
  try {
    return await open(endpoint, caller, patience);
  } catch (error) {
    const text = endpointText(endpoint);
    throw engineFault(error, `a version request at ${text}`, text, caller.signal);
  }
}

/** The first engine that answers. */
export async function openFirst(
  endpoints: readonly Endpoint[],
  caller: Caller,
  patience = PATIENCE.known,
): Promise<Connection> {
  const failures: Failure[] = [];
  for (const endpoint of endpoints) {
    try {
      return await open(endpoint, caller, patience);
    } catch (error) {
      if (caller.signal.aborted) throw new Interrupted();
      failures.push({ endpoint, error });
    }
  }
  throw noneAnswers(failures);
}

async function open(
  endpoint: Endpoint,
  { signal, listener }: Caller,
  milliseconds: number,
): Promise<Connection> {
  const docker = await clientOf(endpoint);
  const name = engineName(await versionOf(docker, signal, milliseconds));
  const { address, source, samVariables } = endpoint;
  listener({
    kind: "engine",
    name,
    endpoint: addressText(address),
    ...(source === undefined ? {} : { source }),
  });
  return { docker, endpoint: endpointText(endpoint), samVariables, signal, listener };
}

/** The engine's answer to the first request. */
async function versionOf(docker: Docker, signal: AbortSignal, milliseconds: number): Promise<EngineVersion> {
  const late = AbortSignal.timeout(milliseconds);
  // Dockerode takes options here that its type declarations lack.
  const ask = docker.version.bind(docker) as (
    options: object,
  ) => Promise<EngineVersion & { ApiVersion?: unknown }>;
  const version = await ask({ abortSignal: AbortSignal.any([signal, late]) }).catch((error: unknown) => {
    throw late.aborted ? Object.assign(new Error("no answer"), { code: "ETIMEDOUT" }) : error;
  });
  if (typeof version.ApiVersion !== "string") throw new Error("what answers there is no container engine");
  return version;
}
