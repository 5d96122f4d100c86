import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { expect, it } from "vitest";
import { extrasSection } from "../../src/target/extras.ts";
import { repoFile } from "../../src/target/repo-file.ts";

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../schemas/${name}`, import.meta.url), "utf8"));

it("has data that its schema allows", () => {
  const validate = new Ajv({ strict: true }).compile(read("extras.schema.json") as object);
  expect(validate(read("extras.json")), JSON.stringify(validate.errors)).toBe(true);
});

it("is the repository that amazon-linux-extras enables", () => {
  expect(repoFile(extrasSection("php8.2", "sam-pkg_"))).toBe(`[sam-pkg_amzn2extra-php8.2]
name=sam-pkg_amzn2extra-php8.2
mirrorlist=$awsproto://$amazonlinux.$awsregion.$awsdomain/$releasever/extras/php8.2/latest/$basearch/mirror.list
enabled=1
gpgcheck=1
gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-amazon-linux-2
priority=10
skip_if_unavailable=0
`);
});
