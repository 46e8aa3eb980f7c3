import type { Route } from "../contract/contract.ts";
import { bodySchema, errorsOf, exampleParams, schemaOf } from "../contract/openapi.ts";
import { PROBLEMS } from "../contract/problems.ts";
import { PLAIN_ROUTE_LIST, type PlainRoute } from "../contract/plain-routes.ts";
import { ROUTE_LIST } from "../contract/routes.ts";
import { shapeOf } from "./docs-shape.ts";
import { type FirstStep, firstSteps } from "./first-steps.ts";

const STYLE = `
:root { color-scheme: light dark; --line: #8886; --back: #8881 }
* { box-sizing: border-box }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 0 auto; padding: 1rem }
h2 { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: 1rem }
h3 { margin: 2.5rem 0 .5rem; overflow-wrap: anywhere }
p { margin: .5rem 0 }
pre { background: var(--back); padding: .75rem; border-radius: 4px; font-size: .85rem;
  white-space: pre-wrap; overflow-wrap: anywhere; margin: .5rem 0 }
code { font-size: .9em; overflow-wrap: anywhere } pre code { font-size: inherit }
dt { font-weight: 600; overflow-wrap: anywhere } dd { margin: 0 0 .5rem }
ul { padding-left: 1.25rem } summary { cursor: pointer; padding: .25rem 0 }
:target { background: color-mix(in srgb, Highlight 20%, transparent) }`;

/** How everything is asked, and how everything answers. */
const HABITS = [
  [
    "Who you are",
    "an API key as <code>Authorization: Bearer</code>, or the cookie of a session. What a cookie " +
      "changes needs the headers <code>Origin</code> (this address) and " +
      "<code>X-Assent-Request: 1</code>.",
  ],
  [
    "Failures",
    'are <code>application/problem+json</code> (RFC 9457): act on the <a href="#errors">code</a>; ' +
      "<code>request</code> is what the log calls it.",
  ],
  [
    "Asking again",
    "a write with an <code>Idempotency-Key</code> of your own can be sent again, and is done once; " +
      "searches are made anew. " +
      "429 and 503 say in <code>Retry-After</code> when.",
  ],
  [
    "Lists",
    "come in pages: send <code>next</code> as <code>cursor</code> until it is null. " +
      "<code>If-None-Match</code> with the <code>ETag</code> of before is answered 304.",
  ],
  ["Times", "are milliseconds since 1970 UTC; places in photos are parts of 1 from the top left."],
] as const;

