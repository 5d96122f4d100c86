import {
  CreateFunctionCommand,
  LambdaClient,
  ListLayerVersionsCommand,
  PublishLayerVersionCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import JSZip from "jszip";
import { beforeAll, expect, test } from "vitest";
import { expectCode, lab, project, samPkg } from "./project.ts";

const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const region = "eu-west-1";
const LAYER = "sam-pkg-debian12-x86_64-libmariadb3-01234567";
const ROLE = "arn:aws:iam::123456789012:role/lab";

/** moto dates everything now: the clock of sam-pkg's process is put forward. */
const IN_TEN_DAYS = `const Real = Date; globalThis.Date = class extends Real {
  constructor(...args) { args.length > 0 ? super(...args) : super(Real.now() + 864e6); }
};`;

function aws(): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: lab("MOTO_URL"),
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: region,
  };
}

function later(): Record<string, string> {
  return { ...aws(), NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(IN_TEN_DAYS)}` };
}

function lambda(): LambdaClient {
  return new LambdaClient({ endpoint: lab("MOTO_URL"), region, credentials });
}

let zip: Uint8Array;

/** Publishes a version of a layer; gives its ARN. */
async function publish(name: string, description: string): Promise<string> {
  const input = { LayerName: name, Description: description, Content: { ZipFile: zip } };
  const { LayerVersionArn = "" } = await lambda().send(new PublishLayerVersionCommand(input));
  return LayerVersionArn;
}

async function versionsOf(name: string): Promise<number[]> {
  const { LayerVersions = [] } = await lambda().send(new ListLayerVersionsCommand({ LayerName: name }));
  return LayerVersions.map(({ Version = 0 }) => Version).toSorted((a, b) => a - b);
}

/** moto gives functions to known roles only. */
async function makeRole(): Promise<void> {
  const made = await fetch(lab("MOTO_URL"), {
    method: "POST",
    headers: {
      "Content-Type": "application/x-www-form-urlencoded",
      Authorization: "AWS4-HMAC-SHA256 Credential=test/20261121/us-east-1/iam/aws4_request",
    },
    body: new URLSearchParams({
      Action: "CreateRole",
      Version: "2010-05-08",
      RoleName: "lab",
      AssumeRolePolicyDocument: "{}",
    }).toString(),
  });
  expect(made.ok, await made.text()).toBe(true);
}

beforeAll(async () => {
  const reset = await fetch(`${lab("MOTO_URL")}/moto-api/reset`, { method: "POST" });
  expect(reset.ok).toBe(true);
  zip = await new JSZip().file("lib/a.txt", "a").generateAsync({ type: "uint8array" });
  await makeRole();
});

test("what no function version uses is shown, and deleted with --yes; nothing else is", async () => {
  const cwd = await project(undefined);
  const none = await samPkg(["prune"], { cwd, env: aws() });
  expectCode(none, 0);
  expect(none.stdout).toBe(
    "sam-pkg has no layers here; --region and --profile name another region or account\n",
  );

  const arns: string[] = [];
  for (const letter of ["a", "b", "c", "d", "e"])
    arns.push(await publish(LAYER, `sam-pkg sha256:${letter.repeat(64)} libmariadb3`));
  await publish(LAYER, "made by hand");
  await publish("other", "of others");
  const [first = "", , third = ""] = arns;
  await lambda().send(
    new CreateFunctionCommand({
      FunctionName: "Orders",
      Runtime: "python3.11",
      Role: ROLE,
      Handler: "a.b",
      Code: { ZipFile: zip },
      Layers: [first],
      Publish: true,
    }),
  );
  await lambda().send(new UpdateFunctionConfigurationCommand({ FunctionName: "Orders", Layers: [third] }));

  const young = await samPkg(["prune", "--keep", "0", "--yes"], { cwd, env: aws() });
  expectCode(young, 0);
  expect(young.stdout).toContain("  version 5  under a day old  keep  younger than 7 days\n");
  expect(young.stdout).toMatch(/\nnothing to delete: 5 versions kept\n$/);

  const shown = await samPkg(["prune", "--keep", "1", "--region", region], { cwd, env: later() });
  expectCode(shown, 0);
  expect(shown.stdout).toBe(`${LAYER}
  version 5  10 days old  keep    the newest
  version 4  10 days old  delete  no function uses it
  version 3  10 days old  keep    used by Orders:$LATEST
  version 2  10 days old  delete  no function uses it
  version 1  10 days old  keep    used by Orders:1
2 of 5 versions would be deleted; to delete them: sam-pkg prune --keep 1 --region eu-west-1 --yes
`);
  expect(await versionsOf(LAYER)).toEqual([1, 2, 3, 4, 5, 6]);

  const deleted = await samPkg(["prune", "--keep", "1", "--yes", "--json"], { cwd, env: later() });
  expectCode(deleted, 0);
  expect(deleted.stderr.trimEnd().split("\n").toSorted()).toEqual(
    [arns[1], arns[3]].map((arn) => `deleted ${arn}`),
  );
  expect(JSON.parse(deleted.stdout)).toMatchObject({
    command: "prune",
    deleted: true,
    layers: [{ name: LAYER, versions: [{}, { version: 4, verdict: "delete" }, {}, { version: 2 }, {}] }],
  });
  expect(await versionsOf(LAYER)).toEqual([1, 3, 5, 6]);
  expect(await versionsOf("other")).toEqual([1]);
});
