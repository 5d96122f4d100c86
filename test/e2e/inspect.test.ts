import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import type { PlanReport } from "../../src/pipeline/report.ts";
import { expectCode, filesOf, leftContainers, project, samPkg, textOf } from "./project.ts";
import type { Run } from "./project.ts";

/** The schema as the npm package has it. */
const schema = join(import.meta.dirname, "../../dist/schemas/report.schema.json");
const validate = new Ajv({ allowUnionTypes: true }).compile(JSON.parse(readFileSync(schema, "utf8")));

/** Standard output as a report that the schema allows. */
function report({ stdout }: Run): unknown {
  const document: unknown = JSON.parse(stdout);
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
  return document;
}

/** A project whose packages come by a name that another package provides, with more in their train. */
async function dnf(): Promise<string> {
  const text = await textOf(join(import.meta.dirname, "../../fixtures/dnf"), "template.yaml");
  return project("dnf", {
    "template.yaml": text.replace("- libmariadb3", "- mysql-libs\n          - libpq5"),
  });
}

test("plan shows what transform would make, and leaves nothing behind", async () => {
  const cwd = await project("quickstart");
  const planned = await samPkg(["plan"], { cwd });
  expectCode(planned, 0);
  expect(planned.stdout).toMatch(
    /^layer sam-pkg-debian12-x86_64-libmariadb3-[0-9a-f]{8}\n {2}for {8}MyFunction\n/,
  );
  expect(planned.stdout).toMatch(/^ {2}packages {3}libmariadb3 \S+ +asked for$/m);
  expect(planned.stdout).toMatch(/^ {13}mariadb-common \S+ +came with it$/m);
  expect(planned.stdout).toMatch(
    /^ +lib\/libssl\.so\.3 +\d+ kB {2}of the runtime image, needed by libmariadb\.so\.3$/m,
  );
  expect(planned.stdout).toMatch(/^ {2}provided {3}libc\.so\.6.*: every runtime has/m);
  expect(planned.stdout).toMatch(/^ {2}size {7}[\d,]+ bytes unzipped, \d+\.\d% of the 262,144,000 allowed$/m);
  expect(planned.stdout).toMatch(/\nbuild image\n {2}for {8}MyFunction\n/);
  expect(planned.stderr).not.toMatch(/build image|libmariadb-dev|published/);
  expect(await filesOf(cwd)).toEqual(["app", "template.yaml"]);
  expect(await leftContainers()).toEqual([]);

  const transformed = await samPkg(["transform", "--publish", "none", "--json"], { cwd });
  expectCode(transformed, 0);
  const { layers } = report(transformed) as PlanReport;
  expect(planned.stdout).toContain(`content    sha256:${layers[0]?.digest ?? "none"}\n`);
  expect(report(transformed)).toMatchObject({
    command: "transform",
    output: "template.sam-pkg.yaml",
    functions: [
      {
        logicalId: "MyFunction",
        buildImage: { stableTag: "samcli/lambda-sampkg-quickstart-myfunction:latest" },
        layer: layers[0]?.name,
        reference: null,
      },
    ],
  });
  expect(transformed.stderr).toContain("\nnext: sam build ");
});

test("transform --json names the layer resource that the function refers to", async () => {
  const cwd = await project("quickstart");
  const result = await samPkg(["transform", "--publish", "template", "--json"], { cwd });
  expectCode(result, 0);
  const { functions } = report(result) as { functions: { reference: { kind: string; value: string } }[] };
  expect(functions[0]?.reference.kind).toBe("resource");
  expect(await textOf(cwd, "template.sam-pkg.yaml")).toContain(
    `- !Ref ${functions[0]?.reference.value ?? "none"}`,
  );
});

test("why goes from the function to the file", async () => {
  const cwd = await project("quickstart");
  const result = await samPkg(["why", "libssl.so.3"], { cwd });
  expectCode(result, 0);
  expect(result.stdout).toMatch(
    /^lib\/libssl\.so\.3 in layer sam-pkg-debian12-x86_64-libmariadb3-[0-9a-f]{8}\n/,
  );
  expect(result.stdout).toContain(
    "\n  MyFunction → libmariadb3 (Runtime) → lib/libmariadb.so.3 → NEEDED libssl.so.3 → lib/libssl.so.3\n",
  );
  const byImagePath = "/usr/lib/x86_64-linux-gnu/libssl.so.3";
  const json = await samPkg(["why", byImagePath, "--json", "-t", "template.yaml"], { cwd });
  expectCode(json, 0);
  expect(report(json)).toMatchObject({
    file: byImagePath,
    matches: [{ path: "lib/libssl.so.3" }],
  });
});

test("why of a file that no layer has", async () => {
  const cwd = await project("quickstart");
  const certain = await samPkg(["why", "libc.so.6"], { cwd });
  expectCode(certain, 0);
  expect(certain.stdout).toBe("every runtime has libc.so.6: not in the layer\n");

  const mistyped = await samPkg(["why", "libsssl.so.3"], { cwd });
  expectCode(mistyped, 2);
  expect(mistyped.stdout).toBe("");
  expect(mistyped.stderr).toContain("error: no layer has libsssl.so.3\n  hint: did you mean libssl.so.3?\n");
});

test("a name that another package provides is shown with that package, in plan and why", async () => {
  const cwd = await dnf();
  const planned = await samPkg(["plan"], { cwd });
  expectCode(planned, 0);
  expect(planned.stdout).toMatch(/^ +mysql-libs → mariadb-libs 1\.0\S* +asked for$/m);
  expect(planned.stdout).toMatch(/^ +libgssapi-krb5-2 \S+ +came with them$/m);

  const provided = await samPkg(["why", "libsampkg_lab_mysql.so.18"], { cwd });
  expectCode(provided, 0);
  expect(provided.stdout).toMatch(
    /^ {2}Report → mysql-libs \(Runtime\) → mariadb-libs 1\.0\S* → lib\/libsampkg_lab_mysql\.so\.18$/m,
  );
  const along = await samPkg(["why", "legacy.so"], { cwd });
  expectCode(along, 0);
  expect(along.stdout).toContain(
    "\n  Report → libpq5, mysql-libs (Runtime) → installed libssl3 → lib/ossl-modules/legacy.so\n",
  );
});

test("a template without packages needs no engine", async () => {
  const cwd = await project(undefined, { "template.yaml": "Resources:\n  T: {Type: AWS::SNS::Topic}\n" });
  const env = { DOCKER_HOST: "tcp://127.0.0.1:9" };
  const planned = await samPkg(["plan"], { cwd, env });
  expectCode(planned, 0);
  expect(planned.stdout).toBe("template.yaml: no function asks for packages\n");
  const json = await samPkg(["plan", "--json"], { cwd, env });
  expectCode(json, 0);
  expect(report(json)).toMatchObject({ functions: [], layers: [] });
  const why = await samPkg(["why", "libz.so.1"], { cwd, env });
  expectCode(why, 2);
  expect(why.stderr).toContain("template.yaml: error: no layer has libz.so.1: there is no layer\n");
});
