const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** An S3 answer's headers and body: one element with text members. */
export function xml(
  root: string,
  members: Readonly<Record<string, string>>,
): { headers: Record<string, string>; body: string } {
  const inner = Object.entries(members).map(([name, text]) => `<${name}>${escaped(text)}</${name}>`);
  return {
    headers: { "content-type": "application/xml" },
    body: `${DECLARATION}<${root}>${inner.join("")}</${root}>`,
  };
}

/** The text of an element in the XML an SDK writes. */
export function element(text: string, name: string): string | undefined {
  return new RegExp(`<${name}>(.*?)</${name}>`, "s").exec(text)?.[1]?.replaceAll("&quot;", '"');
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
