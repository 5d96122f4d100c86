import { describe, expect, it } from "vitest";
import { awsFault } from "../../src/publish/lambda/fault.ts";
import { Interrupted, WorkError } from "../../src/report/errors.ts";

const never = new AbortController().signal;

/** An error as the AWS SDK throws it. */
function sdkError(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

const fault = (error: unknown): Error =>
  awsFault(error, "publishing layer x", "lambda:PublishLayerVersion", never);

describe("awsFault", () => {
  it.each<[string, string, string, string | undefined]>([
    [
      "Error",
      "Region is missing",
      "publishing layer x failed",
      "name the region: --region eu-west-1, AWS_REGION, or the profile's region",
    ],
    [
      "CredentialsProviderError",
      "Could not load credentials from any providers",
      "publishing layer x failed (CredentialsProviderError)",
      "sign in to AWS (`aws configure`, `aws sso login`), name a --profile, or use --publish template, which needs no account",
    ],
    [
      "ExpiredTokenException",
      "The security token included in the request is expired",
      "publishing layer x failed (ExpiredTokenException)",
      "the credentials have expired: sign in again (`aws sso login`)",
    ],
    [
      "AccessDeniedException",
      "User: arn:aws:iam::1:user/x is not authorized to perform: lambda:PublishLayerVersion",
      "publishing layer x failed (AccessDeniedException)",
      "the credentials lack lambda:PublishLayerVersion: add it to their IAM policy",
    ],
    [
      "Error",
      "connect ECONNREFUSED 127.0.0.1:5000",
      "publishing layer x failed",
      "check the network, and AWS_ENDPOINT_URL if it is set",
    ],
    [
      "CodeStorageExceededException",
      "Code storage limit exceeded.",
      "publishing layer x failed (CodeStorageExceededException)",
      undefined,
    ],
  ])("%s: %s", (name, message, text, hint) => {
    const cause = sdkError(name, message);
    expect(fault(cause)).toMatchObject({ name: "WorkError", message: text, quote: message, hint, cause });
  });

  it("keeps an error of our own, and takes whatever was thrown after an interruption for that", () => {
    const own = new WorkError("ours");
    expect(fault(own)).toBe(own);
    expect(awsFault(new Error("aborted"), "x", "y", AbortSignal.abort())).toBeInstanceOf(Interrupted);
    expect(fault("text")).toMatchObject({ message: "publishing layer x failed", quote: "text" });
  });

  it("hints at the network where an error says so only by its code", () => {
    const error = Object.assign(new AggregateError([]), { code: "ECONNREFUSED" });
    expect(fault(error)).toMatchObject({ hint: "check the network, and AWS_ENDPOINT_URL if it is set" });
  });
});
