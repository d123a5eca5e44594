// Evaluates as the browser does: a JSON array of cases on each line, the results of the whole line as the answer.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const source = readFileSync(process.argv[2]).toString("base64");
const twin = await import(`data:text/javascript;base64,${source}`);

const told = (value) => {
  if (value instanceof twin.Day) return { date: value.number };
  if (value instanceof twin.Clock) return { time: value.number };
  return Array.isArray(value) ? { codes: value } : value;
};

function run({ tree, types, answers, values, today }) {
  const held = types ? twin.valuesOf(types, answers) : {};
  for (const [name, literal] of Object.entries(values ?? {})) held[name] = twin.evaluate(literal, {}, null);
  const result = told(twin.compile(tree)(held, twin.day(today)));
  return types ? { result, held: Object.fromEntries(Object.entries(held).map(([name, value]) => [name, told(value)])) } : { result };
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(JSON.parse(line).map(run))}\n`);
}
