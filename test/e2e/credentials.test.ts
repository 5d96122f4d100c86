import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { expectCode, lab, project, samPkg } from "./project.ts";

const START_URL = "https://example.awsapps.com/start";

/** Signs of who called Lambda, and for which region; the same server hands out the credentials of a sign-in. */
let signers: string[] = [];
let server: Server;
let url = "";
let home = "";
beforeEach(async () => {
  signers = [];
  server = createServer(({ url: path = "", headers }, response) => {
    response.setHeader("content-type", "application/json");
    if (path.startsWith("/federation/credentials")) {
      const roleCredentials = {
        accessKeyId: "AKIASSO",
        secretAccessKey: "s",
        sessionToken: "t",
        expiration: Date.now() + 3_600_000,
      };
      return response.end(JSON.stringify({ roleCredentials }));
    }
    const [, key, region] = /Credential=([^/]+)\/\d{8}\/([^/]+)\//.exec(headers.authorization ?? "") ?? [];
    signers.push(`${key} ${region}`);
    return response.end(JSON.stringify({ Layers: [] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  home = await project(undefined);
});
afterEach(() => void server.close());

const KEYS = { AWS_ACCESS_KEY_ID: "AKIAENV", AWS_SECRET_ACCESS_KEY: "s" };
const CREDENTIALS = `[default]
aws_access_key_id = AKIADEFAULT
aws_secret_access_key = s
[other]
aws_access_key_id = AKIAOTHER
aws_secret_access_key = s
`;
const CONFIG = `[default]
region = eu-west-1
[profile other]
region = eu-central-1
[profile assumed]
region = eu-west-3
role_arn = arn:aws:iam::123456789012:role/layers
source_profile = other
[profile process]
region = eu-west-1
credential_process = echo '{"Version": 1, "AccessKeyId": "AKIAPROCESS", "SecretAccessKey": "s"}'
[profile signed-in]
region = eu-west-1
sso_session = us
sso_account_id = 123456789012
sso_role_name = layers
[sso-session us]
sso_region = us-east-1
sso_start_url = ${START_URL}
`;

/** Runs the one command that needs AWS and no engine; nothing of this machine's own settings reaches it. */
async function signerOf(
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<string> {
  writeFileSync(join(home, "credentials"), CREDENTIALS);
  writeFileSync(join(home, "config"), CONFIG);
  const own = Object.fromEntries(
    Object.keys(process.env)
      .filter((name) => name.startsWith("AWS_"))
      .map((name) => [name, undefined]),
  );
  const files = {
    AWS_CONFIG_FILE: join(home, "config"),
    AWS_SHARED_CREDENTIALS_FILE: join(home, "credentials"),
  };
  const run = await samPkg(["prune", ...args], {
    cwd: home,
    env: {
      ...own,
      ...files,
      HOME: home,
      AWS_ENDPOINT_URL_LAMBDA: url,
      AWS_EC2_METADATA_DISABLED: "true",
      ...env,
    },
  });
  expectCode(run, 0);
  expect(new Set(signers).size, run.stderr).toBe(1);
  return signers[0] ?? "";
}

describe("who calls, and for which region", () => {
  test.each<[string, Readonly<Record<string, string>>, readonly string[], string]>([
    ["the default profile", {}, [], "AKIADEFAULT eu-west-1"],
    ["keys of the environment", { ...KEYS, AWS_REGION: "us-west-2" }, [], "AKIAENV us-west-2"],
    [
      "the region's name that only SAM's SDK knows",
      { ...KEYS, AWS_DEFAULT_REGION: "us-west-1" },
      [],
      "AKIAENV us-west-1",
    ],
    ["AWS_PROFILE", { AWS_PROFILE: "other" }, [], "AKIAOTHER eu-central-1"],
    ["AWS_DEFAULT_PROFILE", { AWS_DEFAULT_PROFILE: "other" }, [], "AKIAOTHER eu-central-1"],
    ["--profile before keys of the environment", KEYS, ["--profile", "other"], "AKIAOTHER eu-central-1"],
    [
      "--region before everything",
      { AWS_REGION: "us-west-2" },
      ["--region", "sa-east-1"],
      "AKIADEFAULT sa-east-1",
    ],
    ["a credential process", { AWS_PROFILE: "process" }, [], "AKIAPROCESS eu-west-1"],
  ])("%s", async (_name, env, args, signer) => {
    expect(await signerOf(env, args)).toBe(signer);
  });

  test("samconfig", async () => {
    writeFileSync(
      join(home, "samconfig.toml"),
      `version = 0.1
[default.global.parameters]
region = "ap-south-1"
[default.deploy.parameters]
profile = "other"
[prod.deploy.parameters]
region = "ap-northeast-1"
`,
    );
    expect(await signerOf({})).toBe("AKIAOTHER ap-south-1");
    signers = [];
    expect(await signerOf({}, ["--config-env", "prod"])).toBe("AKIADEFAULT ap-northeast-1");
    signers = [];
    expect(await signerOf({}, ["--region", "us-east-1"])).toBe("AKIAOTHER us-east-1");
  });

  test("an assumed role", async () => {
    const signer = await signerOf({ AWS_PROFILE: "assumed", AWS_ENDPOINT_URL_STS: lab("MOTO_URL") });
    expect(signer).toMatch(/^ASIA\w+ eu-west-3$/);
  });

  test("a web identity, as CI systems give it", async () => {
    writeFileSync(join(home, "token"), "a token");
    const signer = await signerOf({
      AWS_WEB_IDENTITY_TOKEN_FILE: join(home, "token"),
      AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/layers",
      AWS_SHARED_CREDENTIALS_FILE: "/nonexistent",
      AWS_CONFIG_FILE: "/nonexistent",
      AWS_REGION: "eu-north-1",
      AWS_ENDPOINT_URL_STS: lab("MOTO_URL"),
    });
    expect(signer).toMatch(/^ASIA\w+ eu-north-1$/);
  });

  test("an SSO sign-in", async () => {
    const cache = join(home, ".aws/sso/cache");
    mkdirSync(cache, { recursive: true });
    const token = {
      accessToken: "t",
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
      region: "us-east-1",
    };
    const file = `${createHash("sha1").update("us").digest("hex")}.json`;
    writeFileSync(join(cache, file), JSON.stringify({ ...token, startUrl: START_URL }));
    expect(await signerOf({ AWS_PROFILE: "signed-in", AWS_ENDPOINT_URL_SSO: url })).toBe("AKIASSO eu-west-1");
  });
});

test("an SSO sign-in that ended says how to sign in again", async () => {
  writeFileSync(join(home, "config"), CONFIG);
  const run = await samPkg(["prune"], {
    cwd: home,
    env: {
      AWS_CONFIG_FILE: join(home, "config"),
      HOME: home,
      AWS_PROFILE: "signed-in",
      AWS_ENDPOINT_URL_LAMBDA: url,
    },
  });
  expectCode(run, 1);
  expect(run.stderr).toMatch(/error: listing layers failed \(CredentialsProviderError\)/);
  expect(run.stderr).toMatch(/hint: .*`aws sso login`/);
});

test("no region", async () => {
  const run = await samPkg(["prune"], {
    cwd: home,
    env: { ...KEYS, AWS_CONFIG_FILE: "/nonexistent", AWS_REGION: undefined, AWS_ENDPOINT_URL_LAMBDA: url },
  });
  expectCode(run, 1);
  expect(run.stderr).toContain(
    "hint: name the region: --region eu-west-1, AWS_REGION, or the profile's region",
  );
});
