import { strFromU8, unzipSync } from 'fflate';
import { parseAddress } from '../../reports/document/address.js';
import type { ReportAddress } from '../../reports/document/document.js';
import type { Format } from '../../reports/formats.js';

export interface FileAddress {
  readonly format: Format;
  readonly address: ReportAddress;
}

/** What the file says that it was made from; undefined for what is no report of Cairn. */
export function addressInFile(bytes: Uint8Array): FileAddress | undefined {
  const format = formatOf(bytes);
  const address = READERS[format](bytes);
  return address && { format, address };
}

/** By what files of the format begin with; Markdown begins with anything. */
function formatOf(bytes: Uint8Array): Format {
  const start = strFromU8(bytes.subarray(0, 16), true);
  if (start.startsWith('%PDF-')) return 'pdf';
  if (start.startsWith('PK')) return 'xlsx';
  if (start.startsWith('{')) return 'json';
  if (/^<!doctype html/i.test(start)) return 'html';
  return start.startsWith('\u00ef\u00bb\u00bf') ? 'csv' : 'md';
}

type Reader = (bytes: Uint8Array) => ReportAddress | undefined;

const READERS: Readonly<Record<Format, Reader>> = {
  html: (bytes) => within(text(bytes), /<meta name="cairn-report" content="([^"]*)"/),
  json: jsonAddress,
  csv: (bytes) => within(text(bytes), /^[^\n]*?(cairn:[!#-~]+)/),
  md: (bytes) => within(text(bytes), /<!--\s*(cairn:[!-~]+)\s*-->/),
  pdf: (bytes) => within(strFromU8(bytes, true), /<pdf:Keywords>([^<]*)<\/pdf:Keywords>/),
  xlsx: workbookAddress,
};

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function within(content: string, pattern: RegExp): ReportAddress | undefined {
  const [, found] = pattern.exec(content) ?? [];
  return found === undefined ? undefined : parseAddress(found.replaceAll('&amp;', '&').trim());
}

function jsonAddress(bytes: Uint8Array): ReportAddress | undefined {
  try {
    const { address } = JSON.parse(text(bytes)) as { address?: ReportAddress };
    const isOne = address?.report === 'advisory-board' && Array.isArray(address.environments);
    return isOne && Number.isSafeInteger(address.position) ? address : undefined;
  } catch {
    return undefined;
  }
}

/** Room for what a workbook says of itself; more is not unpacked. */
const PROPERTIES_BYTES_MAX = 1_000_000;

function workbookAddress(bytes: Uint8Array): ReportAddress | undefined {
  try {
    const files = unzipSync(bytes, {
      filter: ({ name, originalSize }) => name === 'docProps/core.xml' && originalSize < PROPERTIES_BYTES_MAX,
    });
    const properties = files['docProps/core.xml'];
    return properties && within(strFromU8(properties), /<cp:keywords>([^<]*)<\/cp:keywords>/);
  } catch {
    return undefined;
  }
}
