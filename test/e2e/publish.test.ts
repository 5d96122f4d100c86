import { LambdaClient, ListLayersCommand, ListLayerVersionsCommand } from "@aws-sdk/client-lambda";
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { beforeAll, expect, test } from "vitest";
import { expectCode, filesOf, lab, project, samPkg, textOf } from "./project.ts";

const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const region = "eu-west-1";

function aws(): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: lab("MOTO_URL"),
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: region,
  };
}

function lambda(): LambdaClient {
  return new LambdaClient({ endpoint: lab("MOTO_URL"), region, credentials });
}

beforeAll(async () => {
  const reset = await fetch(`${lab("MOTO_URL")}/moto-api/reset`, { method: "POST" });
  expect(reset.ok).toBe(true);
});

test("publishing twice makes one version; another package set makes another layer", async () => {
  const cwd = await project("quickstart");
  const first = await samPkg(["transform"], { cwd, env: aws() });
  expectCode(first, 0);
  const output = await textOf(cwd, "template.sam-pkg.yaml");
  const arn =
    /- (arn:aws:lambda:eu-west-1:\d{12}:layer:(sam-pkg-debian12-x86_64-libmariadb3-[0-9a-f]{8}):1)$/m.exec(
      output,
    );
  expect(arn, output).not.toBeNull();
  expect(first.stderr).toContain(`published ${arn?.[1]}`);

  const second = await samPkg(["transform"], { cwd, env: aws() });
  expectCode(second, 0);
  expect(second.stderr).toContain(`the same content is published already: ${arn?.[1]}`);
  expect(await textOf(cwd, "template.sam-pkg.yaml")).toBe(output);
  const name = arn?.[2] ?? "";
  const { LayerVersions = [] } = await lambda().send(new ListLayerVersionsCommand({ LayerName: name }));
  expect(LayerVersions).toHaveLength(1);
  expect(LayerVersions[0]).toMatchObject({
    Description: expect.stringMatching(/^sam-pkg sha256:[0-9a-f]{64} libmariadb3$/),
    CompatibleArchitectures: ["x86_64"],
    CompatibleRuntimes: ["python3.11"],
  });

  const template = await textOf(cwd, "template.yaml");
  const other = await project("quickstart", {
    "template.yaml": template.replace("Runtime: [libmariadb3]", "Runtime: [libmariadb3, libltdl7]"),
  });
  expectCode(await samPkg(["transform"], { cwd: other, env: aws() }), 0);
  const { Layers = [] } = await lambda().send(new ListLayersCommand({}));
  expect(Layers.map(({ LatestMatchingVersion }) => LatestMatchingVersion?.Version)).toEqual([1, 1]);
});

test("--publish none shows the layers and leaves Layers alone", async () => {
  const cwd = await project("quickstart");
  const result = await samPkg(["transform", "--publish", "none"], { cwd });
  expectCode(result, 0);
  expect(result.stdout).toMatch(/^sam-pkg-debian12-x86_64-libmariadb3-[0-9a-f]{8} sha256:[0-9a-f]{64}$/m);
  expect(result.stdout).toMatch(/^ {2}lib\/libmariadb\.so\.3 {2}\d+ kB {2}libmariadb3$/m);
  expect(await textOf(cwd, "template.sam-pkg.yaml")).not.toContain("Layers:");
});

test("a layer that cannot be published leaves no output", async () => {
  const cwd = await project("quickstart");
  const env = { ...aws(), AWS_ENDPOINT_URL: "http://127.0.0.1:9" };
  const result = await samPkg(["transform"], { cwd, env });
  expectCode(result, 1);
  expect(result.stderr).toMatch(
    /error: listing the versions of layer sam-pkg-debian12-x86_64-libmariadb3-\w+ failed/,
  );
  expect(result.stderr).toContain("hint: check the network, and AWS_ENDPOINT_URL if it is set");
  expect(await filesOf(cwd)).toEqual(["app", "template.yaml"]);
});

test("without credentials the hint names the ways out", async () => {
  const cwd = await project("quickstart");
  const env = {
    AWS_REGION: region,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/nonexistent",
    AWS_SHARED_CREDENTIALS_FILE: "/nonexistent",
  };
  const result = await samPkg(["transform"], { cwd, env });
  expectCode(result, 1);
  expect(result.stderr).toMatch(/^error: finding AWS credentials failed \(CredentialsProviderError\)/);
  expect(result.stderr).toContain("`sam-pkg transform --publish template` needs no account");
  expect(await filesOf(cwd)).toEqual(["app", "template.yaml"]);
});

test("a layer that is too large for a request goes through the bucket that samconfig names", async () => {
  const s3 = new S3Client({ endpoint: lab("MOTO_URL"), region, credentials, forcePathStyle: true });
  const Bucket = "layers-of-the-team";
  await s3.send(
    new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: region } }),
  );
  const template = `Resources:
  F:
    Type: AWS::Serverless::Function
    Metadata: {Packages: {Runtime: [libclang-cpp14], RuntimeImage: ${lab("LAB_IMAGE_RUNTIME_PYTHON3_11")}}}
    Properties: {Runtime: python3.11, Handler: a.b, CodeUri: .}
`;
  const samconfig = `version = 0.1
[default.deploy.parameters]
region = "${region}"
s3_bucket = "${Bucket}"
s3_prefix = "shop"
`;
  const cwd = await project(undefined, { "template.yaml": template, "samconfig.toml": samconfig });
  const env = { ...aws(), AWS_REGION: undefined };
  const result = await samPkg(["transform", "--no-load-test", "--share-with", "111122223333"], { cwd, env });
  expectCode(result, 0);
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
  expect(Contents).toHaveLength(1);
  expect(Contents[0]?.Size).toBeGreaterThan(60_000_000);
  const key = Contents[0]?.Key ?? "";
  expect(key).toMatch(/^shop\/sam-pkg-debian12-x86_64-libclang-cpp14-[0-9a-f]{8}\/[0-9a-f]{64}\.zip$/);
  expect(result.stderr).toContain(`uploading s3://${Bucket}/${key}: 100%\nuploaded s3://${Bucket}/${key}\n`);
  const arn = /^published (\S+)$/m.exec(result.stderr)?.[1] ?? "";
  expect(await textOf(cwd, "template.sam-pkg.yaml")).toContain(`Layers: ["${arn}"]`);
  expect(result.stderr).toContain(`${arn} can now be used by 111122223333`);
});
