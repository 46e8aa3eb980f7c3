import { errorsOf, exampleParams } from "../contract/openapi.ts";
import type { Route } from "../contract/contract.ts";
import { PROBLEMS } from "../contract/problems.ts";
import { ROUTE_LIST } from "../contract/routes.ts";

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
pre { background: #f4f4f4; padding: .75rem; overflow-x: auto; border-radius: 4px }
code { font-size: .9em } h2 { margin-top: 3rem } dt { font-weight: 600 } dd { margin: 0 0 .5rem }
@media (prefers-color-scheme: dark) { body { background: #111; color: #eee } pre { background: #222 }
  a { color: #9cf } }`;

/** The whole API as one page without a script: every route with a curl command that works. */
export function renderDocs(origin: string): string {
  const routes = ROUTE_LIST.map(([name, route]) => renderRoute(name, route)).join("\n");
  const problems = Object.entries(PROBLEMS)
    .map(
      ([code, [status, title]]) =>
        `<dt id="${code}"><code>${code}</code> ${status}</dt><dd>${escape(title)}</dd>`,
    )
    .join("\n");
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Assent API</title><style>${STYLE}</style></head><body>
<h1>Assent API</h1>
<p>Face search in which only people who said yes can be found. The same as
<a href="/openapi.json">OpenAPI 3.1</a>.</p>
<p>The commands below are for a shell in which these are set; each tells what it keeps for the next:</p>
<pre>${escape(`address=${origin}\nkey=assent_...    # an API key, or sign in and use the session's cookie`)}</pre>
<ul>${ROUTE_LIST.map(([name, { summary }]) => `<li><a href="#${name}">${name}</a> ${escape(summary)}</li>`).join("\n")}</ul>
${routes}
<h2 id="errors">Failures</h2>
<p>Every failure is <code>application/problem+json</code> (RFC 9457) with one of these codes.</p>
<dl>${problems}</dl>
</body></html>
`;
}

function renderRoute(name: string, route: Route): string {
  const { access } = route;
  const who = [...access.who, ...(access.scope === null ? [] : [`keys for "${access.scope}"`])];
  const errors = errorsOf(route)
    .map((code) => `<a href="#${code}"><code>${code}</code></a>`)
    .join(", ");
  return `<h2 id="${name}">${name}</h2>
<p><code>${route.method} ${route.path}</code></p>
<p>${escape(route.summary)}</p>
<p>For: ${escape(who.join(", "))}.</p>
<pre>${escape(curlOf(route))}</pre>
<p>Failures: ${errors}</p>`;
}

/** An example as a command for a shell; `$name` there is a variable. */
export function curlOf(route: Route): string {
  const { example, method, path } = route;
  const params = exampleParams(route);
  const at = path.replaceAll(/:([a-z_]+)/gu, (_, name: string) => params[name] ?? "");
  const query = new URLSearchParams(example.query ?? {}).toString().replaceAll("%24", "$");
  const url = `"$address${at}${query === "" ? "" : `?${query}`}"`;
  const head = ["curl", ...(method === "GET" ? [] : ["-X", method])];
  if (route.produces === "text/event-stream") head.push("-N");
  const auth = example.as === "nobody" ? [] : ['-H "Authorization: Bearer $key"'];
  const files = Object.entries(example.files ?? {}).map(([name, file]) => `-F "${name}=@${file}"`);
  const fields = Object.entries(example.body ?? {});
  const body =
    route.files !== undefined
      ? [...fields.map(([name, value]) => `-F "${name}=${String(value)}"`), ...files]
      : fields.length === 0
        ? []
        : ['-H "Content-Type: application/json"', `-d ${quoted(JSON.stringify(example.body))}`];
  const keeps = Object.entries(example.keeps ?? {}).map(
    ([name, at]) => `# keep: ${name} is "${at}" of the answer`,
  );
  return [[head.join(" "), ...auth, ...body, url].join(" \\\n  "), ...keeps].join("\n");
}

/** For a shell: in single quotes, but for `$name`, which it is to fill in. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`).replaceAll(/\$([a-z]+)/gu, `'"$$$1"'`)}'`;
}

function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
