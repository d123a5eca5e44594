/* The expressions of surveys in the browser; the server's answer counts, and this one is the same.

   const show = compile(tree);                          // the JSON of expressions/json.py
   show(valuesOf(types, answers), day("2026-01-31"));   // true, false, a number, a text, … or null where missing

   Numbers are doubles there and here. Texts are compared and counted by characters, not by UTF-16 units. */

export const MISSING = null;
const MAX_TEXT = 10000, MAX_PATTERN_TEXT = 1000, MAX_POWER = 64, EXACT = 2 ** 53;
const SPACES = " \t\n\v\f\r\u00a0", NO_ANSWER = "_none";

/** A date as days since the day before the first of January of the year 1. */
export class Day {
  constructor(number) {
    this.number = number;
  }
}

/** A time of day as seconds. */
export class Clock {
  constructor(number) {
    this.number = number;
  }
}

const two = (number) => String(number).padStart(2, "0");
const isLeap = (year) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
const BEFORE = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];
const daysBefore = (year, month) => BEFORE[month - 1] + (month > 2 && isLeap(year) ? 1 : 0);
const daysBeforeYear = (year) =>
  (year - 1) * 365 + Math.floor((year - 1) / 4) - Math.floor((year - 1) / 100) + Math.floor((year - 1) / 400);

/** Read "2026-01-31"; null where it is no date. */
export function day(text) {
  const found = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text);
  if (!found || text.length !== 10) return MISSING;
  const [year, month, date] = found.slice(1).map(Number);
  if (year < 1 || month < 1 || month > 12 || date < 1) return MISSING;
  const length = BEFORE[month] - BEFORE[month - 1] + (month === 2 && isLeap(year) ? 1 : 0);
  return date > length ? MISSING : new Day(daysBeforeYear(year) + daysBefore(year, month) + date);
}

/** Give [year, month, date]. */
function parts({ number }) {
  let year = Math.floor(number / 365.2425) + 1;
  while (daysBeforeYear(year) >= number) year -= 1;
  while (daysBeforeYear(year + 1) < number) year += 1;
  const left = number - daysBeforeYear(year);
  let month = 12;
  while (daysBefore(year, month) >= left) month -= 1;
  return [year, month, left - daysBefore(year, month)];
}

