import { strFromU8, Unzip, UnzipInflate } from 'fflate';
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
  // The rest of a file that was cut off is not JSON, and the address has no object in it.
  const [, found] = /"address":\s*(\{[^{}]*\})/.exec(text(bytes)) ?? [];
  if (found === undefined) return undefined;
  try {
    const address = JSON.parse(found) as ReportAddress;
    const isOne = address.report === 'advisory-board' && Array.isArray(address.environments);
    return isOne && Number.isSafeInteger(address.position) ? address : undefined;
  } catch {
    return undefined;
  }
}

/** Room for what a workbook says of itself; more is not unpacked. */
const PROPERTIES_BYTES_MAX = 1_000_000;

/** Reads file by file from the beginning, so that the address is found in a workbook that was cut off behind it. */
function workbookAddress(bytes: Uint8Array): ReportAddress | undefined {
  const parts: Uint8Array[] = [];
  const workbook = new Unzip((file) => {
    if (file.name !== 'docProps/core.xml' || (file.originalSize ?? 0) > PROPERTIES_BYTES_MAX) return;
    file.ondata = (error, part) => {
      if (!error) parts.push(part);
    };
    file.start();
  });
  workbook.register(UnzipInflate);
  try {
    workbook.push(bytes, true);
  } catch {
    // Cut off, or no workbook: what came before the end is looked at.
  }
  const properties = parts.map((part) => strFromU8(part)).join('');
  return within(properties, /<cp:keywords>([^<]*)<\/cp:keywords>/);
}
