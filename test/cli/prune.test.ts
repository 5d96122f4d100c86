import { Ajv } from "ajv";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import schema from "../../schemas/report.schema.json" with { type: "json" };
import { run } from "../../src/cli/program.ts";
import type { PruneOptions, PruneResult } from "../../src/pipeline/prune.ts";
import { prune } from "../../src/pipeline/prune.ts";
import type { JudgedVersion } from "../../src/publish/lambda/retention.ts";
import { WorkError } from "../../src/report/errors.ts";
import type { Event } from "../../src/report/events.ts";
import { capture } from "./capture.ts";

vi.mock("../../src/pipeline/prune.ts");
vi.mock("../../src/cli/interrupt.ts", () => ({ interruptSignal: () => new AbortController().signal }));

const DAY = 24 * 60 * 60 * 1000;
const now = new Date("2026-11-21T09:00:00Z");
const description = `sam-pkg sha256:${"0123456789abcdef".repeat(4)} libpq`;

function judged(layer: string, version: number, days: number, more: Partial<JudgedVersion>): JudgedVersion {
  return {
    layer,
    version,
    arn: `arn:aws:lambda:eu-west-1:123456789012:layer:${layer}:${version}`,
    description,
    created: new Date(now.getTime() - days * DAY),
    verdict: "keep",
    reasons: [],
    ...more,
  };
}

const unused = { verdict: "delete", reasons: [{ kind: "unused" }] } as const;
const libpq = "sam-pkg-al2023-x86_64-libpq-1a2b3c4d";
const zlib = "sam-pkg-al2023-x86_64-zlib-5e6f7a8b";
const base = { keep: 2, minimumAge: 7, now, functionsListed: true, deleted: false };
const one: PruneResult = {
  ...base,
  versions: [
    judged(libpq, 17, 0.5, {
      reasons: [
        { kind: "used", by: ["Orders:$LATEST", "Orders:8", "Orders:9"] },
        { kind: "newest", keep: 2 },
        { kind: "young", days: 7 },
      ],
    }),
    judged(libpq, 3, 200, unused),
    judged(zlib, 2, 1, { reasons: [{ kind: "newest", keep: 1 }] }),
    judged(zlib, 1, Number.NaN, { reasons: [{ kind: "undated" }] }),
  ],
};

