import { EventEmitter, once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Fake } from "../publish/fake/api.ts";
import { startFake } from "../publish/fake/server.ts";
import { expectCode, filesOf, lab, leftContainers, project, samPkg, textOf } from "./project.ts";

const OUTPUT = "template.sam-pkg.yaml";
const MACHINES = 16;

let fake: Fake;
beforeEach(async () => {
  fake = await startFake({ pageSize: 3, rate: { perSecond: 15, burst: 15 } });
});
afterEach(() => fake.close());

const env = (): Record<string, string> => ({
  AWS_ENDPOINT_URL: fake.url,
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_REGION: "eu-west-1",
});

/** A template whose only wish is one small package. */
function asking(name: string): Record<string, string> {
  const template = `Resources:
  F:
    Type: AWS::Serverless::Function
    Metadata: {Packages: {Runtime: [${name}], RuntimeImage: ${lab("LAB_IMAGE_RUNTIME_PYTHON3_11_DNF")}}}
    Properties: {Runtime: python3.11, Handler: a.b, CodeUri: .}
`;
  return { "template.yaml": template };
}

type Kill = (signal: NodeJS.Signals) => void;

const versionIn = (text: string): string => /arn:aws:lambda:\S+:\d+/.exec(text)?.[0] ?? "";
const transform = (cwd: string, onStderr?: Parameters<typeof samPkg>[1]["onStderr"]) =>
  samPkg(["transform", "--no-load-test"], { cwd, env: env(), ...(onStderr ? { onStderr } : {}) });

test("sixteen processes at once end with one version, which all sixteen outputs refer to", async () => {
  const folders = await Promise.all(
    Array.from({ length: MACHINES }, () => project(undefined, asking("libltdl7"))),
  );
  // None learns that nothing is there before all have asked: each will publish.
  let asked = 0;
  const everybody = new EventEmitter();
  const all = once(everybody, "here");
  fake.intercept = async ({ operation }, phase) => {
    if (operation !== "ListLayerVersions" || phase !== "after" || asked >= MACHINES) return;
    asked++;
    if (asked === MACHINES) everybody.emit("here");
    await all;
  };
  const runs = await Promise.all(folders.map((cwd) => transform(cwd)));
  for (const run of runs) expectCode(run, 0);
  expect(
    fake.calls.filter(({ operation, status }) => operation === "PublishLayerVersion" && status === 201),
  ).toHaveLength(MACHINES);
  const live = fake.versions().map(({ arn }) => arn);
  expect(live).toStrictEqual([expect.stringMatching(/:1$/)]);
  const outputs = folders.map((folder) => versionIn(readFileSync(join(folder, OUTPUT), "utf8")));
  expect(new Set(outputs)).toStrictEqual(new Set(live));
});

const MOMENTS = [
  ["ListLayerVersions", 1, "before"],
  ["ListLayerVersions", 1, "after"],
  ["PublishLayerVersion", 1, "before"],
  ["PublishLayerVersion", 1, "after"],
  ["ListLayerVersions", 2, "before"],
  ["ListLayerVersions", 2, "after"],
] as const;

test.each(MOMENTS)(
  "killed at %s number %i, %s it is carried out: the next run converges",
  async (operation, nth, when) => {
    const cwd = await project(undefined, { ...asking("libltdl7"), [OUTPUT]: "the old one" });
    let kill: Kill | undefined;
    let seen = 0;
    fake.intercept = async (call, phase) => {
      if (call.operation !== operation || phase !== when || ++seen !== nth) return;
      kill?.("SIGKILL");
      await new Promise((resolve) => setTimeout(resolve, 50));
    };
    const killed = await transform(cwd, (_text, end) => (kill = end));
    expect(killed.code).toBeNull();
    expect(await textOf(cwd, OUTPUT)).toBe("the old one");
    expect(await filesOf(cwd)).toStrictEqual([OUTPUT, "template.yaml"]);

    fake.intercept = undefined;
    const again = await transform(cwd);
    expectCode(again, 0);
    expect(fake.versions().map(({ arn }) => arn)).toStrictEqual([versionIn(await textOf(cwd, OUTPUT))]);
    await expect.poll(leftContainers, { timeout: 20_000 }).toStrictEqual([]);
  },
);

test("killed about when it writes the output: the old one or the new one, never a part", async () => {
  const cwd = await project(undefined, { ...asking("libltdl7"), [OUTPUT]: "the old one" });
  const seen: string[] = [];
  let kill: Kill | undefined;
  for (const delay of [0, 2, 4, 8, 16, 1000]) {
    fake.intercept = ({ operation }, phase) => {
      if (operation === "ListLayerVersions" && phase === "after") setTimeout(() => kill?.("SIGKILL"), delay);
    };
    await transform(cwd, (_text, end) => (kill = end));
    seen.push(await textOf(cwd, OUTPUT));
  }
  const whole = seen.at(-1) ?? "";
  expect(whole).toContain(`Layers: ["${fake.versions()[0]?.arn}"]`);
  expect(seen.filter((text) => text !== whole && text !== "the old one")).toStrictEqual([]);
});
