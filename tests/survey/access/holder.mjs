/* Runs the browser's side of a blind signature: {do, key, …} on standard input, hexadecimal, answers as JSON. */
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const holder = await import(pathToFileURL(process.argv[2]));
const bytes = (text) => Uint8Array.from(Buffer.from(text, "hex"));
const hex = (data) => Buffer.from(data).toString("hex");
const number = (text) => BigInt("0x" + text);

const told = [];
for (const one of JSON.parse(readFileSync(0, "utf8"))) {
  try {
    if (one.do === "prepare") told.push(hex(holder.prepare(bytes(one.message))));
    if (one.do === "blind") {
      const fixed = one.salt ? [bytes(one.salt), number(one.inverse)] : [];
      const { blinded, inverse } = await holder.blind(one.key, bytes(one.prepared), ...fixed);
      told.push([hex(blinded), inverse.toString(16)]);
    }
    if (one.do === "finalize") {
      told.push(hex(await holder.finalize(one.key, bytes(one.prepared), bytes(one.signature), number(one.inverse))));
    }
    if (one.do === "verify") told.push(await holder.verify(one.key, bytes(one.prepared), bytes(one.signature)));
  } catch (error) {
    told.push({ error: error.message });
  }
}
process.stdout.write(JSON.stringify(told));
