/** Where an engine listens. */
export type Address =
  /** A Unix socket, or a Windows pipe (`//./pipe/…`). */
  | { readonly kind: "socket"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number; readonly secure: boolean }
  /** A machine on which `docker` reaches its engine, at `socket` if it is not the default there. */
  | {
      readonly kind: "ssh";
      readonly host: string;
      readonly user?: string;
      readonly port?: number;
      readonly socket?: string;
    };

const PLAIN_PORT = 2375;
const SECURE_PORT = 2376;

/** No option of ssh's (it would begin with a dash), and nothing that a shell or ssh's configuration expands. */
const SSH_NAME = /^\w[\w.:+@-]*$/;
/** Goes through a shell on the other machine. */
const SSH_SOCKET = /^\/[\w./+@-]+$/;

/**
 * Reads an address as Docker's command line does: `unix://`, `npipe://`, `tcp://`, `http(s)://`, `ssh://`, or a host
 * and port alone. Undefined when it is none.
 * @param tls TLS is wanted; port 2376 and https mean it as well
 */
export function parseAddress(text: string, tls: boolean): Address | undefined {
  const [, scheme = "tcp", rest = ""] = /^(?:(\w+):\/\/)?(.*)$/.exec(text) ?? [];
  if (rest === "") return undefined;
  if (scheme === "unix" || scheme === "npipe") return { kind: "socket", path: rest };
  if (!URL.canParse(`${scheme}://${rest}`)) return undefined;
  const url = new URL(`${scheme}://${rest}`);
  if (url.hostname === "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    return undefined;
  }
  if (scheme === "ssh") return sshAddress(url);
  if (
    !["tcp", "http", "https"].includes(scheme) ||
    url.username !== "" ||
    !["", "/"].includes(url.pathname)
  ) {
    return undefined;
  }
  const secure = tls || scheme === "https" || url.port === String(SECURE_PORT);
  return {
    kind: "tcp",
    host: hostOf(url),
    port: portOf(url, scheme) ?? (secure ? SECURE_PORT : PLAIN_PORT),
    secure,
  };
}

function sshAddress(url: URL): Address | undefined {
  const host = hostOf(url);
  const { username: user, pathname } = url;
  const socket = pathname === "/" ? "" : pathname;
  if (!SSH_NAME.test(host) || (user !== "" && !SSH_NAME.test(user))) return undefined;
  if (socket !== "" && !SSH_SOCKET.test(socket)) return undefined;
  const port = portOf(url, "ssh");
  return {
    kind: "ssh",
    host,
    ...(user === "" ? {} : { user }),
    ...(port === undefined ? {} : { port }),
    ...(socket === "" ? {} : { socket }),
  };
}

const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, "$1");

/** URL leaves out a scheme's own port. */
function portOf({ port }: URL, scheme: string): number | undefined {
  if (port !== "") return Number(port);
  return { http: 80, https: 443 }[scheme];
}

/** An address as DOCKER_HOST would have it. */
export function addressText(address: Address): string {
  switch (address.kind) {
    case "socket":
      return `${address.path.startsWith("//./") ? "npipe" : "unix"}://${address.path}`;
    case "tcp":
      return `tcp://${bracketed(address.host)}:${address.port}`;
    case "ssh": {
      const { user, host, port, socket = "" } = address;
      const at = user === undefined ? "" : `${user}@`;
      return `ssh://${at}${bracketed(host)}${port === undefined ? "" : `:${port}`}${socket}`;
    }
  }
}

const bracketed = (host: string): string => (host.includes(":") ? `[${host}]` : host);
