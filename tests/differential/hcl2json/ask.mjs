// One JSON question a line in (`{"file": text}` or `{"expression": text}`), one JSON answer a line out. The peer is
// HashiCorp's own parser, compiled to WebAssembly.
import { createInterface } from 'node:readline'
import hcl2json from '@cdktn/hcl2json'

const DETAILS = ['name', 'expandedFinalArgument', 'operator', 'keyVar', 'valVar', 'groupedValue', 'traversal', 'type']

// [kind, the byte where it begins (a splat and an index: their bracket), its text or null, details, children]
const short = (node) => {
  const details = Object.fromEntries(DETAILS.filter((d) => node.meta && d in node.meta).map((d) => [d, node.meta[d]]))
  if (details.traversal) details.traversal = details.traversal.map((step) => [step.type, step.segment ?? ''])
  return [node.type, node.range.start.byte, node.meta?.value ?? null, details, node.children.map(short)]
}

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line)
  let answer
  try {
    answer =
      'file' in question
        ? { json: await hcl2json.parse('x.tf', question.file) }
        : { tree: short(await hcl2json.getExpressionAst('x.tf', question.expression)) }
  } catch (error) {
    answer = { error: String(error) }
  }
  process.stdout.write(JSON.stringify(answer) + '\n')
}
process.stdout.write('', () => process.exit(0))
