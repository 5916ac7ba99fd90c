// One JSON string (a flowchart) a line in; what Mermaid reads of it, or why it refuses it, a line out.
import { readFileSync } from "node:fs";
import { JSDOM } from "jsdom";

const page = new JSDOM("<!doctype html><body></body>");
globalThis.window = page.window;
globalThis.document = page.window.document;
const { default: mermaid } = await import("mermaid");

// Mermaid keeps an entity as signs that nothing else has until it draws.
const shown = (text) =>
  text
    .replace(/ﬂ°°(\d+)¶ß/g, (_, number) => String.fromCodePoint(Number(number)))
    .replace(/<br\s*\/?>/g, "\n");

for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const text = JSON.parse(line);
  try {
    await mermaid.parse(text);
    const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
    const nodes = [...db.getVertices().values()].map(({ id, text, classes }) => ({ id, text: shown(text), classes }));
    const edges = db.getEdges().map(({ start, end, text, stroke }) => ({ start, end, text: shown(text), stroke }));
    console.log(JSON.stringify({ nodes, edges }));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error).slice(0, 400) }));
  }
}
