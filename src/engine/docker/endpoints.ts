import { WorkError } from "../../report/errors.ts";
import { knownSockets } from "../../target/engines.ts";
import type { Address } from "./address.ts";
import { addressText, parseAddress } from "./address.ts";
import { currentContext } from "./context.ts";
import type { Machine } from "./machine.ts";
import { dockerFolder } from "./machine.ts";

/** An engine to try. */
export interface Endpoint {
  readonly address: Address;
  /** Who named it, or what is known to listen there: `DOCKER_HOST`, `context colima`, `Colima`. */
  readonly source?: string;
  readonly tls?: Tls;
  /** Variables by which SAM CLI, which knows no contexts and few sockets, finds it: those that are not set so already. */
  readonly samVariables: Readonly<Record<string, string>>;
}

/** How to speak TLS. */
export interface Tls {
  /** Holds ca.pem, cert.pem and key.pem, or some of them. */
  readonly certificates: string;
  /** Whether the engine must prove who it is. */
  readonly verify: boolean;
}

/** An endpoint as the output names it. */
export function endpointText({ address, source }: Endpoint): string {
  return addressText(address) + (source === undefined ? "" : ` (${source})`);
}

/** The engine that DOCKER_HOST, DOCKER_CONTEXT or Docker's configuration names, in this order, as for Docker's clients. */
export async function namedEndpoint(machine: Machine): Promise<Endpoint | undefined> {
  const { env } = machine;
  const host = env["DOCKER_HOST"];
  if (host) {
    const asked = Boolean(env["DOCKER_TLS_VERIFY"]);
    const address = parse(host, asked, "DOCKER_HOST");
    const tls = { certificates: env["DOCKER_CERT_PATH"] || dockerFolder(machine), verify: true };
    return named(machine, address, "DOCKER_HOST", tls, host);
  }
  const context = await currentContext(machine);
  if (!context) return undefined;
  const { name, certificates, skipVerify } = context;
  const source = `context ${name}`;
  const address = parse(context.host, certificates !== undefined || skipVerify, source);
  const tls = { certificates: certificates ?? dockerFolder(machine), verify: !skipVerify };
  return named(machine, address, source, tls, addressText(address));
}

/** SAM CLI's own engine is that of DOCKER_HOST or Docker's default; it speaks TLS as Docker's clients do. */
function named(
  { env, platform }: Machine,
  address: Address,
  source: string,
  tls: Tls,
  host: string,
): Endpoint {
  const secure = address.kind === "tcp" && address.secure;
  const wanted = {
    DOCKER_HOST: host,
    DOCKER_TLS_VERIFY: secure && tls.verify ? "1" : "",
    DOCKER_CERT_PATH: secure ? tls.certificates : "",
  };
  const [standard] = knownSockets(platform, {});
  const text = standard ? addressText({ kind: "socket", path: standard.path }) : "";
  const there: Machine["env"] = { ...env, DOCKER_HOST: env["DOCKER_HOST"] || text };
  const samVariables = Object.fromEntries(
    Object.entries(wanted).filter(([key, value]) => !isSame(key, there[key] ?? "", value)),
  );
  return { address, source, samVariables, ...(secure ? { tls } : {}) };
}

/** Any text in DOCKER_TLS_VERIFY means yes. */
const isSame = (name: string, is: string, wanted: string): boolean =>
  name === "DOCKER_TLS_VERIFY" ? (is === "") === (wanted === "") : is === wanted;

function parse(text: string, tls: boolean, source: string): Address {
  const address = parseAddress(text, tls);
  if (address) return address;
  throw new WorkError(`${source} does not say where a container engine is: ${text}`, {
    hint: "write unix:///path/to.sock, tcp://host:2376, ssh://user@host or, on Windows, npipe:////./pipe/name",
  });
}

/** The engines to try when none is named. */
export function knownEndpoints({ env, platform, home, uid }: Machine): Endpoint[] {
  const variables = {
    XDG_RUNTIME_DIR: uid === undefined ? undefined : `/run/user/${uid}`,
    ...env,
    HOME: home,
  };
  return knownSockets(platform, variables).map(({ name, path, isDefault, foundBySam }) => {
    const address = { kind: "socket", path } as const;
    return {
      address,
      ...(isDefault ? {} : { source: name }),
      samVariables: foundBySam ? {} : { DOCKER_HOST: addressText(address) },
    };
  });
}
