import type { LambdaOperation } from "./lambda-operation.ts";
import { integerOf, stringOf } from "./validate.ts";

// The service takes MaxItems up to 10000 and gives 50 all the same.
const LARGEST_PAGE = 50;

/** ListFunctions. */
export const listFunctions: LambdaOperation = {
  name: "ListFunctions",
  method: "GET",
  path: /^\/2015-03-31\/functions\/?$/,
  resource: () => "*",
  prepare: (cloud, { query }) => {
    const all = stringOf(query.get("FunctionVersion"), "functionVersion", { values: ["ALL"] });
    const asked = integerOf(query.get("MaxItems") ?? undefined, "maxItems", { min: 1, max: 10000 });
    const marker = query.get("Marker") ?? undefined;
    return () => {
      const entries = cloud.functions.flatMap(({ name, versions }) =>
        versions
          .filter(({ version }) => all !== undefined || version === "$LATEST")
          .map(({ version, layers }) => ({
            FunctionName: name,
            FunctionArn: `${cloud.lambdaArn}:function:${name}${all === undefined ? "" : `:${version}`}`,
            Version: version,
            ...(layers.length > 0 && {
              Layers: layers.map((arn) => ({ Arn: arn, CodeSize: cloud.layers.live.get(arn)?.size ?? 0 })),
            }),
          })),
      );
      const max = Math.min(asked ?? LARGEST_PAGE, LARGEST_PAGE);
      const page = cloud.pages.page(`functions ${all}`, entries, (entry) => entry.FunctionArn, {
        marker,
        max,
      });
      return { status: 200, json: { Functions: page.items, NextMarker: page.next } };
    };
  },
};
