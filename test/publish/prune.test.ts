import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { PruneOptions, PruneResult } from "../../src/pipeline/prune.ts";
import { prune } from "../../src/pipeline/prune.ts";
import { Interrupted, WorkError } from "../../src/report/errors.ts";
import type { Event } from "../../src/report/events.ts";
import type { Fake } from "./fake/api.ts";
import { startFake } from "./fake/server.ts";

vi.setConfig({ testTimeout: 60_000 });

const DAY = 24 * 60 * 60 * 1000;
const now = new Date("2026-11-21T09:00:00Z");
const mark = `sam-pkg sha256:${"0123456789abcdef".repeat(4)}`;

let fake: Fake;
let events: Event[];
beforeEach(async () => {
  events = [];
  fake = await startFake({ pageSize: 2, now: () => now.getTime() });
  for (const name of ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL_LAMBDA"])
    vi.stubEnv(name, undefined);
  vi.stubEnv("AWS_ENDPOINT_URL", fake.url);
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  vi.stubEnv("AWS_REGION", "eu-west-1");
  vi.stubEnv("AWS_CONFIG_FILE", "/nonexistent");
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await fake.close();
});

/** Publishes versions of a layer, so many days ago each. */
function add(name: string, days: readonly number[], description = `${mark} libpq`): string[] {
  return days.map((age) => {
    return fake.addVersion({ name, description, createdDate: now.getTime() - age * DAY }).arn;
  });
}

function use(name: string, versions: Readonly<Record<string, readonly string[]>>): void {
  const all = Object.entries(versions).map(([version, layers]) => ({ version, layers }));
  fake.functions.push({ name, versions: all });
}

function listener(event: Event): void {
  events.push(event);
}

function run(options: Partial<PruneOptions> = {}): Promise<PruneResult> {
  const { signal } = new AbortController();
  return prune({ yes: false, jobs: 2, signal, listener, now, ...options });
}

/** What a run fails with. */
async function failure(options: Partial<PruneOptions> = {}): Promise<WorkError> {
  const error: unknown = await run({ yes: true, ...options }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(WorkError);
  return error as WorkError;
}

const operations = (): string[] => fake.calls.map(({ operation }) => operation);
const left = (): string[] => fake.versions().map(({ name, version }) => `${name}:${version}`);
const verdicts = ({ versions }: PruneResult): string[] =>
  versions.map(({ layer, version, verdict }) => `${layer}:${version} ${verdict}`);

describe("without --yes", () => {
  it("tells what it would delete and why, and deletes nothing", async () => {
    const arns = add("sam-pkg-a", [400, 300, 200, 100, 50, 3]);
    use("Orders", {
      $LATEST: [arns[5] ?? ""],
      "1": [arns[0] ?? ""],
      "2": [arns[1] ?? ""],
      "10": [arns[1] ?? ""],
    });
    const result = await run();
    expect(result).toMatchObject({ keep: 2, minimumAge: 7, functionsListed: true, deleted: false });
    expect(
      result.versions.map(({ version, verdict, reasons }) => ({ version, verdict, reasons })),
    ).toStrictEqual([
      {
        version: 6,
        verdict: "keep",
        reasons: [
          { kind: "used", by: ["Orders:$LATEST"] },
          { kind: "newest", keep: 2 },
          { kind: "young", days: 7 },
        ],
      },
      { version: 5, verdict: "keep", reasons: [{ kind: "newest", keep: 2 }] },
      { version: 4, verdict: "delete", reasons: [{ kind: "unused" }] },
      { version: 3, verdict: "delete", reasons: [{ kind: "unused" }] },
      { version: 2, verdict: "keep", reasons: [{ kind: "used", by: ["Orders:2", "Orders:10"] }] },
      { version: 1, verdict: "keep", reasons: [{ kind: "used", by: ["Orders:1"] }] },
    ]);
    expect(result.versions[3]?.created.toISOString()).toBe("2026-05-05T09:00:00.000Z");
    expect(left()).toHaveLength(6);
    expect(events).toStrictEqual([]);
  });

  it("asks for functions last, and not at all where that would change no verdict", async () => {
    const [old = ""] = add("sam-pkg-a", [300, 200, 100]);
    use("F", { $LATEST: [old] });
    await run();
    expect(operations().slice(0, 1)).toStrictEqual(["ListLayers"]);
    expect(operations().lastIndexOf("ListLayerVersions")).toBeLessThan(operations().indexOf("ListFunctions"));
    fake.calls.length = 0;
    const kept = await run({ keep: 3 });
    expect(kept.functionsListed).toBe(false);
    expect(kept.versions.every(({ reasons }) => reasons.every(({ kind }) => kind === "newest"))).toBe(true);
    expect(new Set(operations())).toStrictEqual(new Set(["ListLayers", "ListLayerVersions"]));
  });

  it("finds no layers in an empty account with one call", async () => {
    expect((await run()).versions).toStrictEqual([]);
    expect(operations()).toStrictEqual(["ListLayers"]);
  });
});

describe("with --yes", () => {
  it("deletes what no function version uses, over pages of everything, and says so as it happens", async () => {
    const layers = ["a", "b", "c", "d", "e"].map((name) => add(`sam-pkg-${name}`, [90, 80, 70, 60, 50]));
    const [a = [], b = [], c = []] = layers;
    // Only an old published version, only the version of an alias, one of several layers.
    use("Old", { $LATEST: [], "1": [], "2": [a[0] ?? ""], "3": [] });
    use("Aliased", { $LATEST: [], "4": [b[1] ?? ""] });
    use("Several", { $LATEST: ["arn:aws:lambda:eu-west-1:1:layer:x:1", c[2] ?? ""], "1": [] });
    const result = await run({ yes: true, jobs: 4 });
    expect(result.deleted).toBe(true);
    const stay = ["a:1", "a:4", "a:5", "b:2", "b:4", "b:5", "c:3", "c:4", "c:5", "d:4", "d:5", "e:4", "e:5"];
    expect(left()).toStrictEqual(stay.map((one) => `sam-pkg-${one}`));
    const deleted = result.versions.filter(({ verdict }) => verdict === "delete").map(({ arn }) => arn);
    expect(deleted).toHaveLength(12);
    const told = events.flatMap((event) => (event.kind === "deleted" ? [event.reference] : []));
    expect(told.toSorted()).toStrictEqual(deleted.toSorted());
    expect(operations().filter((one) => one === "ListFunctions").length).toBeGreaterThan(3);
    expect(operations().filter((one) => one === "ListLayers")).toHaveLength(3);
  });

  it("keeps none of the newest with --keep 0, but what is young or used", async () => {
    const [, old = ""] = add("sam-pkg-a", [30, 20, 10, 1]);
    use("F", { "1": [old] });
    await run({ yes: true, keep: 0 });
    expect(left()).toStrictEqual(["sam-pkg-a:2", "sam-pkg-a:4"]);
  });

  it("leaves what others published alone, in a layer of its own name, too", async () => {
    add("sam-pkg-a", [90], "by hand");
    add("sam-pkg-a", [80, 70]);
    add("sam-pkg-a", [60], "");
    add("sam-pkg-a", [50], `${mark}0`);
    add("sam-pkg-mine", [90, 80, 70], "mine");
    add("foreign", [90, 80]);
    add("foreign", [70], "theirs");
    add("renamed", [90]);
    add("renamed", [80], "theirs");
    add("renamed", [70]);
    const before = left();
    const result = await run({ yes: true, keep: 0 });
    expect(verdicts(result)).toStrictEqual([
      "renamed:3 delete",
      "renamed:1 delete",
      "sam-pkg-a:3 delete",
      "sam-pkg-a:2 delete",
    ]);
    const gone = ["renamed:3", "renamed:1", "sam-pkg-a:3", "sam-pkg-a:2"];
    expect(left()).toStrictEqual(before.filter((one) => !gone.includes(one)));
    const looked = fake.calls.filter(({ operation }) => operation === "ListLayerVersions");
    expect(new Set(looked.map(({ params }) => params["LayerName"]))).toStrictEqual(
      new Set(["sam-pkg-a", "sam-pkg-mine", "renamed"]),
    );
  });

  it("takes a version that is gone meanwhile for deleted", async () => {
    add("sam-pkg-a", [90, 80, 70]);
    fake.intercept = ({ operation }, phase) =>
      operation === "DeleteLayerVersion" && phase === "before"
        ? { status: 404, error: "ResourceNotFoundException" }
        : undefined;
    await run({ yes: true });
    expect(events).toMatchObject([{ kind: "deleted", reference: expect.stringMatching(/sam-pkg-a:1$/) }]);
  });

  it("keeps what has a date that it cannot read", async () => {
    const [arn = ""] = add("sam-pkg-a", [90]);
    Object.assign(fake.versions()[0] ?? {}, { createdDate: "2020-11-21" });
    const { versions } = await run({ yes: true, keep: 0 });
    expect(versions).toMatchObject([{ arn, verdict: "keep", reasons: [{ kind: "undated" }] }]);
    expect(left()).toStrictEqual(["sam-pkg-a:1"]);
  });

  it("has no more calls in flight than jobs", async () => {
    for (const name of ["a", "b", "c", "d"]) add(`sam-pkg-${name}`, [90]);
    let flying = 0;
    let most = 0;
    fake.intercept = async (_call, phase) => {
      flying += phase === "before" ? 1 : -1;
      most = Math.max(most, flying);
      if (phase === "before") await new Promise((resolve) => setTimeout(resolve, 20));
    };
    await run({ yes: true, keep: 0, jobs: 3 });
    expect(most).toBe(3);
    expect(left()).toStrictEqual([]);
  });
});

describe("what fails", () => {
  const ANY = { Effect: "Allow", Resource: "*" } as const;

  it("names the missing permission to list functions, and deletes nothing", async () => {
    add("sam-pkg-a", [90, 80, 70]);
    fake.policy = [{ ...ANY, Action: ["lambda:ListLayers", "lambda:ListLayerVersions", "lambda:Delete*"] }];
    expect(await failure()).toMatchObject({
      message: "listing functions failed (AccessDeniedException)",
      hint: expect.stringContaining("the credentials lack lambda:ListFunctions on *"),
    });
    expect(operations()).not.toContain("DeleteLayerVersion");
    expect(left()).toHaveLength(3);
  });

  it("deletes nothing when a later page of functions does not come", async () => {
    add("sam-pkg-a", [90, 80, 70]);
    use("F", { $LATEST: [], "1": [], "2": [], "3": [] });
    let pages = 0;
    fake.intercept = ({ operation }, phase) =>
      operation === "ListFunctions" && phase === "before" && ++pages === 2
        ? { status: 400, error: "InvalidParameterValueException" }
        : undefined;
    expect((await failure()).message).toBe("listing functions failed (InvalidParameterValueException)");
    expect(left()).toHaveLength(3);
  });

  it("names the missing permission to delete, and what was not deleted", async () => {
    add("sam-pkg-a", [90, 80, 70]);
    fake.policy = [{ ...ANY, Action: "lambda:List*" }];
    expect(await failure()).toMatchObject({
      message:
        "deleting version 1 of layer sam-pkg-a failed (AccessDeniedException); 0 of 1 deleted, not sam-pkg-a:1",
      quote: expect.stringContaining("not authorized to perform: lambda:DeleteLayerVersion"),
      hint: expect.stringContaining(
        "the credentials lack lambda:DeleteLayerVersion on arn:aws:lambda:eu-west-1:123456789012:layer:sam-pkg-a:1",
      ),
    });
    expect(events).toStrictEqual([]);
  });

  it("says how far it came, and begins no other", async () => {
    add("sam-pkg-a", [99, 98, 97, 96]);
    add("sam-pkg-b", [95, 94, 93, 92, 91, 90]);
    fake.policy = [
      { ...ANY, Action: "lambda:List*" },
      { Effect: "Allow", Action: "lambda:DeleteLayerVersion", Resource: "*:layer:sam-pkg-a:*" },
    ];
    const { message } = await failure({ jobs: 1, keep: 0 });
    expect(message).toBe(
      "deleting version 6 of layer sam-pkg-b failed (AccessDeniedException); 4 of 10 deleted, not sam-pkg-b:6, sam-pkg-b:5, sam-pkg-b:4, sam-pkg-b:3, sam-pkg-b:2, sam-pkg-b:1",
    );
    expect(events).toHaveLength(4);
    expect(operations().filter((one) => one === "DeleteLayerVersion")).toHaveLength(5);
    add("sam-pkg-b", [89]);
    expect((await failure({ jobs: 1, keep: 0 })).message).toMatch(
      /; 0 of 7 deleted, not sam-pkg-b:7, sam-pkg-b:6, sam-pkg-b:5, sam-pkg-b:4, sam-pkg-b:3 and 2 more$/,
    );
  });

  it("ends with what was told when it is interrupted", async () => {
    add("sam-pkg-a", [99, 98, 97]);
    const controller = new AbortController();
    fake.intercept = ({ operation }, phase) => {
      if (operation === "DeleteLayerVersion" && phase === "after" && events.length === 1) controller.abort();
    };
    const running = run({ yes: true, keep: 0, jobs: 1, signal: controller.signal });
    await expect(running).rejects.toBeInstanceOf(Interrupted);
    expect(events).toHaveLength(1);
    expect(operations().filter((one) => one === "DeleteLayerVersion")).toHaveLength(2);
  });
});

describe("the place", () => {
  it("is the one asked for, else samconfig's", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sam-pkg-prune-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const configFile = join(folder, "samconfig.toml");
    await writeFile(configFile, 'version = 0.1\n[other.deploy.parameters]\nregion = "nowhere\\n"\n');
    // A region that can be no host name: the run fails where it is used.
    await expect(run({ configFile, configEnv: "other" })).rejects.toThrow();
    expect(operations()).toStrictEqual([]);
    await run({ configFile, configEnv: "other", region: "eu-west-1" });
    expect(operations()).toStrictEqual(["ListLayers"]);
  });
});
