/* Solves a puzzle beside the page: finds the number whose SHA-256 hash (FIPS 180-4) behind a salt was given. */
const primes = [];
for (let candidate = 2; primes.length < 64; candidate++) {
  if (primes.every((prime) => candidate % prime)) primes.push(candidate);
}
const fraction = (root) => ((root - Math.floor(root)) * 4294967296) | 0;
const START = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const ROUNDS = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)));
const words = new Int32Array(64);

const turn = (word, by) => (word >>> by) | (word << (32 - by));

/* One block is enough: salt and number have fewer than 56 signs. The browser's own digest would cost more in waiting. */
function first(text) {
  words.fill(0, 0, 16);
  for (let at = 0; at < text.length; at++) words[at >> 2] |= text.charCodeAt(at) << (24 - (at & 3) * 8);
  words[text.length >> 2] |= 128 << (24 - (text.length & 3) * 8);
  words[15] = text.length * 8;
  for (let at = 16; at < 64; at++) {
    const two = words[at - 2], fifteen = words[at - 15];
    const low = turn(fifteen, 7) ^ turn(fifteen, 18) ^ (fifteen >>> 3);
    const high = turn(two, 17) ^ turn(two, 19) ^ (two >>> 10);
    words[at] = (words[at - 16] + low + words[at - 7] + high) | 0;
  }
  let [a, b, c, d, e, f, g, h] = START;
  for (let at = 0; at < 64; at++) {
    const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + ROUNDS[at] + words[at]) | 0;
    const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + one) | 0;
    d = c; c = b; b = a; a = (one + two) | 0;
  }
  return [(START[0] + a) | 0, (START[1] + b) | 0];
}

self.onmessage = ({ data: { salt, challenge, most } }) => {
  // Eight bytes tell all hashes of a puzzle apart; the server compares the whole.
  const wanted = [0, 8].map((from) => parseInt(challenge.slice(from, from + 8), 16) | 0);
  for (let number = 0; number < most; number++) {
    const [left, right] = first(salt + "." + number);
    if (left === wanted[0] && right === wanted[1]) {
      self.postMessage(number);
      return;
    }
  }
  self.postMessage(-1);
};