/** The whole API as one page without a script: first steps, then every route with its command. */
export function renderDocs(origin: string): string {
  const topics = [...topicsOf(ROUTE_LIST)];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Assent API</title><style>${STYLE}</style></head><body>
<h1>Assent API</h1>
<p>Face search in which only people who said yes can be found. The same for programs:
<a href="/openapi.json">OpenAPI 3.1</a>.</p>
<p><a href="#first-steps">First steps</a> · <a href="#habits">How it is asked</a> ·
<a href="#contents">Everything that can be asked</a> · <a href="#errors">Failures</a></p>
<h2 id="first-steps">First steps</h2>
<p>With curl, in bash or zsh, from an empty instance to a person who is found: about ten minutes.
Each step needs those before it, in the same shell.</p>
${firstSteps(origin).map(renderStep).join("\n")}
<h2 id="habits">How it is asked</h2>
<ul>${HABITS.map(([name, text]) => `<li><strong>${name}</strong>: ${text}</li>`).join("\n")}</ul>
<p>The commands below take <code>$address</code>, <code>$key</code> and
<code>cookies.txt</code> from the first steps; <code># keep</code> says which part of an answer
others need, by the name of a variable.</p>
<h2 id="contents">Everything that can be asked</h2>
${topics.map(([topic, routes]) => renderContents(topic, routes)).join("\n")}
${topics.map(([topic, routes]) => renderTopic(topic, routes)).join("\n")}
<h2 id="plain">In the words of other standards</h2>
${PLAIN_ROUTE_LIST.map(([name, route]) => renderPlain(name, route)).join("\n")}
<h2 id="errors">Failures</h2>
<dl>${Object.entries(PROBLEMS)
    .map(
      ([code, [status, title]]) =>
        `<dt id="${code}"><code>${code}</code> ${status}</dt><dd>${escape(title)}</dd>`,
    )
    .join("\n")}</dl>
</body></html>
`;
}

type Named = (typeof ROUTE_LIST)[number];

/** Routes of one kind of thing together; what a collection has one of stays with collections. */
function topicsOf(routes: readonly Named[]): ReadonlyMap<string, readonly Named[]> {
  const partOf = ({ path }: Route): readonly [first: string, below: string] => {
    const [, , , first = "", , below = ""] = path.split("/");
    return [first, below.replace(/^:.*/u, "")];
  };
  const counts = Map.groupBy(routes, ([, route]) => partOf(route).join(" "));
  return Map.groupBy(routes, ([, route]) => {
    const [first, below] = partOf(route);
    const many = (counts.get(`${first} ${below}`)?.length ?? 0) > 1;
    return first === "collections" && below !== "" && many ? below : first;
  });
}

function renderStep({ title, text, commands }: FirstStep, index: number): string {
  return `<h3>${index + 1}. ${escape(title)}</h3>
<p>${escape(text)}</p>
<pre class="step"><code>${escape(commands)}</code></pre>`;
}

function renderContents(topic: string, routes: readonly Named[]): string {
  const items = routes.map(
    ([name, { summary }]) => `<li><a href="#${name}">${name}</a> ${escape(summary)}</li>`,
  );
  return `<details><summary>${topic} (${routes.length})</summary><ul>${items.join("\n")}</ul></details>`;
}

function renderTopic(topic: string, routes: readonly Named[]): string {
  const rendered = routes.map(([name, route]) => renderRoute(name, route)).join("\n");
  return `<h2 id="topic-${topic}">${topic}</h2>\n${rendered}`;
}

function renderPlain(name: string, route: PlainRoute): string {
  const { method, path, headers, standard } = route;
  const lines = Object.entries(headers).map(
    ([header, text]) => `<dt><code>${header}</code></dt><dd>${escape(text)}</dd>`,
  );
  return `<h3 id="${name}">${name}</h3>
<p>${escape(route.summary)} <em>${escape(standard)}</em></p>
<p><code>${method} ${path}</code><br>For: ${escape(whoMay(route))}.</p>
<dl>${lines.join("\n")}</dl>`;
}

function whoMay({ access }: Pick<Route, "access">): string {
  const keys = access.scope === null ? [] : [`keys for "${access.scope}"`];
  return [...access.who, ...keys].join(", ");
}

function renderRoute(name: string, route: Route): string {
  const errors = errorsOf(route)
    .map((code) => `<a href="#${code}"><code>${code}</code></a>`)
    .join(", ");
  return `<h3 id="${name}">${name}</h3>
<p>${escape(route.summary)}</p>
<p><code>${route.method} ${route.path}</code><br>For: ${escape(whoMay(route))}.</p>
<pre><code>${escape(curlOf(route))}</code></pre>
${renderInput(route)}${renderAnswer(route)}
<details><summary>Failures</summary><p>${errors}</p></details>`;
}

function renderInput(route: Route): string {
  const parts = [
    ["Query", route.query ? schemaOf(route.query, "input") : null],
    [route.files ? "Form" : "Body", route.body || route.files ? bodySchema(route) : null],
  ] as const;
  return parts.map(([title, schema]) => (schema ? renderShape(title, schema) : "")).join("");
}

function renderAnswer(route: Route): string {
  const { produces, response } = route;
  if (produces !== undefined && produces !== "text/event-stream") {
    return `<p>Answers <code>${produces}</code>.</p>`;
  }
  const title = produces === undefined ? "Answer" : "Each event";
  return renderShape(title, schemaOf(response, "output"));
}

function renderShape(title: string, schema: Readonly<Record<string, unknown>>): string {
  const shape = escape(shapeOf(schema));
  return `<details><summary>${title}</summary><pre><code>${shape}</code></pre></details>\n`;
}

/** An example as a command for a shell; `$name` there is a variable. */
export function curlOf(route: Route): string {
  const { example, method, path } = route;
  const params = exampleParams(route);
  const at = path.replaceAll(/:([a-z_]+)/gu, (_, name: string) => params[name] ?? "");
  const query = new URLSearchParams(example.query ?? {}).toString().replaceAll("%24", "$");
  const url = `"$address${at}${query === "" ? "" : `?${query}`}"`;
  const files = Object.entries(example.files ?? {}).map(([name, file]) => `-F "${name}=@${file}"`);
  const fields = Object.entries(example.body ?? {});
  const body =
    route.files !== undefined
      ? [...fields.map(([name, value]) => `-F "${name}=${String(value)}"`), ...files]
      : fields.length === 0
        ? []
        : ['-H "Content-Type: application/json"', `-d ${quoted(JSON.stringify(example.body))}`];
  const posts = method === "POST" && body.length > 0;
  const head = ["curl", ...(method === "GET" || posts ? [] : ["-X", method])];
  if (route.produces === "text/event-stream") head.push("-N");
  else if (route.produces !== undefined && !route.produces.startsWith("text/")) head.push("-OJ");
  const keeps = Object.entries(example.keeps ?? {}).map(
    ([name, at]) => `# keep: ${name} is "${at}" of the answer`,
  );
  const command = [head.join(" "), ...badgeOf(route), ...body, url].join(" \\\n  ");
  return [command.replaceAll("$today", "$(date +%F)"), ...keeps].join("\n");
}

/** By key where a key may; otherwise by the cookie of whoever has signed in: see the first steps. */
function badgeOf({ access, method }: Route): readonly string[] {
  if (access.scope !== null) return ['-H "Authorization: Bearer $key"'];
  if (access.who.includes("nobody")) return [];
  const changes = ['-H "Origin: $address"', '-H "X-Assent-Request: 1"'];
  return ["-b cookies.txt", ...(method === "GET" ? [] : changes)];
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
