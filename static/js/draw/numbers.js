// @ts-check
/** How numbers look: thin-space thousands, a true minus, ×10⁻⁹. Pure functions; every view and control uses these. */

const THIN = '\u2009';
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** An integer as superscript digits: −9 → "⁻⁹". @param {number} exponent @returns {string} */
export function superscript(exponent) {
  return String(exponent).replace(/-/, '⁻').replace(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)] ?? '');
}

/** A power of ten as a tick label: 0 → "1", 1 → "10", −9 → "10⁻⁹". @param {number} exponent @returns {string} */
export function power(exponent) {
  if (exponent === 0) return '1';
  return exponent === 1 ? '10' : `10${superscript(exponent)}`;
}

/** Plain digits with a true minus and thin-space thousands: "-12480.5" → "−12 480.5". @param {string} digits */
export function typeset(digits) {
  const [whole = '', fraction] = digits.replace('-', '−').split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, THIN);
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** @param {number} value @returns {string} */
function unbounded(value) {
  if (Number.isNaN(value)) return 'not a number';
  return value > 0 ? '∞' : '−∞';
}

/** Strips the sign from a rounded zero. @param {string} digits */
const unsigned = (digits) => (/^-0(\.0*)?$/.test(digits) ? digits.slice(1) : digits);

/**
 * A fixed number of decimals, unless the value is too small to show in them or too large to read:
 * `fixed(-140.52, 1)` → "−140.5", `fixed(4e9, 2)` → "4.00 × 10⁹", `fixed(0.0003, 2)` → "3.0 × 10⁻⁴".
 * @param {number} value @param {number} [decimals] @returns {string}
 */
export function fixed(value, decimals = 2) {
  if (!Number.isFinite(value)) return unbounded(value);
  const size = Math.abs(value);
  if (decimals > 0 && size !== 0 && size < 0.5 * 10 ** -decimals) return scientific(value, 1);
  if (size >= 1e7) return scientific(value, 2);
  return typeset(unsigned(value.toFixed(decimals)));
}

/** @param {number} value @param {number} decimals @returns {string} */
export function scientific(value, decimals = 1) {
  if (!Number.isFinite(value)) return unbounded(value);
  const [mantissa = '0', exponent = '0'] = value.toExponential(decimals).split('e');
  return `${typeset(mantissa)}${THIN}×${THIN}10${superscript(Number(exponent))}`;
}

/**
 * As many significant digits as asked for, without trailing zeros: 0.1 → "0.1", 1e-9 → "10⁻⁹", 2.5e-9 → "2.5 × 10⁻⁹".
 * @param {number} value @param {number} [digits] @returns {string}
 */
export function short(value, digits = 3) {
  if (!Number.isFinite(value)) return unbounded(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) return tenPower(value, digits);
  const rounded = Number(value.toPrecision(digits));
  return typeset(unsigned(size >= 10 ** digits ? value.toFixed(0) : plain(rounded)));
}

/** @param {number} value @param {number} digits */
function tenPower(value, digits) {
  const [mantissa = '0', exponent = '0'] = value.toExponential(digits - 1).split('e');
  const factor = String(Number(mantissa));
  const ten = `10${superscript(Number(exponent))}`;
  if (factor === '1') return ten;
  return factor === '-1' ? `−${ten}` : `${typeset(factor)}${THIN}×${THIN}${ten}`;
}

/** Decimal digits without an exponent. @param {number} value */
const plain = (value) => (Math.abs(value) < 1e-6 && value !== 0 ? value.toFixed(12).replace(/0+$/, '') : String(value));

/** How many decimals a grain needs: 0.05 → 2, 1 → 0, 1e-4 → 4. @param {number} grain @returns {number} */
export function decimals(grain) {
  for (let count = 0; count < 12; count += 1) {
    const scaled = grain * 10 ** count;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-9 * Math.max(1, scaled)) return count;
  }
  return 12;
}

/** "⁻⁹" → "-9". @param {string} raised */
const lowered = (raised) => raised.replace(/./gu, (mark) => (mark === '⁻' ? '-' : String(SUPERSCRIPTS.indexOf(mark))));

/**
 * The number a person typed, NaN if it is none. Understands what the functions above print (thin spaces, true minus,
 * ×10⁻⁹), exponents ("1e-4") and a decimal comma.
 * @param {string} text @returns {number}
 */
export function parse(text) {
  const tidy = text.trim().replace(/[\s\u2009\u202f\u00a0]/g, '').replace(/[−–]/g, '-')
    .replace(/10\^([-+]?\d+)|10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)/g, (_, caret, raised) => `1e${caret ?? lowered(raised)}`)
    .replace(/[×x·*]1e/i, 'e').replace(/,/, '.');
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(tidy) ? Number(tidy) : NaN;
}