/** Read "07:30" or "07:30:15"; null where it is no time. */
export function clock(text) {
  const found = /^([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?$/.exec(text);
  if (!found || text.endsWith("\n")) return MISSING;
  const [hour, minute, second] = found.slice(1).map((part) => Number(part ?? 0));
  return hour > 23 || minute > 59 || second > 59 ? MISSING : new Clock(hour * 3600 + minute * 60 + second);
}

function sortOf(value) {
  if (typeof value === "number") return "number";
  if (typeof value === "string") return "text";
  if (typeof value === "boolean") return "boolean";
  if (value instanceof Day) return "date";
  if (value instanceof Clock) return "time";
  return Array.isArray(value) ? "set" : "";
}

/** Take a value as the language knows it; whatever it does not know is missing. */
function clean(value) {
  const sort = sortOf(value);
  return sort === "" || (sort === "number" && !Number.isFinite(value)) ? MISSING : value;
}

const finite = (number) => (Number.isFinite(number) ? number + 0 : MISSING);
const has = (object, name) => Object.prototype.hasOwnProperty.call(object, name);

/** Compare texts by characters. */
function compareText(left, right) {
  const first = [...left], second = [...right];
  for (let index = 0; index < first.length && index < second.length; index += 1) {
    const difference = first[index].codePointAt(0) - second[index].codePointAt(0);
    if (difference) return difference;
  }
  return first.length - second.length;
}

const ORDERED = new Set(["number", "text", "date", "time"]);
const bare = (value) => (typeof value === "object" ? value.number : value);

function order(left, right) {
  const sort = sortOf(left);
  if (sort !== sortOf(right) || !ORDERED.has(sort)) return MISSING;
  return sort === "text" ? compareText(left, right) : bare(left) - bare(right);
}

function equal(left, right) {
  const sort = sortOf(left);
  if (sort === "" || sort !== sortOf(right)) return MISSING;
  if (sort !== "set") return bare(left) === bare(right);
  const first = new Set(left), second = new Set(right);
  return first.size === second.size && [...first].every((code) => second.has(code));
}

const trim = (text) => {
  let start = 0, end = text.length;
  while (start < end && SPACES.includes(text[start])) start += 1;
  while (end > start && SPACES.includes(text[end - 1])) end -= 1;
  return text.slice(start, end);
};

function lowered(sign) {
  const code = sign.codePointAt(0);
  const lower = code < 0x590 || (code >= 0x1e00 && code < 0x2000) ? sign.toLowerCase() : sign;
  return [...lower].length === 1 ? lower : sign;
}

function round(number, digits = 0) {
  if (!Number.isInteger(digits) || digits < 0 || digits > 9) return MISSING;
  const scale = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9][digits];
  const scaled = Math.abs(number) * scale;
  if (scaled >= EXACT) return number;
  const whole = Math.floor(scaled);
  const result = (scaled - whole >= 0.5 ? whole + 1 : whole) / scale;
  return finite(number < 0 ? -result : result);
}

function power(base, exponent) {
  if (!Number.isInteger(exponent) || exponent < 0 || exponent > MAX_POWER) return MISSING;
  let result = 1;
  for (let turn = 0; turn < exponent; turn += 1) result *= base;
  return finite(result);
}

function readNumber(text) {
  const trimmed = trim(text);
  const fits = /^[+-]?[0-9]{1,15}(?:[.,][0-9]{1,15})?$/.test(trimmed) && !trimmed.endsWith("\n");
  return fits ? finite(Number(trimmed.replace(",", "."))) : MISSING;
}

function write(value) {
  if (value instanceof Day) {
    const [year, month, date] = parts(value);
    return `${String(year).padStart(4, "0")}-${two(month)}-${two(date)}`;
  }
  if (value instanceof Clock) {
    const rest = value.number % 3600, second = rest % 60;
    const short = `${two(Math.floor(value.number / 3600))}:${two(Math.floor(rest / 60))}`;
    return second ? `${short}:${two(second)}` : short;
  }
  if (value === 0) return "0";
  return Math.abs(value) >= 1e-4 && Math.abs(value) < 1e15 ? String(value) : MISSING;
}

function part(text, start, length = MAX_TEXT) {
  if (!Number.isInteger(start) || !Number.isInteger(length) || start < 1 || length < 0) return MISSING;
  return start <= MAX_TEXT ? [...text].slice(start - 1, start - 1 + length).join("") : "";
}

function age(birth, today) {
  const [year, month, date] = parts(birth), [thisYear, thisMonth, thisDate] = parts(today);
  const early = thisMonth < month || (thisMonth === month && thisDate < date);
  const years = thisYear - year - (early ? 1 : 0);
  return years >= 0 ? years : MISSING;
}

/** Tell whether a whole text is as a pattern describes; all ways are followed at once. */
export function matchesPattern({ classes, first, follow, last, empty }, text) {
  const signs = [...text];
  if (signs.length > MAX_PATTERN_TEXT) return false;
  if (!signs.length) return empty;
  let next = first, reached = [];
  for (const sign of signs) {
    const code = sign.codePointAt(0);
    reached = [...new Set(next)].filter((index) => accepts(classes[index], code));
    if (!reached.length) return false;
    next = reached.flatMap((index) => follow[index]);
  }
  return reached.some((index) => last.includes(index));
}

function accepts(ranges, code) {
  for (let index = 0; index < ranges.length; index += 2) {
    if (ranges[index] <= code && code <= ranges[index + 1]) return true;
  }
  return false;
}

const there = (values) => values.filter((value) => value !== MISSING);
const numbers = (values) => values.filter((value) => typeof value === "number");

function total(values) {
  const given = numbers(values);
  return given.length ? finite(given.reduce((sum, number) => sum + number, 0)) : MISSING;
}

function mean(values) {
  const sum = total(values);
  return sum === MISSING ? MISSING : finite(sum / numbers(values).length);
}

function extreme(values, better) {
  const given = there(values);
  const sorts = new Set(given.map(sortOf));
  const [sort] = sorts;
  if (sorts.size !== 1 || !["number", "date", "time"].includes(sort)) return MISSING;
  return given.reduce((best, value) => (better(bare(value), bare(best)) ? value : best));
}

function joined(values) {
  const texts = values.filter((value) => typeof value === "string");
  const text = texts.join("");
  return texts.length && (text.length <= MAX_TEXT || [...text].length <= MAX_TEXT) ? text : MISSING;
}

/* Functions that take what is there and pass over what is missing. */
const GATHERING = new Map(Object.entries({
  answered: (values) => values[0] !== MISSING,
  count: (values) => there(values).reduce((sum, value) => sum + (Array.isArray(value) ? value.length : 1), 0),
  sum: total,
  mean,
  min: (values) => extreme(values, (left, right) => left < right),
  max: (values) => extreme(values, (left, right) => left > right),
  join: joined,
}));

/* Functions that need all their values, with the sorts that they take. */
const STRICT = new Map(Object.entries({
  "+": ["number number", (left, right) => finite(left + right)],
  "-": ["number number", (left, right) => finite(left - right)],
  "*": ["number number", (left, right) => finite(left * right)],
  "/": ["number number", (left, right) => (right === 0 ? MISSING : finite(left / right))],
  in: ["text set", (code, codes) => codes.includes(code)],
  round: ["number number", round],
  floor: ["number", (number) => finite(Math.floor(number))],
  ceil: ["number", (number) => finite(Math.ceil(number))],
  trunc: ["number", (number) => finite(Math.trunc(number))],
  abs: ["number", Math.abs],
  sqrt: ["number", (number) => (number >= 0 ? Math.sqrt(number) : MISSING)],
  power: ["number number", power],
  mod: ["number number", (left, right) => (right === 0 ? MISSING : finite(left % right))],
  number: ["text", readNumber],
  text: ["number|date|time", write],
  length: ["text", (text) => [...text].length],
  trim: ["text", trim],
  lower: ["text", (text) => [...text].map(lowered).join("")],
  part: ["text number number", part],
  contains: ["text|set text", (whole, piece) => whole.includes(piece)],
  starts: ["text text", (text, beginning) => text.startsWith(beginning)],
  at: ["set number", (codes, place) => codes[place - 1] ?? MISSING],
  days: ["date date", (start, end) => end.number - start.number],
  minutes: ["time time", (start, end) => (end.number - start.number) / 60],
  year: ["date", (date) => parts(date)[0]],
  month: ["date", (date) => parts(date)[1]],
  day: ["date", (date) => parts(date)[2]],
  weekday: ["date", (date) => ((date.number - 1) % 7) + 1],
}));

const COMPARISONS = new Map(Object.entries({
  "<": (difference) => difference < 0,
  "<=": (difference) => difference <= 0,
  ">": (difference) => difference > 0,
  ">=": (difference) => difference >= 0,
}));

/** Turn a tree into a function of values and the day that today() is; throws where it is no tree. */
export function compile(tree) {
  if (Array.isArray(tree)) return operation(tree[0], tree.slice(1));
  if (tree === null || typeof tree !== "object") return () => tree;
  if (has(tree, "name")) return named(tree.name);
  const value = has(tree, "date") ? day(tree.date) : has(tree, "time") ? clock(tree.time) : tree.codes;
  return () => value;
}

/** Say what a tree is worth. */
export const evaluate = (tree, values, today) => compile(tree)(values, today);

const named = (path) => (values) => (has(values, path) ? clean(values[path]) : MISSING);

function operation(head, rest) {
  if (head === "value") return named(`${rest[0].name}.value`);
  if (head === "today") return (values, today) => today;
  if (head === "matches") return matching(compile(rest[0]), rest[1].pattern);
  const made = rest.map(compile);
  if (head === "and" || head === "or") return logic(head === "or", made);
  if (head === "not") return strict([new Set(["boolean"])], (value) => !value, made);
  if (head === "-" && made.length === 1) return strict([new Set(["number"])], (value) => 0 - value, made);
  if (head === "==" || head === "!=") return comparing(equal, (same) => same === (head === "=="), made);
  if (COMPARISONS.has(head)) return comparing(order, COMPARISONS.get(head), made);
  if (head === "if") return choosing(...made);
  if (head === "default") return instead(...made);
  if (head === "age") return (values, today) => strict([new Set(["date"])], (birth) => age(birth, today), made)(values, today);
  if (GATHERING.has(head)) {
    const gather = GATHERING.get(head);
    return (values, today) => gather(made.map((run) => run(values, today)));
  }
  if (!STRICT.has(head)) throw new Error(`unknown: ${head}`);
  const [sorts, run] = STRICT.get(head);
  return strict(sorts.split(" ").map((one) => new Set(one.split("|"))), run, made);
}

/** Call a function only where every value is there and of a sort that it takes. */
const strict = (sorts, run, made) => (values, today) => {
  const given = made.map((one) => one(values, today));
  return given.every((value, index) => sorts[index].has(sortOf(value))) ? run(...given) : MISSING;
};

const matching = (text, pattern) => strict([new Set(["text"])], (value) => matchesPattern(pattern, value), [text]);

const comparing = (compare, decide, [left, right]) => (values, today) => {
  const found = compare(left(values, today), right(values, today));
  return found === MISSING ? MISSING : decide(found);
};

/** Kleene's logic: one false makes "and" false, one true makes "or" true, whatever is missing. */
const logic = (decisive, made) => (values, today) => {
  let result = !decisive;
  for (const run of made) {
    const value = run(values, today);
    if (value === decisive) return decisive;
    if (typeof value !== "boolean") result = MISSING;
  }
  return result;
};

const choosing = (condition, then, otherwise) => (values, today) => {
  const decided = condition(values, today);
  if (typeof decided !== "boolean") return MISSING;
  return decided ? then(values, today) : otherwise(values, today);
};

const instead = (run, other) => (values, today) => {
  const value = run(values, today);
  return value === MISSING ? other(values, today) : value;
};

/** Give what each name holds, from stored answers; names with missing values are left out. */
export function valuesOf(types, answers) {
  const values = {};
  for (const [name, { sort, values: worth }] of Object.entries(types)) {
    const value = readValue(sort, find(answers, name));
    if (value === MISSING) continue;
    values[name] = value;
    const chosen = [value].flat();
    const sum = total(Object.keys(worth).filter((code) => chosen.includes(code)).map((code) => worth[code]));
    if (sum !== MISSING) values[`${name}.value`] = sum;
  }
  return values;
}

const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

function find(answers, name) {
  const [first, ...rest] = name.split(".");
  let found = has(answers, first) ? answers[first] : MISSING;
  if (found === MISSING || found === NO_ANSWER) return MISSING;
  if (has(answers, name)) return answers[name];
  for (const step of rest) found = isRecord(found) && has(found, step) ? found[step] : MISSING;
  return found;
}

/** Read one stored answer as a value of this sort; whatever is none of it is missing. */
export function readValue(sort, stored) {
  if (stored === NO_ANSWER) return MISSING;
  if (sort === "set") return codes(stored);
  if (typeof stored === "string") {
    if (stored === "") return MISSING;
    return sort === "text" ? stored : sort === "date" ? day(stored) : sort === "time" ? clock(stored) : MISSING;
  }
  return sortOf(stored) === sort && typeof stored !== "object" ? clean(stored) : MISSING;
}

/** Give the codes of several choices, the names of files, or the kinds of what was drawn. */
function codes(stored) {
  const given = isRecord(stored) ? stored.shapes : stored;
  if (!Array.isArray(given) || !given.length) return MISSING;
  return given.map((item) => (isRecord(item) ? item.name ?? item.type : item)).filter((item) => typeof item === "string");
}
