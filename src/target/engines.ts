import table from "../../schemas/engines.json" with { type: "json" };

/** A socket at which an engine listens when nothing names one. */
export interface KnownSocket {
  /** What listens there, as its users call it: `Colima`. */
  readonly name: string;
  readonly path: string;
  /** Whether it is the one that Docker's own clients use by default. */
  readonly isDefault: boolean;
  /** Whether SAM CLI looks there by itself. */
  readonly foundBySam: boolean;
}

interface Row {
  readonly name: string;
  readonly platforms: readonly string[];
  readonly path: string;
  readonly foundBySam?: boolean;
}

/**
 * The sockets to try on a platform, in order.
 * @param platform as Node names it
 * @param variables what the paths may begin with: HOME, XDG_RUNTIME_DIR, …; those without a value have no sockets
 */
export function knownSockets(
  platform: string,
  variables: Readonly<Record<string, string | undefined>>,
): KnownSocket[] {
  const like = platform === "win32" || platform === "darwin" ? platform : "linux";
  const rows: readonly Row[] = table.sockets;
  const paths = new Set<string>();
  return rows
    .filter(({ platforms }) => platforms.includes(like))
    .flatMap(({ name, path: pattern, foundBySam = false }, at) => {
      const path = filled(pattern, variables);
      if (path === undefined || paths.has(path)) return [];
      paths.add(path);
      return [{ name, path, isDefault: at === 0, foundBySam }];
    });
}

function filled(
  pattern: string,
  variables: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const [, name, rest = ""] = /^\$\{(\w+)\}(.*)$/.exec(pattern) ?? [];
  if (name === undefined) return pattern;
  const value = variables[name];
  return value ? value.replace(/\/$/, "") + rest : undefined;
}

/** What an engine says of itself when it is asked for its version. */
export interface EngineVersion {
  readonly Version?: string;
  readonly Platform?: { readonly Name?: string };
  readonly Components?: readonly { readonly Name?: string; readonly Version?: string }[];
}

/** `docker 27.3.1`, `podman 4.3.1`, `finch 0.19.1`: whatever it is, it answers as Docker would. */
export function engineName({ Version = "", Platform, Components = [] }: EngineVersion): string {
  const podman = Components.find(({ Name }) => Name === "Podman Engine");
  if (podman) return `podman ${podman.Version ?? Version}`;
  const kind = Platform?.Name?.startsWith("Finch Daemon") === true ? "finch" : "docker";
  return `${kind} ${Version}`;
}
