import { describe, expect, it } from "vitest";
import { repositoryFault } from "../../src/engine/docker/repository-fault.ts";

const repository = { name: "vendor", baseUrl: "https://a", gpgKey: "/a.asc", gpgCheck: true };
const REQUEST = {
  image: "runtime",
  architecture: "x86_64",
  packages: ["tool"],
  repositories: [repository, { ...repository, name: "vendor-extra" }],
  extras: ["php8.2"],
} as const;

const messageOf = (output: string): string | undefined => repositoryFault(REQUEST, output, "")?.message;

// dnf 4 is run for real in test/e2e/repositories; these are the words of the others, from their sources and tests.
describe("a package that is not signed, or not by the key", () => {
  it.each([
    [
      "microdnf",
      "error: package tool-1.0-1.x86_64 cannot be verified and repo sam-pkg-vendor is GPG enabled: /var/cache/yum/metadata/x/packages/tool-1.0-1.x86_64.rpm could not be verified.",
      "package tool-1.0-1.x86_64 of repository vendor is not signed, or not by its GpgKey",
    ],
    [
      "dnf 5",
      'OpenPGP check for package "tool-1.0-1.x86_64" (/var/cache/libdnf5/x/packages/tool.rpm) from repo "sam-pkg-vendor" has failed: The package is not signed.',
      "package tool-1.0-1.x86_64 of repository vendor is not signed",
    ],
    [
      "yum 3, in its table of packages, whose rows may be two lines",
      ` Package   Arch    Version   Repository   Size
Installing:
 tool-with-a-long-name
           x86_64  1.0-1     sam-pkg-vendor-extra   7.1 k

Package tool-with-a-long-name-1.0-1.x86_64.rpm is not signed
`,
      "package tool-with-a-long-name-1.0-1.x86_64 of repository vendor-extra is not signed",
    ],
    [
      "yum 3",
      `The GPG keys listed for the "sam-pkg-vendor" repository are already installed but they are not correct for this package.
Check that the correct key URLs are configured for this repository.


 Failing package is: tool-1.0-1.x86_64
 GPG Keys are configured as: file:///etc/yum.repos.d/sam-pkg-vendor-00.asc`,
      "package tool-1.0-1.x86_64 of repository vendor is signed by another key than its GpgKey",
    ],
  ])("%s", (_manager, output, message) => {
    expect(messageOf(output)).toBe(message);
  });

  it("is not told of the distribution's own repositories", () => {
    expect(
      messageOf(" tool  x86_64  1.0-1  amzn2-core  7 k\nPackage tool-1.0-1.x86_64.rpm is not signed\n"),
    ).toBeUndefined();
  });
});

describe("a repository that cannot be read", () => {
  it.each([
    [
      "microdnf",
      "error: cannot update repo 'sam-pkg-vendor': Cannot download repomd.xml: Curl error (6): Could not resolve hostname",
      "repository vendor cannot be read",
    ],
    [
      "yum 3",
      "failure: repodata/repomd.xml from sam-pkg-vendor-extra: [Errno 256] No more mirrors to try.",
      "repository vendor-extra cannot be read",
    ],
    [
      "yum 3, of a topic that it cannot reach",
      "Could not resolve host: amazonlinux.default.amazonaws.com\nCannot find a valid baseurl for repo: sam-pkg_amzn2extra-php8.2/2/x86_64",
      "topic php8.2 of amazon-linux-extras cannot be read in runtime",
    ],
    [
      "yum 3, of a topic that is not there",
      "14: HTTP Error 403 - Forbidden\nCannot find a valid baseurl for repo: sam-pkg_amzn2extra-php8.2/2/x86_64",
      "amazon-linux-extras has no topic php8.2",
    ],
  ])("%s", (_manager, output, message) => {
    expect(messageOf(output)).toBe(message);
  });

  it("is not told of the distribution's own", () => {
    expect(messageOf("Cannot find a valid baseurl for repo: amzn2-core/2/x86_64")).toBeUndefined();
  });
});
