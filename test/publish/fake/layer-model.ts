import type { Cloud } from "./cloud.ts";
import { Refusal } from "./refusal.ts";
import { integerOf, stringOf } from "./validate.ts";

// Constraints as in the service model (botocore, lambda 2015-03-31).
export const ARCHITECTURES = ["x86_64", "arm64"];
export const RUNTIMES = `
  nodejs nodejs4.3 nodejs4.3-edge nodejs6.10 nodejs8.10 nodejs10.x nodejs12.x nodejs14.x nodejs16.x
  nodejs18.x nodejs20.x nodejs22.x nodejs24.x nodejs26.x java8 java8.al2 java8.al2023 java11 java11.al2023
  java17 java17.al2023 java21 java25 python2.7 python3.6 python3.7 python3.8 python3.9 python3.10 python3.11
  python3.12 python3.13 python3.14 python3.15 dotnetcore1.0 dotnetcore2.0 dotnetcore2.1 dotnetcore3.1
  dotnet6 dotnet8 dotnet10 go1.x ruby2.5 ruby2.7 ruby3.2 ruby3.3 ruby3.4 ruby4.0 provided provided.al2
  provided.al2023`
  .trim()
  .split(/\s+/);
const LAYER_NAME = {
  required: true,
  min: 1,
  max: 140,
  pattern:
    /(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:layer:[a-zA-Z0-9-_]+)|[a-zA-Z0-9-_]+/,
};

/** The name a layer is asked for by: itself, or the end of its ARN. */
export function bareName(text: string): string {
  return text.startsWith("arn:") ? (text.split(":")[6] ?? "") : text;
}

/** Checks a layer's name or ARN and returns the name. Throws Refusal. */
export function layerName(cloud: Cloud, text: string | undefined): string {
  const checked = stringOf(text, "layerName", LAYER_NAME) ?? "";
  const name = bareName(checked);
  if (checked !== name && checked !== cloud.layers.arn(name)) {
    throw new Refusal(403, "AccessDeniedException", `${checked} is not a layer of this account and region`);
  }
  return name;
}

/** Checks a layer version's name and number and returns its ARN. Throws Refusal. */
export function versionArn(cloud: Cloud, name: string | undefined, number: string | undefined): string {
  const version = integerOf(number ?? "", "versionNumber", { min: 1 });
  return `${cloud.layers.arn(layerName(cloud, name))}:${version}`;
}

/** What the service says of a layer version it does not have. */
export function notFound(message = "The resource you requested does not exist."): Refusal {
  return new Refusal(404, "ResourceNotFoundException", message);
}
