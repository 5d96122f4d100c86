import { Interrupted, WorkError } from "../../report/errors.ts";

/** A call as messages speak of it. */
export interface Doing {
  /** `publishing layer x` */
  readonly what: string;
  /** The IAM action that the call needs: `lambda:PublishLayerVersion`. */
  readonly action: string;
  /** What the action is done to, for an IAM policy: `layer:x`, `*`. */
  readonly resource: string;
}

/** Turns what the AWS SDK threw into one clear error. */
export function awsFault(error: unknown, doing: Doing, signal: AbortSignal): Error {
  if (signal.aborted) return new Interrupted();
  if (error instanceof WorkError) return error;
  const name = error instanceof Error ? error.name : "";
  const code = (error as NodeJS.ErrnoException | null)?.code ?? "";
  const message = error instanceof Error ? error.message : String(error);
  // Of several addresses tried, Node's error has a code and no message.
  const quote = message === "" ? code : message;
  const hint = hintOf(name, `${quote} ${code}`, doing);
  return new WorkError(`${doing.what} failed${name === "" || name === "Error" ? "" : ` (${name})`}`, {
    quote,
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
}

/** The name that the SDK gave an error of a service: `ResourceNotFoundException`. */
export function isFault(error: unknown, ...names: readonly string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}

/** Whether it is unknown if a call was carried out: no answer came, or one of a server in trouble. */
export function isUnanswered(error: unknown): boolean {
  const status = (error as { $metadata?: { httpStatusCode?: number } } | null)?.$metadata?.httpStatusCode;
  return status === undefined || status >= 500;
}

function hintOf(name: string, text: string, doing: Doing): string | undefined {
  if (/region is missing/i.test(text))
    return "name the region: --region eu-west-1, AWS_REGION, or the profile's region";
  if (/expired/i.test(name + text)) return "the credentials have expired: sign in again (`aws sso login`)";
  if (/CredentialsProviderError|TokenProviderError/.test(name) || /could not load credentials/i.test(text)) {
    return "sign in to AWS (`aws configure`, `aws sso login`), or name a --profile; `sam-pkg transform --publish template` needs no account";
  }
  if (/UnrecognizedClient|InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch/.test(name)) {
    return "AWS does not know these credentials: check the access key, its secret and the --profile";
  }
  if (/accessdenied|unauthorized|forbidden/i.test(name)) {
    return `the credentials lack ${lacking(text, doing)}: add it to their IAM policy (docs/publishing.md has the least one)`;
  }
  if (/toomanyrequests|throttl|slowdown/i.test(name)) {
    return "the account is at its limit of calls: run sam-pkg again later, it goes on where it stopped";
  }
  if (/codestorageexceeded/i.test(name)) {
    return "delete what no function uses: `sam-pkg prune` lists old layer versions";
  }
  if (/ECONNREFUSED|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|ECONNRESET|ENETUNREACH/.test(text)) {
    return "check the network, and AWS_ENDPOINT_URL if it is set";
  }
  return undefined;
}

/** The action and the resource: as the service names them, else those of the call. */
function lacking(text: string, { action, resource }: Doing): string {
  const [, named, on] = /not authorized to perform: (\S+)(?: on resource: "?([^\s"]+))?/.exec(text) ?? [];
  if (named !== undefined) return `${named} on ${on ?? resource}`;
  // Lambda reads an archive from S3 with the caller's permissions.
  const [, inBucket, object] = /have permission to (\w+) for (\S+)/.exec(text) ?? [];
  if (inBucket !== undefined) return `s3:${inBucket} on ${(object ?? "").replace(/\.$/, "")}`;
  return `${action} on ${resource}`;
}
