/* Pages in many browsers: live.js over the official client, through a proxy that sends each to the next process. */
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import net from "node:net";
import readline from "node:readline";

const told = JSON.parse(process.argv[2]);
const require = createRequire(told.modules);
globalThis.window = { io: require("socket.io-client").io, addEventListener() {} };
globalThis.document = { documentElement: { lang: "en" } };
globalThis.location = { origin: "" };
(0, eval)(readFileSync(told.script, "utf8"));

let turn = 0;
const passed = [0, 0];
function pass(outer, which, last) {
  const inner = net.connect(told.ports[which], "127.0.0.1", () => {
    passed[which] += 1;
    outer.pipe(inner).pipe(outer);
  });
  // As proxies do: where one process is gone, the next is asked.
  inner.on("error", () => { if (last || inner.bytesWritten) outer.destroy(); else pass(outer, 1 - which, true); });
  inner.on("close", (failed) => { if (!failed) outer.destroy(); });
  outer.on("error", () => inner.destroy());
  outer.on("close", () => inner.destroy());
}
const proxy = net.createServer((outer) => pass(outer, turn++ % 2, false));
await new Promise((done) => proxy.listen(0, "127.0.0.1", done));
const address = `http://127.0.0.1:${proxy.address().port}`;
const say = (value) => console.log(JSON.stringify(value));
const people = [];

function open(headers) {
  const one = { states: [], rings: [], ticks: [], entered: 0, gone: [] };
  one.live = new window.Baukasten.Live(address, { extraHeaders: { Host: told.host, Origin: `https://${told.host}`, ...headers }, forceNew: true });
  one.live.addEventListener("status", ({ detail }) => one.states.push(detail.state));
  one.live.enter(told.kind, told.room, {
    onState: (state, count) => { one.entered += 1; one.state = state; one.count = count; },
    onRing: (news) => one.rings.push(news.said),
    onTick: (count, state) => one.ticks.push([count, state]),
    onGone: (code) => one.gone.push(code),
  });
  one.live.connect();
  return one;
}

async function until(true_, seconds = 20) {
  const end = Date.now() + 1000 * seconds;
  while (!true_()) {
    if (Date.now() > end) return false;
    await new Promise((done) => setTimeout(done, 20));
  }
  return true;
}

const verbs = {
  open: async ({ count, headers = {} }) => {
    for (let number = 0; number < count; number++) people.push(open(headers));
    const ok = await until(() => people.every((one) => one.entered || one.gone.length));
    return { ok, passed, gone: people.flatMap((one) => one.gone), connected: people.every((one) => one.states.at(-1) === "connected") };
  },
  rings: async ({ count }) => {
    const ok = await until(() => people.every((one) => one.rings.length >= count));
    return { ok, rings: people.map((one) => one.rings) };
  },
  again: async () => {
    const ok = await until(() => people.every((one) => one.states.at(-1) === "connected") && people.some((one) => one.entered > 1));
    await until(() => people.every((one) => one.entered === one.states.filter((state) => state === "connected").length));
    return { ok, entered: people.map((one) => one.entered), states: people.map((one) => one.states) };
  },
  call: async ({ name, data }) => ({ answers: await Promise.all(people.map((one) => one.live.call(told.kind, name, data))) }),
  refused: async ({ headers }) => {
    const one = open(headers);
    await until(() => one.states.length > 0);
    one.live.socket.disconnect();
    return { states: one.states, entered: one.entered };
  },
};

say({ ready: true });
for await (const line of readline.createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  say(await verbs[asked.verb](asked));
}
process.exit(0);
