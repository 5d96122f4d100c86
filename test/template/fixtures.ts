// The templates of fixtures/templates: whole ones, of the shapes that SAM's users have.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "../../fixtures/templates");

interface TemplateFixture {
  /** Path below fixtures/templates: `api/http-api-jwt-authorizer.yaml`. */
  readonly name: string;
  readonly file: string;
  readonly text: string;
}

/** All of them, sorted by name. */
export function templateFixtures(): TemplateFixture[] {
  return readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(?:ya?ml|json)$/.test(name))
    .toSorted()
    .map((name) => {
      const file = join(FOLDER, name);
      return { name, file, text: readFileSync(file, "utf8") };
    });
}
