import { describe, expect, it } from "vitest";
import { awsFault } from "../../src/publish/lambda/fault.ts";
import { Interrupted, WorkError } from "../../src/report/errors.ts";

const never = new AbortController().signal;

/** An error as the AWS SDK throws it. */
function sdkError(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

const ADD = ": add it to their IAM policy (docs/publishing.md has the least one)";
const doing = { what: "publishing layer x", action: "lambda:PublishLayerVersion", resource: "layer:x" };
const fault = (error: unknown): Error => awsFault(error, doing, never);

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
      "sign in to AWS (`aws configure`, `aws sso login`), or name a --profile; `sam-pkg transform --publish template` needs no account",
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
      `the credentials lack lambda:PublishLayerVersion on layer:x${ADD}`,
    ],
    [
      "AccessDeniedException",
      "User: arn:aws-cn:iam::1:user/x is not authorized to perform: lambda:Foo on resource: arn:aws-cn:lambda:cn-north-1:1:layer:x because no identity-based policy allows it",
      "publishing layer x failed (AccessDeniedException)",
      `the credentials lack lambda:Foo on arn:aws-cn:lambda:cn-north-1:1:layer:x${ADD}`,
    ],
    [
      "AccessDeniedException",
      "Your access has been denied by S3, please make sure your request credentials have permission to GetObject for bucket/key.zip. S3 Error Code: AccessDenied.",
      "publishing layer x failed (AccessDeniedException)",
      `the credentials lack s3:GetObject on bucket/key.zip${ADD}`,
    ],
    [
      "UnrecognizedClientException",
      "The security token included in the request is invalid.",
      "publishing layer x failed (UnrecognizedClientException)",
      "AWS does not know these credentials: check the access key, its secret and the --profile",
    ],
    [
      "TooManyRequestsException",
      "Rate exceeded",
      "publishing layer x failed (TooManyRequestsException)",
      "the account is at its limit of calls: run sam-pkg again later, it goes on where it stopped",
    ],
    [
      "CredentialsProviderError",
      "The SSO session associated with this profile has expired. To refresh this SSO session run aws sso login",
      "publishing layer x failed (CredentialsProviderError)",
      "the credentials have expired: sign in again (`aws sso login`)",
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
      "delete what no function uses: `sam-pkg prune` lists old layer versions",
    ],
    [
      "InvalidParameterValueException",
      "LayerName is wrong.",
      "publishing layer x failed (InvalidParameterValueException)",
      undefined,
    ],
  ])("%s: %s", (name, message, text, hint) => {
    const cause = sdkError(name, message);
    expect(fault(cause)).toMatchObject({ name: "WorkError", message: text, quote: message, hint, cause });
  });

  it("keeps an error of our own, and takes whatever was thrown after an interruption for that", () => {
    const own = new WorkError("ours");
    expect(fault(own)).toBe(own);
    expect(awsFault(new Error("aborted"), doing, AbortSignal.abort())).toBeInstanceOf(Interrupted);
    expect(fault("text")).toMatchObject({ message: "publishing layer x failed", quote: "text" });
  });

  it("hints at the network where an error says so only by its code", () => {
    const error = Object.assign(new AggregateError([]), { code: "ECONNREFUSED" });
    expect(fault(error)).toMatchObject({ hint: "check the network, and AWS_ENDPOINT_URL if it is set" });
  });
});
