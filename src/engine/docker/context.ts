import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { WorkError } from "../../report/errors.ts";
import type { Machine } from "./machine.ts";
import { dockerFolder } from "./machine.ts";

/** A context of Docker's command line. Layout: the metadata and TLS stores of docker/cli, cli/context/store. */
export interface Context {
  readonly name: string;
  /** As in DOCKER_HOST. */
  readonly host: string;
  /** Holds what there is of ca.pem, cert.pem and key.pem; undefined when there is none. */
  readonly certificates?: string;
  readonly skipVerify: boolean;
}

/** Docker's word for no context. */
const NONE = "default";

/**
 * The context that DOCKER_CONTEXT or, without it, the configuration of Docker's command line names; undefined when
 * neither does. Throws WorkError when what they name is not there, or cannot be read.
 */
export async function currentContext(machine: Machine): Promise<Context | undefined> {
  const folder = dockerFolder(machine);
  const named = machine.env["DOCKER_CONTEXT"];
  const config = join(folder, "config.json");
  const name = named || (await readJson(config))?.["currentContext"];
  if (typeof name !== "string" || name === "" || name === NONE) return undefined;
  const id = createHash("sha256").update(name).digest("hex");
  const meta = await readJson(join(folder, "contexts/meta", id, "meta.json"));
  const host = at(at(meta, "Endpoints"), "docker");
  const address = at(host, "Host");
  if (typeof address !== "string" || address === "") {
    const what = meta ? "names no Docker engine" : "does not exist";
    throw new WorkError(`docker context ${name} ${what} (named by ${named ? "DOCKER_CONTEXT" : config})`, {
      hint: "`docker context ls` lists those that there are; choose one with `docker context use`",
    });
  }
  const certificates = join(folder, "contexts/tls", id, "docker");
  const files = await readdir(certificates).catch(() => []);
  return {
    name,
    host: address,
    skipVerify: at(host, "SkipTLSVerify") === true,
    ...(files.length > 0 ? { certificates } : {}),
  };
}

/** A file that may be absent; one that is there and cannot be read could name another engine than the one taken. */
async function readJson(file: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, "utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new WorkError(`cannot read ${file}, which may name the container engine`, {
      quote: error instanceof Error ? error.message : String(error),
      hint: "repair the file, or name the engine by DOCKER_HOST",
    });
  }
}

function at(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
