import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { licenseInfo } from "../../src/layer/license.ts";
import { layerFile } from "./files.ts";

const fileOf = (owner: string) => ({ ...layerFile(`lib/${owner}.so`), package: owner });
const packagesOf = (...licenses: string[]) =>
  licenses.map((license, at) => ({ name: `p${at}`, ...(license === "" ? {} : { license }) }));

describe("licenseInfo", () => {
  it("joins the licences of the packages whose files are in the layer, each once", () => {
    const packages = packagesOf("MIT", "LGPLv2+ and BSD", "MIT", "", "GPLv3");
    const files = ["p0", "p1", "p2", "p3"].map(fileOf);
    expect(licenseInfo(files, packages)).toBe("(LGPLv2+ and BSD) AND MIT");
    expect(licenseInfo(files.slice(1, 2), packages)).toBe("LGPLv2+ and BSD");
    expect(licenseInfo(files.slice(3), packages)).toBeUndefined();
    expect(licenseInfo([{ ...fileOf("p4"), package: undefined }], packages)).toBeUndefined();
  });

  it("stays within Lambda's 512 characters, and cuts no licence in two", () => {
    const words = fc.stringMatching(/^[A-Za-z][A-Za-z0-9.+ -]{0,80}$/);
    fc.assert(
      fc.property(fc.array(words, { maxLength: 40 }), (licenses) => {
        const packages = packagesOf(...licenses);
        const text = licenseInfo(
          packages.map(({ name }) => fileOf(name)),
          packages,
        );
        if (text === undefined) {
          expect(licenses).toStrictEqual([]);
          return;
        }
        expect(text.length).toBeLessThanOrEqual(512);
        const whole = text.replace(/ AND others$/, "").split(" AND ");
        for (const term of whole) expect([...licenses, ...licenses.map((one) => `(${one})`)]).toContain(term);
      }),
    );
  });

  it("says nothing rather than half of one that is too long", () => {
    expect(licenseInfo([fileOf("p0")], packagesOf("x".repeat(513)))).toBeUndefined();
    expect(licenseInfo([fileOf("p0")], packagesOf("x".repeat(512)))).toBe("x".repeat(512));
  });
});