let stdout: () => string;
let stderr: () => string;
beforeEach(() => {
  vi.stubEnv("NO_COLOR", "1");
  stdout = capture("stdout");
  stderr = capture("stderr");
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** Runs the command line on this result; gives the options that the work got. */
async function command(
  result: PruneResult,
  args: readonly string[] = [],
  events: readonly Event[] = [],
): Promise<PruneOptions | undefined> {
  vi.mocked(prune)
    .mockReset()
    .mockImplementation(({ listener }) => {
      for (const event of events) listener(event);
      return Promise.resolve(result);
    });
  expect(await run(["prune", ...args])).toBe(0);
  return vi.mocked(prune).mock.calls[0]?.[0];
}

const TABLE = `${libpq}
  version 17  under a day old  keep    used by Orders:$LATEST and 2 more; among the newest 2; younger than 7 days
  version 3   200 days old     delete  no function uses it
${zlib}
  version 2   1 day old        keep    the newest
  version 1   of unknown age   keep    nobody knows how old it is
`;

describe("prune", () => {
  it("shows each layer's versions, what becomes of them and why, and the command that deletes", async () => {
    await command(one);
    expect(stdout()).toBe(`${TABLE}1 of 4 versions would be deleted; to delete it: sam-pkg prune --yes\n`);
    expect(stderr()).toBe("");
  });

  it("repeats in that command what decides on the versions", async () => {
    const versions = [judged(libpq, 2, 30, unused), judged(libpq, 1, 40, unused)];
    const args = ["--keep", "0", "--region", "eu-west-1", "--profile", "my own", "-j", "7"];
    await command({ ...base, keep: 0, versions }, [
      ...args,
      "--config-file",
      "a.toml",
      "--config-env",
      "it's",
    ]);
    expect(stdout().split("\n").at(-2)).toBe(
      "2 of 2 versions would be deleted; to delete them: sam-pkg prune --keep 0 --region eu-west-1 --profile 'my own' --config-file a.toml --config-env 'it'\\''s' --yes",
    );
  });

  it("tells deletions as they happen on standard error, and then what it was", async () => {
    const arn = one.versions[1]?.arn ?? "";
    await command({ ...one, deleted: true }, ["--yes"], [{ kind: "deleted", reference: arn }]);
    expect(stderr()).toBe(`deleted ${arn}\n`);
    expect(stdout()).toBe(
      TABLE.replace("keep    used", "keep     used")
        .replace("delete  no", "deleted  no")
        .replace("keep    the", "keep     the")
        .replace("keep    nobody", "keep     nobody") + "1 of 4 versions deleted\n",
    );
  });

  it.each([["--yes"], []])("says when there is nothing to delete %j", async (...args) => {
    const versions = one.versions.slice(2);
    await command({ ...base, deleted: args.length > 0, versions }, args);
    expect(stdout()).toMatch(/\nnothing to delete: 2 versions kept\n$/);
  });

  it("says when there is no layer", async () => {
    await command({ ...base, versions: [] });
    expect(stdout()).toBe(
      "sam-pkg has no layers here; --region and --profile name another region or account\n",
    );
  });

  it("hands its options on; what was not given is absent", async () => {
    const given = ["--keep", "0", "--region", "eu-west-1", "--profile", "p", "-j", "7", "--yes"];
    expect(await command(one, [...given, "--config-file", "f", "--config-env", "e"])).toMatchObject({
      keep: 0,
      yes: true,
      region: "eu-west-1",
      profile: "p",
      configFile: "f",
      configEnv: "e",
      jobs: 7,
    });
    const bare = await command(one);
    expect(Object.keys(bare ?? {}).toSorted()).toStrictEqual(["jobs", "listener", "signal", "yes"]);
    expect(bare).toMatchObject({ yes: false, jobs: 2 });
  });

  it("fails with exit code 1 and nothing on standard output", async () => {
    vi.mocked(prune)
      .mockReset()
      .mockRejectedValue(new WorkError("refused", { hint: "do this" }));
    expect(await run(["prune", "--yes", "--json"])).toBe(1);
    expect(stderr()).toBe("error: refused\n  hint: do this\n");
    expect(stdout()).toBe("");
  });

  it.each(["-1", "1.5", "two", "", "1e3", "1000000"])("refuses --keep %j: exit code 2", async (keep) => {
    vi.mocked(prune).mockReset();
    expect(await run(["prune", `--keep=${keep}`])).toBe(2);
    expect(stderr()).toContain("It must be a whole number from 0 to 999999.");
    expect(prune).not.toHaveBeenCalled();
  });

  it("takes no argument: exit code 2", async () => {
    expect(await run(["prune", libpq])).toBe(2);
    expect(stderr()).toContain("error: too many arguments for 'prune'.");
  });
});

describe("prune --json", () => {
  const validate = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true }).compile(schema);

  it("prints a report that the schema describes", async () => {
    await command({ ...one, deleted: true }, ["--json", "--yes"]);
    const report: unknown = JSON.parse(stdout());
    expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
    expect(report).toStrictEqual({
      version: 1,
      command: "prune",
      keep: 2,
      minimumAge: 7,
      functionsListed: true,
      deleted: true,
      layers: [
        {
          name: libpq,
          versions: [
            {
              version: 17,
              arn: `arn:aws:lambda:eu-west-1:123456789012:layer:${libpq}:17`,
              description,
              created: "2026-11-20T21:00:00.000Z",
              verdict: "keep",
              reasons: [
                { kind: "used", by: ["Orders:$LATEST", "Orders:8", "Orders:9"] },
                { kind: "newest", keep: 2 },
                { kind: "young", days: 7 },
              ],
            },
            expect.objectContaining({ version: 3, verdict: "delete", reasons: [{ kind: "unused" }] }),
          ],
        },
        {
          name: zlib,
          versions: [
            expect.objectContaining({ version: 2, verdict: "keep" }),
            expect.objectContaining({ version: 1, created: null, reasons: [{ kind: "undated" }] }),
          ],
        },
      ],
    });
  });

  it("is valid without a layer, and the schema refuses another form", async () => {
    await command({ ...base, versions: [] }, ["--json"]);
    const report = JSON.parse(stdout()) as object;
    expect(report).toMatchObject({ command: "prune", deleted: false, layers: [] });
    expect(validate(report)).toBe(true);
    expect(validate({ ...report, more: 1 })).toBe(false);
    expect(validate({ ...report, command: "plan" })).toBe(false);
  });
});
