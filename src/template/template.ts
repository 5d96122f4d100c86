import { composeJson } from "./json.ts";
import { Locator } from "./locate.ts";
import type { TemplateValue } from "./parse.ts";
import { readJson } from "./parse.ts";
import { compose } from "./yaml/compose.ts";
import { construct } from "./yaml/construct.ts";
import type { Use } from "./yaml/nodes.ts";

/** A template's text, what it means and where its values stand: read once, however often it is asked. */
export class Template {
  readonly text: string;
  readonly value: TemplateValue;
  private readonly root: Use | undefined;
  private located: Locator | undefined;

  /** Throws `TemplateSyntaxError`. */
  constructor(text: string) {
    this.text = text;
    const json = readJson(text);
    if (json === undefined) this.root = compose(text);
    this.value = json !== undefined ? json : this.root ? construct(text, this.root) : null;
  }

  get locator(): Locator {
    this.located ??= new Locator(this.text, this.root ?? this.jsonRoot());
    return this.located;
  }

  private jsonRoot(): Use | undefined {
    return this.value === null ? undefined : composeJson(this.text);
  }
}
