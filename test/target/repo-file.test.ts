import * as fc from "fast-check";
import { expect, it } from "vitest";
import { repoFile } from "../../src/target/repo-file.ts";

const SECTION = {
  id: "sam-pkg-vendor",
  gpgCheck: true,
  gpgKeys: ["/keys/a.asc", "/keys/b.asc"],
  priority: 10,
};

it("is what dnf, microdnf and yum read", () => {
  expect(
    repoFile({ ...SECTION, baseUrl: "https://packages.example.com/$releasever/${basearch}?a=b#c" }),
  ).toBe(
    `[sam-pkg-vendor]
name=sam-pkg-vendor
baseurl=https://packages.example.com/$releasever/\${basearch}?a=b#c
enabled=1
gpgcheck=1
gpgkey=file:///keys/a.asc file:///keys/b.asc
priority=10
skip_if_unavailable=0
`,
  );
});

it.each([
  ["https://mirrors.example.com/list?repo=a", "mirrorlist"],
  ["https://mirrors.example.com/metalink?repo=a", "metalink"],
])("knows a metalink by its URL: %s", (mirrorList, key) => {
  expect(repoFile({ ...SECTION, mirrorList })).toContain(`\n${key}=${mirrorList}\n`);
});

it("checks no signatures only when told so", () => {
  const text = repoFile({ id: "a", baseUrl: "file:///a", gpgCheck: false, gpgKeys: [] });
  expect(text).toBe("[a]\nname=a\nbaseurl=file:///a\nenabled=1\ngpgcheck=0\nskip_if_unavailable=0\n");
});

it("gets no line, no section and no second URL from a URL, whatever is in it", () => {
  const nasty = fc.constantFrom(
    "\n",
    "\r",
    "\u0085",
    "\u2028",
    "\0",
    "\t",
    " ",
    ",",
    "[x]",
    "=",
    "\ngpgcheck=0",
  );
  const url = fc
    .array(fc.oneof(nasty, fc.string({ unit: "binary", maxLength: 4 })), { maxLength: 6 })
    .map((parts) => `https://a/${parts.join("")}`);
  fc.assert(
    fc.property(url, fc.boolean(), (text, list) => {
      const written = repoFile({ ...SECTION, ...(list ? { mirrorList: text } : { baseUrl: text }) });
      // printable ASCII and line feeds: nothing else that some reader takes for the end of a line
      expect(written).toMatch(/^[ -~\n]*$/);
      const lines = written.split("\n");
      expect(lines).toHaveLength(9);
      expect(lines[2]).toMatch(/^(?:baseurl|mirrorlist|metalink)=https:\/\/a\/[^\s,]*$/);
    }),
  );
});
