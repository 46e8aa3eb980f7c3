type Json = Readonly<Record<string, unknown>>;

/** A shape is shown in so many levels; nothing in the contract nests deeper. */
const DEPTH_MAX = 8;

/**
 * A JSON Schema as a reader takes it in: its fields one a line, with what each may be and what it
 * says of itself. A field that need not be there has a question mark.
 */
export function shapeOf(schema: Json): string {
  return shown(schema, "");
}

function shown(schema: Json, indent: string): string {
  if (indent.length > DEPTH_MAX * 2) return "…";
  const alternatives = schema["anyOf"] ?? schema["oneOf"];
  if (Array.isArray(alternatives)) {
    return [...new Set(alternatives.map((one) => shown(one as Json, indent)))].join(" | ");
  }
  if ("const" in schema) return JSON.stringify(schema["const"]);
  if (Array.isArray(schema["enum"])) {
    return schema["enum"].map((one) => JSON.stringify(one)).join(" | ");
  }
  if (schema["type"] === "array") return listOf(schema, indent);
  if (schema["type"] === "object") return objectOf(schema, indent);
  return scalarOf(schema);
}

function listOf(schema: Json, indent: string): string {
  const item = shown((schema["items"] ?? {}) as Json, indent);
  return item.includes(" | ") && !item.startsWith("{") ? `(${item})[]` : `${item}[]`;
}

function objectOf(schema: Json, indent: string): string {
  const properties = Object.entries((schema["properties"] ?? {}) as Readonly<Record<string, Json>>);
  if (properties.length === 0) return "{}";
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  const deeper = `${indent}  `;
  const lines = properties.map(([name, of]) => {
    const needed = required.includes(name) && !("default" in of);
    const told = typeof of["description"] === "string" ? `  — ${of["description"]}` : "";
    return `${deeper}${name}${needed ? "" : "?"}: ${shown(of, deeper)}${told}`;
  });
  return `{\n${lines.join("\n")}\n${indent}}`;
}

function scalarOf(schema: Json): string {
  if (schema["contentMediaType"] !== undefined) return "a file";
  const { type = "anything", minLength, maxLength, minimum, maximum, format } = schema;
  const kinds = [type].flat().map(String);
  const texts = kinds.includes("string");
  const named = kinds.map((kind) =>
    kind !== "string" ? kind : format === "date" ? "date" : "text",
  );
  const bounds = texts
    ? rangeOf(minLength, maxLength, " characters")
    : rangeOf(minimum, maximum, "");
  const unless = "default" in schema ? ` = ${JSON.stringify(schema["default"])}` : "";
  return `${named.join(" | ")}${bounds}${unless}`;
}

function rangeOf(from: unknown, to: unknown, unit: string): string {
  const bounded = typeof to === "number" && to < Number.MAX_SAFE_INTEGER;
  return bounded ? ` (${typeof from === "number" ? from : 0}…${to}${unit})` : "";
}
