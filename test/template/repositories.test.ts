import { describe, expect, it } from "vitest";
import type { Repository } from "../../src/target/repositories.ts";
import { problems, reading, template } from "./reading.ts";

const PRINT = "889C CCCC 87471E7B62A14A75CB34CE994842D8E1 f8c1065d".replaceAll(" ", "").slice(0, 40);
const BASE = "BaseUrl: https://a/b";

/** A function with these Repositories, in flow style. */
const withRepositories = (...entries: string[]): string =>
  template("{Runtime: python3.12}", `{Runtime: [zlib], Repositories: [${entries.join(", ")}]}`);

const read = (...entries: string[]): readonly Repository[] =>
  reading(withRepositories(...entries)).requests[0]?.repositories ?? [];

describe("repositories", () => {
  it("are read with all that they say, sorted by name", () => {
    const second = `{Name: b, ${BASE}, GpgKey: k.asc, GpgKeyFingerprint: "${PRINT.toLowerCase()}", Priority: 5}`;
    const first = "{Name: a, MirrorList: 'http://a/list?x=$basearch', GpgCheck: false}";
    expect(read(second, first)).toEqual([
      { name: "a", mirrorList: "http://a/list?x=$basearch", gpgCheck: false },
      {
        name: "b",
        baseUrl: "https://a/b",
        gpgCheck: true,
        gpgKey: "k.asc",
        gpgKeyFingerprint: PRINT.toUpperCase(),
        priority: 5,
      },
    ]);
  });

  it("take a fingerprint in the groups in which gpg prints it", () => {
    const groups = (PRINT.match(/.{4}/g) ?? []).join(" ");
    const [one] = read(`{Name: a, ${BASE}, GpgKey: 'https://a/k', GpgKeyFingerprint: ${groups}}`);
    expect(one?.gpgKeyFingerprint).toBe(PRINT.toUpperCase());
  });

  it("warn where nothing is checked", () => {
    const { warnings } = reading(withRepositories(`{Name: a, ${BASE}, GpgCheck: false}`));
    expect(warnings.map(({ message }) => message)).toEqual([
      "GpgCheck is off: what repository a delivers is installed unchecked",
    ]);
  });

  it.each([
    [`{Name: a, ${BASE}}`, "repository a has no GpgKey"],
    [`{Name: a, ${BASE}, GpgCheck: true}`, "repository a has no GpgKey"],
    [`{Name: a, ${BASE}, GpgKey: 'http://a/k.asc'}`, "comes from a URL without its fingerprint"],
    [`{Name: a, ${BASE}, GpgKey: 'file:///k.asc'}`, "comes from a URL without its fingerprint"],
    ["{Name: a, GpgCheck: false}", "neither BaseUrl nor MirrorList"],
    [`{Name: a, ${BASE}, MirrorList: 'http://m', GpgCheck: false}`, "both BaseUrl and MirrorList"],
    [`{Name: a, BaseUrl: "https://a/\\nb", GpgCheck: false}`, "BaseUrl must be an http, https or file URL"],
    [`{Name: "a]\\n[b", ${BASE}, GpgCheck: false}`, "Name must be a name of letters"],
    [`{Name: ../a, ${BASE}, GpgCheck: false}`, "Name must be a name of letters"],
    [
      `{Name: a, ${BASE}, GpgKey: k, GpgKeyFingerprint: 889CCCCC}`,
      "GpgKeyFingerprint must be a whole fingerprint",
    ],
  ])("are refused: %s", (entry, message) => {
    const found = problems(withRepositories(entry));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(message);
  });
});
