import { EXPORT_FORMATS } from '../../reports/exports/export.js';
import { CHANGE_FIELDS } from '../../views/changes/row.js';
import { PATTERNS } from '../input/patterns.js';
import { PACKAGE_FILE, type ExportRecord } from './record.js';

/** Whether a value that was read from the disk is the record of this export: its id becomes the name of a file. */
export const isRecordOf = (id: string, value: unknown): value is ExportRecord =>
  PATTERNS.uuid.test(id) && isObject(value) && value['id'] === id && hasShape(value, RECORD) && isWhole(value);

type Check = (value: unknown) => boolean;
type Shape = Readonly<Record<string, Check>>;
type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText: Check = (value) => typeof value === 'string';
const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const isTime: Check = (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value));
const isHash: Check = (value) => typeof value === 'string' && PATTERNS.fileDigest.test(value);
const oneOf =
  (values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const shaped =
  (shape: Shape): Check =>
  (value) =>
    isObject(value) && hasShape(value, shape);

const hasShape = (value: Fields, shape: Shape): boolean =>
  Object.entries(shape).every(([name, check]) => check(value[name]));

const isPopulation = shaped({ count: isCount, hash: isHash, root: optional(isHash) });

const RECORD: Shape = {
  status: oneOf(['waiting', 'running', 'done', 'failed']),
  actor: isText,
  requestedAt: isTime,
  what: oneOf(['changes', 'evidence']),
  format: oneOf([...EXPORT_FORMATS, PACKAGE_FILE]),
  query: (value) => isObject(value) && Object.values(value).every(listOf(isText)),
  fields: optional(listOf(oneOf(CHANGE_FIELDS))),
  order: optional(oneOf(['asc', 'desc'])),
  position: isCount,
  note: optional(isText),
  result: optional(shaped({ population: isPopulation, bytes: isCount, digest: isHash })),
  event: optional(shaped({ eventId: isText, position: isCount, recordedAt: isTime })),
  error: optional(isText),
};

/** Rows have an order, a package has its one format, and what is done has all that there is to tell of it. */
const isWhole = ({ what, format, order, status, result, event }: Fields): boolean =>
  (what === 'evidence') === (format === PACKAGE_FILE) &&
  (what === 'evidence') === (order === undefined) &&
  (status !== 'done' || (result !== undefined && event !== undefined));
