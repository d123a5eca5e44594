/* Lets npm's mailauth judge mails: from {zone, mails in base64} on stdin to the results of each signature on stdout. */
const [modules] = process.argv.slice(2);
const { dkimVerify } = require(`${modules}/mailauth/lib/dkim/verify`);

const read = async () => {
  const parts = [];
  for await (const part of process.stdin) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString());
};

const judge = async () => {
  const { zone, mails } = await read();
  const resolver = async (name) => {
    if (zone[name]) return [[zone[name]]];
    throw Object.assign(new Error("no such name"), { code: "ENOTFOUND" });
  };
  const said = [];
  for (const mail of mails) {
    const { results } = await dkimVerify(Buffer.from(mail, "base64"), { resolver });
    said.push(results.map((one) => `${one.selector || ""} ${one.status.result}`));
  }
  process.stdout.write(JSON.stringify(said));
};

judge();
