/* The holder's side of blind signatures (RFC 9474, RSABSSA-SHA384-PSS-Randomized), in the browser alone:
   prepare → blind → (the register signs) → finalize. Nothing here is kept or sent; callers do that. */

const HASH = "SHA-384", HASH_BYTES = 48, SALT_BYTES = 48, PREFIX_BYTES = 32;

/* A key is {n, e} in base64url, as in a JSON Web Key. */
function numbers(key) {
  const n = toNumber(fromBase64Url(key.n)), e = toNumber(fromBase64Url(key.e));
  const bits = n.toString(2).length;
  if (bits < 2048 || n % 2n === 0n || e !== 65537n) throw new Error("no key that tokens are signed with");
  return { n, e, bits, length: Math.ceil(bits / 8) };
}

/* The random prefix keeps a dishonest register from choosing what it signs (RFC 9474, 4.1). */
export function prepare(message) {
  return joined(random(PREFIX_BYTES), message);
}

/* Gives {blinded, inverse}; the inverse stays with the holder. The salt and the number are drawn, but for test vectors. */
export async function blind(key, prepared, salt = random(SALT_BYTES), chosen = null) {
  const { n, e, bits, length } = numbers(key);
  const encoded = toNumber(await encode(prepared, bits - 1, salt));
  if (greatestCommon(encoded, n) !== 1n) throw new Error("the key is broken");
  const inverse = chosen ?? drawUnit(n, length);
  const hidden = power(inverted(inverse, n), e, n);
  return { blinded: toBytes(encoded * hidden % n, length), inverse };
}

/* Takes the blinding off and checks the signature; throws where the register did not sign what it was given. */
export async function finalize(key, prepared, blindSignature, inverse) {
  const { n, length } = numbers(key);
  if (blindSignature.length !== length) throw new Error("a signature of the wrong length");
  const signature = toBytes(toNumber(blindSignature) * inverse % n, length);
  if (!await verify(key, prepared, signature)) throw new Error("the signature is not the register's");
  return signature;
}

export async function verify(key, prepared, signature) {
  const web = { kty: "RSA", n: key.n, e: key.e };
  const known = await crypto.subtle.importKey("jwk", web, { name: "RSA-PSS", hash: HASH }, false, ["verify"]);
  return crypto.subtle.verify({ name: "RSA-PSS", saltLength: SALT_BYTES }, known, signature, prepared);
}

/* EMSA-PSS-ENCODE (RFC 8017, 9.1.1). */
async function encode(message, bits, salt) {
  const length = Math.ceil(bits / 8);
  const hash = await digest(joined(new Uint8Array(8), await digest(message), salt));
  const data = new Uint8Array(length - HASH_BYTES - 1);
  data[data.length - SALT_BYTES - 1] = 1;
  data.set(salt, data.length - SALT_BYTES);
  const mask = await stretch(hash, data.length);
  for (let at = 0; at < data.length; at += 1) data[at] ^= mask[at];
  data[0] &= 0xff >> (8 * length - bits);
  return joined(data, hash, Uint8Array.of(0xbc));
}

/* MGF1 (RFC 8017, B.2.1). */
async function stretch(seed, length) {
  const parts = [];
  for (let count = 0; count * HASH_BYTES < length; count += 1) {
    parts.push(await digest(joined(seed, Uint8Array.of(count >> 24, count >> 16, count >> 8, count))));
  }
  return joined(...parts).subarray(0, length);
}

async function digest(bytes) {
  return new Uint8Array(await crypto.subtle.digest(HASH, bytes));
}

function drawUnit(n, length) {
  for (;;) {
    // Drawn anew rather than reduced, so that every number is equally likely.
    const drawn = toNumber(random(length));
    if (drawn > 0n && drawn < n && greatestCommon(drawn, n) === 1n) return drawn;
  }
}

function power(base, exponent, modulus) {
  let result = 1n;
  for (let left = exponent, square = base % modulus; left > 0n; left >>= 1n, square = square * square % modulus) {
    if (left & 1n) result = result * square % modulus;
  }
  return result;
}

function greatestCommon(a, b) {
  while (b) [a, b] = [b, a % b];
  return a;
}

function inverted(number, modulus) {
  let [a, b, x, y] = [number, modulus, 1n, 0n];
  while (b) {
    const whole = a / b;
    [a, b, x, y] = [b, a - whole * b, y, x - whole * y];
  }
  return (x % modulus + modulus) % modulus;
}

function toNumber(bytes) {
  let digits = "";
  for (const byte of bytes) digits += byte.toString(16).padStart(2, "0");
  return BigInt("0x" + (digits || "0"));
}

function toBytes(number, length) {
  const digits = number.toString(16).padStart(2 * length, "0");
  return Uint8Array.from({ length }, (_, at) => parseInt(digits.slice(2 * at, 2 * at + 2), 16));
}

function fromBase64Url(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
}

function random(length) {
  return crypto.getRandomValues(new Uint8Array(length));
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) { whole.set(part, at); at += part.length; }
  return whole;
}
