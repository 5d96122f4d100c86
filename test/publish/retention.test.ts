import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JudgedVersion, ListedVersion, Retention } from "../../src/publish/lambda/retention.ts";
import { isOwn, judge } from "../../src/publish/lambda/retention.ts";

const DAY = 24 * 60 * 60 * 1000;
const now = new Date("2026-11-21T09:00:00Z");
const mark = `sam-pkg sha256:${"0123456789abcdef".repeat(4)}`;
const rules: Retention = { keep: 2, minimumAge: 7, now };

function listed(layer: string, version: number, days: number, description = mark): ListedVersion {
  return {
    layer,
    version,
    arn: `arn:aws:lambda:eu-west-1:1:layer:${layer}:${version}`,
    description,
    created: new Date(now.getTime() - days * DAY),
  };
}

/** `a:3 keep newest,young` */
function shown({ layer, version, verdict, reasons }: JudgedVersion): string {
  return `${layer}:${version} ${verdict} ${reasons.map(({ kind }) => kind).join(",")}`;
}

/** ARNs of what is deleted when so many of the newest are kept. */
function deletedOf(all: readonly ListedVersion[], used: Map<string, string[]>, keep: number): string[] {
  return judge(all, used, { ...rules, keep })
    .filter(({ verdict }) => verdict === "delete")
    .map(({ arn }) => arn);
}

describe("isOwn", () => {
  it.each([mark, `${mark} libpq`, `${mark} libpq = 1 zlib`, `${mark} `])("is true of %j", (description) => {
    expect(isOwn(description)).toBe(true);
  });

  it.each([
    "",
    "libpq",
    ` ${mark}`,
    `my ${mark}`,
    `${mark}0`,
    `${mark}\n`,
    mark.slice(0, -1),
    mark.toUpperCase(),
    mark.replace("a", "A"),
    mark.replace("sha256", "sha512"),
    `old\n${mark}`,
  ])("is false of %j", (description) => {
    expect(isOwn(description)).toBe(false);
  });
});

describe("judge", () => {
  it("keeps what is used, new or young and says so, by layer, the newest first", () => {
    const versions = [
      listed("b", 1, 300),
      listed("a", 2, 200),
      listed("a", 10, 1),
      listed("a", 9, 2),
      listed("a", 3, 3),
      listed("a", 1, 200),
    ];
    const used = new Map([
      [listed("a", 1, 0).arn, ["F:$LATEST", "F:7"]],
      [listed("a", 10, 0).arn, ["G:$LATEST"]],
      [listed("b", 9, 0).arn, ["H:$LATEST"]],
    ]);
    const judged = judge(versions, used, rules);
    expect(judged.map(shown)).toStrictEqual([
      "a:10 keep used,newest,young",
      "a:9 keep newest,young",
      "a:3 keep young",
      "a:2 delete unused",
      "a:1 keep used",
      "b:1 keep newest",
    ]);
    expect(judged[0]).toStrictEqual({
      ...listed("a", 10, 1),
      verdict: "keep",
      reasons: [
        { kind: "used", by: ["G:$LATEST"] },
        { kind: "newest", keep: 2 },
        { kind: "young", days: 7 },
      ],
    });
  });

  it("takes seven whole days for old enough, and a date yet to come for young", () => {
    const ages = [7, 7 - 1 / DAY, -1].map((days) => listed("a", 1, days));
    expect(ages.map((one) => judge([one], new Map(), { ...rules, keep: 0 })[0]?.verdict)).toStrictEqual([
      "delete",
      "keep",
      "keep",
    ]);
  });

  it("keeps what has no date", () => {
    const undated = { ...listed("a", 1, 0), created: new Date(Number.NaN) };
    expect(judge([undated], new Map(), { ...rules, keep: 0 }).map(shown)).toStrictEqual(["a:1 keep undated"]);
  });

  it("does not count versions of others, nor one that was listed twice", () => {
    const versions = [
      listed("a", 5, 50, "mine"),
      listed("a", 4, 50),
      listed("a", 4, 50),
      listed("a", 3, 50, ""),
      listed("a", 2, 50),
      listed("a", 1, 50),
    ];
    expect(judge(versions, new Map(), rules).map(shown)).toStrictEqual([
      "a:4 keep newest",
      "a:2 keep newest",
      "a:1 delete unused",
    ]);
  });
});

describe("whatever is listed", () => {
  const version = fc
    .record({
      layer: fc.constantFrom("sam-pkg-a", "sam-pkg-b", "other"),
      version: fc.integer({ min: 1, max: 8 }),
      days: fc.oneof(fc.integer({ min: -1, max: 20 }), fc.constant(Number.NaN)),
      description: fc.constantFrom(mark, `${mark} libpq`, "mine", "", `${mark}0`),
    })
    .map(({ layer, version: number, days, description }) => listed(layer, number, days, description));
  // A version has one content and date, however often it is listed.
  const versions = fc
    .array(version, { maxLength: 25 })
    .map((all) => all.map(({ arn }) => all.find((one) => one.arn === arn) as ListedVersion));
  const account = fc.tuple(versions, fc.infiniteStream(fc.boolean())).map(([all, coins]) => {
    const arns = [...new Set(all.map(({ arn }) => arn))].filter(() => coins.next().value);
    return { all, used: new Map(arns.map((arn) => [arn, ["F:$LATEST"]])) };
  });
  const keep = fc.integer({ min: 0, max: 6 });

  it("what is used, young, without a date, among the newest or of others is never deleted; the rest is", () => {
    fc.assert(
      fc.property(account, keep, ({ all, used }, most) => {
        const expected = new Set<string>();
        for (const one of all) {
          const own = (other: ListedVersion): boolean =>
            other.layer === one.layer && /^sam-pkg sha256:\w{64}( |$)/.test(other.description);
          const newer = new Set(
            all.filter((other) => own(other) && other.version > one.version).map(({ arn }) => arn),
          );
          const old = now.getTime() - one.created.getTime() >= 7 * DAY;
          if (own(one) && old && !used.has(one.arn) && newer.size >= most) expected.add(one.arn);
        }
        const deleted = deletedOf(all, used, most);
        expect(deleted.toSorted()).toStrictEqual([...expected].toSorted());
      }),
    );
  });

  it("to keep more deletes nothing more, and so does more use", () => {
    fc.assert(
      fc.property(account, keep, fc.nat(3), ({ all, used }, most, more) => {
        const before = new Set(deletedOf(all, used, most));
        expect(deletedOf(all, used, most + more).every((arn) => before.has(arn))).toBe(true);
        const unused = new Set(deletedOf(all, new Map(), most));
        expect([...before].every((arn) => unused.has(arn))).toBe(true);
      }),
    );
  });

  it("the order of the listing decides nothing, and nothing is said twice or without a reason", () => {
    fc.assert(
      fc.property(account, keep, ({ all, used }, most) => {
        const judged = judge(all, used, { ...rules, keep: most });
        expect(judge(all.toReversed(), used, { ...rules, keep: most })).toStrictEqual(judged);
        expect(new Set(judged.map(({ arn }) => arn)).size).toBe(judged.length);
        expect(judged.every(({ reasons }) => reasons.length > 0)).toBe(true);
      }),
    );
  });
});
