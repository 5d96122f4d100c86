import { WorkError } from "../../report/errors.ts";
import { daemonMessage } from "./answer.ts";
import type { Endpoint } from "./endpoints.ts";
import { endpointText } from "./endpoints.ts";

/** Why an engine cannot be spoken to. */
interface Reason {
  readonly text: string;
  readonly quote?: string;
  readonly hint?: string;
}

/** The code of the error when ssh ends before the engine has said anything; the message is what ssh said. */
export const SSH_FAILED = "ESSH";
const NO_ENGINE_THERE = "ENOENT";
const NOT_ALLOWED: Reason = {
  text: "this user may not open it",
  hint: "let your user open it: for Docker join its group (`sudo usermod -aG docker $USER`, then log in again)",
};
const TEXTS: Readonly<Record<string, Reason>> = {
  [NO_ENGINE_THERE]: { text: "there is no such socket" },
  EACCES: NOT_ALLOWED,
  EPERM: NOT_ALLOWED,
  ECONNREFUSED: { text: "nothing listens there" },
  ENOTFOUND: { text: "no machine of that name is known" },
  EAI_AGAIN: { text: "the name cannot be looked up" },
  EHOSTUNREACH: { text: "no way leads to that machine" },
  ENETUNREACH: { text: "no way leads to that network" },
  ETIMEDOUT: { text: "it does not answer in time" },
  ECONNRESET: { text: "it closes the connection" },
  EPIPE: { text: "it closes the connection" },
};
const CERTIFICATES =
  "the folder DOCKER_CERT_PATH (without it, that of Docker's configuration) or of the context (`docker context inspect`)";
/** OpenSSL's verdicts on a certificate, as Node names them: X509_V_ERR_ ones without that prefix. */
const NOT_TRUSTED = /CERT|CRL|SIGNATURE|ISSUER|^HOSTNAME_MISMATCH$/;
const TLS_REFUSED = /^ERR_SSL_\w*ALERT/;
const TLS_FAILED = /^ERR_(?:SSL|OSSL|TLS)_|^EPROTO$/;

/** Why an error of a request means that the engine cannot be spoken to; undefined when it means something else. */
export function reasonOf(error: unknown): Reason | undefined {
  const { code, message = "", reason } = (error ?? {}) as Partial<NodeJS.ErrnoException & { reason: string }>;
  // Go's server answers so, in plain HTTP.
  if (message.includes("HTTP request to an HTTPS server")) {
    const hint = `set DOCKER_TLS_VERIFY=1, and put ca.pem, cert.pem and key.pem into ${CERTIFICATES}`;
    return { text: "it speaks TLS only", hint };
  }
  if (code === undefined) return undefined;
  if (code.startsWith("HPE_")) return { text: "what answers there speaks no HTTP", quote: answerOf(error) };
  // OpenSSL's own words, without the places in its source.
  const quote = (reason ?? message).trim();
  if (code === SSH_FAILED) {
    const hint =
      "`ssh -o BatchMode=yes HOST docker version` must work without a question: a key that needs no typing, a known host key, docker on the other side";
    return { text: "ssh cannot get there", quote, hint };
  }
  if (TLS_REFUSED.test(code)) {
    const hint = `cert.pem and key.pem must be of an authority that the engine knows; they belong into ${CERTIFICATES}`;
    return { text: "it refuses the client's certificate", quote, hint };
  }
  if (NOT_TRUSTED.test(code)) {
    const hint = `ca.pem must be of the authority that signed that certificate, for this very host; it belongs into ${CERTIFICATES}`;
    return { text: "its certificate cannot be trusted", quote, hint };
  }
  if (TLS_FAILED.test(code)) return { text: "TLS fails: does it speak TLS at all?", quote };
  return Object.hasOwn(TEXTS, code) ? TEXTS[code] : undefined;
}

/** The start of an answer that Node's HTTP parser refused. */
function answerOf(error: unknown): string {
  const { rawPacket } = error as { rawPacket?: Buffer };
  return (rawPacket?.toString("utf8", 0, 200) ?? "").trim();
}

/** The engine that is in use, or was named, cannot be spoken to. `endpoint` is as the output names it. */
export function unreachable(endpoint: string, { text, quote, hint }: Reason, cause: unknown): WorkError {
  return new WorkError(`cannot reach a container engine at ${endpoint}: ${text}`, {
    hint: hint ?? "start it, or name another one by DOCKER_HOST or `docker context use`",
    ...(quote === undefined ? {} : { quote }),
    cause,
  });
}

/** A known socket that was tried. */
export interface Failure {
  readonly endpoint: Endpoint;
  readonly error: unknown;
}

/** None of the known sockets answers: first those that are there, and why not. */
export function noneAnswers(failures: readonly Failure[]): WorkError {
  const there = failures.filter(({ error }) => (error as NodeJS.ErrnoException).code !== NO_ENGINE_THERE);
  const absent = failures.filter((one) => !there.includes(one));
  const rows = there.map(({ endpoint, error }) => ({
    endpoint,
    reason: reasonOf(error) ?? { text: daemonMessage(error) },
  }));
  const lines = rows.map(({ endpoint, reason }) => `${endpointText(endpoint)}: ${reason.text}`);
  lines.push(...absent.map(({ endpoint }) => `${endpointText(endpoint)}: not there`));
  const advice = rows.map(({ reason }) => reason.hint).find((hint) => hint !== undefined);
  return new WorkError("no container engine answers", {
    quote: lines.join("\n"),
    hint:
      advice ??
      "start Docker, Podman or another of these, or name one by DOCKER_HOST or `docker context use`",
  });
}
