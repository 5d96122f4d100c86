import { Interrupted, WorkError } from "../../report/errors.ts";

/** Turns what the AWS SDK threw into one clear error. `action` is the IAM action that the call needs. */
export function awsFault(error: unknown, doing: string, action: string, signal: AbortSignal): Error {
  if (signal.aborted) return new Interrupted();
  if (error instanceof WorkError) return error;
  const name = error instanceof Error ? error.name : "";
  const code = (error as NodeJS.ErrnoException | null)?.code ?? "";
  const message = error instanceof Error ? error.message : String(error);
  // Of several addresses tried, Node's error has a code and no message.
  const quote = message === "" ? code : message;
  const hint = hintOf(name, `${quote} ${code}`, action);
  return new WorkError(`${doing} failed${name === "" || name === "Error" ? "" : ` (${name})`}`, {
    quote,
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
}

function hintOf(name: string, text: string, action: string): string | undefined {
  if (/region is missing/i.test(text))
    return "name the region: --region eu-west-1, AWS_REGION, or the profile's region";
  if (name === "CredentialsProviderError" || /could not load credentials/i.test(text)) {
    return "sign in to AWS (`aws configure`, `aws sso login`), name a --profile, or use --publish template, which needs no account";
  }
  if (/expired/i.test(name + text)) return "the credentials have expired: sign in again (`aws sso login`)";
  if (/accessdenied|unauthorized/i.test(name))
    return `the credentials lack ${action}: add it to their IAM policy`;
  if (/ECONNREFUSED|ENOTFOUND|ETIMEDOUT|EAI_AGAIN/.test(text)) {
    return "check the network, and AWS_ENDPOINT_URL if it is set";
  }
  return undefined;
}
